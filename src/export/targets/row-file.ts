import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { KustoError } from '../../errors/index.js';
import type { ColumnBatch, ColumnSchema, KustoValue } from '../../values/index.js';

/** Rows of a batch that is read back. */
const BATCH_ROWS = 5000;

export interface WrittenRows {
  readonly rows: number;
  readonly size: number;
  readonly sha256: string;
}

/**
 * Rows in the journal's own form, which keeps every value as it is: a JSON array a line. Whole numbers of 64 bits are
 * texts of digits, and so are times (ticks); a real that is no JSON number is a text.
 */
export async function writeRows(
  path: string,
  batches: AsyncIterable<ColumnBatch>,
  signal: AbortSignal,
): Promise<WrittenRows> {
  const hash = createHash('sha256');
  const handle = await open(path, 'w');
  let rows = 0;
  let size = 0;
  try {
    for await (const { rowCount, columns } of batches) {
      signal.throwIfAborted();
      let text = '';
      for (let row = 0; row < rowCount; row++) {
        text += `${JSON.stringify(columns.map((column) => written(column[row] ?? null)))}\n`;
      }
      const bytes = Buffer.from(text);
      hash.update(bytes);
      size += bytes.length;
      rows += rowCount;
      await handle.writeFile(bytes);
    }
  } finally {
    await handle.close();
  }
  return { rows, size, sha256: hash.digest('hex') };
}

/** Batches of bounded size. Throws when the file is not the one that was written. */
export async function* readRows(
  path: string,
  columns: readonly ColumnSchema[],
  expected: WrittenRows,
): AsyncIterable<ColumnBatch> {
  const hash = createHash('sha256');
  const readers = columns.map(({ type }) => readerOf(type));
  let cells: KustoValue[][] = columns.map(() => []);
  let rowCount = 0;
  let rows = 0;
  for await (const line of linesOf(path, (text) => hash.update(text))) {
    const row = JSON.parse(line) as Written[];
    for (const [index, read] of readers.entries()) cells[index]!.push(read(row[index] ?? null));
    rows++;
    if (++rowCount < BATCH_ROWS) continue;
    yield { rowCount, columns: cells };
    cells = columns.map(() => []);
    rowCount = 0;
  }
  if (rowCount > 0) yield { rowCount, columns: cells };
  if (rows === expected.rows && hash.digest('hex') === expected.sha256) return;
  throw new KustoError(
    'Storage_SourceChanged',
    'The local journal of the run is not as it was written: the disk is damaged.',
  );
}

/** Node's readline ends lines at the separators of Unicode, too, which stand inside of JSON texts. */
async function* linesOf(path: string, seen: (text: string) => void): AsyncIterable<string> {
  let rest = '';
  const stream = createReadStream(path, { highWaterMark: 1 << 18, encoding: 'utf8' });
  for await (const text of stream as AsyncIterable<string>) {
    seen(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

type Written = string | number | boolean | null;

function written(value: KustoValue): Written {
  if (typeof value === 'bigint') return String(value);
  // JSON knows neither these nor the sign of zero.
  return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? numberText(value) : value;
}

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));

function readerOf(type: ColumnSchema['type']): (value: Written) => KustoValue {
  switch (type) {
    case 'long':
    case 'datetime':
    case 'timespan':
      return (value) => (value === null ? null : BigInt(value));
    case 'real':
      return (value) => (value === null ? null : Number(value));
    default:
      return (value) => value;
  }
}
