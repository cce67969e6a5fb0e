import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAILPOINTS, type Failpoint } from '../../src/values/failpoint.js';
import { doubled, missing, readFolder } from './support/outsider.js';
import { reportOf, runChild, type ChildResult } from './support/process.js';

/** Where the child passes on its way; removal has its own tests. */
const ON_THE_WAY = FAILPOINTS.filter((name) => name.startsWith('export.') && !name.startsWith('export.removal'));
const SLICES = 6;
const SIZE = 50;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-kill-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Looks at the target all the time that the child lives. */
async function watched(run: ReturnType<typeof runChild>): Promise<ChildResult> {
  let isOver = false;
  const watch = (async () => {
    while (!isOver) {
      expect(doubled(await readFolder(join(root, 'target')))).toEqual([]);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  })();
  const result = await run.result;
  isOver = true;
  await watch;
  return result;
}

async function expectWhole(result: ChildResult): Promise<void> {
  const account = await readFolder(join(root, 'target'));
  expect([missing(account, SLICES * SIZE), doubled(account)]).toEqual([[], []]);
  const { files } = reportOf(result);
  expect(new Map(files)).toEqual(account.files);
}

describe('an export that is killed', () => {
  const points = ON_THE_WAY.flatMap((name): [Failpoint, number][] =>
    name.startsWith('export.upload.')
      ? [
          [name, 1],
          [name, 3],
        ]
      : [[name, 2]],
  );
  it.each(points)('at %s (time %i) goes on to export each record once', async (name, time) => {
    const args = [root, SLICES, SIZE, 2] as const;
    const killed = await watched(runChild(args, { failpoints: `${name}=kill@${time}` }));
    expect(killed.signal, killed.output).toBe('SIGKILL');
    await expectWhole(await watched(runChild(args)));
  });
});
