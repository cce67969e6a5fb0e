import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

/** The documented rules of everyday operators, at their edges: a line is a query and what it must answer. */

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

type Case = readonly [name: string, text: string, expected: unknown[][]];

const L = `let L = datatable(k:string, v:long)['a',1, 'b',2, '',3];`;
const R = `let R = datatable(k:string, v:long, w:long)['b',10,5, 'c',20,6];`;

const FAMILIES: Readonly<Record<string, readonly Case[]>> = {
  'join and lookup': [
    [
      'right columns of a name that is taken get a number',
      `${L} ${R} L | join kind=inner R on k | getschema | project ColumnName`,
      [['k'], ['v'], ['k1'], ['v1'], ['w']],
    ],
    [
      'fullouter fills the side that has no row',
      `${L} ${R} L | join kind=fullouter R on k | sort by k asc, k1 asc, v asc`,
      [
        ['', 3, '', null, null],
        ['', null, 'c', 20, 6],
        ['a', 1, '', null, null],
        ['b', 2, 'b', 10, 5],
      ],
    ],
    ['rightsemi has the right side alone', `${L} ${R} L | join kind=rightsemi R on k`, [['b', 10, 5]]],
    [
      'leftantisemi is leftanti',
      `${L} ${R} L | join kind=leftantisemi R on k | sort by v asc`,
      [
        ['a', 1],
        ['', 3],
      ],
    ],
    [
      'lookup leaves out the key of the right side',
      `${L} ${R} L | lookup R on k | sort by v asc`,
      [
        ['a', 1, null, null],
        ['b', 2, 10, 5],
        ['', 3, null, null],
      ],
    ],
    [
      'lookup by names of each side',
      `${L} L | lookup kind=inner (datatable(j:string, w:long)['b',7]) on $left.k == $right.j`,
      [['b', 2, 7]],
    ],
  ],
  'mv-expand and mv-apply': [
    [
      'arrays go side by side, the shorter one filled with nulls',
      `print a = dynamic([1,2]), b = dynamic(['x']) | mv-expand a, b`,
      [
        [1, 'x'],
        [2, null],
      ],
    ],
    [
      'a bag becomes bags of one, or pairs',
      `print a = dynamic({"p":1}) | mv-expand b = a, c = a | project b | union (print a = dynamic({"p":1}) | mv-expand bagexpansion=array b = a | project b)`,
      [[{ p: 1 }], [['p', 1]]],
    ],
    [
      'an index counts from 0, a limit cuts each row',
      `print a = dynamic([7,8,9]) | mv-expand with_itemindex=i a to typeof(long) limit 2`,
      [
        [7, 0],
        [8, 1],
      ],
    ],
    ['what does not convert is null', `print a = dynamic([1,"x"]) | mv-expand a to typeof(long)`, [[1], [null]]],
    ['a new name leaves the array', `print a = dynamic([1]) | mv-expand e = a`, [[[1], 1]]],
    [
      'an empty array has no rows, also for an aggregate',
      `datatable(i:long, a:dynamic)[1, dynamic([3,4]), 2, dynamic([])] | mv-apply e = a to typeof(long) on (summarize m = max(e)) | project i, m`,
      [[1, 4]],
    ],
  ],
  scan: [
    [
      'a step reads its own last row',
      `range x from 1 to 3 step 1 | scan declare (s:long=0) with (step a: true => s = x + a.s;)`,
      [
        [1, 1],
        [2, 3],
        [3, 6],
      ],
    ],
    [
      'a match is numbered, and rows of no step are left out',
      `datatable(e:string)['m', 's', 'm', 'e', 'm', 's', 'e'] | serialize | scan with_match_id=m with (step a: e == 's'; step b: e == 'm'; step c: e == 'e';)`,
      [
        ['s', 0],
        ['m', 0],
        ['e', 0],
        ['s', 1],
        // The last step goes on with its own match as long as rows fit it.
        ['e', 0],
      ],
    ],
    [
      'output=none keeps a step to itself, output=last gives its end',
      `datatable(e:string, n:long)['a',1, 'b',2, 'b',3] | serialize | scan with (step s output=none: e == 'a'; step t output=last: e == 'b';) | project n`,
      [[3]],
    ],
  ],
  parse: [
    [
      'simple: one column that does not convert fails the row',
      `print s = 'n=x t=1' | parse s with 'n=' n:long ' t=' t:long | project n, t`,
      [[null, null]],
    ],
    [
      'relaxed: only that column is null',
      `print s = 'n=x t=1' | parse kind=relaxed s with 'n=' n:long ' t=' t:long | project n, t`,
      [[null, 1]],
    ],
    [
      'regex with flags',
      `print s = 'A1b2' | parse kind=regex flags=i s with 'a' x:long 'B' y:long | project x, y`,
      [[1, 2]],
    ],
    [
      'parse-where drops rows that do not fit',
      `datatable(s:string)['a=1', 'b=1'] | parse-where s with 'a=' n:long`,
      [['a=1', 1]],
    ],
    [
      'parse-kv: the first of a key, quotes of two kinds, nulls',
      `print s = 'a=(x, y), b=2, b=3' | parse-kv s as (a:string, b:long, c:real) with (pair_delimiter=', ', kv_delimiter='=', quote='()') | project a, b, c`,
      [['x, y', 2, null]],
    ],
    [
      'parse-kv greedy runs on to the next key',
      `print s = 'a=1 2 b=3' | parse-kv s as (a:string, b:long) with (pair_delimiter=' ', kv_delimiter='=', greedy=true) | project a, b`,
      [['1 2', 3]],
    ],
    [
      'parse-kv by a regex',
      `print s = 'a->1;b->2' | parse-kv s as (a:long, b:long) with (regex=@'(\\w+)->(\\d+)') | project a, b`,
      [[1, 2]],
    ],
  ],
  'search and find': [
    [
      'a term is a whole word of any column, in any case',
      `datatable(a:string)['Foo bar', 'foobar'] | search 'foo' | project a`,
      [['Foo bar']],
    ],
    [
      'a star is any end, and case may count',
      `datatable(a:string)['Foo bar', 'foobar'] | search kind=case_sensitive 'foo*' | project a`,
      [['foobar']],
    ],
    [
      'columns may be named',
      `datatable(a:string, b:long)['x',1, 'y',2] | search a:'x' or b == 2 | project b | sort by b asc`,
      [[1], [2]],
    ],
    ['not takes terms too', `datatable(a:string)['x y', 'x z'] | search 'x' and not('z') | project a`, [['x y']]],
  ],
  'order, samples and windows': [
    ['nulls stand last where the order falls', `datatable(a:long)[1, long(null), 2] | sort by a`, [[2], [1], [null]]],
    [
      'and first where it rises, unless told',
      `datatable(a:long)[1, long(null), 2] | top 1 by a asc | union (datatable(a:long)[1, long(null)] | top 1 by a asc nulls last)`,
      [[null], [1]],
    ],
    [
      'sample-distinct has each value once',
      `datatable(a:long)[1,1,2,2] | sample-distinct 5 of a | sort by a asc`,
      [[1], [2]],
    ],
    [
      'top-hitters by a weight',
      `datatable(a:string, w:long)['x',1, 'x',2, 'y',10] | top-hitters 1 of a by w`,
      [['y', 10]],
    ],
    [
      'numbers and sums begin anew',
      `datatable(a:long, g:long)[1,1, 2,1, 3,2] | serialize n = row_number(0, prev(g) != g), c = row_cumsum(a, prev(g) != g) | project n, c`,
      [
        [0, 1],
        [1, 3],
        [0, 3],
      ],
    ],
    [
      'neighbours have a default',
      `datatable(a:long)[1,2] | serialize p = prev(a, 1, -1), n = next(a)`,
      [
        [1, -1, 2],
        [2, 1, null],
      ],
    ],
    [
      'ranks, dense or by place',
      `datatable(a:long)[5,5,7] | sort by a asc | extend d = row_rank_dense(a), m = row_rank_min(a)`,
      [
        [5, 1, 1],
        [5, 1, 1],
        [7, 2, 3],
      ],
    ],
    [
      'a range may fall, and may be of time',
      `range x from 3 to 1 step -2 | extend t = '' | union (range y from 1h to 2h step 1h | project x = tolong(y / 1h), t = 't')`,
      [
        [3, ''],
        [1, ''],
        [1, 't'],
        [2, 't'],
      ],
    ],
  ],
  'columns and empty inputs': [
    ['extend reads the columns before it', `print a = 1, b = 2 | extend a = b, b = a`, [[2, 1]]],
    [
      'granny order knows numbers',
      `print a10 = 1, a2 = 2, c = 3 | project-reorder a* granny-asc | getschema | project ColumnName`,
      [['a2'], ['a10'], ['c']],
    ],
    ['patterns choose', `print a1 = 1, a2 = 2, c = 3 | project-keep a* | project-away *1`, [[2]]],
    ['no rows, no groups', `datatable(a:long)[] | summarize count() by a`, []],
    [
      'no rows, one answer without groups',
      `datatable(a:long)[] | summarize count(), sum(a), max(a), make_list(a)`,
      [[0, 0, null, []]],
    ],
    [
      'columns of two types stand side by side',
      `union (print a = 1), (print a = 'x') | getschema | project ColumnName`,
      [['a_long'], ['a_string']],
    ],
    ['consume yields nothing', `range x from 1 to 3 step 1 | consume`, []],
  ],
};

describe.each(Object.entries(FAMILIES))('%s', (_family, cases) => {
  it.each(cases)('%s', async (_name, text, expected) => {
    expect(await kql.rows(text)).toEqual(expected);
  });
});
