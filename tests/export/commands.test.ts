import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { CATALOGUE, type ErrorCode } from '../../src/errors/index.js';
import { DEVELOPMENT_CALLER, type Caller } from '../../src/security/index.js';
import { buildServer, DEFAULT_LIMITS } from '../../src/server/index.js';
import { TICKS_PER_SECOND } from '../../src/values/index.js';
import { createTables, IDENTITY, ingest, openBench, TENANT, type Bench } from './support/bench.js';
import { doubled, missing, readFolder } from './support/outsider.js';

const HOUR = 3600n * TICKS_PER_SECOND;
const COLUMNS = '(id:long, label:string, at:datetime)';
const STRANGER = '99999999-9999-4999-8999-999999999999';

let root: string;
let bench: Bench;
let app: FastifyInstance;
let target: string;
let count = 0;

/** A folder and an external table of its own. */
async function externalTable(rest = 'dataformat=csv', columns = COLUMNS): Promise<string> {
  const name = `X${++count}`;
  const [before, after = ''] = rest.split('with');
  const properties = after === '' ? '' : `with ${after}`;
  await bench.run(
    `.create external table ${name} ${columns} kind=storage ${before} (h@'file://${target}/${name}') ${properties}`,
  );
  return name;
}

const user = (oid: string): Caller => ({
  principal: { type: 'aaduser', id: oid, tenantId: TENANT, displayName: '' },
  identifiers: [oid],
  groups: [],
});

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-commands-'));
  target = join(root, 'target');
  bench = await openBench({ folder: join(root, 'data'), targets: root });
  await createTables(bench, 'T', 'Dim');
  await bench.catalog.transact((tx) => tx.put({ kind: 'database', id: 'other', name: 'Other', prettyName: '' }));
  await bench.run('.create table Away (id:long)', undefined, 'Other');
  await bench.scheduler.start();
  app = buildServer({
    queries: bench.queries,
    commands: bench.commands,
    authenticate: () => Promise.resolve(DEVELOPMENT_CALLER),
    config: {
      development: false,
      limits: DEFAULT_LIMITS,
      trustedProxy: false,
      authMetadata: () => {
        throw new Error('nobody asks');
      },
    },
    log: pino({ level: 'silent' }) as unknown as FastifyBaseLogger,
  });
});

afterAll(async () => {
  await app.close();
  await bench.close();
  await rm(root, { recursive: true, force: true });
});

