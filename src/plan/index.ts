export * from './nodes.js';
export * from './request.js';
export * from './row-bound.js';
export * from './walk.js';
