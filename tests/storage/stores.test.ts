import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerSASPermissions } from '@azure/storage-blob';
import { afterAll, beforeAll, describe } from 'vitest';
import { carriedCredential, openStore, parseConnectionString, type StoreCredential } from '../../src/storage/index.js';
import { startTestStorage, type TestStorage } from '../support/azurite/index.js';
import { createTestIssuer, type TestIssuer } from '../support/azurite/test-issuer.js';
import { objectStoreSuite } from './object-store-suite.js';

describe('local store', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'calypso-local-'));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  objectStoreSuite(() =>
    Promise.resolve(openStore(`file://${root}/${randomUUID()}`, { kind: 'none' }, { localRoots: [root] })),
  );
});

describe('Azure Blob store on Azurite', () => {
  const oid = randomUUID();
  let issuer: TestIssuer;
  let storage: TestStorage;
  beforeAll(async () => {
    issuer = await createTestIssuer();
    storage = await startTestStorage({ accounts: ['acct'], jwks: issuer.keys, issuers: [issuer.issuer] });
    storage.proxy.grant(oid, 'acct', 'Storage Blob Data Contributor');
  });
  afterAll(() => storage.stop());

  async function newContainer() {
    const container = storage.container('acct', `c-${randomUUID()}`);
    await container.create();
    return container;
  }
  const options = () => ({ certificateAuthority: storage.certificate.cert });
  function openCarried(text: string) {
    const connection = parseConnectionString(text);
    return openStore(connection.address, carriedCredential(connection) as StoreCredential, options());
  }

  describe('with the account key', () => {
    objectStoreSuite(async () => {
      const { containerName } = await newContainer();
      return openCarried(`${storage.addressOf('acct', containerName)};${storage.keyOf('acct')}`);
    });
  });

  describe('with a shared access signature, in a folder', () => {
    objectStoreSuite(async () => {
      const container = await newContainer();
      const permissions = ContainerSASPermissions.parse('rlcwd');
      const url = await container.generateSasUrl({ permissions, expiresOn: new Date(Date.now() + 3600_000) });
      return openCarried(url.replace('?', '/some%20folder/below?'));
    });
  });

  describe('with a token, by an abfss address', () => {
    objectStoreSuite(async () => {
      const { containerName } = await newContainer();
      const token = await issuer.token(oid);
      const host = storage.proxy.url.slice('https://'.length);
      return openCarried(`abfss://${containerName}@${host}/acct/deep;token=${token}`);
    });
  });
});
