import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectionRef } from '../../src/external/index.js';
import { runJob, type RunOutcome } from '../../src/export/index.js';
import { DEVELOPMENT_CALLER } from '../../src/security/index.js';
import { PostgresSession } from '../../src/storage/sql/postgresql/session.js';
import type { Failpoint, KustoType, KustoValue } from '../../src/values/index.js';
import { startPostgres } from '../support/sql/postgres.js';
import type { TestDatabase } from '../support/sql/test-database.js';
import { createExternalTable, createJob, createTables, ingest, jobOf, openBench, type Bench } from './support/bench.js';

let database: TestDatabase;
let root: string;
let bench: Bench;

beforeAll(async () => {
  database = await startPostgres();
});
afterAll(() => database.stop());

const open = () =>
  openBench({
    folder: join(root, 'data'),
    targets: root,
    store: { certificateAuthority: database.certificateAuthority },
    callouts: [{ CalloutType: 'sql', CalloutUriRegex: '^tcp://127\\.0\\.0\\.1:', CanCall: true }],
  });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-sql-'));
  bench = await open();
  await createTables(bench, 'T');
});
afterEach(async () => {
  delete process.env['CALYPSO_FAILPOINTS'];
  await bench.close();
  await rm(root, { recursive: true, force: true });
  for (const table of ['exported', 'elsewhere', 'calypso_progress']) {
    await database.query(`DROP TABLE IF EXISTS ${table}`);
  }
});

const connection = (password = database.password): string =>
  `Host=127.0.0.1;Port=${database.port};Database=test;User Id=owner;Password="${password}"`;

async function target(change: Record<string, string | boolean> = {}, text = connection()): Promise<void> {
  await createExternalTable(bench, [], {
    tableKind: 'sql',
    dataFormat: null,
    connections: [connectionRef(text, (clear) => bench.secrets.seal(clear))],
    properties: {
      sqlDialect: 'PostgreSQL',
      table: 'exported',
      createifnotexists: true,
      primarykey: 'id',
      ...change,
    },
  });
}

const run = (): Promise<RunOutcome> =>
  runJob(bench.services, 'job', { maxRows: 1000, signal: AbortSignal.timeout(50_000) });
const ids = async (table = 'exported'): Promise<number[]> =>
  (await database.query(`SELECT id FROM ${table} ORDER BY id`)).map(([id]) => Number(id));
const upTo = (n: number): number[] => Array.from({ length: n }, (_, id) => id);

const REQUEST = {
  database: 'Db',
  caller: DEVELOPMENT_CALLER,
  options: {},
  parameters: {},
  clientRequestId: 'test',
  activityId: 'test',
  application: 'test',
  user: 'test',
};

let settings = 0;
/** The setting is new each time: passes are counted for as long as it stays the same. */
function failOnceAt(name: Failpoint): void {
  process.env['CALYPSO_FAILPOINTS'] = `${name}=error,sql.create.after=error@${1000 + settings++}`;
}

async function failure(): Promise<{ readonly code: string; readonly message: string; readonly permanent: boolean }> {
  const outcome = await run();
  if (outcome.kind !== 'failed') throw new Error('the run did not fail');
  return outcome.error;
}

