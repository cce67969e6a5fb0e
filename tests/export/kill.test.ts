import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerClient } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FAILPOINTS } from '../../src/values/index.js';
import { startTestStorage, type TestStorage } from '../support/azurite/index.js';
import { createTestIssuer } from '../support/azurite/test-issuer.js';
import { emptyTable, objectsOfFolder, readDelta } from './support/delta-reader.js';
import { accountOf, doubled, missing, readFolder, type Account } from './support/outsider.js';
import { reportOf, runChild, type ChildResult } from './support/process.js';

/** More windows than all kills of a test use up. */
const SLICES = 100;
const FEW_SLICES = 40;
const SIZE = 30;

let root: string;
let read: () => Promise<Account>;
const folders = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `file://${root}/target/${name}`);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-kill-'));
  read = () => readFolder(join(root, 'target'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Looks at the target all the time that the child lives, and once more when it is dead. */
async function watched(run: ReturnType<typeof runChild>): Promise<ChildResult> {
  let isOver = false;
  const watch = (async () => {
    while (!isOver) {
      expect(doubled(await read())).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  const result = await run.result;
  isOver = true;
  await watch;
  expect(doubled(await read())).toEqual([]);
  return result;
}

async function expectKilled(run: ReturnType<typeof runChild>): Promise<void> {
  const killed = await watched(run);
  expect(killed.signal, killed.output).toBe('SIGKILL');
}

async function expectWhole(result: ChildResult, slices = SLICES): Promise<void> {
  const account = await read();
  expect([missing(account, slices * SIZE), doubled(account)]).toEqual([[], []]);
  expect(new Map(reportOf(result).files)).toEqual(account.files);
}

describe('an export that is killed', () => {
  // One after the other on the same folder: each process finds what the one before it left.
  it('at every step of a run goes on to export each record once', { timeout: 1_800_000 }, async () => {
    const args = [root, SLICES, SIZE, ...folders('0', '1')];
    const names = FAILPOINTS.filter((name) => name.startsWith('export.') && !name.startsWith('export.removal'));
    for (const name of names) {
      // Of the three files of a window: before and after the first, and among those that go together.
      const times = name.startsWith('export.upload.') ? [1, 2, 3, 5] : [2];
      for (const time of times) await expectKilled(runChild(args, { failpoints: `${name}=kill@${time}` }));
    }
    await expectWhole(await watched(runChild(args)));
  });

  it('at the steps of the catalog and the engine goes on as well', { timeout: 900_000 }, async () => {
    const args = [root, SLICES, SIZE, ...folders('0')];
    const names = FAILPOINTS.filter((name) => name.startsWith('catalog.') || name.startsWith('engine.'));
    for (const name of names) await expectKilled(runChild(args, { failpoints: `${name}=kill@9` }));
    await expectWhole(await watched(runChild(args)));
  });

  it('while it takes a window back, takes it back whole', { timeout: 900_000 }, async () => {
    const after = [root, SLICES, SIZE, ...folders('moved')];
    // The second window: two of its files are at a target that the job then no longer has.
    await expectKilled(
      runChild([root, SLICES, SIZE, ...folders('0', '1')], { failpoints: 'export.upload.after=kill@5' }),
    );
    for (const name of FAILPOINTS.filter((one) => one.startsWith('export.removal'))) {
      await expectKilled(runChild(after, { failpoints: `${name}=kill` }));
    }
    await expectWhole(await watched(runChild(after)));
  });
});

describe('an export to a Delta table that is killed', () => {
  beforeEach(async () => {
    const log = join(root, 'target', '_delta_log');
    await mkdir(log, { recursive: true });
    await writeFile(join(log, '00000000000000000000.json'), emptyTable(['label']));
    read = () => readDelta(objectsOfFolder(join(root, 'target')));
  });

  it('at every step of a run goes on to export each record once', { timeout: 1_800_000 }, async () => {
    const args = [root, SLICES, SIZE, 'delta', ...folders('.')];
    const steps = FAILPOINTS.filter((name) => /^(export|delta)\./.test(name) && !/removal|withdrawal/.test(name));
    for (const name of steps) await expectKilled(runChild(args, { failpoints: `${name}=kill@2` }));
    await expectWhole(await watched(runChild(args)));
  });

  it('while it takes a window back, takes it back whole', { timeout: 900_000 }, async () => {
    const moved = join(root, 'target', 'moved');
    await mkdir(join(moved, '_delta_log'), { recursive: true });
    await writeFile(join(moved, '_delta_log', '00000000000000000000.json'), emptyTable(['label']));
    const both = async () => {
      const [old, next] = [
        await readDelta(objectsOfFolder(join(root, 'target'))),
        await readDelta(objectsOfFolder(moved)),
      ];
      const ids = new Map(old.ids);
      for (const [id, count] of next.ids) ids.set(id, (ids.get(id) ?? 0) + count);
      return { ids, files: new Map([...old.files, ...next.files]) };
    };
    read = both;
    // The second window's commit is in the old table's log, and the catalog does not know of it.
    await expectKilled(
      runChild([root, SLICES, SIZE, 'delta', ...folders('.')], { failpoints: 'delta.commit.after=kill@2' }),
    );
    const after = [root, SLICES, SIZE, 'delta', ...folders('moved')];
    for (const name of ['delta.transaction.after', 'delta.withdrawal.before', 'delta.withdrawal.after']) {
      await expectKilled(runChild(after, { failpoints: `${name}=kill` }));
    }
    await expectWhole(await watched(runChild(after)));
  });
});

describe('an export to a blob container that is killed in the middle of an upload', () => {
  let storage: TestStorage;
  let ca: string;
  let container: ContainerClient;

  beforeAll(async () => {
    const issuer = await createTestIssuer();
    storage = await startTestStorage({ accounts: ['acct'], jwks: issuer.keys, issuers: [issuer.issuer] });
    ca = join(await mkdtemp(join(tmpdir(), 'calypso-ca-')), 'ca.pem');
    await writeFile(ca, storage.certificate.cert);
  });
  afterAll(async () => {
    await storage.stop();
    await rm(join(ca, '..'), { recursive: true, force: true });
  });

  beforeEach(async () => {
    container = storage.container('acct', 'killed');
    await container.create();
    read = async () => {
      const files: { address: string; text: string }[] = [];
      for await (const blob of container.listBlobsFlat()) {
        const client = container.getBlobClient(blob.name);
        files.push({
          address: `${storage.addressOf('acct', 'killed')}/${blob.name}`,
          text: (await client.downloadToBuffer()).toString(),
        });
      }
      return accountOf(files);
    };
  });

  it('goes on to export each record once', { timeout: 900_000 }, async () => {
    const address = `${storage.addressOf('acct', 'killed')};${storage.keyOf('acct')}`;
    const args = [root, FEW_SLICES, SIZE, address];
    const env = { NODE_EXTRA_CA_CERTS: ca };
    for (const time of [1, 2, 3, 5, 8]) {
      let puts = 0;
      const run = runChild(args, { env });
      storage.proxy.observe = ({ method }) => {
        if (method === 'PUT' && ++puts === time) run.child.kill('SIGKILL');
      };
      await expectKilled(run);
      storage.proxy.observe = undefined;
    }
    await expectWhole(await watched(runChild(args, { env })), FEW_SLICES);
  });
});
