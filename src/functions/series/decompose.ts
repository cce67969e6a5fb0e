import { KustoError } from '../../errors/index.js';
import type { KustoValue } from '../../values/index.js';
import { writeJson } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { fitLine } from './line-fit.js';
import { outlierKind, outlierScores } from './outliers.js';
import { detectPeriod } from './periods.js';
import { completeReals, realsJson, writeReals } from './series.js';
import { mean } from './statistics.js';

/** Seasonal decomposition: series = seasonal + trend + residual. */
interface Decomposition {
  readonly baseline: readonly number[];
  readonly seasonal: readonly number[];
  readonly trend: readonly number[];
  readonly residual: readonly number[];
}

interface Options {
  /** -1: detect; 0: none; else points a period. */
  readonly period: number;
  readonly trend: string;
  /** Values at the end that are not learned from. */
  readonly testPoints: number;
  readonly threshold: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function every(values: readonly number[], first: number, step: number): number[] {
  const found: number[] = [];
  for (let i = first; i < values.length; i += step) found.push(values[i]!);
  return found;
}

/** The median of each phase, repeated over `length`; zeros when there is no period. */
function seasonalOf(learned: readonly number[], length: number, period: number, threshold: number): number[] {
  const points = period === -1 ? (detectPeriod(learned, threshold) ?? 0) : period;
  if (points <= 0) return new Array<number>(length).fill(0);
  const phases = Array.from({ length: Math.min(points, learned.length) }, (_, phase) =>
    median(every(learned, phase, points)),
  );
  return Array.from({ length }, (_, i) => phases[i % points] ?? 0);
}

function trendOf(learned: readonly number[], length: number, kind: string, caller: string): number[] {
  if (kind === 'none') return new Array<number>(length).fill(0);
  if (kind === 'avg') return new Array<number>(length).fill(mean(learned));
  if (kind !== 'linefit') {
    throw new KustoError('SEM0001', `${caller}(): the trend '${kind}' is not known; use 'avg', 'linefit' or 'none'.`);
  }
  const { slope, interception } = fitLine(learned);
  return Array.from({ length }, (_, i) => interception + slope * (i + 1));
}

function decompose(values: readonly number[], options: Options, caller: string): Decomposition {
  const { length } = values;
  if (options.testPoints < 0 || options.testPoints >= length) {
    throw new KustoError(
      'SEM0001',
      `${caller}(): ${options.testPoints} test points leave nothing of ${length} values to learn from.`,
    );
  }
  const learned = values.slice(0, length - options.testPoints);
  const seasonal = seasonalOf(learned, length, options.period, options.threshold);
  const trend = trendOf(
    learned.map((value, i) => value - seasonal[i]!),
    length,
    options.trend,
    caller,
  );
  const baseline = seasonal.map((value, i) => value + trend[i]!);
  return { baseline, seasonal, trend, residual: values.map((value, i) => value - baseline[i]!) };
}

function options(
  period: KustoValue | undefined,
  trend: KustoValue | undefined,
  testPoints: KustoValue | undefined,
  threshold: KustoValue | undefined,
): Options {
  return {
    period: Number(period ?? -1),
    trend: (trend as string | undefined) ?? 'avg',
    testPoints: Number(testPoints ?? 0),
    threshold: Number(threshold ?? 0.6),
  };
}

const outputs = (...series: readonly (readonly number[])[]): string => writeJson(series.map(realsJson));

export const DECOMPOSE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_seasonal',
    nulls: 'own',
    doc: 'The seasonal part of a series: the median of each phase of its period.',
    evaluate: ([argument, period, testPoints]) => {
      const values = completeReals(argument);
      if (!values) return null;
      const learned = values.slice(0, Math.max(0, values.length - Number(testPoints ?? 0)));
      return writeReals(seasonalOf(learned, values.length, Number(period ?? -1), 0.7));
    },
  },
  {
    name: 'series_decompose',
    nulls: 'own',
    doc: 'Baseline, seasonal part, trend and residual of a series.',
    evaluate: ([argument, period, trend, testPoints, threshold]) => {
      const values = completeReals(argument);
      if (!values?.length) return null;
      const found = decompose(values, options(period, trend, testPoints, threshold), 'series_decompose');
      return outputs(found.baseline, found.seasonal, found.trend, found.residual);
    },
  },
  {
    name: 'series_decompose_forecast',
    nulls: 'own',
    doc: 'A series whose last points are predicted from the others.',
    evaluate: ([argument, points, period, trend, threshold]) => {
      const values = completeReals(argument);
      if (!values?.length) return null;
      const found = decompose(values, options(period, trend, points, threshold), 'series_decompose_forecast');
      return outputs(found.baseline, found.seasonal, found.trend, found.residual);
    },
  },
  {
    name: 'series_decompose_anomalies',
    nulls: 'own',
    doc: 'Flags (1, 0, -1) and scores of the anomalies of a series, and its baseline.',
    evaluate: ([argument, threshold, period, trend, testPoints, method, seasonality]) => {
      const values = completeReals(argument);
      if (!values?.length) return null;
      const settings = options(period, trend, testPoints, seasonality);
      const { baseline, residual } = decompose(values, settings, 'series_decompose_anomalies');
      const kind = outlierKind((method as string | undefined) ?? 'ctukey', 'series_decompose_anomalies');
      const scores = outlierScores(residual, kind, settings.testPoints);
      const limit = Number(threshold ?? 1.5);
      const flags = scores.map((score) => (score > limit ? 1 : score < -limit ? -1 : 0));
      return writeJson([flags, realsJson(scores), realsJson(baseline)]);
    },
  },
];
