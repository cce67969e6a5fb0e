export type { Certificate } from './certificate.js';
export { loopbackCertificate } from './certificate.js';
export type { Fault, ProxiedRequest, StorageProxy, StorageRole } from './proxy.js';
export { startTestStorage, type TestStorage, type TestStorageOptions } from './storage-account.js';
