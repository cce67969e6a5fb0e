import { open, rm } from 'node:fs/promises';
import { quoteText } from '../../sql/dialects/duckdb/layout.js';
import { TICKS_PER_DAY, UNIX_EPOCH_TICKS, type ColumnSchema } from '../../values/index.js';
import type { JsonRows } from '../engine.js';

/**
 * Rows as the JSON of answers, written by DuckDB into a file, on its threads: on the main thread the same takes three
 * times as long and holds up every other request. The texts are those of `values/text.ts`.
 */

/** What parts rows: JSON knows it as a blank, and no row holds one unescaped. */
const SEPARATOR = ',\t';
const TAB = 0x09;

/** Bytes of a file that are read at once. */
const READ = 1 << 18;

/** SQL for a row as a JSON array. `storage`: DuckDB's own type of each column. */
export function jsonRow(columns: readonly ColumnSchema[], storage: readonly string[]): string {
  return `CAST(json_array(${columns.map((column, c) => cell(column, `k${c}`, storage[c]!)).join(', ')}) AS VARCHAR)`;
}

function cell({ type }: ColumnSchema, k: string, storage: string): string {
  switch (type) {
    case 'bool':
    case 'int':
    case 'long':
      return k;
    case 'real':
      // DuckDB would write NaN and Infinity bare.
      return `CASE WHEN isfinite(${k}) THEN to_json(${k}) WHEN isnan(${k}) THEN to_json('NaN') WHEN ${k} > 0 THEN to_json('Infinity') WHEN ${k} < 0 THEN to_json('-Infinity') END`;
    case 'decimal':
      return storage.endsWith(',0)')
        ? `CAST(${k} AS VARCHAR)`
        : storage.startsWith('DECIMAL')
          ? `rtrim(rtrim(CAST(${k} AS VARCHAR), '0'), '.')`
          : `CAST(${k} AS VARCHAR)`;
    case 'datetime':
      return datetime(k);
    case 'timespan':
      return timespan(k);
    case 'string':
      return `coalesce(CAST(${k} AS VARCHAR), '')`;
    case 'guid':
      return `lower(CAST(${k} AS VARCHAR))`;
    case 'dynamic':
      return `CAST(${k} AS JSON)`;
  }
}

function datetime(ticks: string): string {
  // Ticks are never negative; DuckDB's division of what is goes up.
  const time = `make_timestamp(${ticks} // 10 - ${UNIX_EPOCH_TICKS / 10n})`;
  return `CASE WHEN ${ticks} % 10 = 0 THEN replace(CAST(${time} AS VARCHAR), ' ', 'T') || 'Z'
    ELSE strftime(${time}, '%Y-%m-%dT%H:%M:%S.%f') || (${ticks} % 10) || 'Z' END`;
}

function timespan(ticks: string): string {
  const rest = `make_timestamp(abs(${ticks} % ${TICKS_PER_DAY}) // 10)`;
  const clock = `CASE WHEN ${ticks} % 10000000 = 0 THEN strftime(${rest}, '%H:%M:%S')
    ELSE strftime(${rest}, '%H:%M:%S.%f') || abs(${ticks} % 10) END`;
  return `CASE WHEN ${ticks} >= 0 AND ${ticks} < ${TICKS_PER_DAY} THEN ${clock}
    ELSE if(${ticks} < 0, '-', '') || if(${ticks} // ${TICKS_PER_DAY} = 0, '', abs(${ticks} // ${TICKS_PER_DAY}) || '.') || ${clock} END`;
}

/** COPY of rows into a file, as `jsonPieces` reads it. */
export function copyJson(query: string, path: string): string {
  return `COPY (${query}) TO ${quoteText(path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER E'\\n', PREFIX '', SUFFIX '', NEW_LINE E',\\t')`;
}

/** The rows of a file, in pieces that end with a row; the file goes away. The last piece tells the number of rows. */
export async function* jsonPieces(path: string, rowCount: number): AsyncGenerator<JsonRows> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    let held = Buffer.alloc(0);
    for (let at = 0; at < size;) {
      const buffer = Buffer.allocUnsafe(held.length + Math.min(READ, size - at));
      held.copy(buffer);
      const { bytesRead } = await file.read(buffer, held.length, buffer.length - held.length, at);
      at += bytesRead;
      const filled = buffer.subarray(0, held.length + bytesRead);
      const last = at >= size;
      const end = last ? ending(filled) : filled.lastIndexOf(TAB) - 1;
      if (end < 0) {
        held = filled;
        continue;
      }
      held = filled.subarray(end + SEPARATOR.length);
      yield { json: filled.subarray(0, end), rowCount: last ? rowCount : 0 };
    }
  } finally {
    await file.close();
    await rm(path);
  }
}

/** Where the last row ends: the writer may or may not put a separator after it. */
const ending = (bytes: Buffer): number =>
  bytes[bytes.length - 1] === TAB ? bytes.length - SEPARATOR.length : bytes.length;
