import { KustoError } from '../../errors/index.js';
import type { ColumnSchema, KustoValue } from '../../values/index.js';
import type { ColumnCondition, PartitionPredicate } from '../pruning.js';
import type { AddFile } from './actions.js';
import { requireReadableColumns, type DeltaDefinition } from './drift.js';
import { partitionValue } from './partition-values.js';
import { nameOf } from './paths.js';
import { requireReadable } from './protocol.js';
import type { DeltaSnapshot } from './snapshot.js';
import { statisticsMayMatch } from './statistics.js';

export interface DeltaFile {
  /** Name of the object below the table's address. */
  readonly name: string;
  readonly size: number;
  /** By the partition columns' names. */
  readonly partition: Readonly<Record<string, KustoValue>>;
}

/**
 * The files of a snapshot in which a row may fulfil the predicate, by name. Throws DeltaTable_… when the table needs what is
 * not read, or does not fit its definition any more.
 */
export function deltaFiles(
  table: DeltaDefinition,
  snapshot: DeltaSnapshot,
  predicate: PartitionPredicate,
): readonly DeltaFile[] {
  requireReadable(snapshot);
  requireReadableColumns(table, snapshot.metadata);
  const files: DeltaFile[] = [];
  for (const add of snapshot.files?.values() ?? []) {
    if (add.deletionVector != null) throw deletionVectors(table.name);
    const values = table.partitions.map(
      (column) => [column.name, partitionValue(column, add.partitionValues[column.name])] as const,
    );
    const partition = Object.fromEntries(values);
    if (mayMatch(table, add, partition, predicate)) files.push({ name: nameOf(add), size: add.size, partition });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function mayMatch(
  table: DeltaDefinition,
  add: AddFile,
  partition: Readonly<Record<string, KustoValue>>,
  predicate: PartitionPredicate,
): boolean {
  let stats: unknown;
  return predicate.every((condition) => {
    const { column } = condition;
    if (table.partitions.some(({ name }) => name === column)) return valueMatches(partition[column] ?? null, condition);
    const schema: ColumnSchema | undefined = table.columns.find(({ name }) => name === column);
    if (schema === undefined || !add.stats) return true;
    stats ??= statsOf(add);
    return statisticsMayMatch(stats, schema, condition);
  });
}

function valueMatches(value: KustoValue, condition: ColumnCondition): boolean {
  if (condition.kind === 'in') return value === null || condition.values.includes(value);
  if (typeof value !== 'bigint' && typeof value !== 'number') return true;
  return (
    (condition.from === undefined || value >= condition.from) && (condition.to === undefined || value <= condition.to)
  );
}

/** Statistics are optional, and so are those that cannot be read. */
function statsOf(add: AddFile): unknown {
  try {
    return JSON.parse(add.stats ?? 'null') as unknown;
  } catch {
    return null;
  }
}

function deletionVectors(name: string): KustoError {
  return new KustoError(
    'DeltaTable_FeatureNotSupported',
    `Rows of the Delta table of '${name}' are deleted by deletion vectors, which Calypso does not read. Rewrite its files with the ` +
      'system that owns it: REORG TABLE … APPLY (PURGE), and set delta.enableDeletionVectors to false.',
  );
}
