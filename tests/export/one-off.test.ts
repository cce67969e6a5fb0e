import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KustoError } from '../../src/errors/index.js';
import { releaseCommitted, sweepLeftovers } from '../../src/export/index.js';
import { createExternalTable, createTables, ingest, openBench, type Bench } from './support/bench.js';
import { faultyStores } from './support/faulty-stores.js';
import { doubled, missing, readFolder } from './support/outsider.js';

let root: string;
let target: string;
let bench: Bench;
/** Called before each upload, from 1 on. */
let onPut: (ordinal: number) => void | Promise<void>;
let puts: number;

const signal = new AbortController().signal;
const unreachable = () => new KustoError('Storage_Unreachable', 'The storage does not answer.');

async function open() {
  bench = await openBench({
    folder: join(root, 'data'),
    targets: root,
    aroundStores: (stores) => faultyStores(stores, () => onPut(++puts)),
  });
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-one-off-'));
  target = join(root, 'target');
  puts = 0;
  onPut = () => undefined;
  await open();
  await createTables(bench, 'T');
  await ingest(bench, 'T', 0, 30, (id) => `l${id % 6}`);
  await createExternalTable(bench, [{ address: `file://${target}`, credential: 'none' }], {
    partitions: [{ name: 'Label', type: 'string', source: 'label', function: { kind: 'value' } }],
    pathFormat: [{ kind: 'partition', name: 'Label' }],
  });
});
afterEach(async () => {
  await bench.close();
  await rm(root, { recursive: true, force: true });
});

describe('.export', () => {
  it('that fails in the middle leaves nothing behind', async () => {
    onPut = (ordinal) => {
      if (ordinal === 4) throw unreachable();
    };
    expect((await bench.refusal('.export to table Target <| T')).code).toBe('Storage_Unreachable');
    expect((await readFolder(target)).files.size).toBe(0);
    expect(bench.services.journal.entries()).toEqual([]);
    expect(await bench.rows('.show operations')).toMatchObject([{ Operation: 'DataExport', State: 'Failed' }]);
  });

  it('that is cancelled leaves nothing behind', async () => {
    let id = '';
    const isBegun = new Promise<void>((resolve) => {
      onPut = (ordinal) => {
        if (ordinal === 3) {
          bench.operations.cancel(id, 'enough');
          resolve();
        }
      };
    });
    const [started] = await bench.rows('.export async to table Target <| T');
    id = String(started?.['OperationId']);
    await isBegun;
    while (bench.operations.isRunning(id)) await new Promise((resolve) => setImmediate(resolve));
    expect(await bench.rows(`.show operations ${id}`)).toMatchObject([{ State: 'Canceled' }]);
    expect((await readFolder(target)).files.size).toBe(0);
  });

  it('that was cut off by a kill is taken back at the next start', async () => {
    // The kill: neither the command nor its clean-up gets further.
    const isCut = new Promise<void>((resolve) => {
      onPut = (ordinal) => {
        if (ordinal < 4) return;
        resolve();
        return new Promise(() => undefined);
      };
    });
    await bench.rows('.export async to table Target <| T');
    await isCut;
    await bench.catalog.close();
    await bench.engine.close();
    expect((await readFolder(target)).files.size).toBeGreaterThan(0);
    onPut = () => undefined;
    await open();
    expect(bench.services.journal.entries()).toMatchObject([{ uploading: true }]);
    await releaseCommitted(bench.services);
    expect(await sweepLeftovers(bench.services, signal)).toEqual([]);
    expect((await readFolder(target)).files.size).toBe(0);
    expect(bench.services.journal.entries()).toEqual([]);
  });

  it('that completed stays, though its journal was not released yet', async () => {
    await bench.rows('.export to table Target <| T');
    expect(bench.services.journal.entries()).toHaveLength(1);
    await bench.close();
    await open();
    expect(bench.services.journal.entries()).toHaveLength(1);
    expect(await sweepLeftovers(bench.services, signal)).toEqual([]);
    const account = await readFolder(target);
    expect([missing(account, 30), doubled(account)]).toEqual([[], []]);
    expect(bench.services.journal.entries()).toEqual([]);
  });
});
