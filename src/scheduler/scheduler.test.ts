import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createExternalTable,
  createJob,
  createTables,
  ingest,
  jobOf,
  openBench,
  type Bench,
} from '../../tests/export/support/bench.js';
import { TestClock } from '../../tests/export/support/test-clock.js';
import { KustoError } from '../errors/index.js';
import type { TargetStores } from '../export/index.js';
import type { SchedulerEvent } from './index.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let root: string;
let bench: Bench;
let clock: TestClock;
let events: string[];
/** Asked at each opening of a store: an error, or a promise that holds the run up. */
let onOpen: (address: string) => Promise<void> | void;
let waiters: { readonly event: string; readonly resolve: () => void }[];

/** Resolves when the event comes, as often as it has to come. */
async function seen(event: string, times = 1): Promise<void> {
  while (events.filter((one) => one === event).length < times) {
    await new Promise<void>((resolve) => waiters.push({ event, resolve }));
  }
}

function onEvent(event: SchedulerEvent): void {
  const job = 'jobId' in event ? ` ${event.jobId}` : '';
  const text = event.kind + job + (event.kind === 'ended' ? ` ${event.outcome.kind}` : '');
  events.push(text);
  const ready = waiters.filter((waiter) => waiter.event === text);
  waiters = waiters.filter((waiter) => waiter.event !== text);
  // After the scheduler has taken the event in.
  setImmediate(() => ready.forEach((waiter) => waiter.resolve()));
}

function around(stores: TargetStores): TargetStores {
  return {
    check: (connection, writer) => stores.check(connection, writer),
    openSql: (connection, dialect, writer) => stores.openSql(connection, dialect, writer),
    open: async (connection, writer) => {
      await onOpen(connection.address);
      return stores.open(connection, writer);
    },
  };
}

async function open(capacity = 2) {
  bench = await openBench({
    folder: join(root, 'data'),
    targets: root,
    clock,
    capacity,
    aroundStores: around,
    scheduler: { random: () => 1, backoff: { first: 5_000, most: 60_000 }, onEvent, maxWindowRows: 1000 },
  });
}

/** A job with a target and a table of its own. */
async function job(name: string, change: Parameters<typeof createJob>[1] = {}): Promise<string> {
  const tables = bench.catalog.snapshot().list('table');
  if (!tables.some((table) => table.name === 'T')) await createTables(bench, 'T');
  await createExternalTable(bench, [{ address: `file://${root}/${name}`, credential: 'none' }], { name: `To${name}` });
  return createJob(bench, { name, externalTable: `To${name}`, ...change });
}

const unreachable = () => new KustoError('Storage_Unreachable', 'The storage does not answer.');
const denied = () => new KustoError('Storage_PermissionDenied', 'The identity may not write.');

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-scheduler-'));
  clock = new TestClock();
  events = [];
  waiters = [];
  onOpen = () => undefined;
  await open();
});

afterEach(async () => {
  await bench.close();
  await rm(root, { recursive: true, force: true });
});

