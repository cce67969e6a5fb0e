import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DUCKDB } from '../../src/sql/dialects/duckdb/index.js';
import { openKql, type KqlRunner } from './run-kql.js';

/** Each aggregate by its documented rule: name and type of the result, nulls, no rows, conditions that are null. */

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

interface Case {
  /** What stands after `summarize`. */
  readonly call: string;
  /** The table; NUMBERS unless it is given. */
  readonly over?: string;
  readonly columns: string;
  readonly row: readonly unknown[];
}

const NUMBERS = 'datatable(x: long, b: bool)[1, true, 2, bool(null), 3, false, long(null), true]';
const EMPTY = `${NUMBERS} | where x > 99`;
const TEXTS = "datatable(s: string, n: long)['', 1, 'b', 2, 'a', 3, '', 4]";
const BAGS = `datatable(d: dynamic, b: bool)[dynamic({"a":1}), true, dynamic({"a":2,"c":"x"}), true, dynamic([1]), true, dynamic({"e":1.5}), false]`;
const WEIGHTS = 'datatable(v: long, w: long)[10, 8, 20, 6, 30, 3, 40, 1]';
const PAIRS = 'datatable(x: real, y: real, b: bool)[1, 2, true, 2, 4, true, 3, 9, false]';
const BITS = 'datatable(n: long)[12, 10]';