describe('.create-or-alter continuous-export', () => {
  it('answers the job, exports what comes after, and keeps its place when it is altered', async () => {
    const x = await externalTable();
    const [job] = await bench.rows(
      `.create-or-alter continuous-export Main over (T) to table ${x}
       with (intervalBetweenRuns=1h, forcedLatency=0s, sizeLimit=104857600) <| T | where label != 'no' // all of them`,
    );
    expect(job).toMatchObject({
      Name: 'Main',
      ExternalTableName: x,
      Query: "T | where label != 'no' // all of them",
      ForcedLatency: null,
      IntervalBetweenRuns: HOUR,
      CursorScopedTables: `["['Db'].['T']"]`,
      ExportProperties: '{"SizeLimit":104857600}',
      IsDisabled: false,
      StartCursor: bench.catalog.currentCursor().toString(),
    });
    await ingest(bench, 'T', 0, 20, (id) => (id < 5 ? 'no' : 'yes'));
    const run = await bench.rows('.run continuous-export Main');
    expect(run).toMatchObject([{ ExternalTableName: x, NumRecords: 15n }]);
    const [altered] = await bench.rows(`.create-or-alter continuous-export Main to table ${x} <| T`);
    expect(altered).toMatchObject({
      StartCursor: job?.['StartCursor'],
      LastRunResult: 'Completed',
      ExportProperties: '{}',
    });
    await ingest(bench, 'T', 20, 30);
    await bench.run('.run continuous-export Main');
    const account = await readFolder(join(target, x));
    expect(doubled(account)).toEqual([]);
    expect(missing(account, 30)).toEqual([0, 1, 2, 3, 4]);
    const artifacts = await bench.rows('.show continuous-export Main exported-artifacts');
    expect(new Map(artifacts.map((one) => [one['Path'], Number(one['NumRecords'])]))).toEqual(account.files);
    expect(await bench.rows('.show continuous-export Main failures')).toEqual([]);
    await bench.run('.drop continuous-export Main');
  });

  const valid = (x: string, rest = '<| T') => `.create-or-alter continuous-export J to table ${x} ${rest}`;
  const refusals: readonly (readonly [
    what: string,
    code: ErrorCode,
    cure: RegExp,
    (x: string) => string | Promise<string>,
  ])[] = [
    [
      'the name of a table',
      'Export_NameTaken',
      /another name/,
      (x) => `.create-or-alter continuous-export T to table ${x} <| T`,
    ],
    [
      'a column that is missing',
      'Export_SchemaMismatch',
      /at:datetime is missing/,
      (x) => valid(x, '<| T | project id, label'),
    ],
    [
      'a column too many',
      'Export_SchemaMismatch',
      /more:int is not expected/,
      (x) => valid(x, '<| T | extend more=toint(1)'),
    ],
    [
      'a column of another type',
      'Export_SchemaMismatch',
      /id is int, expected long/,
      (x) => valid(x, '<| T | extend id=toint(id)'),
    ],
    [
      'a partition column that the query does not give',
      'Export_SchemaMismatch',
      /where:string is missing/,
      async () => valid(await externalTable(`partition by (['where']:string) pathformat = (['where']) dataformat=csv`)),
    ],
    [
      'a format that is only read',
      'Export_FormatNotSupported',
      /csv, tsv, json or parquet/,
      async () => valid(await externalTable('dataformat=psv')),
    ],
    [
      'an external table that does not exist',
      'Export_ExternalTableNotFound',
      /\.create external table/,
      () => valid('Nowhere'),
    ],
    ['no table', 'Export_NoFactTable', /at least one fact table/, (x) => valid(x, "<| print id=1, label='', at=now()")],
    [
      'no fact table in over',
      'Export_FactTableNotUsed',
      /does not read/,
      (x) => `.create-or-alter continuous-export J over (Dim) to table ${x} <| T`,
    ],
    [
      'an unknown table in over',
      'Export_FactTableNotUsed',
      /no table 'Nope'/,
      (x) => `.create-or-alter continuous-export J over (Nope) to table ${x} <| T`,
    ],
    [
      'a hidden literal in the query',
      'Export_HiddenLiteral',
      /kept in clear/,
      (x) => valid(x, "<| T | where 'a' != h'b'"),
    ],
    ['another cluster', 'Export_CrossCluster', /another cluster/, (x) => valid(x, "<| cluster('c').database('Db').T")],
    [
      'another database without an identity',
      'Export_IdentityNeededForOtherDatabase',
      /managedIdentity/,
      (x) => `.create-or-alter continuous-export J over (T) to table ${x} <| T | where id in (database('Other').Away)`,
    ],
    [
      'a fact table without the ingestion time policy',
      'Export_FactTableWithoutIngestionTime',
      /policy ingestiontime true/,
      async (x) => {
        await bench.run('.create table NoTime (id:long, label:string, at:datetime)');
        await bench.run('.alter table NoTime policy ingestiontime false');
        return valid(x, '<| NoTime');
      },
    ],
    [
      'an identity that is not attached',
      'ManagedIdentity_NotAttached',
      /Attach it/,
      (x) => valid(x, `with (managedIdentity=${STRANGER}) <| T`),
    ],
    [
      'an identity that no policy allows',
      'ManagedIdentity_UsageNotAllowed',
      /\.alter-merge/,
      (x) => valid(x, `with (managedIdentity=${IDENTITY}) <| T`),
    ],
    [
      'an identity that is none',
      'Export_InvalidProperty',
      /object id/,
      (x) => valid(x, 'with (managedIdentity=me) <| T'),
    ],
    [
      'an interval below a minute',
      'Export_InvalidProperty',
      /at least 1 minute/,
      (x) => valid(x, 'with (intervalBetweenRuns=30s) <| T'),
    ],
    [
      'a size limit below 100 MB',
      'Export_InvalidProperty',
      /between 100 MB and 1 GB/,
      (x) => valid(x, 'with (sizeLimit=1000) <| T'),
    ],
    [
      'a size limit above 1 GB',
      'Export_InvalidProperty',
      /between 100 MB and 1 GB/,
      (x) => valid(x, 'with (sizeLimit=2000000000) <| T'),
    ],
    [
      'an unknown distribution',
      'Export_InvalidProperty',
      /single, per_node, per_shard/,
      (x) => valid(x, 'with (distribution=some) <| T'),
    ],
    [
      'impersonation without an identity',
      'Export_IdentityNeededForTarget',
      /managedIdentity/,
      async () => {
        const name = `X${++count}`;
        await bench.run(
          `.create external table ${name} ${COLUMNS} kind=storage dataformat=csv (h@'https://a.blob.core.windows.net/c;impersonate')`,
        );
        return valid(name);
      },
    ],
    [
      'an address that the callout policy does not allow',
      'Callout_NotAllowed',
      /callout/,
      async () => {
        const name = `X${++count}`;
        await bench.run(".alter cluster policy callout @'[]'");
        await bench.run(
          `.create external table ${name} ${COLUMNS} kind=storage dataformat=csv (h@'https://b.blob.core.windows.net/c;a2V5')`,
        );
        await bench.run(
          `.alter cluster policy callout @'[{"CalloutType":"external_data","CalloutUriRegex":"https://b[.]blob","CanCall":false}]'`,
        );
        return valid(name);
      },
    ],
  ];
  it.each(refusals)('refuses %s', async (_what, code, cure, text) => {
    const csl = await text(await externalTable());
    const answer = await app.inject({ method: 'POST', url: '/v1/rest/mgmt', payload: { db: 'Db', csl } });
    expect([answer.statusCode, answer.json()]).toEqual([
      CATALOGUE[code].status,
      {
        error: expect.objectContaining({
          code,
          '@message': expect.stringMatching(cure) as string,
          '@permanent': true,
        }) as unknown,
      },
    ]);
    expect(bench.catalog.snapshot().byName('continuousExport', 'db', 'J')).toBeUndefined();
  });

  it("refuses another database's table as a fact table, and takes it as a dimension with an identity", async () => {
    const x = await externalTable();
    await bench.run(
      `.alter-merge cluster policy managed_identity '[{"ObjectId":"${IDENTITY}","AllowedUsages":"AutomatedFlows"}]'`,
    );
    await bench.run(`.add database Db viewers ('aadapp=${IDENTITY};${TENANT}')`);
    const withIdentity = `with (managedIdentity='${IDENTITY}')`;
    const query = "T | where id in (database('Other').Away)";
    expect(
      (await bench.refusal(`.create-or-alter continuous-export J over (T) to table ${x} ${withIdentity} <| ${query}`))
        .message,
    ).toMatch(/Other/);
    await bench.run(`.add database Other viewers ('aadapp=${IDENTITY};${TENANT}')`);
    expect(
      (await bench.refusal(`.create-or-alter continuous-export J to table ${x} ${withIdentity} <| ${query}`)).code,
    ).toBe('Export_FactTableInOtherDatabase');
    expect(
      (
        await bench.refusal(
          `.create-or-alter continuous-export J over (T, Away) to table ${x} ${withIdentity} <| ${query}`,
        )
      ).code,
    ).toBe('Export_FactTableInOtherDatabase');
    const [job] = await bench.rows(
      `.create-or-alter continuous-export J over (T) to table ${x} ${withIdentity} <| ${query}`,
    );
    expect(JSON.parse(String(job?.['ExportProperties']))).toEqual({ ManagedIdentity: IDENTITY });
    await bench.run(`.drop database Other viewers ('aadapp=${IDENTITY};${TENANT}')`);
    await ingest(bench, 'T', 5000, 5001);
    await bench.refusal('.run continuous-export J');
    const [failure] = await bench.rows('.show continuous-export J failures');
    expect(failure).toMatchObject({
      Name: 'J',
      FailureKind: 'Failure',
      Details: expect.stringContaining('Other') as string,
    });
    await bench.run('.drop continuous-export J');
    await bench.run(`.delete cluster policy managed_identity`);
  });

  it('points at the fault in the query by its place in the command', async () => {
    const x = await externalTable();
    const text = `.create-or-alter continuous-export J to table ${x} <| T | where nope == 1`;
    const { span } = await bench.refusal(text);
    expect(text.slice(span?.start, span?.end)).toBe('nope');
  });
});

