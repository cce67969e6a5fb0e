import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KustoError } from '../../src/errors/index.js';
import { startAuthority, type Authority } from '../../src/security/authority/index.js';
import { DEVELOPMENT_TENANT, IdentityTokens } from '../../src/security/index.js';

// Apart from authority.test.ts: the SDK settles on one source of managed identities a process.

const STORAGE = 'https://storage.azure.com/.default';
const ADMIN_SECRET = 'an administration secret';
const exporter = {
  objectId: 'aaaaaaaa-0000-4000-8000-aaaaaaaaaaaa',
  clientId: 'bbbbbbbb-0000-4000-8000-bbbbbbbbbbbb',
  displayName: 'exporter',
};
const identity = { ...exporter, tenantId: DEVELOPMENT_TENANT, isSystem: false };
const code = (code: string, permanent: boolean) => expect.objectContaining({ code, permanent }) as KustoError;

let authority: Authority;
let directory: string;
let tokenFile: string;
let caFile: string;

beforeAll(async () => {
  authority = await startAuthority({ adminSecret: ADMIN_SECRET, identities: [exporter] });
  directory = await mkdtemp(path.join(tmpdir(), 'calypso-workload-'));
  tokenFile = path.join(directory, 'token');
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', authority.imdsEnvironment.AZURE_POD_IDENTITY_AUTHORITY_HOST);
  caFile = path.join(directory, 'ca.pem');
  await writeFile(caFile, authority.ca);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await authority.close();
  await rm(directory, { recursive: true });
});

describe('IMDS', () => {
  it('gives the real credential the token of the identity that it asks for', async () => {
    const { token } = await new IdentityTokens().tokenFor(identity, 'https://database.windows.net/.default');
    expect(decodeJwt(token)).toMatchObject({ oid: exporter.objectId, aud: 'https://database.windows.net/' });
  });

  it('refuses an identity that the host does not have', async () => {
    const stranger = { ...identity, clientId: 'cccccccc-0000-4000-8000-cccccccccccc' };
    await expect(new IdentityTokens().tokenFor(stranger, STORAGE)).rejects.toThrow(
      code('ManagedIdentity_Refused', true),
    );
  });
});

describe('workload identity', () => {
  const federated = () => {
    const url = `${authority.url}/admin/identities/${exporter.objectId}/federated-token`;
    return new Promise<string>((resolve, reject) => {
      const sent = request(
        url,
        { method: 'POST', ca: authority.ca, headers: { authorization: `Bearer ${ADMIN_SECRET}` } },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => (text += chunk.toString()));
          response.on('end', () => resolve(text));
        },
      );
      sent.on('error', reject);
      sent.end();
    });
  };
  const workload = () => ({ ...identity, workload: { tokenFile, caFile, authorityHost: authority.url } });

  it("exchanges the platform's token for the identity's own", async () => {
    await writeFile(tokenFile, await federated());
    const { token } = await new IdentityTokens().tokenFor(workload(), STORAGE);
    expect(decodeJwt(token)).toMatchObject({ oid: exporter.objectId });
  });

  it('refuses a token that the platform did not make', async () => {
    await writeFile(tokenFile, 'eyJhbGciOiJub25lIn0.e30.');
    await expect(new IdentityTokens().tokenFor(workload(), STORAGE)).rejects.toThrow(
      code('ManagedIdentity_Refused', true),
    );
  });
});

// Last: it takes the endpoint away.
describe('an endpoint that is down', () => {
  it('is a transient fault', async () => {
    await authority.close();
    const other = { ...identity, clientId: 'dddddddd-0000-4000-8000-dddddddddddd' };
    await expect(new IdentityTokens().tokenFor(other, STORAGE)).rejects.toThrow(
      code('ManagedIdentity_EndpointUnavailable', false),
    );
  });
});
