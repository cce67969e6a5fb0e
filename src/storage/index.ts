export { displayConnection, parseConnectionString } from './connection-string.js';
export type { ConnectionCredential, ConnectionString } from './connection.js';
export { carriedCredential, STORAGE_SCOPE, type StoreCredential, type TokenSource } from './credential.js';
export type { ObjectInfo, ObjectStore, PutOptions } from './object-store.js';
export { openStore } from './open-store.js';
export type { StoreOptions } from './store-options.js';
export { Secret } from './secret.js';
