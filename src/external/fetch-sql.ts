import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KustoError } from '../errors/index.js';
import type { SqlCondition, SqlTableName, SqlTarget } from '../storage/index.js';
import { datetimeString, timespanText, type ColumnBatch, type ColumnSchema, type KustoValue } from '../values/index.js';

/** Rows of a SQL table as a local file: a JSON object a row, with the members `c0`, `c1`, … Must be released. */
export interface FetchedRows {
  readonly path: string;
  readonly rowCount: number;
  release(): Promise<void>;
}

export interface SqlScan {
  readonly table: SqlTableName;
  readonly columns: readonly ColumnSchema[];
  /** Names of the columns that are asked for; the others come as null. */
  readonly needed: ReadonlySet<string>;
  readonly conditions: readonly SqlCondition[];
  /** No more rows than so many are needed. */
  readonly limit: number | undefined;
  /** The engine's exchange directory. */
  readonly directory: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Reads what may count, batch by batch, onto the local disk. Leaves nothing behind when it throws. */
export async function fetchSql(target: SqlTarget, scan: SqlScan): Promise<FetchedRows> {
  const folder = join(scan.directory, `external-${randomUUID()}`);
  const path = join(folder, 'rows.json');
  const release = (): Promise<void> => rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const file = await open(path, 'w');
    let rowCount = 0;
    let bytes = 0;
    try {
      for await (const batch of target.read(scan)) {
        const text = Buffer.from(lines(batch, scan.columns));
        bytes += text.length;
        if (bytes > scan.maxBytes) throw tooLarge(target.urlOf(scan.table), scan.maxBytes);
        await file.writeFile(text);
        rowCount += batch.rowCount;
      }
    } finally {
      await file.close();
    }
    return { path, rowCount, release };
  } catch (error) {
    await release();
    throw error;
  }
}

function lines({ rowCount, columns }: ColumnBatch, schema: readonly ColumnSchema[]): string {
  let text = '';
  for (let row = 0; row < rowCount; row++) {
    const members: string[] = [];
    for (const [index, { type }] of schema.entries()) {
      const value = columns[index]![row] ?? null;
      if (value !== null) members.push(`"c${index}":${member(type, value)}`);
    }
    text += `{${members.join(',')}}\n`;
  }
  return text;
}

function member(type: ColumnSchema['type'], value: KustoValue): string {
  switch (type) {
    case 'datetime':
      return `"${datetimeString(value as bigint)}"`;
    case 'timespan':
      return `"${timespanText(value as bigint)}"`;
    case 'long':
      return String(value);
    case 'real':
      return Number.isFinite(value) ? JSON.stringify(value) : `"${String(value)}"`;
    case 'dynamic':
      // A new line is white space in JSON, and ends a row here.
      return String(value).replace(/[\r\n]/g, ' ');
    default:
      return JSON.stringify(value);
  }
}

function tooLarge(url: string, maxBytes: number): KustoError {
  return new KustoError(
    'ExternalTable_ScanTooLarge',
    `The query reads more than ${maxBytes} bytes of ${url}: filter by columns of whole numbers, texts or times with ==, in, between or a comparison, ` +
      'project fewer columns, or take fewer rows.',
  );
}
