export * from './nodes.js';
export * from './request.js';
export * from './walk.js';
