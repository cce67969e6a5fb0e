import { describe, expect, it } from 'vitest';
import type { PolicyEntity } from '../catalog/model.js';
import { Snapshot } from '../catalog/snapshot.js';
import type { KustoError } from '../errors/index.js';
import {
  calloutDefaults,
  isCalloutAllowed,
  mergeCalloutPolicy,
  parseCalloutPolicy,
  requireCallout,
} from './callout-policy.js';
import { parseSecurityConfig } from './config.js';
import { Directory } from './directory.js';
import {
  isUsageAllowed,
  mergeManagedIdentityPolicy,
  parseManagedIdentityPolicy,
  requireUsage,
  type IdentityUsage,
} from './managed-identity-policy.js';

const TENANT = '11111111-1111-4111-8111-111111111111';
const OID = 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb';
const CLIENT = '00001111-aaaa-2222-bbbb-3333cccc4444';
const USER_OID = 'cccccccc-0000-1111-2222-bbbbbbbbbbbb';

const directory = new Directory(
  parseSecurityConfig({
    identities: {
      system: { objectId: OID, clientId: CLIENT, tenantId: TENANT, displayName: 'cluster' },
      user: [{ objectId: USER_OID, clientId: TENANT, tenantId: TENANT, displayName: 'exporter' }],
    },
  }),
);

function policies(values: Readonly<Record<string, unknown>>): Snapshot {
  return Snapshot.of([
    { kind: 'database', id: 'd1', name: 'D', prettyName: '' },
    ...Object.entries(values).map(([id, value]): PolicyEntity => {
      const [scope = '', policy = ''] = id.split('/');
      return { kind: 'policy', id, scope, policy, value };
    }),
  ]);
}