describe('permissions', () => {
  it('only a database admin writes; a viewer sees jobs, a monitor sees files and failures', async () => {
    const x = await externalTable();
    await bench.run(`.create-or-alter continuous-export Seen to table ${x} <| T`);
    const [viewer, monitor] = ['11111111-0000-4000-8000-000000000001', '11111111-0000-4000-8000-000000000002'].map(
      user,
    );
    await bench.run(`.add database Db viewers ('aaduser=${viewer?.principal.id};${TENANT}')`);
    await bench.run(`.add database Db monitors ('aaduser=${monitor?.principal.id};${TENANT}')`);
    expect(await bench.rows('.show continuous-exports', viewer)).toHaveLength(1);
    expect(await bench.rows('.show continuous-export Seen exported-artifacts', monitor)).toEqual([]);
    for (const [text, who] of [
      [`.create-or-alter continuous-export Seen to table ${x} <| T`, viewer],
      ['.disable continuous-export Seen', monitor],
      ['.run continuous-export Seen', viewer],
      ['.drop continuous-export Seen', viewer],
      ['.show continuous-export Seen failures', viewer],
      ['.show continuous-exports', user('11111111-0000-4000-8000-000000000003')],
    ] as const) {
      expect((await bench.refusal(text, who)).status, text).toBe(403);
    }
    await bench.run('.drop continuous-export Seen');
  });
});

