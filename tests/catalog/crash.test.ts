import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoredCatalog } from '../../src/catalog/stored-catalog.js';
import { openDuckDb } from '../../src/engines/duckdb/open.js';
import { tableName } from '../../src/sql/dialects/duckdb/layout.js';
import { FAILPOINTS } from '../../src/values/failpoint.js';

const CHILD = fileURLToPath(new URL('./ingest-child.ts', import.meta.url));
const BATCHES = 6;

interface Run {
  readonly signal: NodeJS.Signals | null;
  /** Cursor of each batch that the child was told is in. */
  readonly told: ReadonlyMap<number, string>;
}

function runChild(
  data: string,
  failpoints: string,
  onLine: (line: string, kill: () => void) => void = () => undefined,
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, data, '1', String(BATCHES)], {
      env: { ...process.env, CALYPSO_FAILPOINTS: failpoints },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const told = new Map<number, string>();
    let output = '';
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const lines = output.split('\n');
      output = lines.pop()!;
      for (const line of lines) {
        const [batch, cursor] = line.split(' ');
        if (cursor !== undefined) told.set(Number(batch), cursor);
        onLine(line, () => child.kill('SIGKILL'));
      }
    });
    child.on('close', (code, signal) => (code ? reject(new Error(errors)) : resolve({ signal, told })));
  });
}

/** What a newly started server finds. */
async function inspect(data: string) {
  const engine = await openDuckDb({ data });
  const catalog = await StoredCatalog.open(engine.persistence, () => new Date());
  const table = catalog.snapshot().byName('table', 'db', 't');
  const rows: [number, bigint, bigint][] = [];
  if (table) {
    const result = await engine.run({
      text: `SELECT c0, count(*), count(DISTINCT c1) FROM ${tableName(table.id)} GROUP BY ALL ORDER BY 1`,
      parameters: [],
      columns: [
        { name: 'batch', type: 'int' },
        { name: 'n', type: 'long' },
        { name: 'd', type: 'long' },
      ],
    });
    for await (const batch of result.batches())
      for (let r = 0; r < batch.rowCount; r++)
        rows.push(batch.columns.map((column) => column[r]) as [number, bigint, bigint]);
    await result.close();
  }
  const extents = table ? await catalog.extents(table.id) : [];
  const operations = await catalog.operations();
  const cursor = catalog.currentCursor();
  const extentNumber = catalog.newExtentNumber();
  await catalog.close();
  await engine.close();
  return { rows, extents, operations, cursor, extentNumber };
}

describe('a killed process', () => {
  let data: string;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'crash-'));
  });
  afterEach(() => rm(data, { recursive: true }));

  const expectWhole = async (run: Run) => {
    const found = await inspect(data);
    // Every batch whole or not at all, every batch that was answered for is there, and the extents say the same.
    for (const [, count, distinct] of found.rows) expect([count, distinct]).toEqual([100n, 100n]);
    const batches = found.rows.map(([batch]) => batch);
    for (const batch of run.told.keys()) expect(batches).toContain(batch);
    expect(found.extents.map((extent) => Number(extent.tags[0]!.slice('ingest-by:'.length)))).toEqual(batches);
    for (const extent of found.extents) expect(extent.rowCount).toBe(100);
    const cursors = found.extents.map((extent) => extent.cursor);
    expect(cursors).toEqual([...cursors].sort((a, b) => (a < b ? -1 : 1)));
    expect(found.cursor).toBe(cursors.at(-1) ?? 0n);
    for (const extent of found.extents) expect(found.extentNumber).toBeGreaterThan(extent.number);
    return { ...found, batches };
  };

  it.each(FAILPOINTS.filter((name) => /^(ingest|catalog|engine)\./.test(name)))(
    'at %s loses no row and doubles none',
    async (name) => {
      for (const pass of [1, 4]) {
        const run = await runChild(data, `${name}=kill@${pass}`);
        expect(run.signal).toBe('SIGKILL');
        const { cursor } = await expectWhole(run);
        const again = await runChild(data, '');
        expect(again.signal).toBeNull();
        const { batches } = await expectWhole(again);
        expect(batches).toEqual(Array.from({ length: BATCHES }, (_, k) => k + 1));
        // Later commits have later cursors, also over the kill.
        for (const told of again.told.values()) if (told !== 'skipped') expect(BigInt(told)).toBeGreaterThan(cursor);
        await rm(data, { recursive: true });
      }
      data = await mkdtemp(join(tmpdir(), 'crash-'));
    },
  );

  it('from outside, at any moment, leaves operations abandoned', async () => {
    const run = await runChild(data, '', (line, kill) => line.startsWith('3 ') && kill());
    const { operations } = await expectWhole(run);
    expect(operations).toMatchObject([{ id: 'op', state: 'Abandoned' }]);
  });
});
