import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KustoError } from '../../src/errors/index.js';
import { runJob, sweepLeftovers } from '../../src/export/index.js';
import { startTestStorage, type TestStorage } from '../support/azurite/index.js';
import { createTestIssuer } from '../support/azurite/test-issuer.js';
import { createJob, createTables, ingest, jobOf, openBench, type Bench } from './support/bench.js';
import {
  commitsOf,
  emptyTable,
  objectsOfContainer,
  objectsOfFolder,
  readDelta,
  type Objects,
} from './support/delta-reader.js';
import { faultyStores } from './support/faulty-stores.js';
import { doubled, missing } from './support/outsider.js';

/** Where a table lies, and the way in of another system. */
interface Place {
  readonly connection: string;
  readonly objects: Objects;
  put(name: string, text: string): Promise<void>;
  /** Deletes the table. */
  clear(): Promise<void>;
}

let root: string;
let storage: TestStorage;
let bench: Bench;
let table: Place;
let onPut: (name: string) => void | Promise<void>;
let afterPut: (name: string) => void | Promise<void>;

const signal = new AbortController().signal;
const run = () => runJob(bench.services, 'job', { maxRows: 1_000_000, signal });
const commit = (version: number) => `_delta_log/${String(version).padStart(20, '0')}.json`;
const isCommit = (name: string) => name.startsWith('_delta_log/');
const unreachable = () => new KustoError('Storage_Unreachable', 'The storage does not answer.');

beforeAll(async () => {
  const issuer = await createTestIssuer();
  storage = await startTestStorage({ accounts: ['acct'], jwks: issuer.keys, issuers: [issuer.issuer] });
});
afterAll(() => storage.stop());

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-delta-'));
  onPut = afterPut = () => undefined;
  bench = await openBench({
    folder: join(root, 'data'),
    targets: root,
    store: { certificateAuthority: storage.certificate.cert, requestDeadline: 2_000 },
    callouts: [{ CalloutType: 'external_data', CalloutUriRegex: `^${storage.proxy.url}/`, CanCall: true }],
    aroundStores: (stores) =>
      faultyStores(
        stores,
        (name) => onPut(name),
        (name) => afterPut(name),
      ),
  });
  await createTables(bench, 'T');
});
afterEach(async () => {
  await bench.close();
  await rm(root, { recursive: true, force: true });
});

let containers = 0;
const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  'a folder': () => {
    const folder = join(root, 'tables', 'one table');
    return Promise.resolve({
      connection: `file://${encodeURI(folder)}`,
      objects: objectsOfFolder(folder),
      put: async (name, text) => {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text, { flag: 'wx' });
      },
      clear: () => rm(folder, { recursive: true }),
    });
  },
  'a blob container': async () => {
    const name = `delta${containers++}`;
    const container = storage.container('acct', name);
    await container.create();
    const address = `${storage.addressOf('acct', name)}/tables/one`;
    return {
      connection: `${address};${storage.keyOf('acct')}`,
      objects: objectsOfContainer(container, 'tables/one/', address),
      put: async (object, text) => {
        const blob = container.getBlockBlobClient(`tables/one/${object}`);
        await blob.upload(text, Buffer.byteLength(text), { conditions: { ifNoneMatch: '*' } });
      },
      clear: async () => {
        for await (const blob of container.listBlobsFlat()) await container.deleteBlob(blob.name);
      },
    };
  },
};

const COLUMNS = '(id:long, label:string, at:datetime)';
const create = (columns = '') =>
  bench.run(`.create-or-alter external table Target ${columns} kind=delta (h'${table.connection}')`);
const exported = (ids = 'id') => bench.query(`external_table('Target') | summarize count(), dcount(${ids})`);

async function expectExactly(count: number): Promise<void> {
  const account = await readDelta(table.objects);
  expect([missing(account, count), doubled(account)]).toEqual([[], []]);
  expect(await exported()).toEqual([[BigInt(count), BigInt(count)]]);
}

/** Data files, whether the log names them or not. */
const dataFiles = async () => (await table.objects.names()).filter((name) => !isCommit(name));

