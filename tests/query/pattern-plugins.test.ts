import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

/** 60 rows x/p, 30 y/q, 10 y/r; n alternates. */
const ROWS = `range i from 0 to 99 step 1 | project a = iff(i < 60, 'x', 'y'), b = case(i < 60, 'p', i < 90, 'q', 'r'), n = i % 2`;

describe('basket', () => {
  it('gives each frequent pattern once, with all that its values imply, by rows times columns', async () => {
    expect(await kql.rows(`${ROWS} | project a, b | evaluate basket(0.2)`)).toEqual([
      [0, 60, 60, 'x', 'p'],
      [1, 30, 30, 'y', 'q'],
      [2, 40, 40, 'y', ''],
    ]);
  });

  it('leaves out what is less frequent than the threshold, which is 5 % unless given', async () => {
    const counts = async (call: string): Promise<unknown[]> =>
      (await kql.rows(`${ROWS} | project b | evaluate ${call}`)).map((row) => row[1]);
    expect(await counts('basket()')).toEqual([60, 30, 10]);
    expect(await counts('basket(0.11)')).toEqual([60, 30]);
    await expect(counts('basket(0.01)')).rejects.toMatchObject({ code: 'SEM0001' });
  });

  it('limits the values that do not follow from each other', async () => {
    const widest = async (dimensions: number): Promise<number> => {
      const rows = await kql.rows(`${ROWS} | evaluate basket(0.2, '~', ${dimensions})`);
      return Math.max(...rows.map((row) => row.slice(3).filter((cell) => cell !== '' && cell !== null).length));
    };
    expect(await widest(1)).toBe(2);
    expect(await widest(2)).toBe(3);
  });

  it('counts a row by its weight, and shows a wildcard of each type', async () => {
    const table = `datatable(s:string, k:int, w:long)['a', 1, 8, 'b', 1, 2]`;
    expect(await kql.rows(`${table} | evaluate basket(0.5, w, '~', '*', int(-1), long(-2))`)).toEqual([
      [0, 8, 80, 'a', 1, -2],
      [1, 10, 100, '*', 1, -2],
    ]);
    await expect(kql.rows(`${table} | evaluate basket(0.5, s)`)).rejects.toMatchObject({ code: 'SEM0001' });
  });

  it('says nothing of no rows', async () => {
    expect(await kql.rows(`${ROWS} | where false | evaluate basket()`)).toEqual([]);
  });
});

describe('autocluster', () => {
  it('finds the large specific segments, and a larger size weight finds more general ones', async () => {
    const [first] = await kql.rows(`${ROWS} | evaluate autocluster(0.5, '~', '~', '*')`);
    expect(first).toEqual([0, 60, 60, 'x', 'p', null]);
    const covered = async (weight: number): Promise<number> =>
      Math.max(...(await kql.rows(`${ROWS} | evaluate autocluster(${weight})`)).map((row) => row[1] as number));
    expect(await covered(0.95)).toBeGreaterThanOrEqual(await covered(0.05));
    expect(await covered(0.05)).toBeLessThan(60);
  });

  it('is the same at every run, and takes no single row for a segment', async () => {
    const text = `${ROWS} | evaluate autocluster()`;
    expect(await kql.rows(text)).toEqual(await kql.rows(text));
    expect(await kql.rows(`range i from 1 to 50 step 1 | project s = tostring(i) | evaluate autocluster()`)).toEqual(
      [],
    );
  });

  it('takes one seed for one segment', async () => {
    expect(await kql.rows(`${ROWS} | evaluate autocluster('~', '~', 1) | count`)).toEqual([[1]]);
    await expect(kql.rows(`${ROWS} | evaluate autocluster(1.5)`)).rejects.toMatchObject({ code: 'SEM0001' });
  });
});

describe('diffpatterns', () => {
  const SIDES = `range i from 0 to 99 step 1 | project side = iff(i < 40, 'A', iff(i < 90, 'B', 'none')), v = case(i < 30, 'bad', i < 40, 'good', i < 45, 'bad', 'good'), even = i % 2`;

  it('compares the shares of two sides, the largest difference first, and leaves out all other rows', async () => {
    expect(await kql.rows(`${SIDES} | evaluate diffpatterns(side, 'A', 'B') | project-away side, even`)).toEqual([
      [0, 30, 5, 75, 10, 65, 'bad'],
      [1, 10, 45, 25, 90, 65, 'good'],
    ]);
  });

  it('says nothing below the threshold, and refuses a side without rows', async () => {
    expect(await kql.rows(`${SIDES} | evaluate diffpatterns(side, 'A', 'B', '~', 0.7)`)).toEqual([]);
    await expect(kql.rows(`${SIDES} | evaluate diffpatterns(side, 'A', 'X')`)).rejects.toMatchObject({
      code: 'SEM0001',
    });
  });

  it('of texts finds the beginnings that tell two conditions apart', async () => {
    const texts = `range i from 0 to 99 step 1 | project ok = i % 2 == 0, t = strcat('job ', i, iff(i % 2 == 0, ' ended well', ' broke'))`;
    expect(await kql.rows(`${texts} | evaluate diffpatterns_text(t, ok)`)).toEqual([
      [0, 50, 0, 100, 'job * broke *'],
      [50, 0, 100, 0, 'job * ended well *'],
    ]);
    expect(await kql.rows(`${texts} | evaluate diffpatterns_text(t, ok, 3) | project Pattern`)).toEqual([
      ['job * ended well *'],
    ]);
    await expect(kql.rows(`${texts} | evaluate diffpatterns_text(t, ok, 1, 0.05, 21)`)).rejects.toMatchObject({
      code: 'SEM0001',
    });
  });
});

describe('reduce', () => {
  const LOG = `range i from 1 to 20 step 1 | project line = iff(i <= 15, strcat('user ', i, ' logged in'), strcat('disk /dev/sd', i, ' full'))`;

  it('makes groups of rows that share their frequent terms', async () => {
    expect(await kql.rows(`${LOG} | reduce by line`)).toEqual([
      ['user * logged in', 15, 'user 1 logged in'],
      ['disk /dev* full', 5, 'disk /dev/sd16 full'],
    ]);
  });

  it('gathers in others what has no frequent term', async () => {
    expect(await kql.rows(`range i from 1 to 5 step 1 | project s = strcat('id', i) | reduce by s`)).toEqual([
      ['others', 5, ''],
    ]);
  });

  it('kind=source keeps the rows and tells the pattern of each', async () => {
    const text = `${LOG} | extend n = strlen(line) | reduce kind=source by line | where Pattern startswith 'disk' | project line, Pattern | take 1`;
    expect(await kql.rows(text)).toEqual([['disk /dev/sd16 full', 'disk /dev* full']]);
    await expect(kql.rows(`${LOG} | reduce by line with threshold=2`)).rejects.toMatchObject({ code: 'SEM0001' });
  });

  it('takes characters literally, also those that mean something in a regular expression', async () => {
    const rows = await kql.rows(
      `range i from 1 to 3 step 1 | project s = strcat('a]b', i) | reduce by s with characters = ']^-\\\\'`,
    );
    expect(rows).toEqual([['a*', 3, 'a]b1']]);
  });
});
