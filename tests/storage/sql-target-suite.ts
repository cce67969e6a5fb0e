import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KustoError } from '../../src/errors/index.js';
import { Secret } from '../../src/storage/secret.js';
import type { SqlCredential } from '../../src/storage/sql/connect.js';
import { openSqlTarget } from '../../src/storage/sql/open-sql.js';
import type { SqlLoad, SqlRead, SqlTarget } from '../../src/storage/sql/sql-target.js';
import type { ColumnBatch, ColumnSchema, KustoType, KustoValue } from '../../src/values/index.js';
import type { TestDatabase } from '../support/sql/test-database.js';

const COLUMNS: readonly ColumnSchema[] = [
  { name: 'id', type: 'long' },
  { name: 'label', type: 'string' },
];
const GUID = 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee';
const FIRST = { job: 'job', window: 'w1' };

/** Ticks of 2024-02-29T23:59:59.9999999Z. */
const LEAP = 638_448_479_999_999_999n;

async function* batches(rows: readonly (readonly KustoValue[])[], size = 2): AsyncIterable<ColumnBatch> {
  for (let from = 0; from < rows.length; from += size) {
    const part = rows.slice(from, from + size);
    await Promise.resolve();
    yield { rowCount: part.length, columns: part[0]!.map((_, column) => part.map((row) => row[column]!)) };
  }
}

