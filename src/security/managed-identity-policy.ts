import { z } from 'zod';
import type { CatalogSnapshot } from '../catalog/catalog.js';
import { KustoError } from '../errors/index.js';
import type { Directory, ManagedIdentity } from './directory.js';
import { parsePolicyArray } from './policy-payload.js';
import { isGuid } from './principals.js';

export const MANAGED_IDENTITY_POLICY = 'managed_identity';

/** In the reference's order; `SandboxArtifacts` counts at the cluster only. */
const USAGES = [
  'All',
  'AutomatedFlows',
  'AzureAI',
  'DataConnection',
  'ExportRequest',
  'ExternalDataRequest',
  'ExternalTable',
  'NativeIngestion',
  'SandboxArtifacts',
  'SqlRequest',
] as const;

export type IdentityUsage = Exclude<(typeof USAGES)[number], 'All'>;

/** One identity's entry, as `.show policy managed_identity` gives it. */
export interface ManagedIdentityPolicyObject {
  readonly ObjectId: string;
  readonly ClientId: string;
  readonly TenantId: string;
  readonly DisplayName: string;
  readonly IsSystem: boolean;
  /** Comma-separated. */
  readonly AllowedUsages: string;
}

export type ManagedIdentityPolicy = readonly ManagedIdentityPolicyObject[];

const payload = z.strictObject({
  objectid: z.string('ObjectId must be given, a GUID or system'),
  allowedusages: z.string('AllowedUsages must be given, a text of comma-separated usages'),
  // Written by the server; what the caller writes is replaced.
  clientid: z.unknown().optional(),
  tenantid: z.unknown().optional(),
  displayname: z.unknown().optional(),
  issystem: z.unknown().optional(),
});

/**
 * The payload of `.alter` and `.alter-merge policy managed_identity`. Throws ManagedIdentityPolicy_Invalid, or
 * ManagedIdentity_NotAttached for an identity that the cluster does not have: then nothing of the command holds.
 */
export function parseManagedIdentityPolicy(
  text: string,
  scope: 'cluster' | 'database',
  directory: Directory,
): ManagedIdentityPolicy {
  const objects = parsePolicyArray(text, payload, 'ManagedIdentityPolicy_Invalid', 'managed_identity').map((one) => {
    const id = one.objectid.trim();
    if (id.toLowerCase() !== 'system' && !isGuid(id)) throw invalid(`ObjectId '${id}' is neither a GUID nor system`);
    const identity = directory.identity(id);
    if (id.toLowerCase() === identity.clientId && id.toLowerCase() !== identity.objectId) {
      throw invalid(`'${id}' is the client id of '${identity.displayName}'; its object id is '${identity.objectId}'`);
    }
    return policyObject(identity, parseUsages(one.allowedusages, scope));
  });
  return mergeManagedIdentityPolicy([], objects);
}

/** Union of the usages by object id; the display data is that of the change. */
export function mergeManagedIdentityPolicy(
  current: ManagedIdentityPolicy,
  change: ManagedIdentityPolicy,
): ManagedIdentityPolicy {
  const merged = new Map(current.map((one) => [one.ObjectId, one]));
  for (const one of change) {
    const usages = [...usagesOf(merged.get(one.ObjectId)), ...usagesOf(one)];
    merged.set(one.ObjectId, { ...one, AllowedUsages: printUsages(usages) });
  }
  return [...merged.values()];
}

/** True when the cluster's policy or the database's allows the usage. `databaseId` is undefined for work of no database. */
export function isUsageAllowed(
  snapshot: CatalogSnapshot,
  identity: ManagedIdentity,
  usage: IdentityUsage,
  databaseId: string | undefined,
): boolean {
  const scopes = databaseId === undefined || usage === 'SandboxArtifacts' ? ['cluster'] : ['cluster', databaseId];
  return scopes.some((scope) =>
    managedIdentityPolicy(snapshot, scope).some((one) => {
      const usages = usagesOf(one);
      return one.ObjectId === identity.objectId && (usages.includes('All') || usages.includes(usage));
    }),
  );
}

/** Throws ManagedIdentity_UsageNotAllowed. */
export function requireUsage(
  snapshot: CatalogSnapshot,
  identity: ManagedIdentity,
  usage: IdentityUsage,
  databaseId: string | undefined,
): void {
  if (isUsageAllowed(snapshot, identity, usage, databaseId)) return;
  const database = databaseId === undefined ? undefined : snapshot.get('database', databaseId)?.name;
  const scope = database === undefined || usage === 'SandboxArtifacts' ? 'cluster' : `database ['${database}']`;
  const change = JSON.stringify([{ ObjectId: identity.objectId, AllowedUsages: usage }]);
  throw new KustoError(
    'ManagedIdentity_UsageNotAllowed',
    `The managed identity '${identity.displayName}' (${identity.objectId}) may not be used for ${usage}: neither the cluster's ` +
      `managed identity policy nor the database's allows it. ` +
      `An AllDatabasesAdmin can allow it with: .alter-merge ${scope} policy managed_identity '${change}'`,
  );
}

/** The policy that is set at a scope (`cluster` or a database id); empty when none is. */
export function managedIdentityPolicy(snapshot: CatalogSnapshot, scope: string): ManagedIdentityPolicy {
  return (snapshot.policy(scope, MANAGED_IDENTITY_POLICY) as ManagedIdentityPolicy | undefined) ?? [];
}

function policyObject(identity: ManagedIdentity, usages: readonly string[]): ManagedIdentityPolicyObject {
  return {
    ObjectId: identity.objectId,
    ClientId: identity.clientId,
    TenantId: identity.tenantId,
    DisplayName: identity.displayName,
    IsSystem: identity.isSystem,
    AllowedUsages: printUsages(usages),
  };
}

function parseUsages(text: string, scope: 'cluster' | 'database'): string[] {
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => {
    const usage = USAGES.find((one) => one.toLowerCase() === name.toLowerCase());
    if (!usage) throw invalid(`'${name}' is no usage; the usages are ${USAGES.join(', ')}`);
    if (usage === 'SandboxArtifacts' && scope === 'database') {
      throw invalid('SandboxArtifacts can be allowed by the policy of the cluster only');
    }
    return usage;
  });
}

function usagesOf(object: ManagedIdentityPolicyObject | undefined): string[] {
  return object ? object.AllowedUsages.split(', ') : [];
}

function printUsages(usages: readonly string[]): string {
  return usages.includes('All') ? 'All' : [...new Set(usages)].join(', ');
}

function invalid(why: string): KustoError {
  return new KustoError('ManagedIdentityPolicy_Invalid', `The managed_identity policy is not valid: ${why}.`);
}
