import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.js';
import { MemoryPersistence } from '../../src/catalog/memory-persistence.js';
import { StoredCatalog } from '../../src/catalog/stored-catalog.js';
import type { CatalogPersistence } from '../../src/catalog/catalog.js';
import type { CompiledSql, CopyOptions, Engine, EngineColumn, WriteSession } from '../../src/engines/engine.js';
import { KustoError } from '../../src/errors/index.js';
import { KUSTO_TYPES, type ColumnSchema, type KustoValue } from '../../src/values/index.js';

/** An engine under test, and the SQL that only its own dialect can say. */
export interface EngineUnderTest {
  open(folder: string): Promise<{ readonly engine: Engine; readonly persistence: CatalogPersistence }>;
  /** All rows of a table, with the extent last. */
  scan(tableId: string, columns: readonly EngineColumn[]): string;
  /** Whole numbers from 0 to n-1 as BIGINT. */
  numbers(n: number): string;
  /** Runs for minutes. */
  endless: string;
  /** Fails at its last row only. */
  failsLate: string;
}

const column = (name: string, type: ColumnSchema['type']): ColumnSchema => ({ name, type });
const engineColumns: readonly EngineColumn[] = KUSTO_TYPES.map((type, id) => ({ id, type }));

/** One row of each kind of value that has gone wrong in an engine before. */
const ROWS: readonly (readonly KustoValue[])[] = [
  // bool, int, long, real, decimal, datetime, timespan, string, guid, dynamic
  [
    true,
    2147483647,
    9223372036854775807n,
    0.1,
    '12345678901234567890.123456789',
    638000000000000001n,
    1n,
    'a,"b"\n',
    '00000000-0000-0000-0000-000000000000',
    '{"b":1,"a":[1.0,12345678901234567890]}',
  ],
  [
    false,
    -2147483648,
    -9223372036854775808n,
    NaN,
    '-0.5',
    0n,
    -864000000001n,
    '',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '"x"',
  ],
  [null, null, null, null, null, null, null, '\uFEFFnée ✓ 𝄞', null, null],
  [
    true,
    0,
    0n,
    -Infinity,
    '0',
    3155378975999999999n,
    -9223372036854775808n,
    "'; DROP TABLE x; --",
    '12345678-9abc-def0-1234-56789abcdef0',
    'null',
  ],
];

const batchOf = (rows: readonly (readonly KustoValue[])[], width = rows[0]?.length ?? 0) => ({
  rowCount: rows.length,
  columns: Array.from({ length: width }, (_, c) => rows.map((row) => row[c]!)),
});

export async function rowsOf(engine: Engine, sql: CompiledSql): Promise<KustoValue[][]> {
  const result = await engine.run(sql);
  try {
    const rows: KustoValue[][] = [];
    for await (const batch of result.batches())
      for (let r = 0; r < batch.rowCount; r++) rows.push(batch.columns.map((values) => values[r]!));
    expect(rows).toHaveLength(result.rowCount);
    return rows;
  } finally {
    await result.close();
  }
}

