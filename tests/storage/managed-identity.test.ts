import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startAuthority, type Authority } from '../../src/security/authority/index.js';
import { httpsFetch } from '../../src/security/https-fetch.js';
import { IdentityTokens, type ManagedIdentity } from '../../src/security/index.js';
import { openStore, type StoreCredential } from '../../src/storage/index.js';
import { startTestStorage, type TestStorage } from '../support/azurite/index.js';

/** Authority, `ManagedIdentityCredential`, storage SDK, verifying proxy and Azurite, all real, end to end. */
describe('a managed identity writes to storage', () => {
  const one = { objectId: randomUUID(), clientId: randomUUID(), displayName: 'exporter', isSystem: false };
  let authority: Authority;
  let storage: TestStorage;
  let folder: string;

  beforeAll(async () => {
    authority = await startAuthority({ identities: [one] });
    for (const [name, value] of Object.entries(authority.appServiceEnvironment)) vi.stubEnv(name, value);
    storage = await startTestStorage({
      accounts: ['acct'],
      jwks: new URL(`${authority.url}/${authority.tenantId}/discovery/v2.0/keys`),
      fetch: httpsFetch(authority.ca),
      issuers: [`https://sts.windows.net/${authority.tenantId}/`],
    });
    await storage.container('acct', 'target').create();
    folder = await mkdtemp(join(tmpdir(), 'calypso-identity-'));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await storage.stop();
    await authority.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('with the role only: its token is verified by the published keys, its object id held against the roles', async () => {
    const identity: ManagedIdentity = { ...one, tenantId: authority.tenantId };
    const tokens = new IdentityTokens();
    const credential: StoreCredential = {
      kind: 'token',
      credential: { getToken: (scope) => tokens.tokenFor(identity, scope) },
      principal: `managed identity ${one.objectId}`,
      renewable: true,
    };
    const options = { certificateAuthority: storage.certificate.cert };
    const store = openStore(storage.addressOf('acct', 'target'), credential, options);
    const path = join(folder, 'x');
    await writeFile(path, 'x');
    const sha256 = createHash('sha256').update('x').digest('hex');

    await expect(store.putFile('x', path, { sha256 })).rejects.toMatchObject({ code: 'Storage_PermissionDenied' });
    storage.proxy.grant(one.objectId, 'acct', 'Storage Blob Data Contributor');
    expect(await store.putFile('x', path, { sha256 })).toBe('created');
    storage.proxy.revoke(one.objectId, 'acct');
    await expect(store.head('x')).rejects.toMatchObject({ code: 'Storage_PermissionDenied' });
  });
});
