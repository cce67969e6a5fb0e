import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryPersistence } from '../../src/catalog/memory-persistence.js';
import type { Entity, FunctionEntity, TableEntity } from '../../src/catalog/model.js';
import { StoredCatalog } from '../../src/catalog/stored-catalog.js';
import { openDuckDb } from '../../src/engines/duckdb/open.js';
import { IngestionService } from '../../src/ingestion/ingestion-service.js';
import { newTable } from '../../src/ingestion/table-schema.js';
import { tableName } from '../../src/sql/dialects/duckdb/layout.js';

const table = (id: string, name: string, databaseId = 'db'): TableEntity => ({
  ...newTable({ databaseId, name, columns: [{ name: 'a', type: 'long' }] }),
  id,
});
const fn = (id: string, name: string): FunctionEntity => ({
  kind: 'function',
  id,
  databaseId: 'db',
  name,
  parameters: '()',
  body: '{1}',
  folder: '',
  docString: '',
});

describe.each(['memory', 'DuckDB'])('catalog over %s', (kind) => {
  let folder: string;
  let catalog: StoredCatalog;
  let now: Date;
  let stop: () => Promise<void>;
  const memory = { current: new MemoryPersistence() };

  const open = async () => {
    if (kind === 'memory') {
      catalog = await StoredCatalog.open(memory.current, () => now);
      stop = () => catalog.close();
      return;
    }
    const engine = await openDuckDb({ data: folder });
    catalog = await StoredCatalog.open(engine.persistence, () => now);
    stop = async () => {
      await catalog.close();
      await engine.close();
    };
  };
  const reopen = async () => {
    await stop();
    await open();
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catalog-'));
    now = new Date('2026-01-01T00:00:00Z');
    memory.current = new MemoryPersistence();
    await open();
  });
  afterEach(async () => {
    await stop();
    await rm(folder, { recursive: true });
  });
  const put = (...entities: Entity[]) => catalog.transact((tx) => entities.forEach((entity) => tx.put(entity)));

  it('finds everything again after a restart, in its last state', async () => {
    await put(table('t1', 'b'), table('t2', 'a'), fn('f1', 'f'));
    await put({ ...table('t1', 'c'), folder: 'F' });
    await catalog.transact((tx) => tx.delete('function', 'f1'));
    await reopen();
    const state = catalog.snapshot();
    expect(state.list('table', 'db').map(({ id, name, folder }) => [id, name, folder])).toEqual([
      ['t2', 'a', ''],
      ['t1', 'c', 'F'],
    ]);
    expect(state.byName('table', 'db', 'b')).toBeUndefined();
    expect(state.list('function')).toEqual([]);
    await put(fn('f1', 'again'));
    await reopen();
    expect(catalog.snapshot().get('function', 'f1')?.name).toBe('again');
  });

  it('keeps nothing of a transaction that throws, and goes on', async () => {
    const before = catalog.snapshot();
    const failed = catalog.transact((tx) => {
      tx.put(table('t1', 'a'));
      expect(tx.byName('table', 'db', 'a')?.id).toBe('t1');
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(catalog.snapshot()).toBe(before);
    await put(table('t1', 'a'));
    expect(before.list('table')).toEqual([]);
    expect(catalog.snapshot().list('table')).toHaveLength(1);
  });

  it('runs transactions one at a time, so that a change that was read is not lost', async () => {
    await put(table('t1', 'a'));
    const add = () =>
      catalog.transact(async (tx) => {
        const current = tx.get('table', 't1')!;
        await Promise.resolve();
        tx.put({ ...current, docString: `${current.docString}x` });
      });
    await Promise.all(Array.from({ length: 20 }, add));
    expect(catalog.snapshot().get('table', 't1')!.docString).toBe('x'.repeat(20));
  });

  it('refuses names that are taken, by kind and database', async () => {
    await put(table('t1', 'a'), fn('f1', 'a'), table('t2', 'a', 'other'), table('t3', 'A'));
    const external = { ...table('e1', 'a'), kind: 'externalTable' } as unknown as Entity;
    for (const taken of [table('t9', 'a'), fn('f9', 'a'), external])
      await expect(put(taken)).rejects.toMatchObject({ code: 'BadRequest_EntityNameAlreadyExists' });
    await put({ ...table('t1', 'a'), folder: 'same entity' });
    await catalog.transact((tx) => {
      tx.delete('table', 't1');
      tx.put(table('t9', 'a'));
    });
    expect(catalog.snapshot().byName('table', 'db', 'a')?.id).toBe('t9');
  });

  it('forgets artifacts, failures and operations after 14 days', async () => {
    const record = (timestamp: string) => ({
      jobId: 'j',
      runId: 'r',
      timestamp,
      externalTable: 'e',
      path: 'p',
      numRecords: 1,
      sizeInBytes: 1,
      sha256: '',
    });
    const failure = (timestamp: string) => ({
      jobId: 'j',
      operationId: 'o',
      timestamp,
      lastSuccessRun: null,
      failureKind: 'Failure' as const,
      details: '',
    });
    await catalog.transact((tx) => {
      tx.addArtifacts([record('2026-01-01T00:00:00Z'), record('2026-01-10T00:00:00Z')]);
      tx.addFailure(failure('2026-01-01T00:00:00Z'));
    });
    await reopen();
    expect(await catalog.artifacts('j')).toHaveLength(2);
    expect(await catalog.artifacts('other')).toEqual([]);
    await catalog.prune(new Date('2026-01-16T00:00:00Z'));
    await reopen();
    expect((await catalog.artifacts('j')).map(({ timestamp }) => timestamp)).toEqual(['2026-01-10T00:00:00Z']);
    expect(await catalog.failures('j')).toEqual([]);
  });
});

describe('writers and readers of windows at the same time', () => {
  it('a reader that goes on at its cursor sees every row once, in the order of commit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 5 }), {
          minLength: 2,
          maxLength: 6,
        }),
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 10 }),
        async (writers, clock) => {
          const engine = await openDuckDb({ data: ':memory:' });
          let tick = 0;
          // The clock stands, jumps and goes back.
          const catalog = await StoredCatalog.open(
            engine.persistence,
            () => new Date(Date.UTC(2026, 0, 1) + clock[tick++ % clock.length]!),
          );
          const ingestion = await IngestionService.open({ engine, catalog, localRoots: [] });
          const columns = [{ name: 'a', type: 'string' }] as const;
          const rows = { text: 'SELECT NULL WHERE false', parameters: [], columns };
          await ingestion.ingestQuery({ databaseId: 'db', table: 't', mode: 'set', columns, rows });
          const { id } = catalog.snapshot().byName('table', 'db', 't')!;

          let writing = true;
          const seen: string[] = [];
          const read = async (after: bigint): Promise<bigint> => {
            const upTo = catalog.currentCursor();
            const extents = (await catalog.extents(id, { after, upTo })).map((extent) => extent.number);
            if (extents.length === 0) return after;
            const result = await engine.run({
              text: `SELECT c0 FROM ${tableName(id)} WHERE extent IN (${extents.join(', ')})`,
              parameters: [],
              columns: [{ name: 'a', type: 'string' }],
            });
            for await (const batch of result.batches()) seen.push(...(batch.columns[0] as string[]));
            await result.close();
            return upTo;
          };
          const reader = (async () => {
            let cursor = 0n;
            while (writing) cursor = await read(cursor);
            await read(cursor);
          })();
          await Promise.all(
            writers.map(async (batches, writer) => {
              for (const [k, rows] of batches.entries()) {
                const text = Array.from({ length: rows }, (_, n) => `${writer}-${k}-${n}`).join('\n');
                await ingestion.ingestInline({ databaseId: 'db', table: 't', text });
              }
            }),
          );
          writing = false;
          await reader;

          const written = writers.flatMap((batches, w) =>
            batches.flatMap((rows, k) => Array.from({ length: rows }, (_, n) => `${w}-${k}-${n}`)),
          );
          expect(seen.toSorted()).toEqual(written.toSorted());
          const extents = await catalog.extents(id);
          expect(new Set(extents.map(({ cursor }) => cursor)).size).toBe(extents.length);
          for (const [k, extent] of extents.entries())
            if (k > 0) expect(extent.ingestionTime).toBeGreaterThanOrEqual(extents[k - 1]!.ingestionTime);
          await catalog.close();
          await engine.close();
        },
      ),
      { numRuns: 15 },
    );
  });
});
