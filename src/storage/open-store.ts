import { KustoError } from '../errors/index.js';
import { parseAddress } from './address.js';
import { AzureBlobStore } from './azure-blob/azure-blob-store.js';
import type { StoreCredential } from './credential.js';
import { LocalStore } from './local/local-store.js';
import type { ObjectStore } from './object-store.js';
import type { StoreOptions } from './store-options.js';

/**
 * The store at an address (`ConnectionRef.address`), used with one credential. Nothing is contacted yet. Requests are
 * never retried here: the caller decides, by `KustoError.permanent`.
 */
export function openStore(address: string, credential: StoreCredential, options: StoreOptions = {}): ObjectStore {
  const target = parseAddress(address);
  switch (target.kind) {
    case 'blob':
      return new AzureBlobStore(address, target, credential, options);
    case 'local':
      return new LocalStore(target.path, options.localRoots ?? []);
    case 's3':
      throw notYet('Amazon S3');
    case 'web':
      throw notYet('web');
  }
}

function notYet(what: string): KustoError {
  return new KustoError(
    'Storage_NotSupported',
    `Calypso does not read or write ${what} addresses: use Azure Blob Storage, Data Lake Storage Gen2 or OneLake.`,
  );
}
