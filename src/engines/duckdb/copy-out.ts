import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KustoError } from '../../errors/index.js';
import { quoteIdentifier, quoteText } from '../../sql/dialects/duckdb/layout.js';
import type { ColumnStatistics, KustoType } from '../../values/index.js';
import type { CopiedFile, CopyOptions } from '../engine.js';
import type { EngineConnection } from './connection.js';
import { isText, line, quoteField, separator, type CopyColumn } from './lines.js';
import { decodable, timestampOf } from './text.js';
import { readResult } from './values.js';

/** Rows `firstRow <= rowid < endRow` of a table. */
interface RowRange {
  readonly table: string;
  readonly firstRow: number;
  readonly endRow: number;
}

/** Where a file may end: the size of rows is summed over so many at once. */
const BLOCK_ROWS = 1000;

export async function copyRows(
  connection: EngineConnection,
  rows: RowRange,
  columns: readonly CopyColumn[],
  options: CopyOptions,
): Promise<readonly CopiedFile[]> {
  const files: CopiedFile[] = [];
  for (const range of await split(connection, rows, columns, options)) {
    const path = join(options.directory, options.fileName(files.length));
    const from = `FROM ${rows.table} WHERE ${within(range)}`;
    const copy =
      options.format === 'parquet'
        ? `(SELECT ${columns.map(parquetColumn).join(', ')} ${from}) TO ${quoteText(path)} (${parquetSettings(options)})`
        : `(SELECT ${lineWithHead(range, columns, options)} ${from}) TO ${quoteText(path)} (${textSettings(options)})`;
    const copied = await connection.run(`COPY ${copy}`, [], { signal: options.signal });
    const rowCount = range.endRow - range.firstRow;
    if (copied.rowsChanged !== rowCount)
      throw new KustoError(
        'General_InternalServerError',
        `The engine wrote ${copied.rowsChanged} rows of ${rowCount}.`,
      );
    const statistics = options.statistics ? await statisticsOf(connection, range, columns, options.signal) : undefined;
    files.push({ path, rowCount, sizeInBytes: (await stat(path)).size, ...(statistics && { statistics }) });
  }
  return files;
}

const UNBOUNDED: ReadonlySet<KustoType> = new Set(['bool', 'guid', 'dynamic']);

async function statisticsOf(
  connection: EngineConnection,
  range: RowRange,
  columns: readonly CopyColumn[],
  signal: AbortSignal | undefined,
): Promise<readonly ColumnStatistics[]> {
  const expressions = columns.flatMap(({ expression, type }) => {
    const bounds = UNBOUNDED.has(type)
      ? ['NULL', 'NULL']
      : ['min', 'max'].map((end) => (type === 'string' ? decodable(`${end}(${expression})`) : `${end}(${expression})`));
    return [...bounds, `count(*) - count(${expression})`];
  });
  const result = await connection.run(
    `SELECT ${expressions.join(', ')} FROM ${range.table} WHERE ${within(range)}`,
    [],
    { signal },
  );
  const types = columns.flatMap(({ name, type }) => [
    { name, type },
    { name, type },
    { name, type: 'long' as const },
  ]);
  const values = readResult(result, types).columns.map((column) => column[0] ?? null);
  return columns.map((_, c) => ({
    min: values[3 * c] ?? null,
    max: values[3 * c + 1] ?? null,
    nullCount: Number(values[3 * c + 2]),
  }));
}

const within = (range: RowRange) => `rowid >= ${range.firstRow} AND rowid < ${range.endRow}`;

/** Cuts the rows into files that each reach the size limit, but the last. */
async function split(
  connection: EngineConnection,
  rows: RowRange,
  columns: readonly CopyColumn[],
  options: CopyOptions,
): Promise<readonly RowRange[]> {
  if (rows.endRow === rows.firstRow) return [];
  const bound = await sum(connection, rows, upperBound(columns));
  if (bound <= options.sizeLimit) return [rows];
  const size =
    options.format === 'parquet' ? valueSize(columns) : `octet_length(encode(${line(columns, options.format)})) + 1`;
  const blocks = await connection.run(
    `SELECT CAST(sum(${size}) AS DOUBLE) FROM ${rows.table} WHERE ${within(rows)}
     GROUP BY (rowid - ${rows.firstRow}) // ${BLOCK_ROWS} ORDER BY (rowid - ${rows.firstRow}) // ${BLOCK_ROWS}`,
    [],
    { signal: options.signal },
  );
  const ranges: RowRange[] = [];
  let firstRow = rows.firstRow;
  let held = 0;
  let row = rows.firstRow;
  for (let k = 0; k < blocks.chunkCount; k++) {
    const sizes = blocks.getChunk(k).getColumnValues(0) as number[];
    for (const blockSize of sizes) {
      held += blockSize;
      row = Math.min(row + BLOCK_ROWS, rows.endRow);
      if (held < options.sizeLimit || row === rows.endRow) continue;
      ranges.push({ table: rows.table, firstRow, endRow: row });
      firstRow = row;
      held = 0;
    }
  }
  ranges.push({ table: rows.table, firstRow, endRow: rows.endRow });
  return ranges;
}

