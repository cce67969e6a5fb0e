import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runJob } from '../../src/export/index.js';
import { createJob, createTables, ingest, openBench, type Bench } from './support/bench.js';
import { objectsOfFolder, readDelta, type Objects } from './support/delta-reader.js';
import { faultyStores } from './support/faulty-stores.js';
import { doubled, missing } from './support/outsider.js';
import { TestClock } from './support/test-clock.js';

let root: string;
let bench: Bench;
let objects: Objects;
let address: string;
let onPut: (name: string) => void | Promise<void>;

const signal = new AbortController().signal;
const run = () => runJob(bench.services, 'job', { maxRows: 1_000_000, signal });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-delta-'));
  onPut = () => undefined;
  bench = await openBench({
    folder: join(root, 'data'),
    targets: root,
    clock: new TestClock(),
    aroundStores: (stores) => faultyStores(stores, (name) => onPut(name)),
  });
  await createTables(bench, 'T');
  objects = objectsOfFolder(join(root, 'target'));
  address = `file://${root}/target`;
});
afterEach(async () => {
  await bench.close();
  await rm(root, { recursive: true, force: true });
});

describe('an export to a Delta table', () => {
  it('makes the table, and appends a window a commit', async () => {
    await bench.run(`.create external table Target (id:long, label:string, at:datetime) kind=delta ('${address}')`);
    await createJob(bench);
    await ingest(bench, 'T', 0, 10);
    expect(await run()).toMatchObject({ kind: 'completed', artifacts: [{ numRecords: 10 }] });
    await ingest(bench, 'T', 10, 15);
    await run();
    await run();
    const account = await readDelta(objects);
    expect([missing(account, 15), doubled(account)]).toEqual([[], []]);
    expect(await bench.query("external_table('Target') | summarize count(), min(id), max(at)")).toEqual([
      [15n, 0n, 638_000_000_000_000_000n + 14n * 600_000_000n],
    ]);
  });
});
