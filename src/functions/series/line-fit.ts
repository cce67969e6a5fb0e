import { writeJson, type Json, realOf } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { completeReals, realsJson } from './series.js';
import { mean, variance } from './statistics.js';

/** A line through a series, whose x counts from 1. */
export interface LineFit {
  readonly rsquare: number;
  readonly slope: number;
  readonly interception: number;
  readonly variance: number;
  /** Of the residuals, with the degrees of freedom of `variance`. */
  readonly rvariance: number;
  readonly line: readonly number[];
}

/** Least squares. */
export function fitLine(values: readonly number[]): LineFit {
  const n = values.length;
  const middle = (n + 1) / 2;
  const average = mean(values);
  let covariance = 0;
  let spread = 0;
  for (let i = 0; i < n; i++) {
    covariance += (i + 1 - middle) * (values[i]! - average);
    spread += (i + 1 - middle) ** 2;
  }
  const slope = n > 1 ? covariance / spread : 0;
  const interception = average - slope * middle;
  const line = values.map((_, i) => interception + slope * (i + 1));
  const total = variance(values, average);
  const residual = residualVariance(values, line);
  return { rsquare: 1 - residual / total, slope, interception, variance: total, rvariance: residual, line };
}

export function residualVariance(values: readonly number[], fitted: readonly number[]): number {
  if (values.length === 1) return 0;
  return values.reduce((total, value, i) => total + (value - fitted[i]!) ** 2, 0) / (values.length - 1);
}

interface TwoLines {
  /** The first place of the right line. */
  readonly split: number;
  readonly left: LineFit;
  readonly right: LineFit;
}

/** The split, each side of two values at least, that leaves the smallest residuals. Undefined below four values. */
export function fitTwoLines(values: readonly number[]): TwoLines | undefined {
  const n = values.length;
  if (n < 4) return undefined;
  // Residual sums of all prefixes and suffixes in one pass each; centered values keep the sums exact enough.
  const average = mean(values);
  const centered = values.map((value) => value - average);
  const leftErrors = prefixErrors(centered);
  const rightErrors = prefixErrors([...centered].reverse());
  let split = 2;
  let best = Infinity;
  for (let at = 2; at <= n - 2; at++) {
    const error = leftErrors[at]! + rightErrors[n - at]!;
    if (error < best) [best, split] = [error, at];
  }
  return { split, left: fitLine(values.slice(0, split)), right: fitLine(values.slice(split)) };
}

/** Residual sum of squares of the line through the first k values, for every k. */
function prefixErrors(values: readonly number[]): number[] {
  const errors = [0];
  let y = 0;
  let xy = 0;
  let yy = 0;
  values.forEach((value, i) => {
    y += value;
    xy += i * value;
    yy += value * value;
    const k = i + 1;
    const spread = (k * (k * k - 1)) / 12;
    const covariance = xy - ((k - 1) / 2) * y;
    errors.push(k < 2 ? 0 : Math.max(0, yy - (y * y) / k - (covariance * covariance) / spread));
  });
  return errors;
}

const lineBag = (fit: LineFit): { readonly [key: string]: Json } => ({
  slope: realOf(fit.slope),
  interception: realOf(fit.interception),
  rsquare: realOf(fit.rsquare),
  variance: realOf(fit.variance),
  rvariance: realOf(fit.rvariance),
  line_fit: realsJson(fit.line),
});

function twoLinesBag(values: readonly number[]): { readonly [key: string]: Json } | undefined {
  const fit = fitTwoLines(values);
  if (!fit) return undefined;
  const line = [...fit.left.line, ...fit.right.line];
  const total = variance(values);
  const residual = residualVariance(values, line);
  const side = (name: string, { rsquare, slope, interception, variance, rvariance }: LineFit) =>
    Object.fromEntries(
      Object.entries({ rsquare, slope, interception, variance, rvariance }).map(([key, value]) => [
        `${name}_${key}`,
        realOf(value),
      ]),
    );
  return {
    rsquare: realOf(1 - residual / total),
    split_idx: fit.split,
    variance: realOf(total),
    rvariance: realOf(residual),
    line_fit: realsJson(line),
    ...side('right', fit.right),
    ...side('left', fit.left),
  };
}

export const LINE_FIT_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_fit_line',
    nulls: 'propagate',
    doc: 'Linear regression: r-square, slope, variance, residual variance, interception, and the line.',
    evaluate: ([argument]) => {
      const values = completeReals(argument);
      if (!values?.length) return null;
      const { rsquare, slope, variance, rvariance, interception, line } = fitLine(values);
      return writeJson([...realsOf(rsquare, slope, variance, rvariance, interception), realsJson(line)]);
    },
  },
  {
    name: 'series_fit_line_dynamic',
    nulls: 'propagate',
    doc: 'Linear regression as a property bag.',
    evaluate: ([argument]) => {
      const values = completeReals(argument);
      return values?.length ? writeJson(lineBag(fitLine(values))) : null;
    },
  },
  {
    name: 'series_fit_2lines',
    nulls: 'propagate',
    doc: 'Linear regression by two lines, split where they fit best.',
    evaluate: ([argument]) => {
      const bag = twoLinesBag(completeReals(argument) ?? []);
      return bag ? writeJson(Object.values(bag)) : null;
    },
  },
  {
    name: 'series_fit_2lines_dynamic',
    nulls: 'propagate',
    doc: 'Linear regression by two lines, as a property bag.',
    evaluate: ([argument]) => {
      const bag = twoLinesBag(completeReals(argument) ?? []);
      return bag ? writeJson(bag) : null;
    },
  },
];

const realsOf = (...values: readonly number[]): Json[] => values.map(realOf);
