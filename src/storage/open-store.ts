import { parseAddress } from './address.js';
import { AzureBlobStore } from './azure-blob/azure-blob-store.js';
import type { StoreCredential } from './credential.js';
import { LocalStore } from './local/local-store.js';
import type { ObjectStore } from './object-store.js';
import { S3Store } from './s3/s3-store.js';
import type { StoreOptions } from './store-options.js';
import { WebStore } from './web/web-store.js';

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
      // A presigned URL has the form of a SAS.
      return credential.kind === 'sas'
        ? new WebStore(address, credential, options)
        : new S3Store(address, target, credential, options);
    case 'web':
      return new WebStore(address, credential, options);
  }
}
