import { describe, expect, it } from 'vitest';
import { KustoError } from '../errors/index.js';
import { currentPrincipal, currentPrincipalDetails, currentPrincipalIsMemberOf } from './current-principal.js';
import type { Caller } from './caller.js';
import { parseSecurityConfig } from './config.js';
import { Directory } from './directory.js';
import { identityCaller, isPrincipal, parsePrincipal } from './principals.js';

const TENANT = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';
const OID = 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb';
const CLIENT = '00001111-aaaa-2222-bbbb-3333cccc4444';

const directory = new Directory(
  parseSecurityConfig({
    authentication: [
      { kind: 'entra', tenantId: TENANT, domains: ['fabrikam.com'] },
      { kind: 'entra', tenantId: OTHER, domains: ['contoso.com'] },
      { kind: 'oidc', name: 'keycloak', issuer: 'https://sso.example/realms/a', audiences: ['calypso'] },
    ],
    audiences: ['https://calypso.example'],
    identities: { system: { objectId: OID, clientId: CLIENT, tenantId: TENANT, displayName: 'cluster' } },
  }),
);

describe('fully qualified names', () => {
  it.each([
    ['aaduser=someone@contoso.com', 'aaduser', 'someone@contoso.com', OTHER],
    ['aaduser=someone@nowhere.com', 'aaduser', 'someone@nowhere.com', TENANT],
    [`AADUser=Someone@Contoso.com;${TENANT.toUpperCase()}`, 'aaduser', 'Someone@Contoso.com', TENANT],
    [`aaduser=${OID.toUpperCase()};contoso.com`, 'aaduser', OID, OTHER],
    [` aadgroup = ${OID} `, 'aadgroup', OID, TENANT],
    [`aadapp=${OTHER};${OTHER}`, 'aadapp', OTHER, OTHER],
    ['aaduser=Alice;oidc:keycloak', 'aaduser', 'Alice', 'oidc:keycloak'],
    ['aadgroup=/team;oidc:keycloak', 'aadgroup', '/team', 'oidc:keycloak'],
  ])('%s is understood', (fqn, type, id, tenantId) => {
    expect(parsePrincipal(fqn, directory)).toMatchObject({ type, id, tenantId });
  });

  it('a managed identity is bound to its object id by either id, in its own tenant only', () => {
    expect(parsePrincipal(`aadapp=${CLIENT};${TENANT}`, directory)).toMatchObject({ id: OID, displayName: 'cluster' });
    expect(parsePrincipal(`aadapp=${OID}`, directory)).toMatchObject({ id: OID, displayName: 'cluster' });
    expect(parsePrincipal(`aadapp=${CLIENT};${OTHER}`, directory)).toMatchObject({ id: CLIENT, displayName: '' });
  });

  it.each([
    ['someone@fabrikam.com', 'Principal_Malformed'],
    ['aaduser=', 'Principal_Malformed'],
    ['aaduser=a@b;', 'Principal_Malformed'],
    ['aaduser=a@b;c;d', 'Principal_Malformed'],
    ['msauser=someone@live.com', 'Principal_Malformed'],
    ['aaduser=Someone', 'Principal_Malformed'],
    ['aadgroup=team@fabrikam.com', 'Principal_NotResolvable'],
    ['aadapp=My application;fabrikam.com', 'Principal_NotResolvable'],
    ['aaduser=a@b;unknown.example', 'Principal_NotResolvable'],
  ])('%s is refused as %s', (fqn, code) => {
    expect(() => parsePrincipal(fqn, directory)).toThrow(expect.objectContaining({ code }) as KustoError);
  });
});

describe('the current principal', () => {
  const identity = directory.identity('system');
  const job = identityCaller(identity);
  const user: Caller = {
    principal: { type: 'aaduser', id: OTHER, tenantId: TENANT, displayName: 'James' },
    identifiers: [OTHER, 'james@fabrikam.com'],
    groups: [OID],
    details: { userPrincipalName: 'james@fabrikam.com', identityProvider: 'https://sts.windows.net/x/', mfa: true },
  };

  it('of a job is its managed identity, by object id or client id', () => {
    expect(currentPrincipal(job)).toBe(`aadapp=${OID};${TENANT}`);
    expect(isPrincipal(job, { type: 'aadapp', id: CLIENT, tenantId: TENANT, displayName: '' })).toBe(true);
    expect(currentPrincipalDetails(job)).toMatchObject({ Type: 'AadApp', ObjectId: OID, Mfa: null });
  });

  it('has the details of its token', () => {
    expect(currentPrincipalDetails(user)).toEqual({
      UserPrincipalName: 'james@fabrikam.com',
      IdentityProvider: 'https://sts.windows.net/x/',
      Authority: TENANT,
      Mfa: 'True',
      Type: 'AadUser',
      DisplayName: 'James (upn: james@fabrikam.com)',
      ObjectId: OTHER,
      FQN: `aaduser=${OTHER};${TENANT}`,
      Notes: null,
    });
  });

  it('is a member of itself and of the groups that its token proves', () => {
    expect(currentPrincipalIsMemberOf(user, ['aaduser=james@fabrikam.com'], directory)).toBe(true);
    expect(currentPrincipalIsMemberOf(user, ['aaduser=a@fabrikam.com', `aadgroup=${OID}`], directory)).toBe(true);
    expect(currentPrincipalIsMemberOf(user, [`aadgroup=${OTHER}`], directory)).toBe(false);
    expect(() => currentPrincipalIsMemberOf(user, ['aaduser=james@fabrikam.com', 'nonsense'], directory)).toThrow(
      KustoError,
    );
  });
});