const CASES: Readonly<Record<string, readonly Case[]>> = {
  count: [
    { call: 'count()', columns: 'count_:long', row: [4] },
    { call: 'count()', over: EMPTY, columns: 'count_:long', row: [0] },
  ],
  countif: [{ call: 'countif(b)', columns: 'countif_b:long', row: [2] }],
  sum: [
    { call: 'sum(x)', columns: 'sum_x:long', row: [6] },
    { call: 'sum(toint(x))', columns: 'sum_x:long', row: [6] },
    { call: 'sum(x * 1h)', columns: 'sum_:timespan', row: ['06:00:00'] },
    { call: 'sum(x)', over: EMPTY, columns: 'sum_x:long', row: [0] },
    {
      call: 'sum(x)',
      over: 'datatable(x: long)[9223372036854775807, 2]',
      columns: 'sum_x:long',
      row: [-(2n ** 63n) + 1n],
    },
  ],
  sumif: [{ call: 'sumif(x, b)', columns: 'sumif_x:long', row: [1] }],
  avg: [
    { call: 'avg(x)', columns: 'avg_x:real', row: [2] },
    { call: 'avg(x)', over: EMPTY, columns: 'avg_x:real', row: [NaN] },
    { call: 'avg(x * 1h)', columns: 'avg_:timespan', row: ['02:00:00'] },
  ],
  avgif: [{ call: 'avgif(x, not(b))', columns: 'avgif_x:real', row: [3] }],
  min: [
    { call: 'min(x)', columns: 'min_x:long', row: [1] },
    { call: 'min(s)', over: TEXTS, columns: 'min_s:string', row: [''] },
    { call: 'min(x)', over: EMPTY, columns: 'min_x:long', row: [null] },
  ],
  minif: [{ call: 'minif(x, x > 1)', columns: 'minif_x:long', row: [2] }],
  max: [
    { call: 'max(x)', columns: 'max_x:long', row: [3] },
    { call: 'max(b)', columns: 'max_b:bool', row: [true] },
    { call: 'max(r)', over: 'datatable(r: real)[1, real(nan), 2]', columns: 'max_r:real', row: [NaN] },
  ],
  maxif: [{ call: 'maxif(x, x < 3)', columns: 'maxif_x:long', row: [2] }],
  dcount: [
    { call: 'dcount(x)', columns: 'dcount_x:long', row: [3] },
    { call: 'dcount(s, 4)', over: TEXTS, columns: 'dcount_s:long', row: [3] },
  ],
  dcountif: [{ call: 'dcountif(x, b)', columns: 'dcountif_x:long', row: [1] }],
  count_distinct: [{ call: 'count_distinct(x)', columns: 'count_distinct_x:long', row: [3] }],
  count_distinctif: [{ call: 'count_distinctif(x, x > 1)', columns: 'count_distinctif_x:long', row: [2] }],
  arg_max: [
    { call: 'arg_max(n, s)', over: TEXTS, columns: 'n:long, s:string', row: [4, ''] },
    { call: 'arg_max(s, *)', over: TEXTS, columns: 's:string, n:long', row: ['b', 2] },
    { call: 'arg_max(x, b)', over: `${NUMBERS} | where isnull(x)`, columns: 'x:long, b:bool', row: [null, true] },
  ],
  arg_min: [
    { call: 'arg_min(x, b)', columns: 'x:long, b:bool', row: [1, true] },
    { call: 'm = arg_min(n, *)', over: TEXTS, columns: 'm:long, s:string', row: [1, ''] },
  ],
  take_any: [
    { call: 'take_any(s)', over: TEXTS, columns: 's:string', row: ['b'] },
    { call: 'take_any(x)', over: EMPTY, columns: 'x:long', row: [null] },
    { call: 'take_any(*)', over: "print s = 'a', n = 1", columns: 's:string, n:long', row: ['a', 1] },
  ],
  take_anyif: [{ call: 'take_anyif(x, x == 2)', columns: 'x:long', row: [2] }],
  any: [{ call: 'any(s)', over: "print s = 'a'", columns: 'any_s:string', row: ['a'] }],
  anyif: [{ call: 'anyif(x, x == 2)', columns: 'anyif_x:long', row: [2] }],
  make_list: [
    { call: 'make_list(x)', columns: 'list_x:dynamic', row: [[1, 2, 3]] },
    { call: 'make_list(s, 2)', over: TEXTS, columns: 'list_s:dynamic', row: [['', 'b']] },
    { call: 'make_list(x)', over: EMPTY, columns: 'list_x:dynamic', row: [[]] },
    {
      call: 'make_list(d)',
      over: 'datatable(d: dynamic)[dynamic([1, 2]), dynamic(null), dynamic({"a": 1})]',
      columns: 'list_d:dynamic',
      row: [[1, 2, null, { a: 1 }]],
    },
  ],
  makelist: [
    {
      call: 'n = array_length(makelist(x)), m = array_length(makelist(x, 200))',
      over: 'range x from 1 to 300 step 1',
      columns: 'n:long, m:long',
      row: [128, 200],
    },
  ],
  make_list_if: [{ call: 'make_list_if(x, b)', columns: 'list_x:dynamic', row: [[1]] }],
  make_list_with_nulls: [{ call: 'make_list_with_nulls(x)', columns: 'list_x:dynamic', row: [[1, 2, 3, null]] }],
  make_set: [
    { call: 'make_set(s)', over: TEXTS, columns: 'set_s:dynamic', row: [['', 'b', 'a']] },
    { call: 'make_set(s, 2)', over: TEXTS, columns: 'set_s:dynamic', row: [['', 'b']] },
  ],
  makeset: [
    { call: 'n = array_length(makeset(x))', over: 'range x from 1 to 300 step 1', columns: 'n:long', row: [128] },
  ],
  make_set_if: [{ call: 'make_set_if(s, n > 1)', over: TEXTS, columns: 'set_s:dynamic', row: [['b', 'a', '']] }],
  make_bag: [
    { call: 'make_bag(d)', over: BAGS, columns: 'bag_d:dynamic', row: [{ a: 1, c: 'x', e: 1.5 }] },
    { call: 'make_bag(d, 2)', over: BAGS, columns: 'bag_d:dynamic', row: [{ a: 1, c: 'x' }] },
    { call: 'make_bag(d)', over: `${BAGS} | where false`, columns: 'bag_d:dynamic', row: [{}] },
  ],
  make_dictionary: [
    {
      call: 'n = array_length(bag_keys(make_dictionary(bag_pack(tostring(x), x))))',
      over: 'range x from 1 to 300 step 1',
      columns: 'n:long',
      row: [128],
    },
  ],
  make_bag_if: [{ call: 'make_bag_if(d, b)', over: BAGS, columns: 'bag_d:dynamic', row: [{ a: 1, c: 'x' }] }],
  percentile: [
    { call: 'percentile(x, 50)', columns: 'percentile_x_50:long', row: [2] },
    { call: 'percentile(x, 55)', over: 'range x from 1 to 100 step 1', columns: 'percentile_x_55:long', row: [55] },
    { call: 'percentile(x * 1h, 50)', columns: 'percentile__50:timespan', row: ['02:00:00'] },
    { call: 'percentile(x, 50)', over: EMPTY, columns: 'percentile_x_50:long', row: [null] },
    {
      call: 'percentiles(x, 5, 50, 99.9)',
      columns: 'percentile_x_5:long, percentile_x_50:long, percentile_x_99_9:long',
      row: [1, 2, 3],
    },
    { call: 'percentiles(x, 50)', columns: 'percentile_x_50:long', row: [2] },
  ],
  percentilew: [
    { call: 'percentilew(v, w, 75)', over: WEIGHTS, columns: 'percentile_v_75:long', row: [20] },
    {
      call: 'percentilesw(v, w, 50, 99.9)',
      over: WEIGHTS,
      columns: 'percentile_v_50:long, percentile_v_99_9:long',
      row: [20, 40],
    },
  ],
  percentiles_array: [
    { call: 'percentiles_array(x, 5, 95)', columns: 'percentiles_x:dynamic', row: [[1, 3]] },
    { call: 'percentiles_array(x, dynamic([5, 95]))', columns: 'percentiles_x:dynamic', row: [[1, 3]] },
    {
      call: 'percentile(x, 0), percentiles_array(x, dynamic([50, 0])), a = percentiles_array(x, 100)',
      columns: 'percentile_x_0:long, percentiles_x:dynamic, a:dynamic',
      row: [1, [2, 1], [3]],
    },
  ],
  percentilesw_array: [
    { call: 'percentilesw_array(v, w, 50, 75)', over: WEIGHTS, columns: 'percentiles_v:dynamic', row: [[20, 20]] },
  ],
  stdev: [
    { call: 'stdev(x)', columns: 'stdev_x:real', row: [1] },
    { call: 'stdev(x)', over: 'print x = 5', columns: 'stdev_x:real', row: [0] },
    { call: 'stdev(x)', over: EMPTY, columns: 'stdev_x:real', row: [0] },
  ],
  stdevif: [{ call: 'stdevif(x, x > 1)', columns: 'stdevif_x:real', row: [Math.SQRT1_2] }],
  stdevp: [{ call: 'stdevp(x)', columns: 'stdevp_x:real', row: [Math.sqrt(2 / 3)] }],
  variance: [{ call: 'variance(x)', columns: 'variance_x:real', row: [1] }],
  varianceif: [{ call: 'varianceif(x, x > 1)', columns: 'varianceif_x:real', row: [0.5] }],
  variancep: [{ call: 'variancep(x)', columns: 'variancep_x:real', row: [2 / 3] }],
  variancepif: [{ call: 'variancepif(x, x > 1)', columns: 'variancepif_x:real', row: [0.25] }],
  covariance: [
    { call: 'covariance(x, y)', over: PAIRS, columns: 'covariance_x_y:real', row: [3.5] },
    { call: 'covariance(x, y)', over: 'print x = 1, y = 2', columns: 'covariance_x_y:real', row: [0] },
  ],
  covarianceif: [{ call: 'covarianceif(x, y, b)', over: PAIRS, columns: 'covarianceif_x_y:real', row: [1] }],
  covariancep: [{ call: 'covariancep(x, y)', over: PAIRS, columns: 'covariancep_x_y:real', row: [7 / 3] }],
  covariancepif: [{ call: 'covariancepif(x, y, b)', over: PAIRS, columns: 'covariancepif_x_y:real', row: [0.5] }],
  binary_all_and: [{ call: 'r = binary_all_and(n)', over: BITS, columns: 'r:long', row: [8] }],
  binary_all_or: [{ call: 'r = binary_all_or(n)', over: BITS, columns: 'r:long', row: [14] }],
  binary_all_xor: [{ call: 'r = binary_all_xor(n)', over: BITS, columns: 'r:long', row: [6] }],
  buildschema: [
    {
      call: 'buildschema(d)',
      over: BAGS,
      columns: 'schema_d:dynamic',
      row: [[{ a: 'long', c: 'string', e: 'double' }, { '`indexer`': 'long' }]],
    },
  ],
  hll: [
    { call: 'n = dcount_hll(hll(x))', columns: 'n:long', row: [3] },
    { call: 'hll(x)', over: EMPTY, columns: 'hll_x:dynamic', row: [null] },
  ],
  hll_if: [{ call: 'n = dcount_hll(hll_if(x, x > 1))', columns: 'n:long', row: [2] }],
  hll_merge: [
    {
      call: 'n = dcount_hll(hll_merge(h))',
      over: `${NUMBERS} | summarize h = hll(x) by b`,
      columns: 'n:long',
      row: [3],
    },
  ],
  tdigest: [
    { call: 'p = percentile_tdigest(tdigest(x), 50, typeof(long))', columns: 'p:long', row: [2] },
    { call: 'p = percentile_tdigest(tdigest(v, w), 50, typeof(long))', over: WEIGHTS, columns: 'p:long', row: [20] },
  ],
  tdigest_merge: [
    {
      call: 'p = percentile_tdigest(tdigest_merge(t), 100, typeof(long))',
      over: `${NUMBERS} | summarize t = tdigest(x) by b`,
      columns: 'p:long',
      row: [3],
    },
  ],
  merge_tdigest: [
    {
      call: 'p = percentile_tdigest(merge_tdigest(t), 0, typeof(long))',
      over: `${NUMBERS} | summarize t = tdigest(x) by b`,
      columns: 'p:long',
      row: [1],
    },
  ],
};

