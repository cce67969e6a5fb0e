import { KustoError } from '../../errors/index.js';
import {
  CALLOUT_POLICY,
  MANAGED_IDENTITY_POLICY,
  mergeCalloutPolicy,
  mergeManagedIdentityPolicy,
  parseCalloutPolicy,
  parseManagedIdentityPolicy,
  type CalloutRule,
  type ManagedIdentityPolicy,
  type Permission,
} from '../../security/index.js';
import type { CommandContext } from '../framework/index.js';
import { caching, enabling, flagged, json, retention, rowOrder, type Payload } from './payloads.js';

export type PolicyLevel = 'cluster' | 'database' | 'table';

/** A policy that Calypso keeps. Those whose rules it does not follow yet, but whose absence is told, cannot be set. */
export interface PolicyKind {
  readonly keyword: string;
  /** What the reference calls it in results. */
  readonly name: string;
  readonly levels: readonly PolicyLevel[];
  /** What `.alter` takes; undefined: it can be shown and deleted only. */
  readonly alter?: Payload;
  /** What `.alter-merge` takes, and how it changes what is there. */
  readonly alterMerge?: Payload;
  readonly merge?: (current: unknown, change: unknown) => unknown;
  /** The stored value from the payload's; may refuse it. */
  readonly check?: (payload: unknown, context: CommandContext, level: PolicyLevel) => unknown;
  /** Where it is not the admin of the level. */
  readonly permission?: Permission;
  /** What a deleted policy leaves behind; undefined: nothing, as if it had never been set. */
  readonly deleted?: unknown;
}

/** Fields of the change replace those of the policy, at every depth. */
function mergeObjects(current: unknown, change: unknown): unknown {
  if (!isObject(current) || !isObject(change)) return change;
  const merged: Record<string, unknown> = { ...current };
  for (const [key, value] of Object.entries(change)) merged[key] = mergeObjects(merged[key], value);
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON object with fields that the reference knows, in its spelling: a misspelled one would do nothing in silence. */
function fields(...names: readonly string[]): (payload: unknown) => unknown {
  return (payload) => {
    if (payload === null) return payload;
    if (!isObject(payload)) throw new KustoError('BadRequest_InvalidPolicy', 'The policy must be a JSON object.');
    const spelled = Object.entries(payload).map(([key, value]) => {
      const name = names.find((one) => one.toLowerCase() === key.toLowerCase());
      if (name !== undefined) return [name, value] as const;
      throw new KustoError(
        'BadRequest_InvalidPolicy',
        `'${key}' is not a field of this policy here. Its fields are: ${names.join(', ')}.`,
      );
    });
    return Object.fromEntries(spelled);
  };
}

function anyObject(payload: unknown): unknown {
  if (payload === null || isObject(payload)) return payload;
  throw new KustoError('BadRequest_InvalidPolicy', 'The policy must be a JSON object.');
}

/** Calypso limits exports only. */
function capacity(payload: unknown): unknown {
  const policy = fields('ExportCapacity')(payload);
  if (!isObject(policy) || policy['ExportCapacity'] === undefined) return policy;
  const limits = fields('ClusterMaximumConcurrentOperations', 'CoreUtilizationCoefficient')(policy['ExportCapacity']);
  const wrong = isObject(limits) && Object.entries(limits).find(([, value]) => typeof value !== 'number' || value < 0);
  if (!isObject(limits) || wrong) {
    throw new KustoError('BadRequest_InvalidPolicy', 'The fields of ExportCapacity must be numbers of 0 or more.');
  }
  return { ExportCapacity: limits };
}

function textOf(payload: unknown): string {
  return typeof payload === 'string' ? payload : JSON.stringify(payload);
}

const DOCUMENT = { alter: json, alterMerge: json, merge: mergeObjects } as const;

export const POLICY_KINDS: readonly PolicyKind[] = [
  {
    keyword: 'ingestiontime',
    name: 'IngestionTimePolicy',
    levels: ['table'],
    alter: flagged,
    permission: 'TableIngestor',
    // On for every table unless it is turned off.
    deleted: null,
  },
  {
    keyword: MANAGED_IDENTITY_POLICY,
    name: 'ManagedIdentityPolicy',
    levels: ['cluster', 'database'],
    alter: json,
    alterMerge: json,
    permission: 'AllDatabasesAdmin',
    check: (payload, { security }, level) =>
      parseManagedIdentityPolicy(textOf(payload), level === 'cluster' ? level : 'database', security.directory),
    merge: (current, change) =>
      mergeManagedIdentityPolicy((current as ManagedIdentityPolicy | null) ?? [], change as ManagedIdentityPolicy),
  },
  {
    keyword: CALLOUT_POLICY,
    name: 'CalloutPolicy',
    levels: ['cluster'],
    alter: json,
    alterMerge: json,
    check: (payload) => parseCalloutPolicy(textOf(payload)),
    merge: (current, change) =>
      mergeCalloutPolicy((current as readonly CalloutRule[] | null) ?? [], change as readonly CalloutRule[]),
  },
  { keyword: 'capacity', name: 'CapacityPolicy', levels: ['cluster'], ...DOCUMENT, check: capacity },
  {
    keyword: 'retention',
    name: 'RetentionPolicy',
    levels: ['database', 'table'],
    alter: json,
    alterMerge: retention,
    merge: mergeObjects,
    check: fields('SoftDeletePeriod', 'Recoverability'),
  },
  {
    keyword: 'caching',
    name: 'CachingPolicy',
    levels: ['cluster', 'database', 'table'],
    alter: caching,
  },
  {
    keyword: 'ingestionbatching',
    name: 'IngestionBatchingPolicy',
    levels: ['cluster', 'database', 'table'],
    ...DOCUMENT,
    check: fields('MaximumBatchingTimeSpan', 'MaximumNumberOfItems', 'MaximumRawDataSizeMB'),
  },
  {
    keyword: 'streamingingestion',
    name: 'StreamingIngestionPolicy',
    levels: ['cluster', 'database', 'table'],
    alter: enabling,
    alterMerge: json,
    merge: mergeObjects,
    check: fields('IsEnabled', 'HintAllocatedRate'),
  },
  { keyword: 'merge', name: 'ExtentsMergePolicy', levels: ['database', 'table'], ...DOCUMENT, check: anyObject },
  {
    keyword: 'sharding',
    name: 'ShardingPolicy',
    levels: ['cluster', 'database', 'table'],
    ...DOCUMENT,
    check: anyObject,
  },
  {
    keyword: 'roworder',
    name: 'RowOrderPolicy',
    levels: ['table'],
    alter: rowOrder,
    alterMerge: rowOrder,
    merge: (_, change) => change,
  },
  { keyword: 'encoding', name: 'EncodingPolicy', levels: ['database', 'table'] },
  { keyword: 'partitioning', name: 'PartitioningPolicy', levels: ['table'] },
  { keyword: 'update', name: 'UpdatePolicy', levels: ['table'] },
  { keyword: 'row_level_security', name: 'RowLevelSecurityPolicy', levels: ['table'] },
  { keyword: 'restricted_view_access', name: 'RestrictedViewAccessPolicy', levels: ['table'] },
  { keyword: 'auto_delete', name: 'AutoDeletePolicy', levels: ['table'] },
];