describe('a continuous export to a SQL table', () => {
  beforeEach(async () => {
    await target();
    await createJob(bench);
  });

  it('writes each window by one transaction and tells it as an artifact', async () => {
    await ingest(bench, 'T', 0, 10);
    expect(await run()).toMatchObject({
      kind: 'completed',
      artifacts: [{ path: '127.0.0.1/test/exported', numRecords: 10 }],
    });
    await ingest(bench, 'T', 10, 15);
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ numRecords: 5 }] });
    expect(await ids()).toEqual(upTo(15));
    expect(await database.query('SELECT job_id, row_count FROM calypso_progress ORDER BY written_on')).toEqual([
      ['job', '10'],
      ['job', '5'],
    ]);
  });

  it('does not write a window again whose commit it never heard of', async () => {
    await ingest(bench, 'T', 0, 10);
    failOnceAt('sql.commit.after');
    expect(await failure()).toMatchObject({ permanent: false });
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ numRecords: 10 }] });
    expect(await ids()).toEqual(upTo(10));
    expect(jobOf(bench).cursor).toBe(bench.catalog.currentCursor().toString());
  });

  it('also when the server was started anew, the table altered and the job redefined in between', async () => {
    await ingest(bench, 'T', 0, 10);
    failOnceAt('sql.commit.after');
    await failure();
    await bench.close();
    bench = await open();
    await bench.catalog.transact((tx) => tx.put({ ...jobOf(bench), query: 'T | where id >= 0' }));
    await database.query('ALTER TABLE exported DROP COLUMN label');
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ numRecords: 10 }] });
    expect(await ids()).toEqual(upTo(10));
  });

  it('begins a window anew when the job was redefined and nothing of it had come in', async () => {
    await ingest(bench, 'T', 0, 10);
    failOnceAt('sql.rows.after');
    await failure();
    await bench.catalog.transact((tx) => tx.put({ ...jobOf(bench), query: 'T | where id < 5' }));
    await run();
    await run();
    expect(await ids()).toEqual(upTo(5));
  });

  it('says once that a window is in a table which is the target no more', async () => {
    await ingest(bench, 'T', 0, 10);
    failOnceAt('sql.commit.after');
    await failure();
    await target({ table: 'elsewhere' }, connection().replace('Database=test', 'Database=postgres'));
    const said = await failure();
    expect([said.code, said.message]).toEqual([
      'Export_WindowIsIn',
      expect.stringMatching(/10 records.*127\.0\.0\.1\/test\/exported.*job_id 'job'/s),
    ]);
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ path: '127.0.0.1/postgres/elsewhere' }] });
  });

  it('ends permanently when the table was altered or dropped, says the cure, and goes on after it', async () => {
    await ingest(bench, 'T', 0, 10);
    await run();
    await ingest(bench, 'T', 10, 20);
    await database.query('ALTER TABLE exported RENAME COLUMN label TO tag');
    await database.query('ALTER TABLE exported ALTER COLUMN at TYPE text');
    const altered = await failure();
    expect([altered.code, altered.permanent]).toEqual(['Sql_SchemaMismatch', true]);
    expect(altered.message).toContain('label (string) is missing');
    expect(altered.message).toContain('at is text, which does not fit datetime');
    const cures = /Mend the table \((.*;)\), or/.exec(altered.message)![1]!;
    await database.query(cures);
    expect(await run()).toMatchObject({ kind: 'completed' });
    expect(await ids()).toEqual(upTo(20));
    await target({ createifnotexists: false });
    await run();
    await database.query('DROP TABLE exported');
    await ingest(bench, 'T', 20, 30);
    const dropped = await failure();
    expect([dropped.code, dropped.permanent]).toEqual(['Sql_TableNotFound', true]);
    await database.query(/createifnotexists=true: (CREATE TABLE .*;)/.exec(dropped.message)![1]!);
    expect(await run()).toMatchObject({ kind: 'completed' });
    expect(await ids()).toEqual(upTo(10).map((id) => id + 20));
  });

  it('is refused by the callout policy, and does not show the password', async () => {
    await ingest(bench, 'T', 0, 10);
    await target({}, `Server=db.example.com;Database=test;User Id=owner;Password=Hunter2;`);
    const refused = await failure();
    expect(refused).toMatchObject({ code: 'Callout_NotAllowed', permanent: true });
    expect(refused.message).toContain('type sql');
    await target({}, connection('Hunter2'));
    const wrong = await failure();
    expect(wrong).toMatchObject({ code: 'Sql_AuthenticationFailed', permanent: true });
    expect(refused.message + wrong.message).not.toContain('Hunter2');
  });
});