describe('when jobs run', () => {
  it('at once when they are new, then when their interval is over, and not before', async () => {
    await job('a');
    await bench.scheduler.start();
    await seen('ended a completed');
    clock.advance(MINUTE - 1);
    expect(events.filter((event) => event === 'begun a')).toHaveLength(1);
    clock.advance(1);
    await seen('ended a completed', 2);
  });

  it('the one whose last run is longest ago first, within the capacity', async () => {
    await bench.close();
    await open(1);
    await job('a', { lastRunTime: '2025-12-31T23:00:00.0000000Z' });
    await job('b', { lastRunTime: '2025-12-31T21:00:00.0000000Z' });
    await job('c', { lastRunTime: '2025-12-31T22:00:00.0000000Z' });
    await bench.scheduler.start();
    await Promise.all(['a', 'b', 'c'].map((name) => seen(`ended ${name} completed`)));
    expect(events.filter((event) => event.startsWith('begun'))).toEqual(['begun b', 'begun c', 'begun a']);
    expect(events.filter((event) => /begun|ended/.test(event))).toEqual(
      ['b', 'c', 'a'].flatMap((name) => [`begun ${name}`, `ended ${name} completed`]),
    );
  });

  it('a job that is behind gives the others a turn between its windows', async () => {
    await bench.close();
    await open(1);
    await job('a');
    await job('b', { lastRunTime: '2025-12-31T23:00:00.0000000Z' });
    for (let slice = 0; slice < 2; slice++) await ingest(bench, 'T', slice * 600, slice * 600 + 600);
    clock.advance(1);
    await bench.scheduler.start();
    await seen('ended a completed', 2);
    await seen('ended b completed', 2);
    expect(events.filter((event) => event.startsWith('begun')).slice(0, 2)).toEqual(['begun a', 'begun b']);
  });

  it('never while they are disabled', async () => {
    await job('a', { isDisabled: true });
    await bench.scheduler.start();
    clock.advance(10 * MINUTE);
    expect(events).toEqual([]);
    await expect(bench.scheduler.runNow('a', new AbortController().signal)).rejects.toMatchObject({
      code: 'Export_JobDisabled',
    });
  });

  it('a target that does not answer holds up no other job, and is given up at the deadline', async () => {
    await job('a');
    await job('b');
    await ingest(bench, 'T', 0, 10);
    let free: () => void = () => undefined;
    onOpen = (address) => (address.endsWith('/a') ? new Promise<void>((resolve) => (free = resolve)) : undefined);
    await bench.scheduler.start();
    await seen('ended b completed');
    for (let minute = 2; minute <= 30; minute++) {
      clock.advance(MINUTE);
      await seen('ended b completed', minute);
    }
    clock.advance(MINUTE);
    free();
    await seen('ended a failed');
    expect(await bench.catalog.failures('a')).toMatchObject([
      { details: expect.stringMatching(/^General_Timeout/) as string },
    ]);
  });
});

describe('when a run fails', () => {
  it('for a passing reason, it is tried again after a time that doubles, and holds no slot meanwhile', async () => {
    await job('a');
    await ingest(bench, 'T', 0, 10);
    onOpen = () => Promise.reject(unreachable());
    await bench.scheduler.start();
    await seen('ended a failed');
    expect(bench.capacity.consumed).toBe(0);
    clock.advance(4_999);
    expect(events.filter((event) => event === 'begun a')).toHaveLength(1);
    clock.advance(1);
    await seen('ended a failed', 2);
    clock.advance(9_999);
    expect(events.filter((event) => event === 'begun a')).toHaveLength(2);
    onOpen = () => undefined;
    clock.advance(1);
    await seen('ended a completed');
    expect(jobOf(bench, 'a')).toMatchObject({ lastRunResult: 'Completed', failingSince: null });
    const failures = await bench.catalog.failures('a');
    expect(failures).toHaveLength(2);
    expect(failures[0]).toMatchObject({
      failureKind: 'Failure',
      details: 'Storage_Unreachable: The storage does not answer. It is tried again shortly.',
    });
  });

  it('for good, it is tried again at the next interval, as somebody may have mended it', async () => {
    await job('a');
    await ingest(bench, 'T', 0, 10);
    onOpen = () => Promise.reject(denied());
    await bench.scheduler.start();
    await seen('ended a failed');
    clock.advance(MINUTE - 1);
    expect(events.filter((event) => event === 'begun a')).toHaveLength(1);
    onOpen = () => undefined;
    clock.advance(1);
    await seen('ended a completed');
  });

  it('for good for more than 7 days, the job is disabled, and its last failure says so', async () => {
    await job('a', { intervalTicks: String(864_000_000_000n) });
    await ingest(bench, 'T', 0, 10);
    onOpen = () => Promise.reject(denied());
    await bench.scheduler.start();
    await seen('ended a failed');
    for (let day = 1; day <= 8; day++) {
      expect(jobOf(bench, 'a').isDisabled).toBe(false);
      clock.advance(DAY);
      await seen('ended a failed', day + 1);
    }
    expect(jobOf(bench, 'a').isDisabled).toBe(true);
    expect((await bench.catalog.failures('a')).at(-1)?.details).toContain('disabled. Mend the cause, then .enable');
  });
});

