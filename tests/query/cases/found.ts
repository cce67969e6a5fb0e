import type { Suite } from './suite.js';

/** What the search among generated cases has found, at its smallest. */
export const suites: readonly Suite[] = [
  {
    title: 'nulls among the values of a list are like no text',
    cases: [
      [
        'datatable(s:string, n:int)["", int(null), "7", 7] | project x = s in (n), y = s in~ (n, -1)',
        [
          [false, false],
          [true, true],
        ],
      ],
      ['"null" has_any (dynamic([null])) and not("[object Object]" has_any (dynamic([{"a": 1}])))', true],
      ['"9007199254740993" has_any (dynamic([9007199254740993]))', true],
      ['substring("abc", 1, int(null))', ''],
      ['datatable(s:string, n:long)["abc", long(null), "abc", 1] | project x = substring(s, 1, n)', [[''], ['b']]],
      ['isnull(parse_json("null")) and isnull(parse_json(" null "))', true],
    ],
  },
  {
    title: 'range() is as it is written, whatever the types of its ends',
    cases: [
      ['range(1, 3, 0.5)', [1, 1.5, 2, 2.5, 3]],
      ['range(1.0, 0.0, -0.3)', [1, 0.7, 0.4, 0.10000000000000009]],
      ['range(real(nan), 1)', []],
      ['range(1.0, 1, real(+inf))', [1]],
      ['range(1, 3, 0)', null],
      ['range(1, 3, 0.0)', null],
      ['datatable(a:long)[-9223372036854775807] | project array_length(range(a, 9223372036854775807))', [[1_048_576]]],
      [
        'datatable(a:long, b:long, c:long)[1, 5, 2, 5, 1, -2, 1, 2, 0, 1, long(null), 1] | project x = range(a, b, c)',
        [[[1, 3, 5]], [[5, 3, 1]], [null], [null]],
      ],
      ['range(1tick, 3, 1)', ['00:00:00.0000001', '00:00:00.0000002', '00:00:00.0000003']],
    ],
  },
  {
    title: 'make-series counts its steps exactly',
    cases: [
      [
        'datatable(t:datetime)[datetime(2023-12-31T23:59:59.9999999), datetime(2024-01-01)] | make-series n = count() on t step 1d | project n',
        [[[1, 1]]],
      ],
      [
        'datatable(t:datetime)[datetime(0001-01-01)] | make-series n = count() on t from datetime(0001-01-01) to datetime(2023-12-31T00:00:00.0000001) step 3650d | project array_length(n)',
        [[203]],
      ],
      [
        'datatable(t:long)[9223372036854775807] | make-series n = count() on t step 1 | project n, t = tostring(t)',
        [[[1], '[9223372036854775807]']],
      ],
      [
        'datatable(t:real)[-0.1, 1.0] | make-series n = count() on t from -1 to 2 step 1 | project n, tostring(t)',
        [[[1, 0, 1], '[-1.0,0.0,1.0]']],
      ],
      ['datatable(t:real)[1, real(nan)] | make-series n = count() on t step 1 | project n', [[[1]]]],
    ],
  },
  {
    title: 'a column of the third table of a union may be of another type than in the first two',
    cases: [
      [
        'let T = datatable(a:long)[1]; union T, T, (T | project a = tostring(a)) | where a_long == 1 or a_string == "1" | count',
        [[3]],
      ],
    ],
  },
  {
    title: 'half a character is replaced wherever it stands',
    cases: [
      [
        'let T = datatable(s:string)["x\\ud83dy"]; union (T | project s), (T | where s has "x" or true)',
        [['x\ufffdy'], ['x\ufffdy']],
      ],
      [String.raw`"\ud83d\ude00" == "\U0001F600" and "\U00110000" == "\ufffd"`, true],
    ],
  },
  {
    title: 'lists and pivots of what they seldom hold',
    cases: [
      ['1e19 in (tostring(new_guid()), dynamic(7))', false],
      ['datatable(k:string, g:guid)["a", guid(null)] | evaluate pivot(k, count(g))', [[1]]],
    ],
  },
  {
    title: 'top-hitters sums reals as reals',
    cases: [
      ['datatable(k:string, x:real)["a", 0.25, "a", 0.25, "b", 0.125] | top-hitters 1 of k by x', [['a', 0.5]]],
      ['datatable(k:string, x:real)["a", -1e308, "b", 1.5] | top-hitters 1 of k by x', [['b', 1.5]]],
    ],
  },
  {
    title: 'a step of scan converts to the type that was declared',
    cases: [
      [
        'datatable(x:long)[1, 2] | sort by x asc | scan declare (d: dynamic, r: real = 0.0) with (step s: true => d = x > 1, r = x;)',
        [
          [1, false, 1],
          [2, true, 2],
        ],
      ],
    ],
  },
];
