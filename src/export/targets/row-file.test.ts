import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ColumnBatch, ColumnSchema, KustoValue } from '../../values/index.js';
import { readRows, writeRows } from './row-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calypso-rows-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const TYPES = ['bool', 'int', 'long', 'real', 'decimal', 'datetime', 'timespan', 'string', 'guid', 'dynamic'] as const;
const COLUMNS: readonly ColumnSchema[] = TYPES.map((type) => ({ name: type, type }));
const GUID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const ROWS: readonly (readonly KustoValue[])[] = [
  [
    true,
    -5,
    9223372036854775807n,
    0.1 + 0.2,
    '1.000000000000000001',
    0n,
    -1n,
    'a\u2028b\u2029c\r\nd\0"\\',
    GUID,
    '{"a":\n1e400}',
  ],
  [false, 0, -1n, -0, '0', 3_155_378_975_999_999_999n, 0n, '\uFEFF', GUID, '[]'],
  [null, null, null, NaN, null, null, null, '', null, null],
  [null, null, null, -Infinity, null, null, null, '\u{1F600}'.repeat(100_000), null, null],
];

async function* batches(): AsyncIterable<ColumnBatch> {
  for (const row of ROWS) yield await Promise.resolve({ rowCount: 1, columns: row.map((value) => [value]) });
}

describe("the journal's own rows", () => {
  it('come back as they were, to the bit', async () => {
    const path = join(folder, 'rows');
    const written = await writeRows(path, batches(), AbortSignal.timeout(10_000));
    const found: KustoValue[][] = [];
    for await (const { rowCount, columns } of readRows(path, COLUMNS, written)) {
      for (let row = 0; row < rowCount; row++) found.push(columns.map((column) => column[row]!));
    }
    expect(found).toEqual(ROWS);
    expect(Object.is(found[1]![3], -0)).toBe(true);
  });

  it('are refused when the file is not the one that was written', async () => {
    const path = join(folder, 'rows');
    const written = await writeRows(path, batches(), AbortSignal.timeout(10_000));
    await writeFile(path, (await readFile(path, 'utf8')).replace('aaaaaaaa', 'aaaaaaab'));
    const read = async (): Promise<void> => {
      for await (const batch of readRows(path, COLUMNS, written)) expect(batch.rowCount).toBeGreaterThan(0);
    };
    await expect(read()).rejects.toMatchObject({ code: 'Storage_SourceChanged' });
  });
});
