import type { ConnectionRef, DataFormat, ExternalTableEntity, PartitionColumn, PathElement } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import type { CopyOptions } from '../engines/engine.js';
import { PathLayout, sqlTableOf } from '../external/index.js';
import type { Delivery } from './targets/delivery.js';
import { timespanText, type ColumnSchema } from '../values/index.js';

export type ExportFormat = CopyOptions['format'];

/** Where a result goes and in which form: an external table, or the connection strings of a one-off export. */
export interface Target {
  /** Empty for connection strings. */
  readonly externalTable: string;
  readonly delivery: Delivery;
  readonly format: ExportFormat;
  /** Columns of the files, in order; null: those of the query. */
  readonly columns: readonly ColumnSchema[] | null;
  readonly partitions: readonly PartitionColumn[];
  readonly pathFormat: readonly PathElement[];
  readonly connections: readonly ConnectionRef[];
  /** Which files of a folder begin with the names of the columns. */
  readonly headers: 'all' | 'firstfile' | 'none';
  readonly bom: boolean;
  readonly compression: CopyOptions['compression'];
  readonly namePrefix: string;
  /** With its dot, `.gz` included. */
  readonly fileExtension: string;
  /** Bytes of a file before compression. */
  readonly sizeLimit: number;
  readonly rowGroupSize: number;
}

export const DEFAULT_SIZE_LIMIT = 100 * 1024 * 1024;
export const DEFAULT_ROW_GROUP_SIZE = 100_000;
const FORMATS: readonly DataFormat[] = ['csv', 'tsv', 'json', 'parquet'];

type Properties = Readonly<Record<string, string | number | boolean>>;

/** Properties of the table say the form of the files, those of the export their size. */
export function targetOfTable(table: ExternalTableEntity, properties: Properties): Target {
  if (table.tableKind === 'sql') return sqlTarget(table, properties);
  if (table.tableKind !== 'storage' && table.tableKind !== 'delta') {
    throw new KustoError(
      'Export_TargetKindNotSupported',
      `The external table '${table.name}' is of kind ${table.tableKind as string}: exports are written to tables of kind=storage, delta or sql.`,
    );
  }
  const { columns, partitions } = table;
  const format = table.dataFormat;
  if (format === null || !FORMATS.includes(format)) {
    throw new KustoError(
      'Export_FormatNotSupported',
      `The external table '${table.name}' has the data format '${format ?? 'none'}': exports are written as ` +
        'csv, tsv, json or parquet. Choose one of them with .alter external table.',
    );
  }
  return {
    externalTable: table.name,
    delivery: table.tableKind === 'delta' ? { kind: 'delta', columns, partitions } : { kind: 'files' },
    columns,
    partitions,
    pathFormat: table.pathFormat,
    connections: table.connections,
    ...fileForm(format as ExportFormat, { ...table.properties, ...properties }),
    // On read, a table's own extension is a filter: names end with it, exactly.
    ...(table.properties.fileExtension === undefined ? {} : { fileExtension: dotted(table.properties.fileExtension) }),
  };
}

function sqlTarget(table: ExternalTableEntity, properties: Properties): Target {
  const { dialect, createIfNotExists, primaryKey, fireTriggers } = sqlTableOf(table);
  return {
    externalTable: table.name,
    delivery: {
      kind: 'sql',
      dialect,
      table: String(table.properties['table'] ?? table.name),
      createIfNotExists,
      primaryKey: primaryKey ?? null,
      fireTriggers,
      columns: table.columns,
    },
    columns: table.columns,
    partitions: [],
    pathFormat: [],
    connections: table.connections,
    // Rows go through the journal's own form; nothing of this is seen.
    ...fileForm('json', properties),
  };
}

export type FileForm = Pick<
  Target,
  'format' | 'headers' | 'bom' | 'compression' | 'namePrefix' | 'fileExtension' | 'sizeLimit' | 'rowGroupSize'
>;

