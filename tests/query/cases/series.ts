import type { Suite } from './suite.js';

export const suites: readonly Suite[] = [
  {
    title: 'series are calculated element by element, null where an operand is no number',
    cases: [
      [
        'print t = datetime(2020-01-01) | make-series count() on t from datetime(2020-01-01) to datetime(2020-01-02) step 1d | project tostring(t)',
        [['["2020-01-01T00:00:00.0000000Z"]']],
      ],
      ['series_abs(dynamic([-1, 2.5, "x"]))', [1, 2.5, null]],
      ['series_acos(dynamic([1, null]))', [0, null]],
      ['series_asin(dynamic([0]))', [0]],
      ['series_atan(dynamic([0]))', [0]],
      ['series_ceiling(dynamic([1.2, -1.2]))', [2, -1]],
      ['series_floor(dynamic([1.8, -1.2]))', [1, -2]],
      ['series_cos(dynamic([0]))', [1]],
      ['series_sin(dynamic([0]))', [0]],
      ['series_tan(dynamic([0]))', [0]],
      ['series_exp(dynamic([0]))', [1]],
      ['series_log(dynamic([1, 0]))', [0, '-Infinity']],
      ['series_sign(dynamic([-3, 0, 2.5]))', [-1, 0, 1]],
      ['series_pow(dynamic([2, 3]), dynamic([3, 2]))', [8, 9]],
      ['series_multiply(dynamic([2, 3]), dynamic([4, null]))', [8, null]],
      ['series_equals(dynamic([1, 2]), dynamic([1, 3]))', [true, false]],
      ['series_not_equals(dynamic([1, 2]), dynamic([1, 3]))', [false, true]],
      ['series_greater_equals(dynamic([1, 3]), dynamic([2, 3]))', [false, true]],
      ['series_less_equals(dynamic([1, 3]), dynamic([2, 2]))', [true, false]],
      ['series_sum(dynamic([1, 2.5]))', 3.5],
      ['series_product(dynamic([2, 3]))', 6],
      ['series_magnitude(dynamic([3, 4]))', 5],
      ['series_cosine_similarity(dynamic([1, 0]), dynamic([0, 1]))', 0],
      [
        'print series_fft(dynamic([1, 1]))',
        [
          [
            [2, 0],
            [0, 0],
          ],
        ],
      ],
      ['series_ifft(dynamic([2, 0]), dynamic([0, 0]))', [1, 1]],
      ['print series_fit_line(dynamic([1, 2, 3]))', [[1, 1, 1, 0, 0, [1, 2, 3]]]],
      ['series_fit_2lines_dynamic(dynamic([1, 2, 3, 3, 3])).rsquare > 0.8', true],
      ['series_outliers(dynamic([1, 1, 1, 1, 50]))[4] > 1', true],
      ['series_stats_dynamic(dynamic([1, 2, 6])).max', 6],
    ],
  },
];
