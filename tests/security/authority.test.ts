import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ClientSecretCredential } from '@azure/identity';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MemoryPersistence } from '../../src/catalog/memory-persistence.js';
import { StoredCatalog } from '../../src/catalog/stored-catalog.js';
import type { KustoError } from '../../src/errors/index.js';
import { startAuthority, type Authority } from '../../src/security/authority/index.js';
import {
  DEVELOPMENT_TENANT,
  IdentityTokens,
  parseManagedIdentityPolicy,
  parseSecurityConfig,
  Security,
} from '../../src/security/index.js';

const AUDIENCE = 'https://calypso.local';
const STORAGE = 'https://storage.azure.com/.default';
const ADMIN_SECRET = 'an administration secret';
const guid = (digit: string) => `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`;

const user = {
  type: 'aaduser' as const,
  objectId: guid('1'),
  userPrincipalName: 'ann@dev.local',
  displayName: 'Ann',
  secret: 'password of ann',
  groups: [guid('9')],
};
const app = {
  type: 'aadapp' as const,
  objectId: guid('2'),
  clientId: guid('3'),
  displayName: 'Client',
  secret: 'secret of client',
};
const server = {
  type: 'aadapp' as const,
  objectId: guid('4'),
  clientId: guid('5'),
  displayName: 'Calypso',
  secret: 'secret of server',
};
const system = { objectId: guid('6'), clientId: guid('7'), displayName: 'cluster', isSystem: true };
const exporter = { objectId: guid('a'), clientId: guid('b'), displayName: 'exporter' };

let authority: Authority;
let directory: string;
let caFile: string;
let catalog: StoredCatalog;

beforeAll(async () => {
  authority = await startAuthority({
    audiences: [AUDIENCE],
    adminSecret: ADMIN_SECRET,
    principals: [user, app, server],
    identities: [system, exporter],
  });
  directory = await mkdtemp(path.join(tmpdir(), 'calypso-authority-'));
  caFile = path.join(directory, 'ca.pem');
  await writeFile(caFile, authority.ca);
  vi.stubEnv('IDENTITY_ENDPOINT', authority.appServiceEnvironment.IDENTITY_ENDPOINT);
  vi.stubEnv('IDENTITY_HEADER', authority.appServiceEnvironment.IDENTITY_HEADER);
  catalog = await StoredCatalog.open(new MemoryPersistence(), () => new Date());
  await catalog.transact((tx) => tx.put({ kind: 'database', id: 'd1', name: 'D', prettyName: '' }));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await authority.close();
  await rm(directory, { recursive: true });
});

const attached = ({ objectId, clientId, displayName }: typeof exporter, more: object = {}) => ({
  objectId,
  clientId,
  displayName,
  tenantId: DEVELOPMENT_TENANT,
  ...more,
});

