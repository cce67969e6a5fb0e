import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KustoError } from '../../errors/index.js';
import { openStore, type ObjectStore } from '../../storage/index.js';
import { DeltaHeads } from './heads.js';
import { DeltaLog, type CheckpointReader } from './log.js';
import { commitName } from './log-names.js';

let root: string;
let store: ObjectStore;
let log: DeltaLog;
/** Rows of checkpoints, by the text of the file that stands for the Parquet. */
let checkpoints: Record<string, readonly object[]>;
let columnsAsked: readonly string[];

const PROTOCOL = { protocol: { minReaderVersion: 1, minWriterVersion: 2 } };
const METADATA = {
  metaData: {
    id: 'm',
    format: { provider: 'parquet' },
    schemaString: '{"type":"struct","fields":[]}',
    partitionColumns: [],
  },
};
const add = (path: string) => ({ add: { path, partitionValues: {}, size: 1 } });
const remove = (path: string) => ({ remove: { path } });
const txn = (version: number) => ({ txn: { appId: 'job', version } });
const checkpointName = (version: number, rest = '') =>
  `_delta_log/${String(version).padStart(20, '0')}.checkpoint${rest}.parquet`;

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, 'table', name)), { recursive: true });
  await writeFile(join(root, 'table', name), text);
}
const commit = (version: number, ...actions: readonly object[]) =>
  put(commitName(version), actions.map((action) => `${JSON.stringify(action)}\n`).join(''));

async function checkpoint(name: string, rows: readonly object[]): Promise<void> {
  checkpoints[name] = rows;
  await put(name, name);
}

const reader: () => CheckpointReader = () => ({
  directory: join(root, 'scratch'),
  async *rows(path, columns) {
    columnsAsked = columns;
    const { readFile } = await import('node:fs/promises');
    for (const row of checkpoints[await readFile(path, 'utf8')] ?? []) {
      const asked = Object.entries(row).filter(([name]) => columns.includes(name));
      yield Object.fromEntries(asked);
    }
  },
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-log-'));
  checkpoints = {};
  store = openStore(`file://${root}/table`, { kind: 'none' }, { localRoots: [root] });
  log = new DeltaLog(store, reader());
});
afterEach(async () => {
  expect(await readdir(join(root, 'scratch')).catch(() => [])).toEqual([]);
  await rm(root, { recursive: true, force: true });
});

const load = async (withFiles = true) => (await log.load({ withFiles }))?.snapshot;
const paths = async () => [...((await load())?.files?.keys() ?? [])].sort();
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof KustoError ? error.code : String(error)),
  );

describe('a Delta log', () => {
  it('is no table where there is no commit', async () => {
    expect(await load()).toBeUndefined();
    await put('_delta_log/_last_checkpoint', '{"version":3}');
    expect(await load()).toBeUndefined();
  });

  it('replays its commits in order: the last word on a file, on the protocol and on a transaction counts', async () => {
    await commit(0, PROTOCOL, METADATA, add('a'), add('b'), txn(1));
    await commit(1, remove('a'), add('c'), txn(2));
    await commit(2, { protocol: { minReaderVersion: 2, minWriterVersion: 5 } }, add('a'));
    expect(await paths()).toEqual(['a', 'b', 'c']);
    const snapshot = await load();
    expect(snapshot).toMatchObject({ version: 2, protocol: { minReaderVersion: 2 } });
    expect(snapshot?.transactions.get('job')).toBe(2);
  });

  it('keeps a file that a commit removes and adds again, in whatever order it says so', async () => {
    await commit(0, PROTOCOL, METADATA, add('a'));
    await commit(1, add('a'), remove('a'));
    expect(await paths()).toEqual(['a']);
  });

  it('begins at the newest checkpoint that is whole, of one part or of several', async () => {
    await checkpoint(checkpointName(2), [PROTOCOL, METADATA, add('a')]);
    await checkpoint(checkpointName(4, '.0000000001.0000000002'), [PROTOCOL, METADATA, add('b'), txn(7)]);
    await checkpoint(checkpointName(4, '.0000000002.0000000002'), [add('c')]);
    await checkpoint(checkpointName(6, '.0000000001.0000000003'), [PROTOCOL, METADATA]);
    await commit(5, add('d'));
    await commit(6, remove('b'));
    expect(await paths()).toEqual(['c', 'd']);
    expect((await load())?.transactions.get('job')).toBe(7);
  });

  it('leaves the list of files out of a checkpoint when nobody asks for it', async () => {
    await checkpoint(checkpointName(1), [PROTOCOL, METADATA, add('a'), txn(3)]);
    const snapshot = await load(false);
    expect(snapshot?.files).toBeUndefined();
    expect(snapshot?.transactions.get('job')).toBe(3);
    expect(columnsAsked).not.toContain('add');
  });

  it('is refused when a version is missing, a line is cut off, or nothing says what the table is', async () => {
    await commit(0, PROTOCOL, METADATA);
    await commit(2, add('a'));
    expect(await codeOf(load())).toBe('DeltaTable_LogDamaged');
    await put(commitName(1), '{"add":{"path":"x"');
    expect(await codeOf(load())).toBe('DeltaTable_LogDamaged');
    await commit(1, { add: { path: 3 } });
    expect(await codeOf(load())).toBe('DeltaTable_LogDamaged');
    await commit(1, add('b'));
    expect(await paths()).toEqual(['a', 'b']);
    await commit(0, METADATA);
    expect(await codeOf(load())).toBe('DeltaTable_LogDamaged');
  });

  it('is refused when it begins at a V2 checkpoint, under its own name or under a classic one', async () => {
    await put('_delta_log/00000000000000000003.checkpoint.80a083e8-7026-4e79-81be-64bd76c43a11.parquet', '');
    await commit(3, add('a'));
    expect(await codeOf(load())).toBe('DeltaTable_FeatureNotSupported');
    await checkpoint(checkpointName(3), [PROTOCOL, METADATA, { checkpointMetadata: { version: 3 } }]);
    expect(await codeOf(load())).toBe('DeltaTable_FeatureNotSupported');
    await checkpoint(checkpointName(3), [PROTOCOL, METADATA, add('b')]);
    expect(await paths()).toEqual(['b']);
  });

  it('is read on from where it was, without a listing, as long as it is the same log', async () => {
    const heads = new DeltaHeads(false);
    let lists = 0;
    const counted: ObjectStore = Object.create(store, {
      list: { value: (prefix: string) => (lists++, store.list(prefix)) },
    }) as ObjectStore;
    for (const name of ['urlOf', 'getFile'] as const) {
      Object.defineProperty(counted, name, { value: (store[name] as () => unknown).bind(store) });
    }
    log = new DeltaLog(counted, reader());
    await commit(0, PROTOCOL, METADATA);
    await heads.newest(log);
    await commit(1, txn(4));
    await commit(2, txn(5));
    expect((await heads.newest(log))?.snapshot).toMatchObject({ version: 2 });
    expect((await heads.newest(log))?.snapshot.transactions.get('job')).toBe(5);
    expect(lists).toBe(1);
    // The table was deleted and made anew: version 2 is another one, or there is none.
    await rm(join(root, 'table'), { recursive: true });
    await commit(0, PROTOCOL, METADATA);
    expect((await heads.newest(log))?.snapshot).toMatchObject({ version: 0 });
    await rm(join(root, 'table'), { recursive: true });
    expect(await heads.newest(log)).toBeUndefined();
  });
});
