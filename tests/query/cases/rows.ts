import type { Suite } from './suite.js';

export const suites: readonly Suite[] = [
  {
    title: 'rows see their neighbours outside of projections too',
    cases: [
      [
        'range x from 1 to 4 step 1 | serialize | where prev(x) in ((range y from 2 to 3 step 1)) | where row_number() in ((print 2))',
        [[4]],
      ],
      ['range x from 1 to 4 step 1 | serialize | where prev(x) > 1 | where row_number() == 2', [[4]]],
      ['range x from 1 to 4 step 1 | serialize | where x > 2 | summarize sum(prev(x)), max(row_number())', [[3, 2]]],
      [
        'range x from 1 to 4 step 1 | serialize | summarize s = sum(x) by o = row_number() % 2 | order by o asc',
        [
          [0, 6],
          [1, 4],
        ],
      ],
      ['range x from 1 to 3 step 1 | serialize | order by row_number() desc | where next(x) == 1', [[2]]],
      [
        'range x from 1 to 2 step 1 | serialize | mv-expand y = pack_array(prev(x), row_number()) | where x == 2',
        [
          [2, 1],
          [2, 2],
        ],
      ],
      [
        'range x from 1 to 2 step 1 | serialize | mv-apply y = pack_array(x, prev(x)) to typeof(long) on (summarize s = sum(y)) | where x == 2',
        [[2, 3]],
      ],
      [
        'datatable(k: string, v: long)["a", 1, "a", 1, "b", 1] | partition hint.strategy=native by k (order by v asc | where v == prev(v))',
        [['a', 1]],
      ],
    ],
  },
  {
    title: 'a toscalar() may be computed with where no row is read',
    cases: [
      [
        'let a = toscalar(print datetime(2020-01-01)); print x = 1 | where a + 1d in ((print datetime(2020-01-02)))',
        [[1]],
      ],
      ['let a = toscalar(print datetime(2020-01-01)); range t from a to a + 1h step 1h | count', [[2]]],
      [
        'let n = toscalar(print 2); range x from 1 to 3 step 1 | scan partition by x % 2 declare (a: long = 0) with (step s: x >= n => a = s.a + n * x;) | order by x asc',
        [
          [2, 4],
          [3, 6],
        ],
      ],
      ['let n = toscalar(print 1); range x from 1 to 9 step 1 | take n + 1 | count', [[2]]],
      [
        'let a = toscalar(print datetime(2020-01-01)); print x = 1 | mv-apply y = pack_array(a + 1d) to typeof(datetime) on (project y)',
        [[1, '2020-01-02T00:00:00Z']],
      ],
    ],
  },
  {
    title: 'rows see their neighbours',
    cases: [
      [
        'range x from 1 to 3 step 1 | serialize | project prev(x), next(x), prev(x, 2, 0), next(x, 1, -1)',
        [
          [null, 2, 0, 2],
          [1, 3, 0, 3],
          [2, null, 1, -1],
        ],
      ],
      [
        'range x from 1 to 3 step 1 | serialize | project row_number(), row_number(5), row_number(0, x == 2)',
        [
          [1, 5, 0],
          [2, 6, 0],
          [3, 7, 1],
        ],
      ],
      [
        'datatable(v: long)[2, long(null), 3] | serialize | project row_cumsum(v), row_cumsum(v, v == 3)',
        [
          [2, 2],
          [2, 2],
          [5, 3],
        ],
      ],
      [
        'datatable(v: string)["a", "a", "b"] | serialize | project row_rank_dense(v), row_rank_min(v)',
        [
          [1, 1],
          [1, 1],
          [2, 3],
        ],
      ],
      [
        'range t from datetime(2020-01-01) to datetime(2020-01-01 03:00) step 1h | serialize | project s = row_window_session(t, 2h, 90m)',
        [['2020-01-01T00:00:00Z'], ['2020-01-01T00:00:00Z'], ['2020-01-01T02:00:00Z'], ['2020-01-01T02:00:00Z']],
      ],
      ['print a = 1 | project column_ifexists("a", 0), column_ifexists("b", 7)', [[1, 7]]],
      ['let T = datatable(A: string, B: int)[]; print column_names_of(T)', [[['A', 'B']]]],
    ],
  },
  {
    title: 'rows merge what was sketched before',
    cases: [
      [
        'range x from 1 to 100 step 1 | summarize h = hll(x) | project dcount_hll(h), dcount_hll(hll_merge(h, h))',
        [[100, 100]],
      ],
      [
        'range x from 1 to 100 step 1 | summarize t = tdigest(x) | project percentile_tdigest(t, 50, typeof(long)), percentrank_tdigest(t, 25.0), rank_tdigest(t, 25.0)',
        [[50, 25, 25]],
      ],
      [
        'range x from 1 to 100 step 1 | summarize t = tdigest(x) | project percentiles_array_tdigest(merge_tdigest(t, t), 25, 75)',
        [[[25, 75]]],
      ],
      [
        'range x from 1 to 9 step 1 | summarize t = tdigest(x) | project percentile_tdigest(tdigest_merge(t, t), 50, typeof(long))',
        [[5]],
      ],
    ],
  },
  {
    title: 'rows tell of the request',
    cases: [
      ['current_database()', 'db'],
      ['current_cluster_endpoint()', 'http://localhost'],
      ['current_principal() startswith "aaduser="', true],
      ['current_principal_details().Type', 'AadUser'],
      [
        'current_principal_is_member_of("aaduser=00000000-0000-0000-0000-000000000000;00000000-0000-0000-0000-000000000000")',
        false,
      ],
      ['cursor_current()', '0'],
      ['isnotnull(new_guid())', true],
    ],
  },
];
