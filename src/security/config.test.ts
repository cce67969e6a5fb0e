import { describe, expect, it } from 'vitest';
import type { KustoError } from '../errors/index.js';
import { parseSecurityConfig } from './config.js';
import { checkIdentitySource } from './identity-source.js';
import { DEVELOPMENT_TENANT } from './tenants.js';

const TENANT = '11111111-1111-4111-8111-111111111111';
const entra = { kind: 'entra', tenantId: TENANT };
const development = { kind: 'development', authority: 'https://127.0.0.1:9443' };
const oidc = { kind: 'oidc', name: 'sso', issuer: 'https://sso.example', audiences: ['calypso'] };
const audiences = ['https://calypso.example'];
const identity = (id: string, more: object = {}) => ({
  objectId: `aaaaaaaa-0000-1111-2222-00000000000${id}`,
  clientId: `cccccccc-0000-1111-2222-00000000000${id}`,
  tenantId: TENANT,
  displayName: `identity${id}`,
  ...more,
});

const refuses = (config: unknown, reason: RegExp) => {
  let message = '';
  try {
    parseSecurityConfig(config);
  } catch (error) {
    expect((error as KustoError).code).toBe('Configuration_Invalid');
    message = (error as KustoError).message;
  }
  expect(message).toMatch(reason);
};

describe('security configuration', () => {
  it('takes a whole one', () => {
    const config = parseSecurityConfig({
      authentication: [entra, oidc],
      audiences,
      identities: {
        source: 'imds',
        system: identity('1'),
        user: [identity('2'), identity('3', { workload: { tokenFile: '/t' } })],
      },
      admins: ['aaduser=a@b.com'],
    });
    expect(config.identities.user).toHaveLength(2);
    expect(parseSecurityConfig(undefined).authentication).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'a development authority beside Entra',
      { authentication: [development, entra], audiences },
      /never accepted together/,
    ],
    [
      'a development authority beside OIDC',
      { authentication: [oidc, development], audiences },
      /never accepted together/,
    ],
    [
      'a development authority elsewhere',
      { authentication: [{ ...development, authority: 'https://10.0.0.1' }], audiences },
      /loopback/,
    ],
    [
      'a development authority in clear',
      { authentication: [{ ...development, authority: 'http://127.0.0.1' }], audiences },
      /https/,
    ],
    [
      'the reserved tenant as Entra',
      { authentication: [{ ...entra, tenantId: DEVELOPMENT_TENANT }], audiences },
      /reserved/,
    ],
    [
      'Entra dressed as OIDC',
      { authentication: [{ ...oidc, issuer: `https://sts.windows.net/${TENANT}/` }] },
      /kind: entra/,
    ],
    ['OIDC in clear', { authentication: [{ ...oidc, issuer: 'http://sso.example' }] }, /https/],
    ['OIDC named like a tenant', { authentication: [{ ...oidc, name: 'Fabrikam.com' }] }, /lower-case/],
    ['one issuer under two names', { authentication: [oidc, { ...oidc, name: 'b' }] }, /given twice/],
    ['no audience', { authentication: [entra] }, /audiences/],
    ['a tenant twice', { authentication: [entra, entra], audiences }, /given twice/],
    [
      'a real identity with the development authority',
      { authentication: [development], audiences, identities: { system: identity('1') } },
      /tenantId must be/,
    ],
    [
      'a development identity with Entra',
      { authentication: [entra], audiences, identities: { system: identity('1', { tenantId: DEVELOPMENT_TENANT }) } },
      /development authority/,
    ],
    ['one identity twice', { identities: { system: identity('1'), user: [identity('1')] } }, /objectId .* given twice/],
    ['two system identities', { identities: { system: [identity('1'), identity('2')] } }, /identities.system/],
    [
      'workload without a token file',
      { identities: { source: 'workload', system: identity('1') } },
      /workload.tokenFile/,
    ],
    ['user-assigned on Arc', { identities: { source: 'arc', user: [identity('1')] } }, /system-assigned identity only/],
    ['an unknown default tenant', { defaultTenant: 'fabrikam.com' }, /defaultTenant/],
    ['both keys', { secretsKey: 'a', secretsKeyFile: 'b' }, /one of the two/],
    ['a misspelt setting', { audience: [] }, /audience/],
  ])('%s is refused at start', (_title, config, reason) => refuses(config, reason));
});

describe('source of tokens', () => {
  const check = (source: 'imds' | 'app-service' | 'arc', environment: Record<string, string>) =>
    checkIdentitySource(parseSecurityConfig({ identities: { source, system: identity('1') } }).identities, environment);
  const appService = { IDENTITY_ENDPOINT: 'http://127.0.0.1/msi/token', IDENTITY_HEADER: 'x' };
  const arc = { IDENTITY_ENDPOINT: 'http://127.0.0.1/msi/token', IMDS_ENDPOINT: 'http://127.0.0.1' };
  const federation = { AZURE_TENANT_ID: TENANT, AZURE_FEDERATED_TOKEN_FILE: '/t' };

  it('is the one that the SDK will ask', () => {
    expect(() => check('imds', {})).not.toThrow();
    expect(() => check('app-service', appService)).not.toThrow();
    expect(() => check('arc', arc)).not.toThrow();
    expect(() =>
      checkIdentitySource(parseSecurityConfig({}).identities, { ...appService, ...federation }),
    ).not.toThrow();
  });

  it.each<[string, 'imds' | 'app-service' | 'arc', Record<string, string>]>([
    ['App Service without its environment', 'app-service', {}],
    ['IMDS where App Service would be asked', 'imds', appService],
    ['Arc where App Service would be asked', 'arc', { ...arc, ...appService }],
    ['Arc without its environment', 'arc', {}],
    [
      'App Service where Service Fabric would be asked',
      'app-service',
      { ...appService, IDENTITY_SERVER_THUMBPRINT: 'x' },
    ],
    ['any where workload identity would take over', 'imds', federation],
  ])('%s is refused at start', (_title, source, environment) => {
    expect(() => check(source, environment)).toThrow(
      expect.objectContaining({ code: 'Configuration_Invalid' }) as KustoError,
    );
  });
});
