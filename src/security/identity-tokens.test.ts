import { UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { KustoError } from '../errors/index.js';
import type { ManagedIdentity } from './directory.js';
import { IdentityTokens, type AccessToken } from './identity-tokens.js';

const TENANT = '11111111-1111-4111-8111-111111111111';
const identity: ManagedIdentity = {
  objectId: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb',
  clientId: '00001111-aaaa-2222-bbbb-3333cccc4444',
  tenantId: TENANT,
  displayName: 'exporter',
  isSystem: false,
};
const STORAGE = 'https://storage.azure.com/.default';
const jwt = (claims: object) => new UnsecuredJWT({ ...claims }).encode();

/** A source that answers with what `answer` gives, and counts. */
function tokensFrom(answer: () => AccessToken | null | Error) {
  let now = 0;
  let requests = 0;
  const getToken = async () => {
    requests++;
    await Promise.resolve();
    const given = answer();
    if (given instanceof Error) throw given;
    return given;
  };
  const tokens = new IdentityTokens({ sourceOf: () => ({ getToken }), now: () => now });
  return { tokens, requests: () => requests, advance: (ms: number) => (now += ms) };
}

const good = (expiresOnTimestamp = 3_600_000) => ({
  token: jwt({ oid: identity.objectId.toUpperCase(), tid: TENANT }),
  expiresOnTimestamp,
});
const code = (code: string) => expect.objectContaining({ code }) as KustoError;

describe('tokens of managed identities', () => {
  it('many askers make one request, and the token is kept until shortly before its end', async () => {
    const { tokens, requests, advance } = tokensFrom(good);
    await Promise.all(Array.from({ length: 20 }, () => tokens.tokenFor(identity, STORAGE)));
    expect(requests()).toBe(1);
    advance(3_400_000);
    await tokens.tokenFor(identity, STORAGE);
    expect(requests()).toBe(1);
    advance(150_000);
    await tokens.tokenFor(identity, STORAGE);
    expect(requests()).toBe(2);
  });

  it('are of one identity and one resource', async () => {
    const { tokens, requests } = tokensFrom(good);
    await tokens.tokenFor(identity, STORAGE);
    await tokens.tokenFor(identity, 'https://database.windows.net/.default');
    await expect(tokens.tokenFor({ ...identity, objectId: TENANT }, STORAGE)).rejects.toThrow(
      code('ManagedIdentity_TokenMismatch'),
    );
    expect(requests()).toBe(3);
  });

  it.each([
    ['another identity', { oid: TENANT, tid: TENANT }],
    ['another tenant', { oid: identity.objectId, tid: identity.objectId }],
    ['nobody', {}],
  ])('a token of %s is not used, told or kept', async (_title, claims) => {
    const token = jwt(claims);
    const { tokens, requests } = tokensFrom(() => ({ token, expiresOnTimestamp: 3_600_000 }));
    for (let i = 0; i < 2; i++) {
      const error: unknown = await tokens.tokenFor(identity, STORAGE).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'ManagedIdentity_TokenMismatch', permanent: true });
      expect((error as Error).message).not.toContain(token.split('.')[1]);
    }
    expect(requests()).toBe(2);
  });

  it('an opaque token is not used', async () => {
    const { tokens } = tokensFrom(() => ({ token: 'opaque', expiresOnTimestamp: 3_600_000 }));
    await expect(tokens.tokenFor(identity, STORAGE)).rejects.toThrow(code('ManagedIdentity_TokenMismatch'));
  });

  it.each<[string, Error | null, string]>([
    ['a refusal by status', Object.assign(new Error('x'), { status: 400 }), 'ManagedIdentity_Refused'],
    ['a refusal by code', new Error('invalid_client: no'), 'ManagedIdentity_Refused'],
    [
      'a refusal as the cause',
      new Error('failed', { cause: Object.assign(new Error('x'), { statusCode: 403 }) }),
      'ManagedIdentity_Refused',
    ],
    [
      'an endpoint that is too busy',
      Object.assign(new Error('x'), { status: 429 }),
      'ManagedIdentity_EndpointUnavailable',
    ],
    ['an endpoint with a fault', Object.assign(new Error('x'), { status: 500 }), 'ManagedIdentity_EndpointUnavailable'],
    [
      'an endpoint that is not there',
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
      'ManagedIdentity_EndpointUnavailable',
    ],
    ['no token', null, 'ManagedIdentity_EndpointUnavailable'],
  ])('%s is told as what it is, and the next one asks again', async (_title, answer, expected) => {
    const answers = [answer ?? null, good()];
    const { tokens } = tokensFrom(() => answers.shift() ?? null);
    await expect(tokens.tokenFor(identity, STORAGE)).rejects.toThrow(code(expected));
    if (answer) await expect(tokens.tokenFor(identity, STORAGE)).resolves.toBeDefined();
  });
});
