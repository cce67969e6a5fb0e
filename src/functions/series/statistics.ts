import type { KustoValue } from '../../values/index.js';
import { writeJson, type Json, realOf } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { completeReals, readSeries, readSeriesOrNumber, reals } from './series.js';

/** Functions that make numbers of a whole series. */

export interface Statistics {
  readonly min: number;
  readonly minIndex: number;
  readonly max: number;
  readonly maxIndex: number;
  readonly avg: number;
  /** Of the sample (n - 1). */
  readonly variance: number;
  readonly sum: number;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Variance of the sample; 0 for a single value. */
export function variance(values: readonly number[], average = mean(values)): number {
  if (values.length === 1) return 0;
  return values.reduce((total, value) => total + (value - average) ** 2, 0) / (values.length - 1);
}

/** Null when there is nothing to measure, or (unless these are ignored) an element that is no finite number. */
function statistics(argument: KustoValue | undefined, ignoreNonFinite: boolean): Statistics | undefined {
  const series = readSeries(argument);
  if (!series) return undefined;
  const all = reals(series);
  const finite = all.filter((value): value is number => value !== null && Number.isFinite(value));
  if (finite.length === 0 || (!ignoreNonFinite && finite.length < all.length)) return undefined;
  const min = finite.reduce((a, b) => Math.min(a, b));
  const max = finite.reduce((a, b) => Math.max(a, b));
  const avg = mean(finite);
  return {
    min,
    minIndex: all.indexOf(min),
    max,
    maxIndex: all.indexOf(max),
    avg,
    variance: variance(finite, avg),
    sum: sum(finite),
  };
}

const numeric = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

function aggregate(name: string, doc: string, evaluate: (values: readonly number[]) => number): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([argument]) => {
      const series = readSeries(argument);
      return series ? evaluate(numeric(reals(series))) : null;
    },
  };
}

/** Pairs of numbers at the same place, up to the shorter end; undefined when there is no series or an empty one. */
function numericPairs(
  left: readonly (number | null)[] | undefined,
  right: readonly (number | null)[] | undefined,
): readonly (readonly [number, number])[] | undefined {
  if (!left?.length || !right?.length) return undefined;
  return left.slice(0, right.length).flatMap((a, i) => {
    const b = right[i] ?? null;
    return a === null || b === null ? [] : [[a, b] as const];
  });
}

const dot = (pairs: readonly (readonly [number, number])[]): number => sum(pairs.map(([a, b]) => a * b));

const magnitude = (values: readonly number[]): number => Math.sqrt(sum(values.map((x) => x * x)));

const realsOf = (argument: KustoValue | undefined): readonly (number | null)[] | undefined => {
  const series = readSeries(argument);
  return series && reals(series);
};

export const STATISTICS_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_stats',
    nulls: 'own',
    doc: 'Minimum, maximum (with their positions), average, standard deviation and variance of a series.',
    evaluate: ([argument, ignore]) => {
      const found = statistics(argument, ignore === true);
      if (!found) return null;
      const { min, minIndex, max, maxIndex, avg } = found;
      const deviation = Math.sqrt(found.variance);
      return writeJson([min, minIndex, max, maxIndex, avg, deviation, found.variance]);
    },
  },
  {
    name: 'series_stats_dynamic',
    nulls: 'own',
    doc: 'Statistics of a series as a property bag.',
    evaluate: ([argument, ignore]) => {
      const found = statistics(argument, ignore === true);
      if (!found) return null;
      const bag: Readonly<Record<string, Json>> = {
        min: realOf(found.min),
        min_idx: found.minIndex,
        max: realOf(found.max),
        max_idx: found.maxIndex,
        avg: realOf(found.avg),
        stdev: realOf(Math.sqrt(found.variance)),
        variance: realOf(found.variance),
        sum: realOf(found.sum),
        len: readSeries(argument)!.values.length,
      };
      return writeJson(bag);
    },
  },
  aggregate('series_sum', 'Sum of the elements.', sum),
  aggregate('series_product', 'Product of the elements.', (values) => values.reduce((a, b) => a * b, 1)),
  aggregate('series_magnitude', 'Square root of the sum of the squares.', magnitude),
  {
    name: 'series_dot_product',
    nulls: 'propagate',
    doc: 'Sum of the products of the elements of two series; either may be a number.',
    evaluate: ([a, b], { argumentTypes: [typeA, typeB] }) => {
      const left = readSeriesOrNumber(a!, typeA!, readSeries(b)?.values.length ?? 0);
      const right = readSeriesOrNumber(b!, typeB!, readSeries(a)?.values.length ?? 0);
      const pairs = numericPairs(left && reals(left), right && reals(right));
      return pairs ? dot(pairs) : null;
    },
  },
  {
    name: 'series_cosine_similarity',
    nulls: 'own',
    doc: 'Cosine of the angle between two series; their magnitudes may be given.',
    evaluate: ([a, b, magnitudeA, magnitudeB]) => {
      const left = realsOf(a);
      const right = realsOf(b);
      const pairs = numericPairs(left, right);
      if (!pairs) return null;
      const length = Math.min(left!.length, right!.length);
      const ofA = magnitudeA ?? magnitude(numeric(left!.slice(0, length)));
      const ofB = magnitudeB ?? magnitude(numeric(right!.slice(0, length)));
      return dot(pairs) / (Number(ofA) * Number(ofB));
    },
  },
  {
    name: 'series_pearson_correlation',
    nulls: 'propagate',
    doc: 'Correlation of two series of the same length; null when an element is no number.',
    evaluate: ([a, b]) => {
      const left = completeReals(a);
      const right = completeReals(b);
      if (!left?.length || left.length !== right?.length) return null;
      const meanLeft = mean(left);
      const meanRight = mean(right);
      const covariance = sum(left.map((x, i) => (x - meanLeft) * (right[i]! - meanRight)));
      const squares = (values: readonly number[], average: number) => sum(values.map((x) => (x - average) ** 2));
      return covariance / Math.sqrt(squares(left, meanLeft) * squares(right, meanRight));
    },
  },
];
