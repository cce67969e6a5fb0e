import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KustoError } from '../../src/errors/index.js';
import { runJob } from '../../src/export/index.js';
import { createExternalTable, createJob, createTables, ingest, jobOf, openBench, type Bench } from './support/bench.js';
import { faultyStores } from './support/faulty-stores.js';
import { doubled, missing, readFolder } from './support/outsider.js';
import { TestClock } from './support/test-clock.js';

let root: string;
let bench: Bench;
let clock: TestClock;
let target: string;
/** Thrown by the next uploads. */
let faults: KustoError[];

const signal = new AbortController().signal;
const run = (maxRows = 1_000_000) => runJob(bench.services, 'job', { maxRows, signal });

async function open() {
  bench = await openBench({
    folder: join(root, 'data'),
    targets: root,
    clock,
    aroundStores: (stores) =>
      faultyStores(stores, () => {
        const fault = faults.shift();
        if (fault !== undefined) throw fault;
      }),
  });
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-export-'));
  target = join(root, 'target');
  clock = new TestClock();
  faults = [];
  await open();
  await createTables(bench, 'T');
  await createExternalTable(bench, [{ address: `file://${target}`, credential: 'none' }]);
});

afterEach(async () => {
  await bench.close();
  await rm(root, { recursive: true, force: true });
});

describe('a run', () => {
  it('exports what was ingested after the job was made, once, and tells its files', async () => {
    await ingest(bench, 'T', 1000, 1010);
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    const outcome = await run();
    expect(outcome).toMatchObject({ kind: 'completed', isBehind: false });
    await ingest(bench, 'T', 10, 15);
    await run();
    await run();

    const account = await readFolder(target);
    expect(missing(account, 15)).toEqual([]);
    expect([...account.ids.values()]).toEqual(Array(15).fill(1));
    const artifacts = await bench.catalog.artifacts('job');
    expect(new Map(artifacts.map((one) => [one.path, one.numRecords]))).toEqual(account.files);
    expect(jobOf(bench)).toMatchObject({
      cursor: bench.catalog.currentCursor().toString(),
      lastRunResult: 'Completed',
      exportedTo: '2026-01-01T00:00:00.0000000Z',
    });
    expect(bench.services.journal.entries()).toEqual([]);
    expect(await readdir(join(bench.engine.exchangeDirectory, 'export'))).toEqual([]);
  });

  it('writes no file for a window without records, and moves on', async () => {
    await createJob(bench);
    await createTables(bench, 'Other');
    await ingest(bench, 'Other', 0, 5);
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [] });
    expect(jobOf(bench).cursor).toBe(bench.catalog.currentCursor().toString());
    expect(await readdir(root)).not.toContain('target');
  });

  it('catches up in windows of whole extents', async () => {
    await createJob(bench);
    for (let slice = 0; slice < 5; slice++) await ingest(bench, 'T', slice * 10, slice * 10 + 10);
    expect(await run(25)).toMatchObject({ isBehind: true, artifacts: [{ numRecords: 20 }] });
    expect(await run(25)).toMatchObject({ isBehind: true, artifacts: [{ numRecords: 20 }] });
    expect(await run(25)).toMatchObject({ isBehind: false, artifacts: [{ numRecords: 10 }] });
    const account = await readFolder(target);
    expect([missing(account, 50), doubled(account)]).toEqual([[], []]);
  });

  it('exports an extent that is larger than the window', async () => {
    await createJob(bench);
    await ingest(bench, 'T', 0, 100);
    expect(await run(25)).toMatchObject({ isBehind: false, artifacts: [{ numRecords: 100 }] });
  });

  it('leaves records that are younger than the forced latency', async () => {
    await createJob(bench, { forcedLatencyTicks: '6000000000' });
    await ingest(bench, 'T', 0, 10);
    clock.advance(300_000);
    await ingest(bench, 'T', 10, 20);
    clock.advance(300_001);
    expect(await run()).toMatchObject({ isBehind: false, artifacts: [{ numRecords: 10 }] });
    clock.advance(300_000);
    expect(await run()).toMatchObject({ artifacts: [{ numRecords: 10 }] });
  });
});

