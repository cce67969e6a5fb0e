import { rootCertificates } from 'node:tls';
import {
  AnonymousCredential,
  ContainerClient,
  newPipeline,
  StorageSharedKeyCredential,
  type StoragePipelineOptions,
} from '@azure/storage-blob';
import type { StorageAddress } from '../address.js';
import { STORAGE_SCOPE, type StoreCredential, type TokenSource } from '../credential.js';

type BlobAddress = Extract<StorageAddress, { kind: 'blob' }>;

/** The SDK's client of a container, without the SDK's retries. */
export function containerClient(
  target: BlobAddress,
  credential: StoreCredential,
  certificateAuthority: string | undefined,
): ContainerClient {
  const url = `${target.serviceUrl}/${encodeURIComponent(target.container)}`;
  // The SDK hands its options on to the core pipeline, which knows tlsOptions, though its own type does not.
  const options: StoragePipelineOptions & { tlsOptions?: TlsOptions } = {
    retryOptions: { maxTries: 1 },
    userAgentOptions: { userAgentPrefix: 'calypso' },
    ...(certificateAuthority ? { tlsOptions: tlsOptions(certificateAuthority) } : {}),
  };
  switch (credential.kind) {
    case 'none':
      return new ContainerClient(url, newPipeline(new AnonymousCredential(), options));
    case 'sas':
      return new ContainerClient(`${url}?${credential.sas.reveal()}`, newPipeline(new AnonymousCredential(), options));
    case 'key':
      return new ContainerClient(
        url,
        newPipeline(new StorageSharedKeyCredential(target.account, credential.key.reveal()), options),
      );
    case 'aws':
      throw new Error('an access key of AWS for Blob Storage');
    case 'token':
      return new ContainerClient(url, newPipeline(forStorageOnly(credential.credential), options));
  }
}

/**
 * A server may challenge with a resource and a tenant of its own choice, and the SDK would ask the identity for that
 * token and send it there. Only tokens for storage ever leave.
 */
function forStorageOnly(source: TokenSource): TokenSource {
  return { getToken: () => source.getToken(STORAGE_SCOPE) };
}

interface TlsOptions {
  readonly ca: string[];
}

const byAuthority = new Map<string, TlsOptions>();

/** The same object for the same authority: the SDK keeps one pool of connections for each. */
function tlsOptions(certificateAuthority: string): TlsOptions {
  const known = byAuthority.get(certificateAuthority);
  if (known) return known;
  const options = { ca: [...rootCertificates, certificateAuthority] };
  byAuthority.set(certificateAuthority, options);
  return options;
}
