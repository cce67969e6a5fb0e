import { describe, expect, it } from 'vitest';
import type { Extent } from '../catalog/model.js';
import { nextWindow } from './window.js';

/** Extents of one table as `cursor:time:rows`. */
function window(text: string, limits: { before?: number; maxRows?: number; after?: number; current?: number } = {}) {
  const extents = text
    .split(' ')
    .filter((one) => one !== '')
    .map((one, index): Extent => {
      const [cursor = 0, time = 0, rows = 0] = one.split(':').map(Number);
      return {
        number: BigInt(index),
        id: '',
        tableId: 't',
        cursor: BigInt(cursor),
        ingestionTime: BigInt(time),
        isTimed: true,
        rowCount: rows,
        tags: [],
      };
    });
  const after = BigInt(limits.after ?? 0);
  const current = BigInt(limits.current ?? extents.at(-1)?.cursor ?? after);
  const catalog = {
    currentCursor: () => current,
    extents: (_table: string, { after: from = 0n, upTo = 0n }: { after?: bigint; upTo?: bigint } = {}) =>
      Promise.resolve(extents.filter(({ cursor }) => cursor > from && cursor <= upTo)),
  };
  return nextWindow(catalog, ['t'], after, {
    before: BigInt(limits.before ?? 1000),
    maxRows: limits.maxRows ?? 1000,
  });
}

describe('the next window', () => {
  it('goes up to the cursor of the moment, over other tables too', async () => {
    expect(await window('1:1:5 2:2:5', { current: 9 })).toMatchObject({ upTo: 9n, rows: 10, isBounded: false });
    expect(await window('', { after: 4, current: 9 })).toMatchObject({ after: 4n, upTo: 9n, rows: 0 });
  });

  it('leaves out what commits while it is chosen', async () => {
    expect(await window('1:1:5 2:2:5', { current: 1 })).toMatchObject({ upTo: 1n, rows: 5 });
  });

  it('never goes back, whatever the cursor of the moment is', async () => {
    expect(await window('', { after: 7, current: 3 })).toMatchObject({ after: 7n, upTo: 7n });
  });

  it('ends before the extent that is one too many, and says that more is ready', async () => {
    expect(await window('1:10:6 3:20:6 5:30:6', { maxRows: 12 })).toMatchObject({
      upTo: 4n,
      rows: 12,
      isBounded: true,
      exportedTo: 20n,
    });
  });

  it('takes one extent that is larger than the bound alone', async () => {
    expect(await window('1:1:50 2:2:1', { maxRows: 12 })).toMatchObject({ upTo: 1n, rows: 50, isBounded: true });
  });

  it('never splits extents that share a cursor', async () => {
    expect(await window('1:1:8 1:1:8 2:2:1', { maxRows: 10 })).toMatchObject({ upTo: 1n, rows: 16 });
  });

  it('ends before the first extent that is too young, even where a later one were old enough', async () => {
    expect(await window('1:10:1 2:90:1 3:20:1', { before: 50 })).toMatchObject({
      upTo: 1n,
      rows: 1,
      isBounded: false,
      exportedTo: 50n,
    });
  });
});
