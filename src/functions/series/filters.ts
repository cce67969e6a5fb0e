import { KustoError } from '../../errors/index.js';
import type { ScalarFunction } from '../scalar-function.js';
import { completeReals, writeReals } from './series.js';
import { sum } from './statistics.js';

/** Linear filters. Before its begin (and after its end) a series counts as zero. */
export const FILTER_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_fir',
    nulls: 'propagate',
    doc: 'Finite impulse response filter: moving averages, differences.',
    evaluate: ([argument, coefficients, normalize, center]) => {
      const series = completeReals(argument);
      const filter = completeReals(coefficients);
      if (!series || !filter) return null;
      const negative = filter.some((value) => value < 0);
      if (negative && normalize === true) return null;
      const scale = (normalize ?? !negative) === true ? sum(filter) : 1;
      if (center === true && filter.length % 2 === 0) {
        throw new KustoError('CAL0001', 'series_fir(): a centered filter must have an odd number of coefficients.');
      }
      const shift = center === true ? (filter.length - 1) / 2 : 0;
      return writeReals(
        series.map((_, i) => sum(filter.map((factor, k) => factor * (series[i + shift - k] ?? 0))) / scale),
      );
    },
  },
  {
    name: 'series_iir',
    nulls: 'propagate',
    doc: 'Infinite impulse response filter, by the coefficients of its numerator and denominator.',
    evaluate: ([argument, numerators, denominators]) => {
      const series = completeReals(argument);
      const b = completeReals(numerators);
      const a = completeReals(denominators);
      if (!series || !b?.length || !a?.length || a[0] === 0) return null;
      const output: number[] = [];
      for (let i = 0; i < series.length; i++) {
        let value = 0;
        for (let k = 0; k < b.length && k <= i; k++) value += b[k]! * series[i - k]!;
        for (let k = 1; k < a.length && k <= i; k++) value -= a[k]! * output[i - k]!;
        output.push(value / a[0]!);
      }
      return writeReals(output);
    },
  },
];