/** Not of the language: what other operators are made of. */
const INTERNAL = ['series_pairs', 'take_any_row'];

describe('aggregates', () => {
  for (const [name, cases] of Object.entries(CASES)) {
    it.each(cases.map((one) => [one.call, one] as const))(`${name}: %s`, async (_, { call, over, columns, row }) => {
      const answer = await kql.answer(`${over ?? NUMBERS} | summarize ${call}`);
      expect(answer.columns.join(', ')).toBe(columns);
      expect(answer.rows).toHaveLength(1);
      answer.rows[0]!.forEach((held, i) => {
        if (typeof row[i] === 'number' && !Number.isNaN(row[i])) expect(held).toBeCloseTo(row[i], 12);
        else expect(held).toEqual(row[i]);
      });
    });
  }

  it('has a case for every aggregate that the engine offers', () => {
    const offered = [...DUCKDB.aggregates.keys()].filter((name) => !INTERNAL.includes(name));
    expect(offered.filter((name) => !(name in CASES))).toEqual([]);
  });
});

describe('summarize', () => {
  it('yields one row of nothing, and no row by keys', async () => {
    expect(await kql.rows(`${EMPTY} | summarize count()`)).toEqual([[0]]);
    expect(await kql.rows(`${EMPTY} | summarize count() by x`)).toEqual([]);
  });

  it('numbers names that come twice, and names expressions after the column they read', async () => {
    const { columns } = await kql.answer(
      `${NUMBERS} | summarize max(x), max(x), sum(x) / count(), round(avg(x), 1), arg_max(x, b), max(x + 1) by bin(x, 2), b`,
    );
    expect(columns.map((column) => column.split(':')[0])).toEqual(
      'x,b,max_x,max_x1,Column1,avg_x,x1,b1,max_'.split(','),
    );
  });

  it('groups nulls, and what is no number', async () => {
    const rows = await kql.rows('datatable(k: real)[1, real(nan), real(null), real(nan)] | summarize count() by k');
    expect(rows).toEqual([
      [1, 1],
      [NaN, 2],
      [null, 1],
    ]);
  });

  it('keeps the groups of a table in the query in the order in which they come', async () => {
    const rows = await kql.rows(
      "datatable(k: string)['z', 'a', 'm', 'z'] | summarize n = count() by k | sort by n desc",
    );
    expect(rows).toEqual([
      ['z', 2],
      ['a', 1],
      ['m', 1],
    ]);
  });

  it('leaves the keys out of a star', async () => {
    const { columns } = await kql.answer(`${NUMBERS} | summarize take_any(*) by b`);
    expect(columns).toEqual(['b:bool', 'x:long']);
  });

  it.each([
    ['summarize percentile(x, 101)', /between 0 and 100/],
    ['summarize percentile(x, x)', /constant/],
    ['summarize make_list(x, x)', /constant/],
    ['summarize sum(sum(x))', /not allowed/],
    ['summarize x', /not an aggregate/],
    ['summarize sum(b)', /summable/],
    ['extend n = count()', /not allowed/],
    ['summarize n = count() by n = x', /already declared/],
  ])('refuses %s', async (text, message) => {
    await expect(kql.rows(`${NUMBERS} | ${text}`)).rejects.toThrow(message);
  });
});

describe('toscalar', () => {
  it('has one value however often it is used', async () => {
    const rows = await kql.rows(
      'let g = toscalar(new_guid()); range i from 1 to 3 step 1 | extend a = g, b = g | distinct a, b',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]![0]).toBe(rows[0]![1]);
  });

  it('may be an operand wherever there are rows', async () => {
    const s = 'let s = toscalar(range i from 1 to 2 step 1 | count); range x from 1 to 4 step 1';
    expect(await kql.rows(`${s} | extend h = x / s`)).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 2],
    ]);
    expect(await kql.rows(`${s} | where x / s == 1 | sort by x / s asc, x desc`)).toEqual([[3], [2]]);
    expect(await kql.rows(`${s} | summarize sum(x / s) by k = x / s | sort by k asc`)).toEqual([
      [0, 0],
      [1, 2],
      [2, 2],
    ]);
    expect(await kql.rows(`${s} | take 1 | mv-expand y = range(1, 4 / s) to typeof(long)`)).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });

  it('cannot depend on the row', async () => {
    await expect(kql.rows('range x from 1 to 2 step 1 | extend y = toscalar(x + 1)')).rejects.toThrow();
  });
});