async function sum(connection: EngineConnection, rows: RowRange, expression: string): Promise<number> {
  const result = await connection.run(
    `SELECT CAST(sum(${expression}) AS DOUBLE) FROM ${rows.table} WHERE ${within(rows)}`,
  );
  return result.getChunk(0).getColumnVector(0).getItem(0) as number;
}

/** No line is longer, whatever the format: a character grows to 6 in JSON, every other value fits in 50. */
function upperBound(columns: readonly CopyColumn[]): string {
  const fixed = columns.reduce((total, column) => total + 50 + 6 * column.name.length, 2);
  const texts = columns.filter((column) => isText(column.type));
  return [...texts.map((column) => `6 * coalesce(strlen(${column.expression}), 0)`), String(fixed)].join(' + ');
}

/** Bytes of the plain values, which is what a Parquet file holds before encoding and compression. */
function valueSize(columns: readonly CopyColumn[]): string {
  const width = (type: KustoType) =>
    ({ bool: 1, int: 4, long: 8, real: 8, datetime: 8, timespan: 8, decimal: 16, guid: 40, string: 4, dynamic: 4 })[
      type
    ];
  const texts = columns.filter((column) => isText(column.type));
  return [
    ...texts.map((column) => `coalesce(strlen(${column.expression}), 0)`),
    String(columns.reduce((total, column) => total + width(column.type), 0)),
  ].join(' + ');
}

function parquetColumn(column: CopyColumn): string {
  const as = (sql: string) => `${sql} AS ${quoteIdentifier(column.name)}`;
  switch (column.type) {
    case 'datetime':
      // With a time zone: the file then says that the instants are UTC.
      return as(`CAST(${timestampOf(column.expression)} AS TIMESTAMPTZ)`);
    case 'decimal':
      return as(`CAST(${column.expression} AS DECIMAL(38,18))`);
    case 'guid':
    case 'dynamic':
    case 'string':
      return as(`CAST(${column.expression} AS VARCHAR)`);
    case 'int':
      return as(`CAST(${column.expression} AS INTEGER)`);
    case 'long':
    case 'timespan':
      return as(`CAST(${column.expression} AS BIGINT)`);
    case 'bool':
      return as(`CAST(${column.expression} AS BOOLEAN)`);
    case 'real':
      return as(`CAST(${column.expression} AS DOUBLE)`);
  }
}

function parquetSettings(options: CopyOptions): string {
  const codec = options.compression === 'none' ? 'uncompressed' : options.compression;
  return `FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE ${options.rowGroupSize}`;
}

/**
 * The lines are made in SQL, as Kusto writes them, and leave through the CSV writer with quoting off, as one column.
 * (FORMAT blob would write them as well, eight times slower.)
 */
function textSettings(options: CopyOptions): string {
  if (options.compression !== 'none' && options.compression !== 'gzip')
    throw new KustoError(
      'General_BadRequest',
      `Compression '${options.compression}' exists for Parquet only. Use gzip or none for ${options.format}.`,
    );
  return `FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\x01', COMPRESSION ${options.compression}`;
}

/** The first row's line carries what stands before it, so that no sort order has to be kept. */
function lineWithHead(range: RowRange, columns: readonly CopyColumn[], options: CopyOptions): string {
  const header = options.header && options.format !== 'json';
  const names = columns.map((column) => quoteField(column.name, options.format)).join(separator(options.format));
  const head = `${options.bom ? '\uFEFF' : ''}${header ? `${names}\r\n` : ''}`;
  const body = line(columns, options.format);
  return head === '' ? body : `if(rowid = ${range.firstRow}, ${quoteText(head)}, '') || ${body}`;
}
