export * from './relation.js';
export * from './scalar.js';
export * from './request.js';
export * from './walk.js';
