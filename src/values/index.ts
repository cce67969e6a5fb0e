export * from './types.js';
export * from './text.js';
export * from './parse.js';
export * from './numbers.js';
export * from './failpoint.js';