/** From properties that have been checked, by their documented names. */
export function fileForm(format: ExportFormat, properties: Properties): FileForm {
  const compression =
    properties.compressed === true ? ((properties.compressionType ?? 'gzip') as CopyOptions['compression']) : 'none';
  // Parquet compresses inside of the file.
  const isZipped = compression === 'gzip' && format !== 'parquet';
  const extension = dotted(properties.fileExtension ?? format);
  return {
    format,
    headers: String(properties.includeHeaders ?? 'none').toLowerCase() as Target['headers'],
    bom: String(properties.encoding ?? '').toLowerCase() === 'utf8bom',
    compression,
    namePrefix: String(properties.namePrefix ?? ''),
    fileExtension: isZipped ? `${extension}.gz` : extension,
    sizeLimit: Number(properties.sizeLimit ?? DEFAULT_SIZE_LIMIT),
    rowGroupSize: Number(properties.parquetRowGroupSize ?? DEFAULT_ROW_GROUP_SIZE),
  };
}

function dotted(extension: string | number | boolean): string {
  const text = String(extension);
  return text === '' || text.startsWith('.') ? text : `.${text}`;
}

/** Throws when the columns of a query do not fit, and says which. */
export function checkColumns(target: Target, columns: readonly ColumnSchema[]): void {
  if (target.columns === null) return;
  const given = new Map(columns.map((column) => [column.name, column.type]));
  const needed = new Map<string, string>(target.columns.map((column) => [column.name, column.type]));
  for (const partition of target.partitions) {
    const { source, name, type } = partition;
    if (source === undefined) needed.set(name, type);
    else if (!needed.has(source)) needed.set(source, given.get(source) ?? type);
  }
  const faults = [
    ...[...needed].filter(([name]) => !given.has(name)).map(([name, type]) => `${name}:${type} is missing`),
    ...columns.filter(({ name }) => !needed.has(name)).map(({ name, type }) => `${name}:${type} is not expected`),
    ...columns
      .filter(({ name, type }) => (needed.get(name) ?? type) !== type)
      .map(({ name, type }) => `${name} is ${type}, expected ${needed.get(name)}`),
  ];
  if (faults.length === 0) return;
  throw new KustoError(
    'Export_SchemaMismatch',
    `The columns of the query do not fit the external table '${target.externalTable}': ${faults.join('; ')}. ` +
      'Names and types must be the same, columns that partitions are made from included: end the query with a project, ' +
      'or alter the external table.',
  );
}

const quoted = (name: string): string => `['${name.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}']`;

/**
 * The expression is KQL, so that a partition value is what KQL's own function gives. Times are cut to what the path
 * tells apart: a folder is one partition, not one for each instant.
 */
function partitionExpression(partition: PartitionColumn, layout: PathLayout | undefined): string {
  const column = quoted(partition.source ?? partition.name);
  // A Delta table's partitions are columns, each with its own value.
  if (layout === undefined) return column;
  const by = partition.function;
  switch (by.kind) {
    case 'value':
      return partition.type === 'datetime' ? cutTo(finestUnit(partition, layout), column) : column;
    case 'bin':
      return `bin(${column}, time(${timespanText(BigInt(by.ticks))}))`;
    case 'hash':
      return `hash(${column}, ${by.modulo})`;
    case 'startofday':
    case 'startofweek':
    case 'startofmonth':
    case 'startofyear':
      return `${by.kind}(${column})`;
  }
}

function finestUnit(partition: PartitionColumn, layout: PathLayout): string {
  const index = layout.partitions.findIndex(({ name }) => name === partition.name);
  const units = layout.elements
    .filter((element) => element.kind === 'time' && element.partition === index)
    .flatMap((element) => (element.kind === 'time' ? element.parts : []))
    .flatMap((part) => (part.kind === 'unit' ? [part.unit] : []));
  return (
    ['fraction', 'second', 'minute', 'hour', 'day', 'month', 'year'].find((unit) => units.includes(unit as never)) ??
    'day'
  );
}

function cutTo(unit: string, column: string): string {
  switch (unit) {
    case 'year':
    case 'month':
    case 'day':
      return `startof${unit}(${column})`;
    case 'hour':
    case 'minute':
    case 'second':
      return `bin(${column}, 1${unit.charAt(0)})`;
    default:
      return column;
  }
}

/** The query with the columns of the files in their order, and after them the value of each partition. */
export function queryForTarget(query: string, target: Target): string {
  if (target.columns === null) return query;
  const layout = target.delivery.kind === 'delta' ? undefined : new PathLayout(target);
  const columns = [
    ...target.columns.map(({ name }) => quoted(name)),
    ...target.partitions.map((partition, index) => `['$partition${index}']=${partitionExpression(partition, layout)}`),
  ];
  // The new line ends a comment that the query may end with.
  return `${query.replace(/[\s;]+$/, '')}\n| project ${columns.join(', ')}`;
}
