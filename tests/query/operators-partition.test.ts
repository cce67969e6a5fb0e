import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

/** partition, top-nested and operators that look at the schema. */

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

const code = (text: string, expected: string): Promise<void> =>
  expect(kql.rows(text)).rejects.toMatchObject({ code: expected });

describe('partition', () => {
  const T = `datatable(k:string, v:long)['a',1, 'b',2, 'a',3, '',9]`;

  it.each(['', 'hint.strategy=native', 'hint.strategy=shuffle', 'hint.strategy=legacy'])(
    'answers alike with %s',
    async (hint) => {
      expect(await kql.rows(`${T} | partition ${hint} by k (top 1 by v) | sort by v asc`)).toEqual([
        ['b', 2],
        ['a', 3],
        ['', 9],
      ]);
    },
  );

  it('a query with a source of its own sees the key, and no other column', async () => {
    const keys = 'range x from 1 to 2 step 1 | extend other = x * 10';
    expect(
      await kql.rows(`${keys} | partition by x { range y from 1 to 3 step 1 | where y > x } | summarize sum(y)`),
    ).toEqual([[8]]);
    expect(await kql.rows(`${keys} | partition by x { print z = toscalar(x) } | sort by z asc`)).toEqual([[1], [2]]);
    await code(`${keys} | partition by x { range y from 1 to 3 step 1 | where y > other }`, 'SEM0100');
  });

  it('a name for the partition at hand may be read again in it', async () => {
    const text = `${T} | partition by k (as P | extend share = v * 100 / toscalar(P | summarize sum(v))) | sort by v asc`;
    expect(await kql.rows(text)).toEqual([
      ['a', 1, 25],
      ['b', 2, 100],
      ['a', 3, 75],
      ['', 9, 100],
    ]);
  });

  it('__partitionby is partition, and its id is refused', async () => {
    expect(await kql.rows(`${T} | __partitionby k (count) | sort by Count asc`)).toEqual([[1], [1], [2]]);
    await code(`${T} | __partitionby k id 'x' (count)`, 'CAL0001');
  });
});

describe('top-nested with others', () => {
  const T = `datatable(s:string, t:string, v:long)['a','x',10, 'a','y',20, 'b','x',30, 'c','z',1, 'a','z',2]`;

  it('adds what the level left out, once', async () => {
    expect(await kql.rows(`${T} | top-nested 2 of s with others='rest' by sum(v) | sort by s asc`)).toEqual([
      ['a', 32],
      ['b', 30],
      ['rest', 1],
    ]);
  });

  it('adds nothing where nothing is left out', async () => {
    expect(await kql.rows(`${T} | top-nested 3 of s with others='rest' by sum(v) | count`)).toEqual([[3]]);
  });

  it('has the rest of every level above the one with others', async () => {
    const text = `${T} | top-nested 1 of s with others='S' by sum(v), top-nested 1 of t by sum(v), top-nested 1 of v with others=long(0) by n=count()`;
    expect((await kql.rows(text)).sort()).toEqual(
      [
        ['a', 32, 'y', 20, 20, 1],
        ['a', 32, '', null, 0, 2],
        ['S', 31, '', null, 0, 2],
      ].sort(),
    );
  });

  it('leaves out the rest of a level with no others at or below it', async () => {
    const text = `${T} | top-nested 1 of s with others='S' by sum(v), top-nested 1 of t by sum(v) | sort by s asc`;
    expect(await kql.rows(text)).toEqual([
      ['S', 31, '', null],
      ['a', 32, 'y', 20],
    ]);
  });

  it('keeps a null key apart from the rest', async () => {
    const text = `datatable(k:long, v:long)[long(null),5, 1,3, 2,1] | top-nested 1 of k with others=long(-1) by sum(v) | sort by k asc`;
    expect(await kql.rows(text)).toEqual([
      [null, 5],
      [-1, 4],
    ]);
  });

  it('refuses a constant of another type than the column', async () => {
    await code(`${T} | top-nested 1 of v with others='x' by count()`, 'SEM0001');
  });
});

describe('schemas', () => {
  it('assert-schema passes rows of the very schema, and no others', async () => {
    expect(await kql.rows('print a = 1, b = "x" | assert-schema (a: long, b: string)')).toEqual([[1, 'x']]);
    await code('print a = 1, b = "x" | assert-schema (a: long)', 'SEM0001');
    await code('print a = 1, b = "x" | assert-schema (b: string, a: long)', 'SEM0001');
    await code('print a = 1 | assert-schema (a: int)', 'SEM0001');
  });

  it('a column that parse finds anew is replaced in its place, for the operators after it too', async () => {
    expect(await kql.rows(`print a = 'n=5', b = 1 | parse a with 'n=' a: long | extend c = a + b`)).toEqual([
      [5, 1, 6],
    ]);
    expect(
      await kql.rows(`print a = 'n=5;', b = 1 | parse kind=regex a with @'\\w=' b: long ';' | project-reorder b`),
    ).toEqual([[5, 'n=5;']]);
    expect(
      await kql.rows(
        `print a = 'q=1 r=2' | parse-kv a as (a: string, q: long) with (pair_delimiter=' ', kv_delimiter='=')`,
      ),
    ).toEqual([['', 1]]);
  });

  it('no column is left, and the rows are', async () => {
    expect(await kql.rows('range x from 1 to 3 step 1 | project-away x')).toEqual([[], [], []]);
    expect(await kql.rows('range x from 1 to 3 step 1 | project-away * | count')).toEqual([[3]]);
  });

  it('__executeAndCache changes nothing', async () => {
    expect(await kql.rows('range x from 1 to 3 step 1 | __executeAndCache | summarize sum(x)')).toEqual([[6]]);
  });

  it('a series goes forward', async () => {
    await code('range x from 1 to 3 step 1 | make-series count() on x from 1 to 3 step 0', 'SEM0001');
    await code('range x from 1 to 3 step 1 | make-series count() on x from 1 to 3 step -1', 'SEM0001');
  });
});
