import { KustoError } from '../../errors/index.js';
import type { ScalarFunction } from '../scalar-function.js';
import { readSeries, reals, writeReals } from './series.js';

export type OutlierKind = 'tukey' | 'ctukey';

/**
 * Tukey's fences: the distance beyond a percentile, in units of the range between the percentiles. For the wider range of
 * `ctukey` the reference multiplies by a constant of its own (found from its answers, equal to 16 digits in each).
 */
const FENCES: Readonly<Record<OutlierKind, { readonly low: number; readonly high: number; readonly factor: number }>> =
  {
    tukey: { low: 0.25, high: 0.75, factor: 1 },
    ctukey: { low: 0.1, high: 0.9, factor: 2.7726056055079148 },
  };

/** Linear between the neighbours. `sorted` is not empty. */
function percentile(sorted: readonly number[], p: number): number {
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const low = sorted[below]!;
  return low + (at - below) * ((sorted[below + 1] ?? low) - low);
}

/** The score of each value: 0 inside of the fences; null counts as 0. The fences come from the values but the last few. */
export function outlierScores(
  values: readonly (number | null)[],
  kind: OutlierKind = 'ctukey',
  testPoints = 0,
): number[] {
  const learned = values.slice(0, Math.max(0, values.length - testPoints));
  const sorted = learned.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return values.map(() => 0);
  const { low, high, factor } = FENCES[kind];
  const bottom = percentile(sorted, low);
  const top = percentile(sorted, high);
  return values.map((value) => {
    const beyond = value === null ? 0 : value > top ? value - top : value < bottom ? value - bottom : 0;
    return beyond === 0 ? 0 : (beyond * factor) / (top - bottom);
  });
}

export function outlierKind(text: string, caller: string): OutlierKind {
  if (text === 'tukey' || text === 'ctukey') return text;
  throw new KustoError('SEM0001', `${caller}(): the method '${text}' is not known; use 'tukey' or 'ctukey'.`);
}

export const OUTLIER_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_outliers',
    nulls: 'own',
    doc: 'Scores of anomalies in a series: beyond 1.5 or -1.5 is an outlier.',
    evaluate: ([argument, kindArgument, ignored, low, high, testPoints]) => {
      const series = readSeries(argument);
      if (!series) return null;
      const kind = outlierKind((kindArgument as string | undefined) ?? 'ctukey', 'series_outliers');
      const fences = FENCES.ctukey;
      if (
        kind === 'ctukey' &&
        ((low ?? fences.low * 100) !== fences.low * 100 || (high ?? fences.high * 100) !== fences.high * 100)
      ) {
        throw new KustoError('CAL0001', 'series_outliers(): percentiles other than 10 and 90 are not supported.');
      }
      const values = reals(series).map((value) =>
        value === null || value === ignored || (ignored !== null && ignored !== undefined && value === Number(ignored))
          ? null
          : value,
      );
      return writeReals(outlierScores(values, kind, Number(testPoints ?? 0)));
    },
  },
];
