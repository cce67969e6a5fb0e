import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { KustoError } from '../../errors/index.js';
import { quoteText } from '../../sql/dialects/duckdb/layout.js';
import type { CompiledSql, FileDescription, FileField, FileScan } from '../engine.js';
import type { EngineConnection } from './connection.js';
import { fromText } from './convert.js';
import { jsonPointer, selectColumns, textField } from './file-columns.js';
import { parquetColumns, parquetScan } from './parquet-scan.js';
import { stored } from './types.js';

/** Longest line and longest JSON object that are read. */
const MAX_RECORD_BYTES = 32 * 1024 * 1024;

const DELIMITER = { csv: ',', tsv: '\t', psv: '|', scsv: ';', sohsv: '\x01', tsve: '\t' } as const;

/** The query that reads the files with the scan's columns, in storage types. */
export async function compileFileScan(
  connection: EngineConnection,
  scan: FileScan,
  signal?: AbortSignal,
): Promise<CompiledSql> {
  const text = await scanText(connection, scan, signal);
  return { text, parameters: [], columns: scan.columns.map(({ name, type }) => ({ name, type })) };
}

async function scanText(connection: EngineConnection, scan: FileScan, signal?: AbortSignal): Promise<string> {
  switch (scan.format) {
    case 'parquet':
      return parquetScan(connection, scan, signal);
    case 'json':
    case 'multijson':
      return jsonScan(scan);
    case 'txt':
    case 'raw':
      return singleFieldScan(scan);
    default:
      return delimitedScan(scan, scan.format);
  }
}

/** What the files say of their columns. */
export async function describeFiles(
  connection: EngineConnection,
  scan: FileScan,
  signal?: AbortSignal,
): Promise<FileDescription> {
  const { format } = scan;
  if (format === 'parquet') return { columns: await parquetColumns(connection, scan, signal) };
  if (format === 'json' || format === 'multijson' || format === 'txt' || format === 'raw') return {};
  const widths = scan.files.map((file) => recordShape(file.path, DELIMITER[format], scan.gzip, format !== 'tsve'));
  return { width: Math.max(...(await Promise.all(widths)).map((shape) => shape.width)) };
}

const fileList = (scan: FileScan) => `[${scan.files.map((file) => quoteText(file.path)).join(', ')}]`;

/**
 * DuckDB is told the shape of each file. Left to guess, it takes the first line feed for the end of a record, also one
 * between quotes, and then drops rows without a word.
 */
async function delimitedScan(scan: FileScan, format: keyof typeof DELIMITER): Promise<string> {
  const shapes = new Map<string, { readonly shape: RecordShape; readonly files: FileScan['files'][number][] }>();
  for (const file of scan.files) {
    const shape = await recordShape(file.path, DELIMITER[format], scan.gzip, format !== 'tsve');
    const key = `${shape.width} ${shape.lineEnd}`;
    const group = shapes.get(key);
    if (group) group.files.push(file);
    else shapes.set(key, { shape, files: [file] });
  }
  return [...shapes.values()]
    .map(({ shape, files }) =>
      shape.width === 0 ? emptyScan(scan) : delimitedGroup({ ...scan, files }, format, shape),
    )
    .join(' UNION ALL ');
}

function delimitedGroup(scan: FileScan, format: keyof typeof DELIMITER, { width, lineEnd }: RecordShape): string {
  const quoted = format !== 'tsve';
  const columns = Array.from({ length: width }, (_, k) => `k${k}: 'VARCHAR'`).join(', ');
  const quote = quoted ? `quote = '"', escape = '"'` : `quote = '', escape = ''`;
  const from = `(SELECT * RENAME (filename AS "calypso:file") FROM read_csv(${fileList(scan)}, columns = {${columns}}, auto_detect = false,
    header = ${scan.skipFirstRecord}, delim = ${quoteText(DELIMITER[format])}, ${quote}, new_line = '${lineEnd}', filename = true,
    max_line_size = ${MAX_RECORD_BYTES}, compression = '${scan.gzip ? 'gzip' : 'none'}'))`;
  return selectColumns(scan, from, (column) => {
    const ordinal = ordinalOf(column.source);
    // Fields that the file does not have are null.
    if (ordinal >= width) return 'NULL';
    return textField(column, quoted ? `k${ordinal}` : unescaped(`k${ordinal}`));
  });
}

