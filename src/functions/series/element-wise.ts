import type { ScalarFunction } from '../scalar-function.js';
import { readSeries, readSeriesOrNumber, reals, writeReals, writeSeries, type Series } from './series.js';

/** Functions that work element by element: the result is as long as the (longer) input; what is no number gives null. */

function ofReals(name: string, doc: string, evaluate: (x: number) => number): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([argument]) => {
      const series = readSeries(argument);
      return series ? writeReals(reals(series).map((x) => (x === null ? null : evaluate(x)))) : null;
    },
  };
}

/** Keeps longs as longs. */
function ofNumbers(
  name: string,
  doc: string,
  ofLong: (x: bigint) => bigint,
  ofReal: (x: number) => number,
): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([argument]) => {
      const series = readSeries(argument);
      if (!series) return null;
      return series.kind === 'long'
        ? writeSeries({ kind: 'long', values: series.values.map((x) => (x === null ? null : ofLong(x))) })
        : writeReals(series.values.map((x) => (x === null ? null : ofReal(x))));
    },
  };
}

const identity = (x: bigint): bigint => x;

/** Two series, one of which may be a number. */
function pair(
  name: string,
  doc: string,
  evaluate: (left: Series, right: Series, length: number) => string,
): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([a, b], { argumentTypes: [typeA, typeB] }) => {
      const lengthOf = (argument: typeof a) => readSeries(argument)?.values.length ?? 0;
      const left = readSeriesOrNumber(a!, typeA!, typeA === 'dynamic' ? 0 : lengthOf(b));
      const right = readSeriesOrNumber(b!, typeB!, typeB === 'dynamic' ? 0 : lengthOf(a));
      if (!left || !right) return null;
      return evaluate(left, right, Math.max(left.values.length, right.values.length));
    },
  };
}

function zip<T, R>(
  left: readonly (T | null)[],
  right: readonly (T | null)[],
  length: number,
  combine: (a: T, b: T) => R,
): (R | null)[] {
  return Array.from({ length }, (_, i) => {
    const a = left[i] ?? null;
    const b = right[i] ?? null;
    return a === null || b === null ? null : combine(a, b);
  });
}

function arithmetic(
  name: string,
  doc: string,
  ofLong: ((a: bigint, b: bigint) => bigint) | undefined,
  ofReal: (a: number, b: number) => number,
): ScalarFunction {
  return pair(name, doc, (left, right, length) =>
    ofLong && left.kind === 'long' && right.kind === 'long'
      ? writeSeries({
          kind: 'long',
          values: zip(left.values, right.values, length, (a, b) => BigInt.asIntN(64, ofLong(a, b))),
        })
      : writeReals(zip(reals(left), reals(right), length, ofReal)),
  );
}

function comparison(
  name: string,
  doc: string,
  holds: (a: bigint | number, b: bigint | number) => boolean,
): ScalarFunction {
  return pair(name, doc, (left, right, length) =>
    JSON.stringify(zip<bigint | number, boolean>(left.values, right.values, length, holds)),
  );
}

export const ELEMENT_WISE_FUNCTIONS: readonly ScalarFunction[] = [
  ofNumbers('series_abs', 'Absolute value of each element.', (x) => (x < 0n ? -x : x), Math.abs),
  ofNumbers('series_floor', 'Largest whole number up to each element.', identity, Math.floor),
  ofNumbers('series_ceiling', 'Smallest whole number from each element on.', identity, Math.ceil),
  ofReals('series_exp', 'e to the power of each element.', Math.exp),
  ofReals('series_log', 'Natural logarithm of each element.', Math.log),
  ofReals('series_sin', 'Sine of each element.', Math.sin),
  ofReals('series_cos', 'Cosine of each element.', Math.cos),
  ofReals('series_tan', 'Tangent of each element.', Math.tan),
  ofReals('series_asin', 'Arc sine of each element.', Math.asin),
  ofReals('series_acos', 'Arc cosine of each element.', Math.acos),
  ofReals('series_atan', 'Arc tangent of each element.', Math.atan),
  {
    name: 'series_sign',
    nulls: 'propagate',
    doc: 'Sign of each element: -1, 0 or 1.',
    evaluate: ([argument]) => {
      const series = readSeries(argument);
      if (!series) return null;
      const sign = (x: number | null) => (x === null || Number.isNaN(x) ? null : BigInt(Math.sign(x)));
      return writeSeries({ kind: 'long', values: reals(series).map(sign) });
    },
  },
  arithmetic(
    'series_add',
    'Sum of two series, element by element.',
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  arithmetic(
    'series_subtract',
    'Difference of two series, element by element.',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  arithmetic(
    'series_multiply',
    'Product of two series, element by element.',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  arithmetic('series_divide', 'Quotient of two series as reals, element by element.', undefined, (a, b) => a / b),
  arithmetic('series_pow', 'Power of two series as reals, element by element.', undefined, Math.pow),
  comparison('series_equals', 'a == b for each pair of elements.', (a, b) => a == b),
  comparison('series_not_equals', 'a != b for each pair of elements.', (a, b) => a != b),
  comparison('series_less', 'a < b for each pair of elements.', (a, b) => a < b),
  comparison('series_less_equals', 'a <= b for each pair of elements.', (a, b) => a <= b),
  comparison('series_greater', 'a > b for each pair of elements.', (a, b) => a > b),
  comparison('series_greater_equals', 'a >= b for each pair of elements.', (a, b) => a >= b),
];