export function engineSuite(name: string, under: EngineUnderTest): void {
  describe(`engine: ${name}`, () => {
    let folder: string;
    let engine: Engine;
    let catalog: Catalog;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'engine-'));
      const opened = await under.open(folder);
      engine = opened.engine;
      catalog = await StoredCatalog.open(opened.persistence, () => new Date('2026-01-01T00:00:00Z'));
    });
    afterEach(async () => {
      await catalog.close();
      await engine.close();
      await rm(folder, { recursive: true });
    });

    const query = (text: string, columns: readonly ColumnSchema[], parameters: readonly KustoValue[] = []) => ({
      text,
      columns,
      parameters,
    });
    const scan = (id: string, columns: readonly EngineColumn[] = [{ id: 0, type: 'long' }]) =>
      rowsOf(
        engine,
        query(under.scan(id, columns), [...columns.map((c) => column(`c${c.id}`, c.type)), column('extent', 'long')]),
      );
    const publish = (write: WriteSession, id: string, extents: readonly [bigint, number][], dropped: bigint[] = []) =>
      catalog.transact((tx) =>
        tx.publish({
          write,
          dropped,
          extents: extents.map(([number, rowCount]) => ({ number, rowCount, id: randomUUID(), tableId: id, tags: [] })),
        }),
      );
    const createTable = async (id: string, columns: readonly EngineColumn[] = [{ id: 0, type: 'long' }]) => {
      const write = await engine.beginWrite({ change: [id] });
      await write.createTable(id, columns);
      await publish(write, id, []);
    };
    const append = async (id: string, n: number) => {
      const write = await engine.beginWrite({ append: [id] });
      const extent = catalog.newExtentNumber();
      const rows = await write.insertQuery(
        id,
        [{ id: 0, type: 'long' }],
        extent,
        query(under.numbers(n), [column('n', 'long')]),
      );
      await publish(write, id, [[extent, rows]]);
      return extent;
    };

    it('gives back every value of every type as it was stored', async () => {
      await createTable('all', engineColumns);
      const write = await engine.beginWrite({ append: ['all'] });
      const extent = catalog.newExtentNumber();
      expect(await write.insertBatch('all', engineColumns, extent, batchOf(ROWS))).toBe(ROWS.length);
      await publish(write, 'all', [[extent, ROWS.length]]);
      expect(await scan('all', engineColumns)).toEqual(ROWS.map((row) => [...row, extent]));
    });

    it('hands parameters and input tables to the SQL', async () => {
      const values: KustoValue[] = [9007199254740993n, 1, 'x', true, null];
      const types = ['long', 'real', 'string', 'bool', 'string'] as const;
      const text = `SELECT ${values.map((_, k) => `$${k + 1} AS p${k}`).join(', ')}`;
      const rows = await rowsOf(
        engine,
        query(
          text,
          types.map((type, k) => column(`p${k}`, type)),
          values,
        ),
      );
      expect(rows).toEqual([[9007199254740993n, 1, 'x', true, '']]);
      const inputs = [{ name: 'mine', types: [...KUSTO_TYPES], batches: [batchOf(ROWS), batchOf(ROWS)] }];
      const input = {
        ...query(
          'SELECT * FROM mine',
          KUSTO_TYPES.map((type) => column(type, type)),
        ),
        inputs,
      };
      expect(await rowsOf(engine, input)).toEqual([...ROWS, ...ROWS]);
    });

    it('pages a large result in its order', async () => {
      const rows = await rowsOf(engine, query(`${under.numbers(100_000)} ORDER BY 1 DESC`, [column('n', 'long')]));
      expect(rows.map(([n]) => Number(n))).toEqual(Array.from({ length: 100_000 }, (_, k) => 99_999 - k));
    });

    it('shows staged rows only with the commit, and never those of a discarded session', async () => {
      await createTable('t');
      const write = await engine.beginWrite({ append: ['t'] });
      const extent = catalog.newExtentNumber();
      await write.insertQuery('t', [{ id: 0, type: 'long' }], extent, query(under.numbers(3), [column('n', 'long')]));
      expect(await scan('t')).toEqual([]);
      await publish(write, 't', [[extent, 3]]);
      expect(await scan('t')).toHaveLength(3);
      const lost = await engine.beginWrite({ append: ['t'] });
      await lost.insertQuery('t', [{ id: 0, type: 'long' }], 99n, query(under.numbers(3), [column('n', 'long')]));
      await lost.discard();
      await lost.discard();
      expect(await scan('t')).toHaveLength(3);
      expect(await catalog.extents('t')).toMatchObject([{ number: extent, rowCount: 3 }]);
    });

    it('gives everything up when the catalog transaction fails', async () => {
      await createTable('t');
      const write = await engine.beginWrite({ append: ['t'] });
      await write.insertQuery(
        't',
        [{ id: 0, type: 'long' }],
        catalog.newExtentNumber(),
        query(under.numbers(3), [column('n', 'long')]),
      );
      const failed = catalog.transact((tx) => {
        tx.publish({ write, extents: [] });
        throw new KustoError('General_BadRequest', 'no');
      });
      await expect(failed).rejects.toThrow('no');
      await write.discard();
      expect(await scan('t')).toEqual([]);
    });

    it('lets appends go side by side, and a change alone', async () => {
      await createTable('t');
      const first = await engine.beginWrite({ append: ['t'] });
      const second = await engine.beginWrite({ append: ['t'] });
      let changing = false;
      const change = engine.beginWrite({ change: ['t'] }).then((write) => {
        changing = true;
        return write;
      });
      for (const [write, number] of [
        [second, catalog.newExtentNumber()],
        [first, catalog.newExtentNumber()],
      ] as const) {
        await write.insertQuery('t', [{ id: 0, type: 'long' }], number, query(under.numbers(2), [column('n', 'long')]));
        expect(changing).toBe(false);
        await publish(write, 't', [[number, 2]]);
      }
      const alter = await change;
      await alter.addColumn('t', { id: 1, type: 'string' });
      await publish(alter, 't', []);
      expect((await scan('t', [{ id: 1, type: 'string' }])).map(([value]) => value)).toEqual(['', '', '', '']);
    });

    it('gives up waiting for a table when the signal fires', async () => {
      await createTable('t');
      const holder = await engine.beginWrite({ change: ['t'] });
      const abort = new AbortController();
      const waiting = engine.beginWrite({ append: ['t'] }, abort.signal);
      abort.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'General_Cancelled' });
      await holder.discard();
      await (await engine.beginWrite({ change: ['t'] })).discard();
    });

    it('drops columns, extents and tables', async () => {
      await createTable('t', [
        { id: 0, type: 'long' },
        { id: 1, type: 'int' },
      ]);
      const [keep, drop] = [await append('t', 2), await append('t', 3)];
      const write = await engine.beginWrite({ change: ['t'] });
      expect(await write.deleteExtents('t', [drop])).toBe(3);
      await publish(write, 't', [], [drop]);
      const alter = await engine.beginWrite({ change: ['t'] });
      await alter.dropColumn('t', 1);
      await publish(alter, 't', []);
      expect(await scan('t')).toEqual([
        [0n, keep],
        [1n, keep],
      ]);
      expect((await catalog.extents('t')).map((extent) => extent.number)).toEqual([keep]);
      const last = await engine.beginWrite({ change: ['t'] });
      await last.dropTable('t');
      await publish(last, 't', [], [keep]);
      await expect(scan('t')).rejects.toBeInstanceOf(KustoError);
    });

    it('adds a column and fills it in one commit', async () => {
      await createTable('t');
      const old = await append('t', 1);
      const write = await engine.beginWrite({ change: ['t'] });
      const added = { id: 1, type: 'string' } as const;
      await write.addColumn('t', added);
      const extent = catalog.newExtentNumber();
      await write.insertBatch('t', [added], extent, batchOf([['x']]));
      await publish(write, 't', [[extent, 1]]);
      const columns = [{ id: 0, type: 'long' }, added] as const;
      expect(await scan('t', columns)).toEqual([
        [0n, '', old],
        [null, 'x', extent],
      ]);
    });

    it('replaces all rows in one commit', async () => {
      await createTable('t');
      const old = await append('t', 5);
      const write = await engine.beginWrite({ change: ['t'] });
      const extent = catalog.newExtentNumber();
      await write.insertQuery('t', [{ id: 0, type: 'long' }], extent, query(under.numbers(2), [column('n', 'long')]));
      await write.deleteExtents('t', [old]);
      await publish(write, 't', [[extent, 2]], [old]);
      expect(await scan('t')).toEqual([
        [0n, extent],
        [1n, extent],
      ]);
    });

    it('reports an error before any row, and never in the words of the engine', async () => {
      const late = engine.run(query(under.failsLate, [column('n', 'long')]));
      await expect(late).rejects.toMatchObject({ code: 'CAL0004' });
      await expect(engine.run(query('SELECT nothing FROM nowhere', [column('n', 'long')]))).rejects.toThrow(
        /^The query uses a form/,
      );
    });

    it('cancels a query that runs, and one that has not begun', async () => {
      const abort = new AbortController();
      const running = engine.run(query(under.endless, [column('n', 'long')]), abort.signal);
      setTimeout(() => abort.abort(new DOMException('', 'TimeoutError')), 100);
      await expect(running).rejects.toMatchObject({ code: 'General_Timeout' });
      await expect(engine.run(query(under.endless, [column('n', 'long')]), AbortSignal.abort())).rejects.toMatchObject({
        code: 'General_Cancelled',
      });
      const soon = new AbortController();
      const started = engine.run(query(under.endless, [column('n', 'long')]), soon.signal);
      queueMicrotask(() => soon.abort());
      await expect(started).rejects.toMatchObject({ code: 'General_Cancelled' });
    });

    it('answers more queries at once than it runs at once', async () => {
      const many = Array.from({ length: 40 }, () => rowsOf(engine, query(under.numbers(10), [column('n', 'long')])));
      expect((await Promise.all(many)).every((rows) => rows.length === 10)).toBe(true);
    });

    describe('copyOut', () => {
      const inputs = [{ name: 'mine', types: [...KUSTO_TYPES], batches: [batchOf(ROWS)] }];
      const all: CompiledSql = {
        ...query(
          'SELECT * FROM mine',
          KUSTO_TYPES.map((type) => column(type, type)),
        ),
        inputs,
      };
      const options = (more: Partial<CopyOptions>): CopyOptions => ({
        format: 'csv',
        directory: engine.exchangeDirectory,
        fileName: (part) => `part-${part}`,
        header: false,
        bom: false,
        compression: 'none',
        sizeLimit: 1e9,
        rowGroupSize: 100_000,
        ...more,
      });
      const copy = async (sql: CompiledSql, more: Partial<CopyOptions>) => {
        const files = await engine.copyOut(sql, options(more));
        return Promise.all(files.map(async (file) => ({ ...file, bytes: await readFile(file.path) })));
      };

      it('writes CSV as Kusto does', async () => {
        const [file] = await copy(all, { header: true, bom: true, compression: 'gzip' });
        expect(file!.rowCount).toBe(4);
        expect(file!.sizeInBytes).toBe(file!.bytes.length);
        expect(gunzipSync(file!.bytes).toString('utf8')).toBe(
          [
            '\uFEFFbool,int,long,real,decimal,datetime,timespan,string,guid,dynamic',
            'true,2147483647,9223372036854775807,0.1,12345678901234567890.123456789,2022-09-28T22:13:20.0000001Z,00:00:00.0000001,"a,""b""\n",00000000-0000-0000-0000-000000000000,"{""b"":1,""a"":[1.0,12345678901234567890]}"',
            'false,-2147483648,-9223372036854775808,NaN,-0.5,0001-01-01T00:00:00.0000000Z,-1.00:00:00.0000001,,ffffffff-ffff-ffff-ffff-ffffffffffff,"""x"""',
            ',,,,,,,\uFEFFnée ✓ 𝄞,,',
            "true,0,0,-Infinity,0,9999-12-31T23:59:59.9999999Z,-10675199.02:48:05.4775808,'; DROP TABLE x; --,12345678-9abc-def0-1234-56789abcdef0,null",
            '',
          ].join('\r\n'),
        );
      });

      it('writes JSON lines with nested dynamic values', async () => {
        const [file] = await copy(all, { format: 'json', header: true });
        const lines = file!.bytes.toString('utf8').trimEnd().split('\n');
        expect(lines[0]).toBe(
          '{"bool":true,"int":2147483647,"long":9223372036854775807,"real":0.1,"decimal":12345678901234567890.123456789,"datetime":"2022-09-28T22:13:20.0000001Z","timespan":"00:00:00.0000001","string":"a,\\"b\\"\\n","guid":"00000000-0000-0000-0000-000000000000","dynamic":{"b":1,"a":[1.0,12345678901234567890]}}',
        );
        expect(lines.map((text) => (JSON.parse(text) as { real: unknown }).real)).toEqual([
          0.1,
          'NaN',
          null,
          '-Infinity',
        ]);
      });

      it('cuts files at the size limit and loses no row', async () => {
        const numbers = query(under.numbers(50_000), [column('n', 'long')]);
        for (const format of ['csv', 'parquet'] as const) {
          const files = await copy(numbers, { format, sizeLimit: 100_000, header: true });
          expect(files.length).toBeGreaterThan(2);
          expect(files.reduce((total, file) => total + file.rowCount, 0)).toBe(50_000);
          if (format !== 'csv') continue;
          for (const file of files.slice(0, -1)) expect(file.bytes.length).toBeGreaterThanOrEqual(100_000);
          const texts = files.flatMap((file) => file.bytes.toString().trimEnd().split('\r\n').slice(1));
          expect(texts.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 50_000 }, (_, k) => k));
        }
      });

      it('tells what is in a file: bounds, texts as a whole, and how many nulls', async () => {
        const rows: KustoValue[][] = [
          [5n, 'b', 1.5, true, 30n],
          [null, '', null, null, 10n],
          [-7n, '\uFEFFa', -2, false, null],
        ];
        const types = ['long', 'string', 'real', 'bool', 'datetime'] as const;
        const inputs = [{ name: 'mine', types, batches: [batchOf(rows)] }];
        const sql = {
          ...query(
            'SELECT * FROM mine',
            types.map((type) => column(type, type)),
          ),
          inputs,
        };
        const [file] = await copy(sql, { format: 'parquet', statistics: true });
        expect(file!.statistics).toEqual([
          { min: -7n, max: 5n, nullCount: 1 },
          { min: '', max: '\uFEFFa', nullCount: 0 },
          { min: -2, max: 1.5, nullCount: 1 },
          { min: null, max: null, nullCount: 1 },
          { min: 10n, max: 30n, nullCount: 1 },
        ]);
        expect((await copy(sql, { format: 'parquet' }))[0]).not.toHaveProperty('statistics');
      });

      it('writes no file when there is no row', async () => {
        expect(await copy(query(under.numbers(0), [column('n', 'long')]), { header: true })).toEqual([]);
      });

      it('refuses a codec that the format does not have', async () => {
        await expect(copy(all, { compression: 'zstd' })).rejects.toMatchObject({ code: 'General_BadRequest' });
      });

      it('writes each partition of a staged result by itself, without the partition column', async () => {
        const rows: KustoValue[][] = [
          ['b', 1n],
          ['', 2n],
          ['a', 3n],
          ['b', 4n],
        ];
        const inputs = [{ name: 'mine', types: ['string', 'long'] as const, batches: [batchOf(rows)] }];
        const sql = { ...query('SELECT * FROM mine', [column('p', 'string'), column('n', 'long')]), inputs };
        const staged = await engine.stage(sql, { partitionBy: [0] });
        try {
          const written: Record<string, string> = {};
          for (const partition of staged.partitions) {
            const name = `p-${String(partition.values[0])}`;
            const [file] = await staged.copyOut(options({ fileName: () => name }), { partition, columns: [1] });
            written[String(partition.values[0])] = await readFile(file!.path, 'utf8');
          }
          expect(written).toEqual({ '': '2\r\n', a: '3\r\n', b: '1\r\n4\r\n' });
        } finally {
          await staged.close();
        }
      });
    });

    it('refuses a publication of another engine', async () => {
      const other = await StoredCatalog.open(new MemoryPersistence(), () => new Date());
      await other.close();
      const failed = catalog.transact((tx) => tx.publish({ write: { id: 'x' }, extents: [] }));
      await expect(failed).rejects.toMatchObject({ code: 'General_InternalServerError' });
    });
  });
}