describe('the life of a job', () => {
  it('is turned off and on, moved to a cursor, and dropped', async () => {
    const x = await externalTable();
    await bench.run(`.create-or-alter continuous-export Life to table ${x} with (isDisabled=true) <| T`);
    await ingest(bench, 'T', 100, 110);
    expect((await bench.refusal('.run continuous-export Life')).code).toBe('Export_JobDisabled');
    expect(await bench.rows('.enable continuous-export Life')).toMatchObject([{ Name: 'Life', IsDisabled: false }]);
    await bench.run('.run continuous-export Life');
    const before = bench.catalog.currentCursor();
    await ingest(bench, 'T', 110, 120);
    await bench.run('.run continuous-export Life');
    expect(await bench.rows('.disable continuous-export Life')).toMatchObject([{ IsDisabled: true }]);
    expect((await bench.refusal('.set continuous-export Life cursor to "soon"')).code).toBe('Export_InvalidCursor');
    expect((await bench.refusal(`.set continuous-export Life cursor to "${before + 10n ** 18n}"`)).code).toBe(
      'Export_InvalidCursor',
    );
    await bench.run(`.set continuous-export Life cursor to "${before}"`);
    await bench.run('.enable continuous-export Life');
    await bench.run('.run continuous-export Life');
    // The user asked for the last ten again.
    const { ids } = await readFolder(join(target, x));
    expect([...ids.values()].filter((times) => times === 2)).toHaveLength(10);
    expect(await bench.rows('.show cluster pending continuous-exports')).toEqual([]);
    const rest = await bench.rows('.drop continuous-export Life');
    expect(rest.map((job) => job['Name'])).not.toContain('Life');
    expect((await bench.refusal('.show continuous-export Life')).code).toBe('BadRequest_EntityNotFound');
  });
});

