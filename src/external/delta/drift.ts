import type { ExternalTableEntity } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import type { ColumnSchema, KustoType } from '../../values/index.js';
import type { DeltaMetadata } from './actions.js';
import type { AddedFile } from './commit.js';
import { fieldsOf, inferredType, isReadableAs, typeText, writtenType, type DeltaField } from './schema.js';

/** A Delta table as its external table describes it. */
export type DeltaDefinition = Pick<ExternalTableEntity, 'name' | 'columns' | 'partitions'>;

/** The columns of an external table: those in the files, and those that only the log tells. */
export type DeltaColumns = Pick<ExternalTableEntity, 'columns' | 'partitions'>;

/** All columns that have a Kusto type. Throws DeltaTable_SchemaMismatch when one has none. */
export function inferColumns(name: string, metadata: DeltaMetadata): DeltaColumns {
  const fields = fieldsOf(metadata);
  const without = fields.filter((field) => inferredType(field) === undefined);
  if (without.length > 0) {
    const others = fields.filter((field) => inferredType(field) !== undefined);
    throw new KustoError(
      'DeltaTable_SchemaMismatch',
      `${without.map(({ name: column, type }) => `'${column}' is ${typeText(type)}`).join(', ')}: Kusto has no such type. ` +
        `Name the columns that you want: .create external table ${name} (${others.map(declaration).join(', ')}) kind=delta (…).`,
    );
  }
  return split(
    fields.map((field) => ({ name: field.name, type: inferredType(field)! })),
    metadata,
  );
}

/** The columns of a schema that somebody gave, held against the table's. Partition columns come along in any case. */
export function checkGiven(name: string, given: readonly ColumnSchema[], metadata: DeltaMetadata): DeltaColumns {
  const fields = fieldsOf(metadata);
  const missing = metadata.partitionColumns
    .filter((column) => !given.some((one) => one.name === column))
    .flatMap((column) => fields.filter((field) => field.name === column))
    .flatMap((field) => (inferredType(field) === undefined ? [] : [{ name: field.name, type: inferredType(field)! }]));
  const columns = split([...given, ...missing], metadata);
  requireReadableColumns({ name, ...columns }, metadata);
  return columns;
}

function split(columns: readonly ColumnSchema[], metadata: DeltaMetadata): DeltaColumns {
  const fields = fieldsOf(metadata);
  const isDate = (name: string) => fields.some((field) => field.name === name && field.type === 'date');
  const partitions = metadata.partitionColumns.flatMap((name) => columns.filter((column) => column.name === name));
  return {
    columns: columns.filter(({ name }) => !metadata.partitionColumns.includes(name)),
    partitions: partitions.map(({ name, type }) => ({
      name,
      type,
      function: { kind: isDate(name) ? ('startofday' as const) : ('value' as const) },
    })),
  };
}

/** Throws DeltaTable_SchemaMismatch unless each column of the definition is in the table, with a type that it can be read as. */
export function requireReadableColumns(table: DeltaDefinition, metadata: DeltaMetadata): void {
  const fields = new Map(fieldsOf(metadata).map((field) => [field.name, field]));
  requireNone(
    [
      ...columnFaults(table, fields, isReadableAs, (field) => `read as ${inferredType(field) ?? 'nothing'}`),
      ...partitionFaults(table, metadata),
    ],
    table,
    metadata,
  );
}

/** As above, for who writes: types are those that exports write, and what is left out may be null. */
export function requireWritableColumns(table: DeltaDefinition, metadata: DeltaMetadata): void {
  const fields = new Map(fieldsOf(metadata).map((field) => [field.name, field]));
  const named = new Set([...table.columns, ...table.partitions].map(({ name }) => name));
  const isPartition = (name: string): boolean => table.partitions.some((one) => one.name === name);
  const isWritable = (field: DeltaField, type: KustoType): boolean =>
    isPartition(field.name) ? isReadableAs(field, type) : field.type === writtenType(type);
  const left = [...fields.values()].filter(({ name, nullable }) => !named.has(name) && !nullable);
  requireNone(
    [
      ...columnFaults(table, fields, isWritable, (_, type) => `exports write ${writtenType(type)}`),
      ...partitionFaults(table, metadata),
      ...left.map(({ name }) => `'${name}' may not be null and is not in the external table`),
    ],
    table,
    metadata,
  );
}

function columnFaults(
  table: DeltaDefinition,
  fields: ReadonlyMap<string, DeltaField>,
  fits: (field: DeltaField, type: KustoType) => boolean,
  instead: (field: DeltaField, type: KustoType) => string,
): readonly string[] {
  return [...table.columns, ...table.partitions].flatMap(({ name, type }) => {
    const field = fields.get(name);
    if (field === undefined) return [`'${name}' (${type}) is not in the Delta table`];
    if (fits(field, type)) return [];
    return [
      `'${name}' is ${typeText(field.type)} in the Delta table, ${type} in the external table (${instead(field, type)})`,
    ];
  });
}

function partitionFaults(table: DeltaDefinition, metadata: DeltaMetadata): readonly string[] {
  const { partitionColumns } = metadata;
  const own = table.partitions.map(({ name }) => name);
  if (own.length === partitionColumns.length && own.every((name, index) => name === partitionColumns[index])) return [];
  const text = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(', '));
  return [`the Delta table is partitioned by ${text(partitionColumns)}, the external table by ${text(own)}`];
}

function requireNone(faults: readonly string[], table: DeltaDefinition, metadata: DeltaMetadata): void {
  if (faults.length === 0) return;
  const columns = fieldsOf(metadata).filter((field) => inferredType(field) !== undefined);
  throw new KustoError(
    'DeltaTable_SchemaMismatch',
    `The external table '${table.name}' and its Delta table differ: ${faults.join('; ')}. ` +
      `To take the Delta table's columns: .alter external table ${table.name} (${columns.map(declaration).join(', ')}) ` +
      'kind=delta (…) with its connection string, or the same without columns; a query that exports to it has to follow.',
  );
}

function declaration(field: DeltaField): string {
  const { name } = field;
  const written = /^[A-Za-z_]\w*$/.test(name) ? name : `['${name.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}']`;
  return `${written}:${inferredType(field)}`;
}

/** Throws DeltaTable_NullNotAllowed when a file to be added has a null where the table has none. */
export function requireNoNulls(
  files: readonly Pick<AddedFile, 'partitionValues' | 'stats'>[],
  metadata: DeltaMetadata,
): void {
  const strict = fieldsOf(metadata).filter(({ nullable }) => !nullable);
  if (strict.length === 0) return;
  const nulls = new Set<string>();
  for (const { partitionValues, stats } of files) {
    const { nullCount } = JSON.parse(stats) as { readonly nullCount: Readonly<Record<string, number>> };
    for (const { name } of strict) {
      if (partitionValues[name] === null || (nullCount[name] ?? 0) > 0) nulls.add(name);
    }
  }
  if (nulls.size === 0) return;
  throw new KustoError(
    'DeltaTable_NullNotAllowed',
    `The Delta table allows no null in ${[...nulls].map((name) => `'${name}'`).join(', ')}, and records to be exported have one. ` +
      'Leave them out in the query (| where isnotnull(…)), or give them a value (coalesce(…)).',
  );
}
