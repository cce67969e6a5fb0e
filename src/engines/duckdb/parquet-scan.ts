import { quoteIdentifier, quoteText } from '../../sql/dialects/duckdb/layout.js';
import type { ColumnSchema, KustoType } from '../../values/index.js';
import type { FileColumn, FileScan } from '../engine.js';
import type { EngineConnection } from './connection.js';
import { fromText, ticksOfMicroseconds } from './convert.js';
import { jsonPointer, selectColumns, unixTimeField } from './file-columns.js';
import { textOf } from './text.js';

/** Reads by the types that the files have; the conversions are those of the reference's table for Parquet. */
export async function parquetScan(connection: EngineConnection, scan: FileScan, signal?: AbortSignal): Promise<string> {
  const reader = readerOf(scan);
  const types = await typesOf(connection, reader, signal);
  const record = `to_json(struct_pack(${[...types.keys()]
    .filter((name) => name !== FILE)
    .map((name) => `${quoteIdentifier(name)} := ${quoteIdentifier(name)}`)
    .join(', ')}))`;
  return selectColumns(scan, reader, (column) => {
    if (column.source.kind !== 'path') return jsonPointer(column.source);
    const [first, ...inner] = column.source.steps;
    if (first === undefined) return fromText(`CAST(${record} AS VARCHAR)`, column.type);
    const type = types.get(String(first));
    if (type === undefined) return 'NULL';
    return parquetField(column, quoteIdentifier(String(first)), type, inner);
  });
}

const FILE = 'calypso:file';

const readerOf = (scan: FileScan): string =>
  `read_parquet([${scan.files.map((file) => quoteText(file.path)).join(', ')}], union_by_name = true, filename = '${FILE}')`;

/** The engine's type of each column. */
async function typesOf(
  connection: EngineConnection,
  reader: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const described = await connection.run(`DESCRIBE SELECT * FROM ${reader}`, [], { signal });
  const types = new Map<string, string>();
  for (let k = 0; k < described.chunkCount; k++) {
    const chunk = described.getChunk(k);
    const [names, declared] = [chunk.getColumnValues(0), chunk.getColumnValues(1)] as [string[], string[]];
    names.forEach((name, row) => types.set(name, declared[row]!));
  }
  return types;
}

/** The columns with the KQL types that hold what the files' types hold. */
export async function parquetColumns(
  connection: EngineConnection,
  scan: FileScan,
  signal?: AbortSignal,
): Promise<ColumnSchema[]> {
  const types = await typesOf(connection, readerOf(scan), signal);
  types.delete(FILE);
  return [...types].map(([name, type]) => ({ name, type: kqlTypeOf(type) }));
}

function kqlTypeOf(type: string): KustoType {
  switch (familyOf(type)) {
    case 'bool':
      return 'bool';
    case 'integer':
      if (/^U?(TINY|SMALL)INT$|^INTEGER$/.test(type)) return 'int';
      return /^(U?HUGEINT|UBIGINT)$/.test(type) ? 'decimal' : 'long';
    case 'float':
      return 'real';
    case 'decimal':
      return 'decimal';
    case 'timestamp':
      return 'datetime';
    case 'uuid':
      return 'guid';
    case 'json':
    case 'nested':
      return 'dynamic';
    case 'text':
    case 'blob':
    case 'other':
      return /^(TIME|INTERVAL)/.test(type) ? 'timespan' : 'string';
  }
}

function parquetField(
  column: FileColumn,
  field: string,
  fieldType: string,
  inner: readonly (string | number)[],
): string {
  if (inner.length > 0) {
    const pointer = quoteText(jsonPointer({ kind: 'path', steps: inner }));
    return column.type === 'dynamic'
      ? `nullif(CAST(json_extract(to_json(${field}), ${pointer}) AS VARCHAR), 'null')`
      : fromText(`json_extract_string(to_json(${field}), ${pointer})`, column.type);
  }
  if (column.unixTime) return unixTimeField(column, `CAST(${field} AS VARCHAR)`);
  return convert(field, familyOf(fieldType), column.type);
}

type Family =
  'bool' | 'integer' | 'float' | 'decimal' | 'timestamp' | 'text' | 'uuid' | 'json' | 'blob' | 'nested' | 'other';

function familyOf(type: string): Family {
  if (/[\])]$/.test(type) && !type.startsWith('DECIMAL')) return 'nested';
  if (type.startsWith('DECIMAL')) return 'decimal';
  if (type.startsWith('TIMESTAMP') || type === 'DATE') return 'timestamp';
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return 'integer';
  const known: Readonly<Record<string, Family>> = {
    BOOLEAN: 'bool',
    FLOAT: 'float',
    DOUBLE: 'float',
    VARCHAR: 'text',
    UUID: 'uuid',
    JSON: 'json',
    BLOB: 'blob',
  };
  return known[type] ?? 'other';
}

function convert(field: string, from: Family, to: KustoType): string {
  const text = asText(field, from);
  if (from === 'text') return fromText(field, to);
  if (to === 'string') return fromText(text, 'string');
  const numeric = from === 'integer' || from === 'float' || from === 'decimal';
  switch (to) {
    case 'dynamic':
      return from === 'uuid' || from === 'timestamp' || from === 'blob' || from === 'other'
        ? `CAST(to_json(${text}) AS VARCHAR)`
        : text;
    case 'bool':
      return from === 'bool' ? field : numeric ? `${field} != 0` : 'NULL';
    case 'int':
    case 'long':
      return numeric ? `TRY_CAST(trunc(${field}) AS ${to === 'int' ? 'INTEGER' : 'BIGINT'})` : 'NULL';
    case 'real':
      return numeric ? `TRY_CAST(${field} AS DOUBLE)` : 'NULL';
    case 'decimal':
      return numeric || from === 'bool' ? `TRY_CAST(${field} AS DECIMAL(38,18))` : 'NULL';
    case 'datetime':
      return from === 'timestamp' ? timestampTicks(field) : 'NULL';
    case 'timespan':
      // Ticks, which is what an export writes.
      return from === 'integer' ? `TRY_CAST(${field} AS BIGINT)` : 'NULL';
    case 'guid':
      return from === 'uuid' ? field : 'NULL';
  }
}

/** Nanoseconds keep their tenth of a microsecond; DATE and the coarser timestamps become microseconds. */
function timestampTicks(field: string): string {
  return ticksOfMicroseconds(
    `epoch_us(CAST(${field} AS TIMESTAMP))`,
    `if(typeof(${field}) = 'TIMESTAMP_NS', epoch_ns(${field}) // 100 % 10, 0)`,
  );
}

function asText(field: string, from: Family): string {
  switch (from) {
    case 'timestamp':
      return textOf(timestampTicks(field), 'datetime');
    case 'float':
      return textOf(field, 'real');
    case 'decimal':
      return textOf(field, 'decimal');
    case 'nested':
      return `CAST(to_json(${field}) AS VARCHAR)`;
    case 'blob':
      return `TRY_CAST(${field} AS VARCHAR)`;
    default:
      return `CAST(${field} AS VARCHAR)`;
  }
}