describe.each(Object.keys(PLACES))('an export to a Delta table in %s', (place) => {
  beforeEach(async () => {
    table = await PLACES[place]!();
  });

  it('makes the table, appends a window a commit, and tells the files', async () => {
    await create(COLUMNS);
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ numRecords: 10 }] });
    await ingest(bench, 'T', 10, 15);
    await run();
    await run();
    await expectExactly(15);
    expect((await commitsOf(table.objects)).length).toBe(2);
    const { files } = await readDelta(table.objects);
    const artifacts = await bench.catalog.artifacts('job');
    expect(new Map(artifacts.map((one) => [one.path, one.numRecords]))).toEqual(files);
  });

  it('writes the partitions that the table has, whatever their values are', async () => {
    await table.put(commit(0), emptyTable(['label']));
    await create();
    expect((await bench.rows('.show external table Target cslschema'))[0]?.['Schema']).toBe(
      'id:long,at:datetime,label:string',
    );
    await createJob(bench);
    const labels = ['', 'a b', 'x/y:z=%20', '..', 'Größe "€" 🎈', 'l'.repeat(300), '__HIVE_DEFAULT_PARTITION__'];
    await ingest(bench, 'T', 0, 70, (id) => labels[id % labels.length]!);
    expect(await run()).toMatchObject({ kind: 'completed' });
    await expectExactly(70);
    const found = await bench.query("external_table('Target') | summarize count() by label");
    expect(new Map(found.map(([label, count]) => [label, count]))).toEqual(new Map(labels.map((one) => [one, 10n])));
    expect(
      await bench.query("external_table('Target') | where label == '..' and id > 50 | project id | order by id asc"),
    ).toEqual([[52n], [59n], [66n]]);
  });

  it('follows another writer who takes its version, also more than once', async () => {
    await create(COLUMNS);
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    let taken = 0;
    await run();
    onPut = async (name) => {
      if (isCommit(name) && taken++ < 3) await table.put(name, JSON.stringify({ commitInfo: { operation: 'OTHER' } }));
    };
    await ingest(bench, 'T', 10, 20);
    expect(await run()).toMatchObject({ kind: 'completed' });
    await expectExactly(20);
    expect((await commitsOf(table.objects)).length).toBe(5);
  });

  it('knows a commit whose answer was lost, and writes nothing more', async () => {
    await create(COLUMNS);
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    afterPut = (name) => {
      if (!isCommit(name)) return;
      afterPut = () => undefined;
      throw unreachable();
    };
    expect(await run()).toMatchObject({ kind: 'failed', error: { code: 'Storage_Unreachable' }, isPartial: true });
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ numRecords: 10 }] });
    await expectExactly(10);
    expect((await commitsOf(table.objects)).length).toBe(1);
  });

  it('exports a window again when the cursor was set back, since its number counts on', async () => {
    await create(COLUMNS);
    await createJob(bench);
    const start = jobOf(bench).cursor;
    await ingest(bench, 'T', 0, 10);
    await run();
    await bench.catalog.transact((tx) => tx.put({ ...jobOf(bench), cursor: start }));
    await run();
    expect(await exported()).toEqual([[20n, 10n]]);
  });

  it('refuses a table whose columns have changed, with the difference, and goes on when the definition follows', async () => {
    await create(COLUMNS);
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    await run();
    await table.put(
      commit(1),
      JSON.stringify({
        metaData: {
          id: 'x',
          format: { provider: 'parquet' },
          schemaString: JSON.stringify({
            type: 'struct',
            fields: [
              { name: 'id', type: 'long', nullable: true, metadata: {} },
              { name: 'at', type: 'timestamp', nullable: true, metadata: {} },
              { name: 'extra', type: 'double', nullable: true, metadata: {} },
            ],
          }),
          partitionColumns: [],
        },
      }),
    );
    await ingest(bench, 'T', 10, 20);
    const outcome = await run();
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'DeltaTable_SchemaMismatch', permanent: true } });
    const message = outcome.kind === 'failed' ? outcome.error.message : '';
    expect(message).toContain("'label' (string) is not in the Delta table");
    expect(message).toContain('.alter external table Target (id:long, at:datetime, extra:real) kind=delta');
    expect(bench.services.journal.entries()).toMatchObject([{ uploading: false }]);
    await bench.run(`.alter external table Target (id:long, at:datetime) kind=delta (h'${table.connection}')`);
    await bench.catalog.transact((tx) => tx.put({ ...jobOf(bench), query: 'T | project id, at' }));
    await run();
    expect(await run()).toMatchObject({ kind: 'completed' });
    await expectExactly(20);
    expect((await dataFiles()).length).toBe(2);
  });

  it('takes its files back when the table changes between the files and their commit', async () => {
    await create(COLUMNS);
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    await run();
    const created = (await commitsOf(table.objects))[0]!.map((action) => JSON.stringify(action));
    await ingest(bench, 'T', 10, 20);
    onPut = async (name) => {
      if (name !== commit(1)) return;
      onPut = () => undefined;
      await table.put(name, emptyTable(['label']));
    };
    expect(await run()).toMatchObject({ kind: 'failed', error: { code: 'DeltaTable_SchemaMismatch' } });
    expect((await dataFiles()).length).toBe(1);
    expect(bench.services.journal.entries()).toMatchObject([{ uploading: false }]);
    // Version 2 says that no commit of the window can follow.
    await table.put(
      commit(3),
      created.find((line) => line.startsWith('{"metaData"'))!,
    );
    expect(await run()).toMatchObject({ kind: 'completed' });
    await expectExactly(20);
  });

  it('leaves a table alone that has become one it may not write, and goes on when it may again', async () => {
    await create(COLUMNS);
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    await run();
    await ingest(bench, 'T', 10, 20);
    const protocol = (minWriterVersion: number) =>
      JSON.stringify({ protocol: { minReaderVersion: 1, minWriterVersion } });
    onPut = async (name) => {
      if (name !== commit(1)) return;
      onPut = () => undefined;
      await table.put(name, protocol(6));
    };
    const refusal = { kind: 'failed', error: { code: 'DeltaTable_FeatureNotSupported', permanent: true } };
    expect(await run()).toMatchObject(refusal);
    expect(await run()).toMatchObject(refusal);
    await table.put(commit(2), protocol(2));
    expect(await run()).toMatchObject({ kind: 'completed' });
    await expectExactly(20);
  });

  it('refuses records with a null where the table allows none, and a time where it has a date', async () => {
    const field = (name: string, type: string, nullable = true) => ({ name, type, nullable, metadata: {} });
    const fields = [field('id', 'long', false), field('label', 'string'), field('at', 'date')];
    const change = { schemaString: JSON.stringify({ type: 'struct', fields }) };
    await table.put(commit(0), emptyTable(['at'], change));
    await create();
    await ingest(bench, 'T', 0, 10);
    expect((await bench.refusal('.export to table Target <| T')).code).toBe('Export_PartitionValueNotDate');
    const nulls = '.export to table Target <| T | extend at = startofday(at), id = iff(id == 3, long(null), id)';
    expect((await bench.refusal(nulls)).code).toBe('DeltaTable_NullNotAllowed');
    expect(await dataFiles()).toEqual([]);
    await bench.run('.export to table Target <| T | extend at = startofday(at)');
    await expectExactly(10);
    expect((await dataFiles())[0]).toMatch(/^at=2022-09-28\//);
  });

  it('removes what a job that was dropped had committed without telling', async () => {
    await create(COLUMNS);
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    await run();
    await ingest(bench, 'T', 10, 20);
    afterPut = (name) => {
      if (isCommit(name)) throw unreachable();
    };
    await run();
    expect(await exported()).toEqual([[20n, 20n]]);
    afterPut = () => undefined;
    await bench.catalog.transact((tx) => tx.delete('continuousExport', 'job'));
    expect(await sweepLeftovers(bench.services, signal)).toEqual([]);
    await expectExactly(10);
    expect(bench.services.journal.entries()).toEqual([]);
  });

  it('does not bring back a table that was deleted, when it takes a window back', async () => {
    await table.put(commit(0), emptyTable(['label']));
    await create();
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    onPut = (name) => {
      if (isCommit(name)) throw unreachable();
    };
    await run();
    onPut = () => undefined;
    await table.clear();
    expect(await run()).toMatchObject({ kind: 'failed', error: { code: 'DeltaTable_NotFound', permanent: true } });
    expect(await table.objects.names()).toEqual([]);
    await table.put(commit(0), emptyTable(['label']));
    expect(await run()).toMatchObject({ kind: 'completed' });
    await expectExactly(10);
  });

  it('deletes the files of an export that never reached its commit', async () => {
    await create(COLUMNS);
    await ingest(bench, 'T', 0, 10);
    onPut = (name) => {
      if (isCommit(name)) throw unreachable();
    };
    expect((await bench.refusal('.export to table Target <| T')).code).toBe('Storage_Unreachable');
    onPut = () => undefined;
    await sweepLeftovers(bench.services, signal);
    expect(await dataFiles()).toEqual([]);
    expect(await bench.rows('.export to table Target <| T')).toMatchObject([{ NumRecords: '10' }]);
    await expectExactly(10);
  });
});
