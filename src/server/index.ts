export { DEFAULT_LIMITS } from './config.js';
export type { AuthMetadata, Authenticate, ServerConfig, ServerLimits, ServerLog } from './config.js';
export { isLoopback } from './door.js';
export { listen, shutDown } from './lifecycle.js';
export { buildServer } from './server.js';
export type { ServerDependencies } from './server.js';