describe('external_table() over a SQL table', () => {
  const TYPES = ['bool', 'int', 'long', 'real', 'decimal', 'datetime', 'timespan', 'string', 'guid', 'dynamic'];
  const rows = async (text: string): Promise<KustoValue[][]> => {
    const result = await bench.queries.run(text, { ...REQUEST, signal: AbortSignal.timeout(50_000) });
    const found: KustoValue[][] = [];
    for await (const batch of result.tables[0]!.batches()) {
      for (let row = 0; row < batch.rowCount; row++) found.push(batch.columns.map((column) => column[row]!));
    }
    await result.close();
    return found;
  };
  beforeEach(async () => {
    await createExternalTable(bench, [], {
      id: 'x',
      name: 'X',
      tableKind: 'sql',
      dataFormat: null,
      columns: [{ name: 'id', type: 'long' }, ...TYPES.map((type) => ({ name: `${type}_`, type: type as KustoType }))],
      connections: [connectionRef(connection(), (clear) => bench.secrets.seal(clear))],
      properties: { sqlDialect: 'PostgreSQL', table: 'exported' },
    });
    await bench.run(`.export to sql exported h@'${connection()}' with (sqlDialect=PostgreSQL, createifnotexists=true, primarykey="id") <|
      range id from 1 to 20000 step 1
      | extend bool_ = id % 2 == 0, int_ = toint(id), long_ = id * 400000000000000, real_ = iff(id == 3, real(nan), id / 3.0),
          decimal_ = decimal(1.5), datetime_ = datetime(2024-02-29 23:59:59.123456) + id * 1h, timespan_ = id * 1h,
          string_ = strcat('a\\'"\\n\\t', id), guid_ = guid(74be27de-1e4e-49d9-b579-fe0b331d3642), dynamic_ = dynamic({"a":[1,"x"]})
      | extend string_ = iff(id == 4, '', string_), int_ = iff(id == 4, int(null), int_)`);
  });

  it('gives back what was exported', async () => {
    const [made] = await rows('external_table("X") | where id == 7');
    expect(made).toEqual([
      7n,
      false,
      7,
      2800000000000000n,
      7 / 3,
      '1.5',
      638_448_479_991_234_560n + 7n * 36_000_000_000n,
      7n * 36_000_000_000n,
      'a\'"\n\t7',
      '74be27de-1e4e-49d9-b579-fe0b331d3642',
      '{"a":[1,"x"]}',
    ]);
    expect(await rows('external_table("X") | where id between (3 .. 4) | project real_, string_, int_')).toEqual([
      [NaN, 'a\'"\n\t3', 3],
      [4 / 3, '', null],
    ]);
    expect(await rows('external_table("X") | count')).toEqual([[20_000n]]);
  });

  it('asks the database for the columns and rows that count, and no others', async () => {
    const asked: string[] = [];
    const read = vi.spyOn(PostgresSession.prototype, 'select').mockImplementation(async function* (query) {
      asked.push(query);
      yield* await Promise.resolve([]);
    });
    try {
      await rows('external_table("X") | where id > 5 and string_ == "x\'" and real_ > 1.0 | project id');
      await rows(
        'external_table("X") | where datetime_ between (datetime(2024-03-01) .. datetime(2024-03-02)) | summarize max(int_) by bool_',
      );
      await rows('external_table("X") | project id | take 3');
      await rows('external_table("X") | where id == 1 | take 3');
    } finally {
      read.mockRestore();
    }
    expect(asked.map((query) => query.replaceAll('"', '').replace(/ FROM exported/, ''))).toEqual([
      "SELECT id::text, real_::text, string_::text WHERE id >= 5 AND string_ IN ('x''')",
      expect.stringMatching(
        /^SELECT bool_::int::text, int_::text, \(datetime_.*WHERE datetime_ >= '2024-02-29 23:59:5[0-9]\+00' AND datetime_ <= '2024-03-02 00:00:02\+00'$/,
      ),
      'SELECT id::text LIMIT 3',
      expect.stringMatching(/^SELECT id::text, .*WHERE id IN \(1\)$/),
    ]);
  });

  it('is refused where the callout policy forbids the server', async () => {
    await bench.run(`.alter cluster policy callout @'[{"CalloutType":"sql","CalloutUriRegex":"127","CanCall":false}]'`);
    await expect(rows('external_table("X") | take 1')).rejects.toMatchObject({ code: 'Callout_NotAllowed' });
  });
});

describe('commands on SQL tables', () => {
  const create = (rest = ''): string =>
    `.create external table X (id:long, label:string, at:datetime) kind=sql table=['public.exported'] (h@'${connection()}') with (sqlDialect=postgresql, createifnotexists=true, primarykey=id${rest})`;

  it('make an external table, show it without its secret, and export to it', async () => {
    await ingest(bench, 'T', 0, 10);
    const [made] = await bench.rows(create(', docString="Docs", folder="F"'));
    expect(made).toMatchObject({ TableName: 'X', TableType: 'Sql', Folder: 'F', DocString: 'Docs' });
    expect(JSON.parse(String(made!['Properties']))).toEqual({
      TargetEntityKind: 'sqltable',
      TargetEntityName: 'public.exported',
      TargetEntityConnectionString: `Server=127.0.0.1;Port=${database.port};Initial Catalog=test;*******`,
      SqlDialect: 'PostgreSQL',
      FireTriggers: false,
      CreateIfNotExists: true,
      PrimaryKey: 'id',
    });
    expect(await bench.rows('.export to table X <| T')).toEqual([
      { ExternalTableName: 'X', Path: '127.0.0.1/test/public.exported', NumRecords: '10' },
    ]);
    expect(await ids()).toEqual(upTo(10));
    await bench.scheduler.start();
    await bench.run('.create-or-alter continuous-export J over (T) to table X <| T');
    await ingest(bench, 'T', 10, 20);
    await bench.run('.run continuous-export J');
    expect(await ids()).toEqual(upTo(20));
  });

  it('export once to a table that is made for it, with the columns of the query', async () => {
    await ingest(bench, 'T', 0, 3);
    const made = `.export to sql ['exported'] h@'${connection()}' with (sqlDialect=PostgreSQL, createifnotexists="true", primarykey="n") <| T | project n=id, d=dynamic({"a":1}), t=1.5d`;
    expect(await bench.rows(made)).toEqual([
      { TableName: 'exported', Path: '127.0.0.1/test/exported', NumRecords: 3n },
    ]);
    expect(await database.query('SELECT n, d, t FROM exported ORDER BY n LIMIT 1')).toEqual([
      ['0', '{"a":1}', '36:00:00'],
    ]);
    // No progress table is asked for: a second command writes again, and meets the key.
    expect(await bench.refusal(made)).toMatchObject({ code: 'Sql_ConstraintViolated', permanent: true });
    expect(await database.query("SELECT to_regclass('calypso_progress')")).toEqual([[null]]);
  });

  it('refuse what cannot be, before anything is contacted', async () => {
    const codeOf = async (text: string): Promise<string> => (await bench.refusal(text)).code;
    const table = (rest: string, connect = connection()): string =>
      `.create external table X (id:long) kind=sql table=exported ('${connect}') ${rest}`;
    expect(await codeOf(table('with (sqlDialect=CosmosDbSql)'))).toBe('Sql_NotSupported');
    expect(await codeOf(table('with (sqlDialect=Oracle)'))).toBe('Sql_NotSupported');
    expect(await codeOf(table('with (createifnotexists=true)'))).toBe('ExternalTable_InvalidDefinition');
    expect(await codeOf(table('with (createifnotexists=true, primarykey=nope)'))).toBe(
      'ExternalTable_InvalidDefinition',
    );
    expect(await codeOf(table('', 'https://a.blob.core.windows.net/c'))).toBe('Storage_InvalidConnectionString');
    expect(await codeOf(table('', 'Server=db.example.com;Database=d;User Id=u;Password=p'))).toBe('Callout_NotAllowed');
    expect(await codeOf(table('').replace('table=exported', "table=['a;drop table b']"))).toBe('Sql_InvalidName');
    expect(await codeOf(`.export to sql ['x"y'] '${connection()}' <| T`)).toBe('Sql_InvalidName');
    expect(await codeOf(`.export to sql x '${connection()}' with (createifnotexists=true) <| T`)).toBe(
      'Export_InvalidProperty',
    );
    await bench.run(create());
    expect(
      await codeOf(
        `.alter external table X (id:long) kind=sql table=exported ('${connection()}') with (sqlDialect=PostgreSQL)`,
      ),
    ).toBe('ExternalTable_InvalidDefinition');
    expect(await codeOf('.create-or-alter continuous-export J to table X <| T | project id, label')).toBe(
      'Export_SchemaMismatch',
    );
  });
});