function ordinalOf(field: FileField): number {
  if (field.kind === 'ordinal') return field.ordinal;
  throw new KustoError('BadRequest_InvalidMapping', 'Columns of delimited text are mapped by Ordinal, not by Path.');
}

function unescaped(text: string): string {
  const steps: [string, string][] = [
    ['\\\\', '\u0001'],
    ['\\t', '\t'],
    ['\\n', '\n'],
    ['\\r', '\r'],
    ['\u0001', '\\'],
  ];
  return steps.reduce((sql, [from, to]) => `replace(${sql}, ${quoteText(from)}, ${quoteText(to)})`, text);
}

function singleFieldScan(scan: FileScan): string {
  const list = fileList(scan);
  const lines = `read_csv(${list}, columns = {value: 'VARCHAR'}, auto_detect = false, header = ${scan.skipFirstRecord},
    delim = E'\\x01', quote = '', escape = '', filename = true, max_line_size = ${MAX_RECORD_BYTES},
    compression = '${scan.gzip ? 'gzip' : 'none'}')`;
  const from =
    scan.format === 'raw'
      ? `(SELECT content AS value, filename AS "calypso:file" FROM read_text(${list}))`
      : `(SELECT value, filename AS "calypso:file" FROM ${lines} WHERE value != '')`;
  return selectColumns(scan, from, (column) => (ordinalOf(column.source) === 0 ? textField(column, 'value') : 'NULL'));
}

/** All fields of a record come out of one parse. A line of a `json` file that is no object is skipped. */
function jsonScan(scan: FileScan): string {
  const paths = scan.columns.map((column) => quoteText(jsonPointer(column.source)));
  const lax = scan.format === 'json';
  const from = `(SELECT "calypso:file", record, json_extract_string(record, [${paths.join(', ')}]) AS texts,
      json_extract(record, [${paths.join(', ')}]) AS documents
    FROM (SELECT CAST(json AS VARCHAR) AS record, filename AS "calypso:file"
      FROM read_json_objects(${fileList(scan)}, format = '${lax ? 'newline_delimited' : 'auto'}', ignore_errors = ${lax},
        filename = true, maximum_object_size = ${MAX_RECORD_BYTES}, compression = '${scan.gzip ? 'gzip' : 'uncompressed'}'))
    WHERE starts_with(ltrim(record, E' \\t\\r\\n'), '{'))`;
  return selectColumns(scan, from, (column) => {
    const position = scan.columns.indexOf(column) + 1;
    const whole = column.source.kind === 'path' && column.source.steps.length === 0;
    if (whole) return fromText('record', column.type);
    if (column.type === 'dynamic') return `nullif(CAST(documents[${position}] AS VARCHAR), 'null')`;
    return textField(column, `texts[${position}]`);
  });
}

function emptyScan(scan: FileScan): string {
  return `SELECT ${scan.columns.map((column, c) => `${stored('NULL', column.type)} AS f${c}`).join(', ')} WHERE false`;
}

interface RecordShape {
  /** Fields of the first record; 0: the file is empty. */
  readonly width: number;
  /** As DuckDB writes it. */
  readonly lineEnd: '\\n' | '\\r\\n' | '\\r';
}

async function recordShape(path: string, delimiter: string, gzip: boolean, quoted: boolean): Promise<RecordShape> {
  const bytes = createReadStream(path);
  const text = (gzip ? bytes.pipe(createGunzip()) : bytes).setEncoding('utf8') as AsyncIterable<string>;
  let width = 1;
  let inQuotes = false;
  let any = false;
  let afterReturn = false;
  try {
    for await (const chunk of text)
      for (const character of chunk) {
        if (afterReturn && any) return { width, lineEnd: character === '\n' ? '\\r\\n' : '\\r' };
        if (!inQuotes && (character === '\n' || character === '\r')) {
          if (any && character === '\n') return { width, lineEnd: '\\n' };
          afterReturn = character === '\r';
          continue;
        }
        afterReturn = false;
        if (character !== '\uFEFF') any = true;
        if (quoted && character === '"') inQuotes = !inQuotes;
        else if (!inQuotes && character === delimiter) width++;
      }
  } catch (error) {
    throw new KustoError('BadRequest_InvalidArchive', 'The file is not a valid gzip file.', { cause: error });
  } finally {
    bytes.destroy();
  }
  return { width: any ? width : 0, lineEnd: afterReturn ? '\\r' : '\\n' };
}