function configuration(change: object = {}) {
  return parseSecurityConfig({
    authentication: [{ kind: 'development', authority: authority.url, caFile }],
    audiences: [AUDIENCE],
    identities: { source: 'app-service', system: attached(system), user: [attached(exporter)] },
    ...change,
  });
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

function call(method: string, url: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, ca: authority.ca, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        const isJson = response.headers['content-type']?.includes('json');
        resolve({ status: response.statusCode ?? 0, body: (isJson ? JSON.parse(text) : { text }) as Answer['body'] });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const token = (form: Record<string, string>) =>
  call('POST', `${authority.url}/${DEVELOPMENT_TENANT}/oauth2/v2.0/token`, new URLSearchParams(form).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });

const admin = (method: string, where: string, body?: object, secret = ADMIN_SECRET) =>
  call(method, `${authority.url}/admin${where}`, body && JSON.stringify(body), {
    authorization: `Bearer ${secret}`,
    ...(body && { 'content-type': 'application/json' }),
  });

const userToken = async (scope = `${AUDIENCE}/.default`) =>
  (await token({ grant_type: 'password', username: user.userPrincipalName, password: user.secret, scope })).body
    .access_token as string;

const code = (code: string, more: object = {}) => expect.objectContaining({ code, ...more }) as KustoError;

const appClient = (secret = app.secret) =>
  new ClientSecretCredential(DEVELOPMENT_TENANT, app.clientId, secret, {
    authorityHost: authority.url,
    disableInstanceDiscovery: true,
    tlsOptions: { ca: authority.ca },
  });

describe('principals', () => {
  it('an application signs in with the real SDK and is known by object id and client id', async () => {
    const { token } = await appClient().getToken(`${AUDIENCE}/.default`);
    expect(await new Security(configuration(), catalog).authenticate(`Bearer ${token}`)).toMatchObject({
      principal: { type: 'aadapp', id: app.objectId, tenantId: DEVELOPMENT_TENANT, displayName: 'Client' },
      identifiers: [app.objectId, app.clientId],
    });
  });

  it('a user signs in and carries the groups of the directory', async () => {
    const caller = await new Security(configuration(), catalog).authenticate(`Bearer ${await userToken()}`);
    expect(caller).toMatchObject({
      principal: { type: 'aaduser', id: user.objectId },
      identifiers: [user.objectId, user.userPrincipalName],
      groups: user.groups,
    });
  });

  it('a role written by UPN is bound to the object id at the first sign-in', async () => {
    const principal = { type: 'aaduser' as const, id: 'ANN@dev.local', tenantId: DEVELOPMENT_TENANT, displayName: '' };
    await catalog.transact((tx) =>
      tx.put({ kind: 'role', id: 'r1', scope: 'd1', role: 'Viewer', principal, notes: 'n' }),
    );
    const security = new Security(configuration(), catalog);
    const caller = await security.authenticate(`Bearer ${await userToken()}`);
    expect(catalog.snapshot().get('role', 'r1')).toMatchObject({ principal: { id: user.objectId }, notes: 'n' });
    expect(security.authorization.mayQuery(catalog.snapshot(), caller, 'D')).toBe(true);
  });

  it.each([
    [
      'a wrong secret',
      { grant_type: 'client_credentials', client_id: app.clientId, client_secret: 'x', scope: STORAGE },
      401,
    ],
    ['no secret', { grant_type: 'client_credentials', client_id: app.clientId, scope: STORAGE }, 401],
    [
      'a wrong password',
      { grant_type: 'password', username: user.userPrincipalName, password: 'x', scope: STORAGE },
      400,
    ],
    [
      'an unknown resource',
      {
        grant_type: 'password',
        username: user.userPrincipalName,
        password: user.secret,
        scope: 'https://elsewhere/.default',
      },
      400,
    ],
    ['an unknown grant', { grant_type: 'implicit', scope: STORAGE }, 400],
  ])('%s gets no token', async (_title, form, status) => {
    const answer = await token(form as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toHaveProperty('access_token');
    expect(JSON.stringify(answer.body)).not.toContain(user.secret);
  });

  it('a token for storage is not one for the server', async () => {
    const storage = await userToken(STORAGE);
    expect(decodeJwt(storage)).toMatchObject({
      aud: 'https://storage.azure.com/',
      iss: `https://sts.windows.net/${DEVELOPMENT_TENANT}/`,
    });
    await expect(new Security(configuration(), catalog).authenticate(`Bearer ${storage}`)).rejects.toThrow(/audience/);
  });

  it('a real tenant never accepts the development authority', async () => {
    const real = parseSecurityConfig({
      authentication: [{ kind: 'entra', tenantId: guid('e') }],
      audiences: [AUDIENCE],
    });
    await expect(new Security(real, catalog).authenticate(`Bearer ${await userToken()}`)).rejects.toThrow(
      code('Unauthorized'),
    );
  });

  it('a server without an issuer, or with one in development mode, does not start', () => {
    expect(() => new Security(parseSecurityConfig({}), catalog)).toThrow(code('Configuration_Invalid'));
    expect(() => new Security(configuration(), catalog, { development: true })).toThrow(code('Configuration_Invalid'));
  });
});

describe('administration', () => {
  it('needs its secret', async () => {
    expect((await admin('PUT', '/principals', user, 'wrong')).status).toBe(401);
    expect((await admin('POST', '/keys/rotate', undefined, 'wrong')).status).toBe(401);
  });

  it('adds and removes principals', async () => {
    const guest = { ...app, objectId: guid('8'), clientId: guid('8'), secret: 'secret of guest' };
    const form = {
      grant_type: 'client_credentials',
      client_id: guest.clientId,
      client_secret: guest.secret,
      scope: STORAGE,
    };
    expect((await token(form)).status).toBe(401);
    expect((await admin('PUT', '/principals', guest)).status).toBe(204);
    expect((await token(form)).status).toBe(200);
    expect((await admin('DELETE', `/principals/${guest.objectId}`)).status).toBe(204);
    expect((await token(form)).status).toBe(401);
    expect((await admin('PUT', '/principals', { type: 'aadapp' })).status).toBe(400);
  });
});

describe('managed identities', () => {
  const allow = (usage: string, scope = 'd1') =>
    catalog.transact((tx) => {
      const { directory } = new Security(configuration(), catalog);
      const value = parseManagedIdentityPolicy(
        JSON.stringify([system, exporter].map(({ objectId }) => ({ ObjectId: objectId, AllowedUsages: usage }))),
        'database',
        directory,
      );
      tx.put({ kind: 'policy', id: `${scope}/managed_identity`, scope, policy: 'managed_identity', value });
    });
  const forbid = () => catalog.transact((tx) => tx.delete('policy', 'd1/managed_identity'));
  const target = { address: 'https://account.blob.core.windows.net/container', type: 'external_data' as const };

  it('each gets its own token through the real credential', async () => {
    await allow('AutomatedFlows');
    const security = new Security(configuration(), catalog);
    for (const [name, identity] of [
      ['system', system],
      [exporter.objectId, exporter],
    ] as const) {
      const { token } = await security.credentialFor(name, 'AutomatedFlows', 'd1', target).getToken(STORAGE);
      expect(decodeJwt(token)).toMatchObject({
        oid: identity.objectId,
        appid: identity.clientId,
        aud: 'https://storage.azure.com/',
      });
    }
  });

  it('no token without the usage, for another resource, or to an address outside the callout policy', async () => {
    const security = new Security(configuration(), catalog);
    const credential = security.credentialFor(exporter.objectId, 'AutomatedFlows', 'd1', target);
    const trap = security.credentialFor(exporter.objectId, 'AutomatedFlows', 'd1', {
      ...target,
      address: 'https://127.0.0.1:9/c',
    });
    await allow('ExternalTable');
    await expect(credential.getToken(STORAGE)).rejects.toThrow(code('ManagedIdentity_UsageNotAllowed'));
    await allow('AutomatedFlows');
    await expect(credential.getToken(STORAGE)).resolves.toBeDefined();
    await expect(credential.getToken('https://vault.azure.net/.default')).rejects.toThrow(code('Callout_NotAllowed'));
    await expect(trap.getToken(STORAGE)).rejects.toThrow(code('Callout_NotAllowed'));
    await forbid();
    await expect(credential.getToken(STORAGE)).rejects.toThrow(code('ManagedIdentity_UsageNotAllowed'));
  });

  it('one that the new configuration no longer has fails at its next use', async () => {
    await allow('All');
    const security = new Security(configuration(), catalog);
    const credential = security.credentialFor(exporter.objectId, 'AutomatedFlows', 'd1', target);
    await credential.getToken(STORAGE);
    security.reload(configuration({ identities: { source: 'app-service', system: attached(system) } }));
    await expect(credential.getToken(STORAGE)).rejects.toThrow(code('ManagedIdentity_NotAttached'));
  });

  it('one that was taken from the host is refused for good, and comes back', async () => {
    const lost = { objectId: guid('f'), clientId: guid('f'), displayName: 'lost' };
    const identity = { ...attached(lost), isSystem: false };
    await expect(new IdentityTokens().tokenFor(identity, STORAGE)).rejects.toThrow(
      code('ManagedIdentity_Refused', { permanent: true }),
    );
    expect((await admin('PUT', '/identities', lost)).status).toBe(204);
    await expect(new IdentityTokens().tokenFor(identity, STORAGE)).resolves.toBeDefined();
    expect((await admin('DELETE', `/identities/${lost.objectId}`)).status).toBe(204);
  });

  it('the token of somebody else is never used', async () => {
    const identity = { ...attached(exporter), objectId: guid('e'), isSystem: false };
    await expect(new IdentityTokens().tokenFor(identity, STORAGE)).rejects.toThrow(
      code('ManagedIdentity_TokenMismatch'),
    );
  });

  it('speaks the IMDS protocol', async () => {
    const { AZURE_POD_IDENTITY_AUTHORITY_HOST: host } = authority.imdsEnvironment;
    const ask = (query: string, headers: Record<string, string> = { metadata: 'true' }) =>
      fetch(
        `${host}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://storage.azure.com&${query}`,
        { headers },
      );
    const oidOf = async (response: Response) =>
      decodeJwt(((await response.json()) as { access_token: string }).access_token).oid;
    expect(await oidOf(await ask(''))).toBe(system.objectId);
    expect(await oidOf(await ask(`object_id=${exporter.objectId}`))).toBe(exporter.objectId);
    expect(await oidOf(await ask(`client_id=${exporter.clientId}`))).toBe(exporter.objectId);
    expect((await ask(`client_id=${guid('8')}`)).status).toBe(400);
    expect((await ask('', {})).status).toBe(400);
    expect(
      (await fetch(`${authority.appServiceEnvironment.IDENTITY_ENDPOINT}?resource=https://storage.azure.com`)).status,
    ).toBe(401);
  });
});

describe('on behalf of the caller', () => {
  const onBehalfOf = { tenantId: DEVELOPMENT_TENANT, clientId: server.clientId, clientSecret: server.secret };
  const target = { address: 'https://account.blob.core.windows.net/container', type: 'external_data' as const };

  it("the caller's token becomes one to storage, still the caller's", async () => {
    const security = new Security(configuration({ onBehalfOf }), catalog);
    const caller = await security.authenticate(`Bearer ${await userToken()}`);
    const { token } = await security.callerCredentialFor(caller, target).getToken(STORAGE);
    expect(decodeJwt(token)).toMatchObject({
      oid: user.objectId,
      aud: 'https://storage.azure.com/',
      appid: server.clientId,
    });
  });

  it('without an application credential it is refused and says so', async () => {
    const security = new Security(configuration(), catalog);
    const caller = await security.authenticate(`Bearer ${await userToken()}`);
    await expect(security.callerCredentialFor(caller, target).getToken(STORAGE)).rejects.toThrow(
      code('OnBehalfOf_NotConfigured'),
    );
  });

  it('with a wrong secret it is refused, and the secret is not told', async () => {
    const security = new Security(
      configuration({ onBehalfOf: { ...onBehalfOf, clientSecret: 'wrong-secret' } }),
      catalog,
    );
    const caller = await security.authenticate(`Bearer ${await userToken()}`);
    const error: unknown = await security
      .callerCredentialFor(caller, target)
      .getToken(STORAGE)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'OnBehalfOf_Refused', permanent: true });
    expect((error as Error).message).not.toContain('wrong-secret');
  });

  it('an application is not acted for', async () => {
    const security = new Security(configuration({ onBehalfOf }), catalog);
    const { token } = await appClient().getToken(`${AUDIENCE}/.default`);
    const caller = await security.authenticate(`Bearer ${token}`);
    await expect(security.callerCredentialFor(caller, target).getToken(STORAGE)).rejects.toThrow(
      code('OnBehalfOf_NotConfigured'),
    );
  });
});

// Last: it changes the keys.
describe('rotation of keys', () => {
  it('tokens of the old key are refused, tokens of the new one accepted', async () => {
    const old = await userToken();
    expect((await admin('POST', '/keys/rotate')).status).toBe(204);
    const security = new Security(configuration(), catalog);
    await expect(security.authenticate(`Bearer ${await userToken()}`)).resolves.toBeDefined();
    await expect(security.authenticate(`Bearer ${old}`)).rejects.toThrow(code('Unauthorized'));
  });
});
