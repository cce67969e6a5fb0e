import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DuckDBInstance } from '@duckdb/node-api';
import { openKql, type KqlRunner } from './run-kql.js';

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

const rows = (text: string): Promise<unknown[][]> => kql.rows(text);

describe('window functions', () => {
  it('stream over the order in which rows arrive: DuckDB still plans OVER () as a streaming window', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const plan = await connection.runAndReadAll(
      'EXPLAIN SELECT lag(x) OVER (), row_number() OVER () FROM (SELECT * FROM range(10) AS t(x) ORDER BY x DESC)',
    );
    expect(JSON.stringify(plan.getRowsJson())).toContain('STREAMING_WINDOW');
    connection.closeSync();
    instance.closeSync();
  });

  it('see the sorted neighbour over many rows', async () => {
    const broken = await rows(
      'range x from 1 to 300000 step 1 | extend k = hash(x) | sort by k asc | extend before = prev(k) | where before > k | count',
    );
    expect(broken).toEqual([[0]]);
  });

  it('count, sum and rank anew where a restart says so', async () => {
    expect(
      await rows(`datatable(g:string, v:long)['a',3, 'a',3, 'b',7, 'b',9, 'b',9]
        | serialize n = row_number(1, g != prev(g)), s = row_cumsum(v, g != prev(g)),
          dense = row_rank_dense(v, g != prev(g)), low = row_rank_min(v, g != prev(g))
        | project n, s, dense, low`),
    ).toEqual([
      [1, 3, 1, 1],
      [2, 6, 1, 1],
      [1, 7, 1, 1],
      [2, 16, 2, 2],
      [3, 25, 2, 2],
    ]);
  });
});

describe('make-series', () => {
  it('fills gaps with the default and leaves the end of the range out', async () => {
    expect(
      await rows(
        'datatable(t:long, v:long)[1,5, 4,7, 9,1] | make-series s = sum(v) default = -1 on t from 1 to 9 step 2',
      ),
    ).toEqual([
      [
        [5, 7, -1, -1],
        [1, 3, 5, 7],
      ],
    ]);
  });

  it('has a series of its own length for each key where no range is given', async () => {
    expect(
      await rows(`datatable(k:string, t:long, v:long)['a',2,1, 'a',4,1, 'b',3,1]
        | make-series n = count() on t step 1 by k | sort by k asc`),
    ).toEqual([
      ['a', [1, 0, 1], [2, 3, 4]],
      ['b', [1], [3]],
    ]);
  });
});

describe('joins', () => {
  const sides =
    'let L = datatable(k:long, l:string)[1,"x", long(null),"n"]; let R = datatable(k:long, r:string)[long(null),"m", 2,"y"];';

  it('match null keys', async () => {
    expect(await rows(`${sides} L | join kind=inner R on k | project l, r`)).toEqual([['n', 'm']]);
  });

  it('give the empty string, never null, for a missing string', async () => {
    expect(await rows(`${sides} L | join kind=leftouter R on k | where isempty(r) | project l, r`)).toEqual([
      ['x', ''],
    ]);
  });

  it('keep one left row a key unless told otherwise', async () => {
    const text = 'let L = datatable(k:long)[1, 1, 2]; let R = datatable(k:long)[1, 2];';
    expect(await rows(`${text} L | join R on k | count`)).toEqual([[2]]);
    expect(await rows(`${text} L | join kind=inner R on k | count`)).toEqual([[3]]);
  });
});

describe('aggregates', () => {
  it.each([
    ['arg_max(x, *, z)', ['x', 'y', 'z'], [3, 4, 'b']],
    ['arg_max(x, y, y, *)', ['x', 'y', 'z'], [3, 4, 'b']],
    ['arg_max(x, w = y, *)', ['x', 'w', 'z'], [3, 4, 'b']],
    ['arg_max(x, *, y + 1)', ['x', 'y', 'z', 'max_x_arg2'], [3, 4, 'b', 5]],
    ['take_any(z, *, x)', ['z', 'x', 'y'], ['b', 3, 4]],
  ])('keep the columns beside * apart: %s', async (aggregate, columns, row) => {
    const answer = await kql.answer(`datatable(x:long, y:long, z:string)[3, 4, "b"] | summarize ${aggregate}`);
    expect(answer.columns.map((column) => column.split(':')[0])).toEqual(columns);
    expect(answer.rows).toEqual([row]);
  });

  it('refuse another name for a column that * has, and a summarize of nothing', async () => {
    await expect(rows('print x = 1, y = 2 | summarize arg_max(x, *, w = y)')).rejects.toMatchObject({
      code: 'CAL0001',
    });
    await expect(rows('print x = 1 | summarize')).rejects.toMatchObject({ code: 'SYN0001' });
  });

  it('take all columns of arg_max from one row', async () => {
    expect(
      await rows('datatable(a:long, b:string, c:long)[1,"x",10, 5,"y",2, 5,"y",2, 3,"z",99] | summarize arg_max(a, *)'),
    ).toEqual([[5, 'y', 2]]);
  });

  it('wrap around where a long overflows', async () => {
    expect(
      await rows('datatable(x:long)[9223372036854775807, 1] | summarize sum(x) | project tostring(sum_x)'),
    ).toEqual([['-9223372036854775808']]);
  });

  it('may stand inside of expressions, and beside each other', async () => {
    expect(
      await rows('range x from 1 to 4 step 1 | summarize r = round(todouble(sum(x)) / count(), 1), n = count() + 1'),
    ).toEqual([[2.5, 5]]);
  });
});

describe('partition and top-nested', () => {
  it('run the subquery for each key, null among them', async () => {
    const found = await rows(
      `datatable(k:string, v:long)['a',1, 'a',5, 'b',2] | partition by k (top 1 by v) | sort by k asc`,
    );
    expect(found).toEqual([
      ['a', 5],
      ['b', 2],
    ]);
  });

  it('keep the best children of the best parents', async () => {
    expect(
      await rows(`datatable(p:string, c:string, v:long)['a','x',1, 'a','y',9, 'b','x',3, 'z','q',1]
        | top-nested 2 of p by sum(v), top-nested 1 of c by sum(v) | sort by p asc`),
    ).toEqual([
      ['a', 10, 'y', 9],
      ['b', 3, 'x', 3],
    ]);
  });
});

describe('names and literals', () => {
  it.each(["a'b", 'a"b', 'select', "x'); DROP TABLE t; --", 'ünï', 'a b', '\\n'])(
    'of %s reach SQL as they are',
    async (text) => {
      const literal = JSON.stringify(text);
      expect(
        await rows(`print x = ${literal} | extend [${literal}] = strcat(x, "") | project y = [${literal}]`),
      ).toEqual([[text]]);
    },
  );

  it('hold a NUL and characters beyond the first plane', async () => {
    expect(await rows('print strlen("a\\0b"), strlen("😀")')).toEqual([[3, 1]]);
  });
});
