import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KustoError } from '../../src/errors/index.js';
import { Authenticator } from '../../src/security/authentication.js';
import { parseSecurityConfig } from '../../src/security/index.js';

const TENANT = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';
const OID = 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb';
const CLIENT = '00001111-aaaa-2222-bbbb-3333cccc4444';
const GROUP = 'dddddddd-0000-1111-2222-bbbbbbbbbbbb';
const AUDIENCE = 'https://calypso.example';
const V1 = `https://sts.windows.net/${TENANT}/`;
const V2 = `https://login.microsoftonline.com/${TENANT}/v2.0`;

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

async function makeKey(kid: string): Promise<Key> {
  return { kid, ...(await generateKeyPair('RS256', { extractable: true })) };
}

/** A key server over HTTP, in the place of Entra's and of an OIDC issuer's. */
let server: Server;
let base: string;
let served: readonly Key[];
let requests: string[] = [];
let down = false;
let key: Key;
let forger: Key;
let next: Key;
let authenticator: Authenticator;
let now = new Date('2030-01-01T12:00:00Z');

beforeAll(async () => {
  [key, forger, next] = await Promise.all([makeKey('k1'), makeKey('k1'), makeKey('k2')]);
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const answer = async () => {
      if (down) return response.writeHead(503).end();
      if (request.url === '/realm/.well-known/openid-configuration') {
        return response.end(JSON.stringify({ issuer: `${base}/realm`, jwks_uri: `${base}/realm/keys` }));
      }
      const keys = await Promise.all(
        served.map(async ({ kid, publicKey }) => ({ ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' })),
      );
      return response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    };
    void answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  served = [key];
  requests = [];
  down = false;
  now = new Date('2030-01-01T12:00:00Z');
  const config = parseSecurityConfig({
    authentication: [
      { kind: 'entra', tenantId: TENANT },
      {
        kind: 'oidc',
        name: 'sso',
        issuer: `${base}/realm`,
        audiences: ['calypso'],
        claims: { groups: 'roles', userName: 'preferred_username', application: 'client' },
      },
    ],
    audiences: [AUDIENCE],
  });
  authenticator = new Authenticator(config, {
    now: () => now,
    fetch: (url, options) => fetch(url.replace('https://login.microsoftonline.com', base), options as RequestInit),
  });
});

const seconds = () => Math.floor(now.getTime() / 1000);

const claims = (change: JWTPayload = {}): JWTPayload => {
  const all = {
    iss: V1,
    aud: AUDIENCE,
    tid: TENANT,
    oid: OID,
    iat: seconds(),
    nbf: seconds(),
    exp: seconds() + 3600,
    ...change,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

const sign = (payload: JWTPayload, signer: Key = key) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: signer.kid }).sign(signer.privateKey);

const authenticate = (token: string) => authenticator.authenticate(`Bearer ${token}`);

async function refusal(token: string): Promise<KustoError> {
  const error = await authenticate(token).then(
    () => undefined,
    (reason: unknown) => reason as KustoError,
  );
  if (!error) throw new Error('the token was accepted');
  for (const part of token.split('.')) if (part.length > 8) expect(error.message).not.toContain(part);
  return error;
}

describe('tokens of Entra', () => {
  it('of a user, version 1', async () => {
    const token = await sign(
      claims({
        upn: 'ann@fabrikam.com',
        name: 'Ann',
        scp: 'user_impersonation',
        appid: CLIENT,
        groups: [GROUP.toUpperCase()],
        amr: ['pwd', 'mfa'],
      }),
    );
    const caller = await authenticate(token);
    expect(caller).toMatchObject({
      principal: { type: 'aaduser', id: OID, tenantId: TENANT, displayName: 'Ann' },
      identifiers: [OID, 'ann@fabrikam.com'],
      groups: [GROUP],
      details: { userPrincipalName: 'ann@fabrikam.com', mfa: true },
    });
    expect(caller.assertion).toBe(token);
    expect(JSON.stringify(caller)).not.toContain(token);
    expect({ ...caller }).not.toHaveProperty('assertion');
  });

  it('of an application, version 2', async () => {
    const caller = await authenticate(await sign(claims({ iss: V2, azp: CLIENT.toUpperCase() })));
    expect(caller).toMatchObject({ principal: { type: 'aadapp', id: OID }, identifiers: [OID, CLIENT] });
  });

  it('names that a user may choose give no identity', async () => {
    const token = await sign(
      claims({
        iss: V2,
        scp: 'x',
        preferred_username: 'boss@fabrikam.com',
        email: 'boss@fabrikam.com',
        unique_name: 'boss@fabrikam.com',
      }),
    );
    expect((await authenticate(token)).identifiers).toEqual([OID]);
  });

  it('that only hint at groups prove none', async () => {
    const hints = {
      _claim_names: { groups: 'src1' },
      _claim_sources: { src1: { endpoint: `${base}/groups` } },
      hasgroups: true,
    };
    expect((await authenticate(await sign(claims(hints)))).groups).toEqual([]);
    expect(requests).not.toContain('/groups');
  });
});

describe('tokens of another issuer', () => {
  const sso = (change: JWTPayload = {}) =>
    claims({ iss: `${base}/realm`, aud: 'calypso', tid: undefined, oid: undefined, sub: 'alice', ...change });

  it('name principals of its own namespace, by its own claims', async () => {
    expect(
      await authenticate(await sign(sso({ name: 'Alice', preferred_username: 'bob', roles: ['/team'] }))),
    ).toMatchObject({
      principal: { type: 'aaduser', id: 'alice', tenantId: 'oidc:sso', displayName: 'Alice' },
      identifiers: ['alice'],
      groups: ['/team'],
    });
    expect(await authenticate(await sign(sso({ client: 'job' })))).toMatchObject({
      principal: { type: 'aadapp', id: 'alice', tenantId: 'oidc:sso' },
      identifiers: ['alice', 'job'],
    });
    expect(requests).toEqual(['/realm/.well-known/openid-configuration', '/realm/keys']);
  });

  it('cannot assert an object id of an Entra tenant', async () => {
    const caller = await authenticate(await sign(sso({ sub: OID, oid: OID, tid: TENANT, upn: 'ann@fabrikam.com' })));
    expect(caller.principal.tenantId).toBe('oidc:sso');
    expect(caller.identifiers).toEqual([OID]);
  });

  it('need the audience of their own issuer', async () => {
    expect((await refusal(await sign(sso({ aud: AUDIENCE })))).message).toContain('audience');
  });
});

describe('what is refused with 401', () => {
  const cases: readonly (readonly [string, () => string | Promise<string>, RegExp])[] = [
    ['a forged signature', () => sign(claims(), forger), /signature is not valid/],
    ['changed claims', async () => tamper(await sign(claims())), /signature is not valid/],
    ['an expired token', () => sign(claims({ exp: seconds() - 301 })), /has expired/],
    ['a token of tomorrow', () => sign(claims({ nbf: seconds() + 301 })), /not valid yet/],
    ['one issued in the future', () => sign(claims({ iat: seconds() + 301 })), /in the future/],
    ['an unsigned token', () => new UnsecuredJWT(claims()).encode(), /not signed/],
    ['the public key used as an HMAC secret', () => confuse(), /must be signed with RS256/],
    ['a wrong audience', () => sign(claims({ aud: 'https://storage.azure.com/' })), /audience is not this service/],
    ['no audience', () => sign(claims({ aud: undefined })), /audience is not this service/],
    [
      'another tenant',
      () => sign(claims({ iss: `https://sts.windows.net/${OTHER}/`, tid: OTHER })),
      /issuer is not accepted/,
    ],
    ['a tenant that is not of the issuer', () => sign(claims({ tid: OTHER })), /tenant is not that of its issuer/],
    ['no issuer', () => sign(claims({ iss: undefined })), /issuer is not accepted/],
    ['no object id', () => sign(claims({ oid: undefined })), /'oid' claim/],
    ['an object id that is none', () => sign(claims({ oid: 'ann' })), /'oid' claim/],
    ['no tenant', () => sign(claims({ tid: undefined })), /'tid' claim/],
    ['no end', () => sign(claims({ exp: undefined })), /'exp' claim/],
    ["a device's token", () => sign(claims({ idtyp: 'device' })), /neither that of a user/],
    ['an unknown key', () => sign(claims(), next), /key that its issuer does not have/],
    ['no token', () => 'a.b', /not a JSON web token/],
    ['noise', () => 'AAAA.BBBB.CCCC', /not a JSON web token/],
  ];
  it.each(cases)('%s', async (_title, make, message) => {
    const error = await refusal(await make());
    expect(error).toMatchObject({ code: 'Unauthorized', status: 401 });
    expect(error.message).toMatch(message);
  });

  it.each([
    [undefined, /carries no token/],
    ['', /carries no token/],
    ['Basic dXNlcjpwdw==', /must have the form/],
    ['Bearer', /must have the form/],
  ])('the header %s', async (header, message) => {
    await expect(authenticator.authenticate(header)).rejects.toThrow(message);
  });

  const tamper = (token: string) => {
    const [header, payload, signature] = token.split('.');
    const changed = { ...(JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object), oid: CLIENT };
    return [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.');
  };
  const confuse = async () =>
    new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: key.kid })
      .sign(new TextEncoder().encode(await exportSPKI(key.publicKey)));
});

describe('keys of an issuer', () => {
  it('are read once, and once more when a token names one that is new', async () => {
    await authenticate(await sign(claims()));
    await authenticate(await sign(claims()));
    expect(requests).toHaveLength(1);
    served = [next];
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6000 });
    try {
      await authenticate(await sign(claims(), next));
      expect(requests).toHaveLength(2);
      await refusal(await sign(claims()));
    } finally {
      vi.useRealTimers();
    }
  });

  it('unknown key ids cannot make the server ask again and again', async () => {
    const unknown = await sign(claims(), next);
    for (let i = 0; i < 5; i++) await refusal(unknown);
    expect(requests.length).toBeLessThanOrEqual(2);
  });

  it('that cannot be read now are a transient fault, not a verdict on the token', async () => {
    down = true;
    const token = await sign(claims());
    expect(await refusal(token)).toMatchObject({ code: 'Unauthorized_KeysUnavailable', status: 503, permanent: false });
    down = false;
    await authenticate(token);
  });
});
