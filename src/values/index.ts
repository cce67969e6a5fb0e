export * from './types.js';
export * from './failpoint.js';