describe('a run that fails', () => {
  const unreachable = () => new KustoError('Storage_Unreachable', 'The storage does not answer.');

  it('sends the same bytes under the same names the next time, and does not ask the query again', async () => {
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    faults = [unreachable()];
    expect(await run()).toMatchObject({ kind: 'failed', error: { code: 'Storage_Unreachable' }, isPartial: false });
    const [entry] = bench.services.journal.entries();
    const asked = bench.asked.length;
    await ingest(bench, 'T', 10, 20);
    expect(await run()).toMatchObject({ kind: 'completed', isBehind: true, artifacts: [{ numRecords: 10 }] });
    expect(bench.asked.length).toBe(asked);
    const account = await readFolder(target);
    expect([...account.files.keys()]).toEqual([`file://${target}/${entry?.manifest.files[0]?.name}`]);
    await run();
    expect(missing(await readFolder(target), 20)).toEqual([]);
  });

  it('goes on from the journal in another process', async () => {
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    faults = [unreachable()];
    await run();
    const before = bench.services.journal.entries();
    await bench.close();
    await open();
    expect(bench.services.journal.entries()).toEqual(before);
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ numRecords: 10 }] });
    expect(bench.asked.length).toBe(0);
  });

  it('counts a file that is there already with the same content, and refuses one with other content for good', async () => {
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    faults = [unreachable()];
    await run();
    const file = bench.services.journal.entries()[0]?.manifest.files[0];
    const store = await bench.services.stores.open(
      { address: `file://${target}`, credential: 'none', sealed: bench.secrets.seal(`file://${target}`) },
      { databaseId: 'db', usage: 'AutomatedFlows' },
    );
    const folder = bench.services.journal.entries()[0]?.folder ?? '';
    await store.putFile(file?.name ?? '', join(folder, file?.file ?? ''), { sha256: file?.sha256 ?? '' });
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ numRecords: 10 }] });

    await ingest(bench, 'T', 10, 20);
    faults = [unreachable()];
    await run();
    const other = bench.services.journal.entries()[0]?.manifest.files[0];
    await import('node:fs/promises').then(({ writeFile }) => writeFile(join(target, other?.name ?? ''), 'not ours'));
    expect(await run()).toMatchObject({
      kind: 'failed',
      error: { code: 'Export_ArtifactNameTaken', permanent: true },
    });
  });

  it('throws a window away that is not at the target yet when the job was altered', async () => {
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    // A signal that fires once the journal stands, before any upload.
    const stores = bench.services.stores;
    const failing = {
      ...bench.services,
      stores: {
        check: stores.check.bind(stores),
        open: () => Promise.reject(unreachable()),
        openSql: () => Promise.reject(unreachable()),
      },
    };
    await runJob(failing, 'job', { maxRows: 100, signal });
    expect(bench.services.journal.entries()).toMatchObject([{ uploading: false }]);
    await bench.catalog.transact((tx) => tx.put({ ...jobOf(bench), properties: { sizeLimit: 200_000_000 } }));
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [], isBehind: true });
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ numRecords: 10 }] });
    expect(bench.asked.length).toBe(2);
  });

  it('ends a window that is partly at the target before an altered definition runs', async () => {
    await createExternalTable(bench, [
      { address: `file://${target}/a`, credential: 'none' },
      { address: `file://${target}/b`, credential: 'none' },
    ]);
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    faults = [unreachable()];
    await run();
    await bench.catalog.transact((tx) => tx.put({ ...jobOf(bench), properties: { sizeLimit: 200_000_000 } }));
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ numRecords: 10 }] });
    expect(bench.asked.length).toBe(1);
  });

  it('takes the files back when the external table has moved, and exports to the new place', async () => {
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    faults = [unreachable()];
    await run();
    const entry = bench.services.journal.entries()[0];
    const file = entry?.manifest.files[0];
    const store = await bench.services.stores.open(entry!.manifest.connections[0]!, {
      databaseId: 'db',
      usage: 'AutomatedFlows',
    });
    await store.putFile(file?.name ?? '', join(entry?.folder ?? '', file?.file ?? ''), { sha256: file?.sha256 ?? '' });
    await createExternalTable(bench, [{ address: `file://${root}/elsewhere`, credential: 'none' }]);
    await run();
    expect((await readFolder(target)).files.size).toBe(0);
    await run();
    expect(missing(await readFolder(join(root, 'elsewhere')), 10)).toEqual([]);
  });
});