describe('.export', () => {
  it('writes a result to storage, with headers and compressed', async () => {
    await bench.run('.create table Small (id:long, label:string)');
    const files = await bench.rows(
      `.export compressed to csv (h@'file://${target}/plain') with (includeHeaders='all', namePrefix='out') <| range id from 1 to 3 step 1 | extend label='k'`,
    );
    expect(files).toMatchObject([
      { NumRecords: 3n, Path: expect.stringMatching(/\/plain\/out_1_[0-9a-f]{32}\.csv\.gz$/) as string },
    ]);
    const [name = ''] = await readdir(join(target, 'plain'));
    expect(gunzipSync(await readFile(join(target, 'plain', name))).toString()).toBe(
      'id,label\r\n1,k\r\n2,k\r\n3,k\r\n',
    );
  });

  it('writes no file for no record', async () => {
    expect(await bench.rows(`.export to tsv (h@'file://${target}/none') <| T | where id < 0`)).toEqual([]);
    expect(await readdir(target)).not.toContain('none');
  });

  it('writes to a partitioned external table, each record into its folder', async () => {
    const x = await externalTable(
      'partition by (Kind:string=label, Day:datetime=startofday(at)) pathformat = ("k=" Kind "/" datetime_pattern("yyyy/MM/dd", Day)) dataformat=csv with (namePrefix="p")',
    );
    const query =
      "range id from 0 to 9 step 1 | extend label=iff(id == 9, '', tostring(id % 2)), at=datetime(2024-02-28) + id * 12h";
    const files = await bench.rows(`.export to table ${x} <| ${query}`);
    const folders = files.map((one) => /k=.*\/\d\d\//.exec(String(one['Path']))?.[0]);
    expect(new Set(folders).size).toBe(files.length);
    expect(folders).toContain('k=__DEFAULT_PARTITION__/2024/03/03/');
    expect(folders).toContain('k=0/2024/02/29/');
    const account = await readFolder(join(target, x));
    expect([missing(account, 10), doubled(account)]).toEqual([[], []]);
    const back = await bench.queries
      .run(`external_table('${x}') | where label == '1' | count`, {
        database: 'Db',
        caller: user('x'),
        options: {},
        parameters: {},
        clientRequestId: '',
        activityId: '',
        application: '',
        user: '',
        signal: new AbortController().signal,
      })
      .catch((error: unknown) => error);
    expect(back).toMatchObject({ code: 'Forbidden' });
  });

  it('runs as an operation, whose details are the files', async () => {
    const [started] = await bench.rows(
      `.export async to csv (h@'file://${target}/async') <| range id from 1 to 3 step 1`,
    );
    const id = String(started?.['OperationId']);
    while (bench.operations.isRunning(id)) await new Promise((resolve) => setImmediate(resolve));
    expect(await bench.rows(`.show operations ${id}`)).toMatchObject([{ Operation: 'DataExport', State: 'Completed' }]);
    expect(await bench.rows(`.show operation ${id} details`)).toMatchObject([{ NumRecords: 3n }]);
    bench.scheduler.wake();
    while (bench.services.journal.entries().length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await readdir(join(target, 'async'))).toHaveLength(1);
  });

  it('is refused where it cannot be done right', async () => {
    const x = await externalTable();
    for (const [text, code] of [
      [`.export to table Nowhere <| T`, 'BadRequest_EntityNotFound'],
      [`.export to table ${x} <| T | project id`, 'Export_SchemaMismatch'],
      [`.export to csv (h@'file:///etc/calypso') <| T`, 'Storage_LocalPathRefused'],
      [`.export to csv (h@'file://${target}/a') with (compressionType=zstd) <| T`, 'Export_InvalidProperty'],
      [
        `.export to parquet (h@'file://${target}/a') with (parquetDatetimePrecision=millisecond) <| T`,
        'Export_InvalidProperty',
      ],
      [`.export to csv (h@'file://${target}/a') with (namePrefix='../x') <| T`, 'Export_InvalidProperty'],
      [`.export to csv (h@'https://a.blob.core.windows.net/c;impersonate') <| T`, 'OnBehalfOf_NotConfigured'],
      [
        `.export to csv (h@'https://a.blob.core.windows.net/c;managed_identity=${IDENTITY}') <| T`,
        'ManagedIdentity_UsageNotAllowed',
      ],
      [`.export to sql Target h@'Server=tcp:s.database.windows.net' <| T`, 'Storage_InvalidConnectionString'],
    ] as const) {
      expect((await bench.refusal(text)).code, text).toBe(code);
    }
    const slots = [bench.capacity.acquire(), bench.capacity.acquire()];
    expect((await bench.refusal(`.export to csv (h@'file://${target}/a') <| T`)).status).toBe(429);
    slots.forEach((release) => release());
    expect(bench.services.journal.entries()).toEqual([]);
  });
});