describe('managed identity policy', () => {
  const parse = (value: unknown, scope: 'cluster' | 'database' = 'database') =>
    parseManagedIdentityPolicy(JSON.stringify(value), scope, directory);

  it('fills in what the server knows of the identity', () => {
    expect(
      parse([{ ObjectId: 'system', AllowedUsages: 'nativeingestion,ExternalTable', DisplayName: 'spoofed' }]),
    ).toEqual([
      {
        ObjectId: OID,
        ClientId: CLIENT,
        TenantId: TENANT,
        DisplayName: 'cluster',
        IsSystem: true,
        AllowedUsages: 'NativeIngestion, ExternalTable',
      },
    ]);
  });

  it.each([
    ['not JSON', '[{', 'ManagedIdentityPolicy_Invalid'],
    ['an object', '{}', 'ManagedIdentityPolicy_Invalid'],
    ['no usages', `[{"ObjectId":"${OID}"}]`, 'ManagedIdentityPolicy_Invalid'],
    ['no object id', '[{"AllowedUsages":"All"}]', 'ManagedIdentityPolicy_Invalid'],
    ['an empty usage', `[{"ObjectId":"${OID}","AllowedUsages":""}]`, 'ManagedIdentityPolicy_Invalid'],
    ['an unknown usage', `[{"ObjectId":"${OID}","AllowedUsages":"Everything"}]`, 'ManagedIdentityPolicy_Invalid'],
    ['an unknown property', `[{"ObjectId":"${OID}","AllowedUsages":"All","Usage":1}]`, 'ManagedIdentityPolicy_Invalid'],
    ['a name for an id', '[{"ObjectId":"cluster","AllowedUsages":"All"}]', 'ManagedIdentityPolicy_Invalid'],
    ['the client id', `[{"ObjectId":"${CLIENT}","AllowedUsages":"All"}]`, 'ManagedIdentityPolicy_Invalid'],
    [
      'SandboxArtifacts of a database',
      `[{"ObjectId":"${OID}","AllowedUsages":"SandboxArtifacts"}]`,
      'ManagedIdentityPolicy_Invalid',
    ],
    [
      'one unattached identity among others',
      `[{"ObjectId":"system","AllowedUsages":"All"},{"ObjectId":"22222222-2222-4222-8222-222222222222","AllowedUsages":"All"}]`,
      'ManagedIdentity_NotAttached',
    ],
  ])('%s is refused', (_title, text, code) => {
    expect(() => parseManagedIdentityPolicy(text, 'database', directory)).toThrow(
      expect.objectContaining({ code }) as KustoError,
    );
  });

  it('merges usages by object id and keeps the other identities', () => {
    const current = parse([
      { ObjectId: OID, AllowedUsages: 'NativeIngestion' },
      { ObjectId: USER_OID, AllowedUsages: 'ExternalTable' },
    ]);
    const merged = mergeManagedIdentityPolicy(
      current,
      parse([{ ObjectId: 'system', AllowedUsages: 'AutomatedFlows, NativeIngestion' }]),
    );
    expect(merged.map((one) => [one.ObjectId, one.AllowedUsages])).toEqual([
      [OID, 'NativeIngestion, AutomatedFlows'],
      [USER_OID, 'ExternalTable'],
    ]);
    const all = mergeManagedIdentityPolicy(merged, parse([{ ObjectId: OID, AllowedUsages: 'All' }]));
    expect(all[0]?.AllowedUsages).toBe('All');
  });

  it.each<[string, Record<string, [string, string]>, IdentityUsage, boolean]>([
    ['nothing is allowed without a policy', {}, 'AutomatedFlows', false],
    ['the database allows', { d1: [OID, 'AutomatedFlows'] }, 'AutomatedFlows', true],
    ['the cluster allows', { cluster: [OID, 'AutomatedFlows'] }, 'AutomatedFlows', true],
    ['All allows', { d1: [OID, 'All'] }, 'ExportRequest', true],
    ['another usage does not', { cluster: [OID, 'ExternalTable'] }, 'AutomatedFlows', false],
    ["another identity's does not", { cluster: [USER_OID, 'All'] }, 'AutomatedFlows', false],
    ["another database's does not", { d2: [OID, 'All'] }, 'AutomatedFlows', false],
    ['sandbox artifacts are of the cluster', { d1: [OID, 'All'] }, 'SandboxArtifacts', false],
  ])('%s', (_title, set, usage, allowed) => {
    const snapshot = policies(
      Object.fromEntries(
        Object.entries(set).map(([scope, [ObjectId, AllowedUsages]]) => [
          `${scope}/managed_identity`,
          parse([{ ObjectId, AllowedUsages }], 'cluster'),
        ]),
      ),
    );
    expect(isUsageAllowed(snapshot, directory.identity('system'), usage, 'd1')).toBe(allowed);
  });

  it('a refusal names identity, usage and the command that mends it, which then does', () => {
    const identity = directory.identity(USER_OID);
    let message = '';
    try {
      requireUsage(policies({}), identity, 'AutomatedFlows', 'd1');
    } catch (error) {
      message = (error as KustoError).message;
    }
    expect(message).toMatch(
      /'exporter' \(cccccccc.*AutomatedFlows.*\.alter-merge database \['D'\] policy managed_identity/,
    );
    const payload = /'(\[\{.*\}\])'$/.exec(message)?.[1] ?? '';
    const snapshot = policies({ 'd1/managed_identity': parseManagedIdentityPolicy(payload, 'database', directory) });
    expect(() => requireUsage(snapshot, identity, 'AutomatedFlows', 'd1')).not.toThrow();
  });
});

describe('callout policy', () => {
  const predefined = calloutDefaults({ callouts: [], restrictOutboundAccess: false });
  const none = calloutDefaults({ callouts: [], restrictOutboundAccess: true });
  const rule = (CalloutUriRegex: string, CanCall = true, CalloutType = 'external_data') => ({
    CalloutType,
    CalloutUriRegex,
    CanCall,
  });
  const allowed = (
    address: string,
    {
      rules = [] as unknown[],
      defaults = predefined,
      type = 'external_data' as const as 'external_data' | 'sql' | 'kusto',
      bearsToken = true,
    } = {},
  ) =>
    isCalloutAllowed(policies({ 'cluster/callout': parseCalloutPolicy(JSON.stringify(rules)) }), defaults, {
      type,
      address,
      bearsToken,
    });

  it('external data comes from anywhere, but tokens go to the storage hosts of Azure only', () => {
    expect(allowed('https://evil.example/c', { bearsToken: false })).toBe(true);
    expect(allowed('https://evil.example/c')).toBe(false);
    for (const address of [
      'https://account.blob.core.windows.net/container',
      'https://account.z12.blob.storage.azure.net/container',
      'abfss://fs@account.dfs.core.windows.net/path',
      'https://onelake.dfs.fabric.microsoft.com/workspace/item',
    ]) {
      expect(allowed(address), address).toBe(true);
    }
  });

  it('an address cannot dress up as another', () => {
    for (const address of [
      'https://account.blob.core.windows.net@evil.example/c',
      'https://account.blob.core.windows.net.evil.example/c',
      'https://evil.example/account.blob.core.windows.net/',
      'https://evil.example/?https://account.blob.core.windows.net/',
      'https://evil.example/#.blob.core.windows.net/',
      'http://account.blob.core.windows.net/c',
      'account.blob.core.windows.net/c',
      '',
    ]) {
      expect(allowed(address), address).toBe(false);
    }
    expect(allowed('https://evil.example/x.database.windows.net', { type: 'sql' })).toBe(false);
    expect(allowed('tcp:server.database.windows.net,1433', { type: 'sql' })).toBe(true);
    expect(allowed('tcp:evil.example,1433', { type: 'sql' })).toBe(false);
    expect(allowed('https://help.kusto.windows.net', { type: 'kusto' })).toBe(true);
  });

  it('a rule allows, and one that denies wins', () => {
    const local = 'https://127.0.0.1:10000/account/container';
    expect(allowed(local, { rules: [rule('^https://127\\.0\\.0\\.1:10000/')] })).toBe(true);
    expect(allowed(local, { rules: [rule('^https://127\\.0\\.0\\.1:10000/account/')] })).toBe(true);
    expect(allowed(local, { rules: [rule('^https://127\\.0\\.0\\.1:10000/', true, 'sql')] })).toBe(false);
    expect(allowed(local, { rules: [rule('.*'), rule('/container$', false)] })).toBe(false);
    expect(allowed('https://a.blob.core.windows.net/c', { rules: [rule('a\\.blob', false)] })).toBe(false);
    expect(allowed('https://a.blob.core.windows.net/c', { defaults: none })).toBe(false);
    expect(allowed('https://a.blob.core.windows.net/c', { defaults: none, bearsToken: false })).toBe(false);
  });

  it('the same type and expression takes the new answer', () => {
    const merged = mergeCalloutPolicy([rule('a'), rule('b')], [rule('a', false), rule('c')]);
    expect(merged).toEqual([rule('a', false), rule('b'), rule('c')]);
  });

  it.each([
    ['an unknown type', [rule('.*', true, 'ftp')]],
    ['no expression', [{ CalloutType: 'sql', CanCall: true }]],
    ['a bad expression', [rule('(')]],
    ['a text for CanCall', [{ ...rule('.*'), CanCall: 'true' }]],
  ])('%s is refused', (_title, rules) => {
    expect(() => parseCalloutPolicy(JSON.stringify(rules))).toThrow(
      expect.objectContaining({ code: 'CalloutPolicy_Invalid' }) as KustoError,
    );
  });

  it('a refusal names the host without query or credential, and the command that mends it', () => {
    const address = 'https://user:pw@127.0.0.1:99/c?sig=secret';
    let message = '';
    try {
      requireCallout(policies({}), predefined, { type: 'external_data', address, bearsToken: true });
    } catch (error) {
      message = (error as KustoError).message;
    }
    expect(message).toContain("'https://127.0.0.1:99/'");
    expect(message).not.toMatch(/secret|pw/);
    const payload = /@'(\[\{.*\}\])'$/.exec(message)?.[1] ?? '[]';
    expect(allowed(address, { rules: JSON.parse(payload) as unknown[] })).toBe(true);
  });
});