describe('changes', () => {
  it('wait until the run has let go, and no run begins before they are made', async () => {
    await job('a');
    await ingest(bench, 'T', 0, 10);
    let free: () => void = () => undefined;
    let isOpening: () => void = () => undefined;
    const opening = new Promise<void>((resolve) => (isOpening = resolve));
    onOpen = () => {
      isOpening();
      return new Promise<void>((resolve) => (free = resolve));
    };
    await bench.scheduler.start();
    await opening;
    let isChanged = false;
    const change = bench.scheduler.whileStopped('a', async () => {
      expect(bench.scheduler.isRunning('a')).toBe(false);
      await bench.catalog.transact((tx) => tx.put({ ...jobOf(bench, 'a'), intervalTicks: '1200000000' }));
      isChanged = true;
    });
    expect(isChanged).toBe(false);
    onOpen = () => undefined;
    free();
    await change;
    await seen('ended a completed');
    // Broken off by us: no failure of the job.
    expect(await bench.catalog.failures('a')).toEqual([]);
  });

  it('take the files of a window back when its job is dropped', async () => {
    await job('a');
    await ingest(bench, 'T', 0, 10);
    onOpen = () => Promise.reject(unreachable());
    await bench.scheduler.start();
    await seen('ended a failed');
    onOpen = () => undefined;
    expect(bench.services.journal.entries()).toHaveLength(1);
    await bench.scheduler.whileStopped('a', () => bench.catalog.transact((tx) => tx.delete('continuousExport', 'a')));
    await seen('swept', 2);
    expect(bench.services.journal.entries()).toEqual([]);
  });
});

describe('run now', () => {
  it('exports everything that was ingested before it was asked for, and answers the files', async () => {
    await job('a');
    await bench.scheduler.start();
    await seen('ended a completed');
    for (let slice = 0; slice < 3; slice++) await ingest(bench, 'T', slice * 600, slice * 600 + 600);
    const artifacts = await bench.scheduler.runNow('a', new AbortController().signal);
    expect(artifacts.map((one) => one.numRecords)).toEqual([600, 600, 600]);
  });

  it('is refused when there is no slot', async () => {
    await job('a');
    await bench.scheduler.start();
    await seen('ended a completed');
    const slots = [bench.capacity.acquire(), bench.capacity.acquire()];
    await expect(bench.scheduler.runNow('a', new AbortController().signal)).rejects.toMatchObject({
      code: 'General_Throttled',
    });
    slots.forEach((release) => release());
  });
});

describe('stop', () => {
  it('lets a run end, and begins no other', async () => {
    await job('a');
    await ingest(bench, 'T', 0, 10);
    let free: () => void = () => undefined;
    let isOpening: () => void = () => undefined;
    const opening = new Promise<void>((resolve) => (isOpening = resolve));
    onOpen = () => {
      isOpening();
      return new Promise<void>((resolve) => (free = resolve));
    };
    await bench.scheduler.start();
    await opening;
    const stopped = bench.scheduler.stop();
    free();
    await stopped;
    expect(events).toContain('ended a completed');
    clock.advance(10 * MINUTE);
    expect(events.filter((event) => event === 'begun a')).toHaveLength(1);
  });

  it('breaks a run off after the grace; the next process ends its window first', async () => {
    await job('a');
    await job('b', { lastRunTime: '2025-12-01T00:00:00.0000000Z' });
    await ingest(bench, 'T', 0, 10);
    let free: () => void = () => undefined;
    let isOpening: () => void = () => undefined;
    const opening = new Promise<void>((resolve) => (isOpening = resolve));
    onOpen = (address) => {
      if (!address.endsWith('/b')) return;
      isOpening();
      return new Promise<void>((resolve) => (free = resolve));
    };
    await bench.scheduler.start();
    await opening;
    await seen('ended a completed');
    const stopped = bench.scheduler.stop();
    clock.advance(5_000);
    free();
    await stopped;
    expect(events).toContain('ended b failed');
    expect(await bench.catalog.failures('b')).toEqual([]);
    await bench.close();

    events = [];
    onOpen = () => undefined;
    clock.advance(2 * MINUTE);
    await open(1);
    expect(bench.services.journal.entries()).toHaveLength(1);
    await bench.catalog.transact((tx) => tx.put({ ...jobOf(bench, 'a'), lastRunTime: null }));
    await bench.scheduler.start();
    await seen('ended b completed');
    expect(events.filter((event) => event.startsWith('begun'))[0]).toBe('begun b');
  });
});
