import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createExternalTable, createJob, createTables, ingest, openBench, type Bench } from './support/bench.js';
import { doubled, missing, readFolder } from './support/outsider.js';

const WRITERS = 6;
const SLICES = 25;
const SIZE = 7;
const JOBS = ['a', 'b', 'c'];

let root: string;
let bench: Bench;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-race-'));
  bench = await openBench({
    folder: join(root, 'data'),
    targets: root,
    capacity: 2,
    scheduler: { maxWindowRows: 50 },
  });
});
afterEach(async () => {
  await bench.close();
  await rm(root, { recursive: true, force: true });
});

it('many writers, three jobs on two slots, and commands in between: nothing is lost, nothing comes twice', async () => {
  await createTables(bench, 'T');
  for (const job of JOBS) {
    await createExternalTable(bench, [{ address: `file://${root}/target/${job}`, credential: 'none' }], {
      name: `To_${job}`,
      partitions: [{ name: 'Label', type: 'string', source: 'label', function: { kind: 'value' } }],
      pathFormat: [{ kind: 'partition', name: 'Label' }],
    });
    await createJob(bench, { name: job, externalTable: `To_${job}`, intervalTicks: '10000' });
  }
  await bench.scheduler.start();

  let writing = WRITERS;
  const write = async (writer: number): Promise<void> => {
    for (let slice = 0; slice < SLICES; slice++) {
      const from = (writer * SLICES + slice) * SIZE;
      await ingest(bench, 'T', from, from + SIZE, (id) => `l${id % 2}`);
    }
    writing--;
  };
  // Every change that a user may make while runs are under way.
  const disturb = async (): Promise<void> => {
    for (let turn = 0; writing > 0; turn++) {
      const job = JOBS[turn % JOBS.length] ?? '';
      await bench.run(`.disable continuous-export ${job}`);
      await bench.run(`.enable continuous-export ${job}`);
      await bench.run(`.run continuous-export ${job}`).catch((error: { code?: string }) => {
        // No slot was free, or the job was altered meanwhile.
        if (error.code !== 'General_Throttled' && error.code !== 'Export_JobChanged') throw error;
      });
      await bench.run(
        `.create-or-alter continuous-export ${job} to table To_${job} with (sizeLimit=${200_000_000 + turn}) <| T`,
      );
      expect(doubled(await readFolder(join(root, 'target', job)))).toEqual([]);
    }
  };
  await Promise.all([...Array.from({ length: WRITERS }, (_, writer) => write(writer)), disturb()]);

  for (const job of JOBS) {
    await finish(job);
    const account = await readFolder(join(root, 'target', job));
    expect([job, missing(account, WRITERS * SLICES * SIZE), doubled(account)]).toEqual([job, [], []]);
    const artifacts = await bench.rows(`.show continuous-export ${job} exported-artifacts`);
    expect(new Map(artifacts.map((one) => [one['Path'], Number(one['NumRecords'])]))).toEqual(account.files);
    expect(await bench.rows(`.show continuous-export ${job} failures`)).toEqual([]);
  }
});

/** The other jobs may hold both slots. */
async function finish(job: string): Promise<void> {
  for (;;) {
    const error: unknown = await bench.run(`.run continuous-export ${job}`).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) return;
    if ((error as { code?: string }).code !== 'General_Throttled') throw error;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