/** What every SQL target holds to. `start` begins a database of its own for the suite. */
export function sqlTargetSuite(
  name: string,
  start: () => Promise<TestDatabase>,
  facts: {
    /** Digits of a second that datetimes keep. */
    readonly fraction: number;
    readonly nan: boolean;
    readonly nullCharacter: boolean;
    /** A table with a column `n` that is no target for texts, and one of its own that needs a value. */
    readonly wrongTable: string;
    /** A user who may do nothing; one who may insert into `t` and the progress table, and nothing else. */
    readonly users: readonly string[];
  },
): void {
  describe(name, () => {
    let database: TestDatabase;
    let target: SqlTarget;
    const signal = (): AbortSignal => AbortSignal.timeout(50_000);
    const passwordOf = (user: string, password = 'secret'): SqlCredential => ({
      kind: 'password',
      user,
      password: new Secret(password),
    });
    const open = (
      credential?: SqlCredential,
      change: { certificateAuthority?: string; database?: string; port?: number } = {},
    ): SqlTarget => {
      const { host, port, database: name, certificateAuthority } = { ...database, ...change };
      return openSqlTarget(
        database.dialect,
        { host, port, database: name, connectTimeout: 10_000 },
        credential ?? passwordOf(database.user, database.password),
        certificateAuthority === '' ? {} : { certificateAuthority },
      );
    };
    const load = (rows: readonly (readonly KustoValue[])[], change: Partial<SqlLoad> = {}): SqlLoad => ({
      table: { name: 't' },
      columns: COLUMNS,
      createIfNotExists: { primaryKey: 'id' },
      progress: FIRST,
      rows: () => batches(rows),
      rowCount: rows.length,
      fireTriggers: false,
      signal: signal(),
      ...change,
    });
    const rowsOf = async (change: Partial<SqlRead> = {}): Promise<KustoValue[][]> => {
      const columns = change.columns ?? COLUMNS;
      const found: KustoValue[][] = [];
      for await (const batch of target.read({
        table: { name: 't' },
        columns,
        needed: new Set(columns.map((column) => column.name)),
        conditions: [],
        limit: undefined,
        signal: signal(),
        ...change,
      })) {
        for (let row = 0; row < batch.rowCount; row++) found.push(batch.columns.map((column) => column[row]!));
      }
      return found.sort((a, b) => Number(a[0]) - Number(b[0]));
    };
    const refusal = async (work: Promise<unknown>): Promise<KustoError> => {
      const error: unknown = await work.then(
        () => new Error('not refused'),
        (reason: unknown) => reason,
      );
      if (error instanceof Error && error.name === 'KustoError') return error as KustoError;
      throw error;
    };
    const count = async (table: string): Promise<number> =>
      Number((await database.query(`SELECT count(*) FROM ${table}`))[0]![0]);

    beforeAll(async () => {
      database = await start();
      target = open();
    });
    afterAll(() => database?.stop());
    beforeEach(async () => {
      for (const table of ['t', 'calypso_progress', 'x']) await database.query(`DROP TABLE IF EXISTS ${table}`);
    });

    it('makes the table and writes a window into it once, however often it is tried', async () => {
      expect(
        await target.load(
          load([
            [1n, 'a'],
            [2n, 'b'],
            [3n, ''],
          ]),
        ),
      ).toBe('loaded');
      expect(
        await target.load(
          load([
            [1n, 'a'],
            [2n, 'b'],
            [3n, ''],
          ]),
        ),
      ).toBe('known');
      expect(await target.load(load([[4n, 'd']], { progress: { job: 'job', window: 'w2' } }))).toBe('loaded');
      expect(await rowsOf()).toEqual([
        [1n, 'a'],
        [2n, 'b'],
        [3n, ''],
        [4n, 'd'],
      ]);
      expect(
        await database.query('SELECT job_id, window_id, row_count FROM calypso_progress ORDER BY window_id'),
      ).toEqual([
        ['job', 'w1', '3'],
        ['job', 'w2', '1'],
      ]);
    });

    it('gives back every value as it was, to the precision of the target', async () => {
      const types: readonly KustoType[] = [
        'bool',
        'int',
        'long',
        'real',
        'decimal',
        'datetime',
        'timespan',
        'string',
        'guid',
        'dynamic',
      ];
      const columns: ColumnSchema[] = [
        { name: 'id', type: 'long' },
        ...types.map((type) => ({ name: `${type}_`, type })),
      ];
      const cut = (ticks: bigint): bigint => ticks - (ticks % 10n ** BigInt(7 - facts.fraction));
      const text = `quote' "double" back\\slash \\n tab\t line\n return\r\n , ; \u{1F600} ﷺ ${'x'.repeat(9000)} `;
      const rows: KustoValue[][] = [
        [
          1n,
          true,
          2147483647,
          9223372036854775807n,
          0.1 + 0.2,
          '12345678901234567890.123456789012345678',
          LEAP,
          12345678901234567n,
          text,
          GUID,
          '{"a":[1,null,"\\u0000x"],"b":1e400}',
        ],
        [
          2n,
          false,
          -2147483648,
          -9223372036854775808n,
          -5e-324,
          '-0.000000000000000001',
          0n,
          -1n,
          '\\N',
          GUID,
          '"text"',
        ],
        [3n, null, null, null, null, null, null, null, '', null, null],
        [
          4n,
          true,
          0,
          0n,
          1.7976931348623157e308,
          '0',
          3_155_378_975_999_999_999n,
          -9_000_000_000_000_000_000n,
          '\uFEFFx',
          GUID,
          '[]',
        ],
      ];
      await target.load(load(rows, { columns, createIfNotExists: { primaryKey: 'id' } }));
      const expected = rows.map((row) =>
        row.map((value, index) => (types[index - 1] === 'datetime' && typeof value === 'bigint' ? cut(value) : value)),
      );
      // Where there is an interval, it is as fine as a datetime; whole numbers keep ticks.
      const isTicks = database.dialect !== 'PostgreSQL';
      const floor = (ticks: bigint): bigint => (isTicks ? ticks : ticks - (((ticks % 10n) + 10n) % 10n));
      for (const row of expected) if (typeof row[7] === 'bigint') row[7] = floor(row[7]);
      expect(await rowsOf({ columns })).toEqual(expected);
    });

    it('refuses what the database cannot hold, says which record and column, and writes nothing', async () => {
      const columns: ColumnSchema[] = [
        { name: 'id', type: 'long' },
        { name: 'r', type: 'real' },
        { name: 's', type: 'string' },
      ];
      const good: KustoValue[] = [1n, 1, ''];
      if (!facts.nan) {
        const error = await refusal(target.load(load([good, [2n, 1, ''], [3n, NaN, '']], { columns })));
        expect([error.code, error.message]).toEqual([
          'Sql_ValueNotStorable',
          expect.stringMatching(/Record 3, column 'r'.*NaN.*isfinite/s),
        ]);
        expect(await count('t')).toBe(0);
      } else {
        await target.load(
          load(
            [
              [1n, NaN, ''],
              [2n, Infinity, ''],
              [3n, -Infinity, ''],
            ],
            { columns },
          ),
        );
        expect((await rowsOf({ columns })).map((row) => row[1])).toEqual([NaN, Infinity, -Infinity]);
      }
      const progress = { job: 'job', window: 'nul' };
      if (facts.nullCharacter) {
        await target.load(load([[9n, 1, 'a\0b']], { columns, progress }));
        expect((await rowsOf({ columns })).at(-1)).toEqual([9n, 1, 'a\0b']);
      } else {
        const error = await refusal(
          target.load(
            load(
              [
                [8n, 1, ''],
                [9n, 1, 'a\0b'],
              ],
              { columns, progress },
            ),
          ),
        );
        expect([error.code, error.permanent]).toEqual(['Sql_ValueNotStorable', true]);
        expect(error.message).toMatch(/Record 2, column 's'.*null character/s);
      }
    });

    it('does not cut what is too long, and rolls the window back', async () => {
      await database.query(
        'CREATE TABLE t (id bigint PRIMARY KEY, label nvarchar(3))'.replace(
          'nvarchar',
          database.dialect === 'SqlServer' ? 'nvarchar' : 'varchar',
        ),
      );
      await database.query(progressOf(database));
      const error = await refusal(
        target.load(
          load([
            [1n, 'abc'],
            [2n, 'abcd'],
          ]),
        ),
      );
      expect([error.code, error.permanent]).toEqual(['Sql_ValueNotStorable', true]);
      expect([await count('t'), await count('calypso_progress')]).toEqual([0, 0]);
    });

    it('tells a key that is there already as what it is, and takes the progress row back', async () => {
      await target.load(load([[1n, 'a']]));
      const error = await refusal(
        target.load(
          load(
            [
              [5n, 'b'],
              [1n, 'c'],
            ],
            { progress: { job: 'job', window: 'w2' } },
          ),
        ),
      );
      expect([error.code, error.permanent]).toEqual(['Sql_ConstraintViolated', true]);
      expect([await rowsOf(), await count('calypso_progress')]).toEqual([[[1n, 'a']], 1]);
    });

    it('says which columns do not fit, and the statements that mend it', async () => {
      await database.query(facts.wrongTable);
      const error = await refusal(target.load(load([[1n, 'a']], { createIfNotExists: undefined })));
      expect([error.code, error.permanent]).toEqual(['Sql_SchemaMismatch', true]);
      expect(error.message).toMatch(
        /id \(long\) is missing.*label is .*, which does not fit string.*must \(.*\) needs a value.*ALTER TABLE/s,
      );
    });

    it('says the statement that makes a table which is not there, and the progress table', async () => {
      const none = await refusal(target.load(load([[1n, 'a']], { createIfNotExists: undefined })));
      expect([none.code, none.permanent]).toEqual(['Sql_TableNotFound', true]);
      const ddl = /createifnotexists=true: (CREATE TABLE .*);/.exec(none.message)![1]!;
      await database.query(ddl);
      const progress = await refusal(target.load(load([[1n, 'a']], { createIfNotExists: undefined })));
      expect([progress.code, progress.permanent]).toEqual(['Sql_ProgressTableUnusable', true]);
      await database.query(/createifnotexists=true: (CREATE TABLE .*);/.exec(progress.message)![1]!);
      expect(await target.load(load([[1n, 'a']], { createIfNotExists: undefined }))).toBe('loaded');
    });

    it('does not trust a progress table without its key', async () => {
      await target.load(load([[1n, 'a']]));
      await database.query('DROP TABLE calypso_progress');
      await database.query(
        'CREATE TABLE calypso_progress (job_id varchar(128), window_id varchar(128), row_count bigint)',
      );
      const error = await refusal(target.load(load([[2n, 'b']])));
      expect([error.code, error.message]).toEqual([
        'Sql_ProgressTableUnusable',
        expect.stringMatching(/no primary key/),
      ]);
    });

    it('fences a window off, and tells when it is in', async () => {
      await target.load(load([[1n, 'a']]));
      const window = { job: 'job', window: 'w2' };
      expect(await target.fence({ name: 't' }, FIRST, signal())).toBe('known');
      expect(await target.fence({ name: 't' }, window, signal())).toBe('fenced');
      expect(await target.load(load([[2n, 'b']], { progress: window }))).toBe('known');
      expect(await count('t')).toBe(1);
    });

    it('writes a window once when two try it at the same time', async () => {
      await target.load(load([[100n, 'made']]));
      const window = { job: 'job', window: 'both' };
      const outcomes = await Promise.all(
        [1, 2].map(() =>
          target.load(
            load(
              [
                [1n, 'a'],
                [2n, 'b'],
              ],
              { progress: window },
            ),
          ),
        ),
      );
      expect(outcomes.sort()).toEqual(['known', 'loaded']);
      expect(await count('t')).toBe(3);
    });

    it('leaves nothing when the connection breaks in the middle, calls it passing, and goes on at the next try', async () => {
      await target.load(load([[100n, 'made']]));
      const window = { job: 'job', window: 'broken' };
      async function* breaking(): AsyncIterable<ColumnBatch> {
        yield* batches([[1n, 'x'.repeat(1 << 20)]]);
        await database.breakConnections();
        yield* batches(Array.from({ length: 50 }, (_, n) => [BigInt(n + 2), 'x'.repeat(1 << 18)]));
      }
      const error = await refusal(target.load(load([], { progress: window, rows: breaking, rowCount: 51 })));
      expect([error.permanent, error.code]).toEqual([false, expect.stringMatching(/Sql_(Unreachable|ServerError)/)]);
      expect(await count('t')).toBe(1);
      expect(await target.load(load([[1n, 'a']], { progress: window }))).toBe('loaded');
    });

    it('stops a load at once when it is cancelled', async () => {
      await target.load(load([[100n, 'made']]));
      const stop = new AbortController();
      async function* endless(): AsyncIterable<ColumnBatch> {
        for (let id = 1000n; ; id++) {
          yield* batches([[id, 'x'.repeat(10_000)]]);
          if (id === 1200n) stop.abort();
        }
      }
      const error = await refusal(
        target.load(
          load([], { progress: { job: 'job', window: 'w2' }, rows: endless, rowCount: 0, signal: stop.signal }),
        ),
      );
      expect(error.code).toBe('General_Cancelled');
      expect(await count('t')).toBe(1);
    });

    it('waits for a server that does not answer no longer than its signal', async () => {
      const silent = createServer();
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      try {
        const { port } = silent.address() as AddressInfo;
        const stalled = open(undefined, { port });
        const error = await refusal(stalled.load(load([[1n, 'a']], { signal: AbortSignal.timeout(300) })));
        expect(error.code).toBe('General_Cancelled');
      } finally {
        silent.close();
      }
    });

    it('names what is wrong with a connection, and whether a retry can help', async () => {
      const codeOf = async (other: SqlTarget): Promise<[string, boolean]> => {
        const error = await refusal(other.load(load([[1n, 'a']])));
        expect(error.message).not.toContain('secret');
        return [error.code, error.permanent];
      };
      expect(await codeOf(open(passwordOf(database.user)))).toEqual(['Sql_AuthenticationFailed', true]);
      expect((await codeOf(open(undefined, { database: 'nowhere' })))[1]).toBe(true);
      expect(await codeOf(open(undefined, { port: 1 }))).toEqual(['Sql_Unreachable', false]);
      expect(await codeOf(open(undefined, { certificateAuthority: '' }))).toEqual(['Sql_CertificateRefused', true]);
    });

    it('needs no more than INSERT on two tables, and says which right is missing', async () => {
      await target.load(load([[1n, 'a']]));
      for (const statement of facts.users) await database.query(statement);
      const writer = open(passwordOf('writer'));
      expect(
        await writer.load(load([[2n, 'b']], { progress: { job: 'job', window: 'w2' }, createIfNotExists: undefined })),
      ).toBe('loaded');
      expect(
        await writer.load(load([[2n, 'b']], { progress: { job: 'job', window: 'w2' }, createIfNotExists: undefined })),
      ).toBe('known');
      const error = await refusal(open(passwordOf('nobody')).load(load([[3n, 'c']], { createIfNotExists: undefined })));
      expect([error.permanent, error.code]).toEqual([
        true,
        expect.stringMatching(/Sql_(PermissionDenied|TableNotFound)/),
      ]);
    });

    it('reads only the columns that are needed and the rows that may count', async () => {
      const columns: ColumnSchema[] = [...COLUMNS, { name: 'at', type: 'datetime' }, { name: 'g', type: 'guid' }];
      const at = (n: number): bigint => LEAP + BigInt(n) * 36_000_000_000n;
      const rows = Array.from({ length: 12_000 }, (_, n) => [BigInt(n), `l${n % 10}`, at(n), GUID]);
      await target.load(load([], { columns, rows: () => batches(rows, 4000), rowCount: rows.length }));
      const seen = async (
        conditions: SqlRead['conditions'],
        needed: readonly string[] = ['id', 'label', 'at', 'g'],
      ): Promise<KustoValue[][]> => rowsOf({ columns, conditions, needed: new Set(needed) });
      expect((await seen([])).length).toBe(12_000);
      expect(await seen([{ kind: 'in', column: 'id', values: [5n, 7n] }], ['id'])).toEqual([
        [5n, '', null, null],
        [7n, '', null, null],
      ]);
      expect((await seen([{ kind: 'range', column: 'id', from: 11_990n }])).length).toBe(10);
      expect((await seen([{ kind: 'in', column: 'label', values: ['l3', "o'x\\"] }])).length).toBe(1200);
      expect((await seen([{ kind: 'range', column: 'at', from: at(10), to: at(12) }])).map((row) => row[0])).toEqual([
        10n,
        11n,
        12n,
      ]);
      expect((await seen([{ kind: 'in', column: 'at', values: [at(10)] }])).map((row) => row[0])).toEqual([10n]);
      expect((await seen([{ kind: 'in', column: 'g', values: [GUID] }])).length).toBe(12_000);
      expect((await rowsOf({ limit: 7 })).length).toBe(7);
      expect((await rowsOf({ needed: new Set() })).length).toBe(12_000);
    });

    it('stops reading when the reader has enough or is cancelled', async () => {
      const rows = Array.from({ length: 30_000 }, (_, n) => [BigInt(n), 'x'.repeat(100)]);
      await target.load(load([], { rows: () => batches(rows, 5000), rowCount: rows.length }));
      const read = (stop: AbortSignal): AsyncIterable<ColumnBatch> =>
        target.read({
          table: { name: 't' },
          columns: COLUMNS,
          needed: new Set(['id']),
          conditions: [],
          limit: undefined,
          signal: stop,
        });
      for await (const batch of read(signal())) {
        expect(batch.rowCount).toBeLessThan(30_000);
        break;
      }
      const stop = new AbortController();
      const error = await refusal(
        (async () => {
          for await (const batch of read(stop.signal)) if (batch.rowCount > 0) stop.abort();
        })(),
      );
      expect(error.code).toBe('General_Cancelled');
    });
  });
}

const progressOf = (database: TestDatabase): string =>
  `CREATE TABLE calypso_progress (job_id varchar(128) NOT NULL, window_id varchar(128) NOT NULL, row_count bigint NOT NULL, PRIMARY KEY (job_id, window_id))${database.dialect === 'MySQL' ? ' ENGINE=InnoDB' : ''}`;
