import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ColumnSchema } from '../../values/index.js';
import type { DuckDbEngine } from './engine.js';
import { openDuckDb } from './open.js';

const LONG: readonly ColumnSchema[] = [{ name: 'n', type: 'long' }];

describe('openDuckDb', () => {
  let folder: string;
  const opened: DuckDbEngine[] = [];
  const open = async (more: Partial<Parameters<typeof openDuckDb>[0]> = {}) => {
    const engine = await openDuckDb({ data: folder, ...more });
    opened.push(engine);
    return engine;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((engine) => engine.close()));
    await rm(folder, { recursive: true });
  });
  const value = async (engine: DuckDbEngine, text: string) => {
    const result = await engine.run({ text, parameters: [], columns: LONG });
    for await (const batch of result.batches()) return batch.columns[0]![0];
    await result.close();
    return undefined;
  };

  it('lets no SQL out of the exchange directory, nor change a setting', async () => {
    const engine = await open();
    await writeFile(join(folder, 'secret.csv'), '1\n');
    await writeFile(join(engine.exchangeDirectory, 'mine.csv'), '1\n2\n');
    expect(await value(engine, `SELECT count(*) FROM read_csv('${engine.exchangeDirectory}/mine.csv')`)).toBe(2n);
    for (const text of [
      `SELECT count(*) FROM read_csv('${folder}/secret.csv')`,
      `SELECT count(*) FROM read_csv('${engine.exchangeDirectory}/../secret.csv')`,
      "SELECT count(*) FROM read_text('/etc/passwd')",
      "SELECT count(*) FROM glob('/etc/*')",
      "SELECT count(*) FROM read_parquet('https://example.com/x.parquet')",
    ])
      await expect(value(engine, text), text).rejects.toMatchObject({ name: 'KustoError' });
    const write = await engine.beginWrite({});
    const smuggled = { text: 'SELECT 1) AS q(k0); SET lock_configuration = false; --', parameters: [], columns: LONG };
    await expect(write.insertQuery('none', [{ id: 0, type: 'long' }], 1n, smuggled)).rejects.toMatchObject({
      name: 'KustoError',
    });
    await write.discard();
  });

  it('opens a data file once in the process, again after it was closed, and not beside another process', async () => {
    const engine = await open();
    await expect(open()).rejects.toThrow('is open in this process already');
    const script = `const { DuckDBInstance } = await import('@duckdb/node-api'); await DuckDBInstance.create(process.argv[1]);`;
    const other = spawnSync(process.execPath, ['--input-type=module', '-e', script, join(folder, 'calypso.duckdb')], {
      encoding: 'utf8',
    });
    expect(other.stderr).toContain('Could not set lock on file');
    await engine.close();
    await open();
  });

  it('spills a sort that does not fit in memory, and leaves nothing of it', async () => {
    const engine = await open({ memoryLimit: '100MB', threads: 2 });
    const text =
      "SELECT range FROM (SELECT range, repeat('x', 100) || range AS t FROM range(2000000)) ORDER BY hash(t)";
    const result = await engine.run({ text, parameters: [], columns: LONG });
    expect(result.rowCount).toBe(2_000_000);
    let sum = 0n;
    for await (const batch of result.batches()) for (const n of batch.columns[0]!) sum += n as bigint;
    expect(sum).toBe(1_999_999_000_000n);
    await result.close();
    const spill = join(folder, 'spill');
    expect(existsSync(spill) ? await readdir(spill) : []).toEqual([]);
  });

  it('calls what cannot spill a runaway query, and goes on', async () => {
    const engine = await open({ memoryLimit: '100MB', threads: 2 });
    const text = 'SELECT len(list(range)) FROM range(200000000)';
    await expect(value(engine, text)).rejects.toMatchObject({ code: 'E_RUNAWAY_QUERY' });
    expect(await value(engine, 'SELECT 1::BIGINT')).toBe(1n);
  });

  it('lets SQL raise a coded error of its own', async () => {
    const engine = await open({ data: ':memory:' });
    const raised = value(engine, "SELECT error('KUSTO:SEM0001:the series are of different lengths')::BIGINT");
    await expect(raised).rejects.toMatchObject({ code: 'SEM0001', message: 'the series are of different lengths' });
  });

  it('keeps what setup made over a restart, and makes it again', async () => {
    const setup = async (connection: { run(sql: string): Promise<unknown> }) => {
      await connection.run('CREATE OR REPLACE MACRO twice(x) AS x * 2');
    };
    const engine = await open({ setup });
    await engine.close();
    expect(await value(await open({ setup }), 'SELECT twice(21)::BIGINT')).toBe(42n);
  });

  it('runs no more queries at once than it admits', async () => {
    const engine = await open({ data: ':memory:', maxConcurrentQueries: 1 });
    const abort = new AbortController();
    const endless = 'SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * 31 + b.range) % 7 = 1';
    const long = engine.run({ text: endless, parameters: [], columns: LONG }, abort.signal);
    const waiting = new AbortController();
    const second = engine.run({ text: 'SELECT 1::BIGINT', parameters: [], columns: LONG }, waiting.signal);
    waiting.abort();
    await expect(second).rejects.toMatchObject({ code: 'General_Cancelled' });
    const third = value(engine, 'SELECT 3::BIGINT');
    abort.abort();
    await expect(long).rejects.toMatchObject({ code: 'General_Cancelled' });
    expect(await third).toBe(3n);
  });
});
