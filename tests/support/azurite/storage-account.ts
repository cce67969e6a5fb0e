import { createHash } from 'node:crypto';
import { BlobServiceClient, newPipeline, StorageSharedKeyCredential, type ContainerClient } from '@azure/storage-blob';
import type { FetchImplementation, JWTVerifyGetKey } from 'jose';
import { startAzurite } from './azurite.js';
import { loopbackCertificate, type Certificate } from './certificate.js';
import { startStorageProxy, type StorageProxy } from './proxy.js';

export interface TestStorage {
  readonly proxy: StorageProxy;
  /** The certificate authority to trust, PEM. */
  readonly certificate: Certificate;
  /** Base64 key of an account. */
  keyOf(account: string): string;
  /** `https://127.0.0.1:port/account/container` */
  addressOf(account: string, container: string): string;
  /** The owner's way in, with the key and without Calypso. */
  container(account: string, name: string): ContainerClient;
  stop(): Promise<void>;
}

export interface TestStorageOptions {
  readonly accounts: readonly string[];
  readonly jwks: URL | JWTVerifyGetKey;
  readonly issuers: readonly string[];
  readonly fetch?: FetchImplementation;
  readonly certificate?: Certificate;
  readonly folder?: string;
}

/** Azurite behind the verifying proxy: what stands for Azure in tests and in the demo. */
export async function startTestStorage(options: TestStorageOptions): Promise<TestStorage> {
  const certificate = options.certificate ?? (await loopbackCertificate());
  const keyOf = (account: string) => createHash('sha256').update(`key of ${account}`).digest('base64');
  const accounts = Object.fromEntries(options.accounts.map((account) => [account, keyOf(account)]));
  const azurite = await startAzurite({ certificate, accounts, ...(options.folder ? { folder: options.folder } : {}) });
  let proxy: StorageProxy;
  try {
    proxy = await startStorageProxy({ ...options, certificate, azuritePort: azurite.port });
  } catch (error) {
    await azurite.stop();
    throw error;
  }
  const tlsOptions = { ca: certificate.cert };
  return {
    proxy,
    certificate,
    keyOf,
    addressOf: (account, container) => `${proxy.url}/${account}/${container}`,
    container: (account, name) =>
      new BlobServiceClient(
        `${proxy.url}/${account}`,
        // The core pipeline beneath knows tlsOptions, though this type does not.
        newPipeline(new StorageSharedKeyCredential(account, keyOf(account)), { tlsOptions } as object),
      ).getContainerClient(name),
    stop: async () => {
      await proxy.stop();
      await azurite.stop();
    },
  };
}
