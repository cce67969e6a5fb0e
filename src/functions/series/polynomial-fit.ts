import { KustoError } from '../../errors/index.js';
import { writeJson, realOf } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { residualVariance } from './line-fit.js';
import { completeReals, realsJson } from './series.js';
import { variance } from './statistics.js';

const MAX_DEGREE = 20;

/**
 * Coefficients of the least-squares polynomial, highest power first. Householder reflections on powers of x scaled into
 * [-1, 1]: normal equations would lose half of the digits.
 */
export function fitPolynomial(x: readonly number[], y: readonly number[], degree: number): number[] {
  const scale = x.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  const columns = Array.from({ length: degree + 1 }, (_, power) => x.map((value) => (value / scale) ** power));
  const target = [...y];
  const diagonal: number[] = [];
  for (let j = 0; j <= degree; j++) {
    const column = columns[j]!;
    let norm = Math.sqrt(column.slice(j).reduce((total, value) => total + value * value, 0));
    if (column[j]! > 0) norm = -norm;
    diagonal.push(norm);
    if (norm === 0) continue;
    const reflector = column.slice(j);
    reflector[0]! -= norm;
    const size = reflector.reduce((total, value) => total + value * value, 0);
    for (const other of [...columns.slice(j + 1), target]) {
      let product = 0;
      for (let i = 0; i < reflector.length; i++) product += reflector[i]! * other[i + j]!;
      const factor = (2 * product) / size;
      for (let i = 0; i < reflector.length; i++) other[i + j]! -= factor * reflector[i]!;
    }
  }
  const solution = new Array<number>(degree + 1).fill(0);
  for (let j = degree; j >= 0; j--) {
    let rest = target[j]!;
    for (let k = j + 1; k <= degree; k++) rest -= columns[k]![j]! * solution[k]!;
    solution[j] = rest / diagonal[j]!;
  }
  return solution.map((value, power) => value / scale ** power).reverse();
}

export const POLYNOMIAL_FIT_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_fit_poly',
    nulls: 'own',
    doc: 'Polynomial regression: r-square, coefficients (highest power first), variances, and the fitted series.',
    evaluate: ([ySeries, xSeries, degreeArgument]) => {
      const y = completeReals(ySeries);
      const x = xSeries === undefined ? y?.map((_, i) => i + 1) : completeReals(xSeries);
      const degree = degreeArgument === undefined ? 1 : Number(degreeArgument);
      if (degree < 1 || degree > MAX_DEGREE) {
        throw new KustoError(
          'SEM0001',
          `series_fit_poly(): the degree must be from 1 to ${MAX_DEGREE}, not ${degree}.`,
        );
      }
      if (!y || !x || x.length !== y.length || y.length <= degree) return null;
      const coefficients = fitPolynomial(x, y, degree);
      const fitted = x.map((value) => coefficients.reduce((total, coefficient) => total * value + coefficient, 0));
      const total = variance(y);
      const residual = residualVariance(y, fitted);
      return writeJson([
        realOf(1 - residual / total),
        realsJson(coefficients),
        realOf(total),
        realOf(residual),
        realsJson(fitted),
      ]);
    },
  },
];
