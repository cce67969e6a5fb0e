import { Decimal } from 'decimal.js';
import { KustoError } from '../errors/index.js';
import { parseDecimal, type KustoValue } from '../values/index.js';
import { scalarOf } from './json.js';
import type { FunctionCall, ScalarFunction } from './scalar-function.js';
import { betaCdf, betaInverse, betaPdf, erf, erfc, gamma, logGamma, welchTest } from './special-functions.js';

/** Mathematics that SQL does not say exactly. */

/** A function of reals; arguments of other number types, and dynamic ones, become reals. */
function real(name: string, doc: string, evaluate: (...numbers: number[]) => number | null): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: (args, { argumentTypes }) => {
      const numbers = args.map((arg, i) =>
        argumentTypes[i] === 'dynamic' ? scalarOf(JSON.parse(arg as string), 'real') : Number(arg),
      );
      return numbers.includes(null) ? null : evaluate(...(numbers as number[]));
    },
  };
}

const whole = (arg: KustoValue): bigint => (typeof arg === 'bigint' ? arg : BigInt(Math.trunc(Number(arg))));

function shift(name: string, doc: string, apply: (value: bigint, by: bigint) => bigint): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([value, by]) => (whole(by!) < 0n ? null : BigInt.asIntN(64, apply(whole(value!), whole(by!) % 64n))),
  };
}

/** Decimals have 34 digits in the reference. Results are rounded to what a decimal here keeps (18 after the point). */
const Exact = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -60, toExpPos: 60 });

/** Null for what is no number. Throws KustoError CAL0001 for a number that is larger than a stored decimal can be. */
function decimalOf(result: Decimal): string | null {
  if (!result.isFinite()) return null;
  const decimal = parseDecimal(result.toDecimalPlaces(18).toFixed());
  if (decimal === undefined)
    throw new KustoError('CAL0001', 'A decimal with more than 20 digits before the point is not supported.');
  return decimal;
}

function decimal(name: string, doc: string, evaluate: (a: Decimal, b: Decimal) => Decimal): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: ([a, b]) => decimalOf(evaluate(new Exact(String(a)), new Exact(String(b)))),
  };
}

/** Never negative, as for other numbers. */
function decimalRemainder(a: Decimal, b: Decimal): Decimal {
  return a.minus(b.abs().times(a.div(b.abs()).floor()));
}

const numericText = (value: KustoValue, { argumentTypes }: FunctionCall): Decimal =>
  new Exact(argumentTypes[0] === 'decimal' ? (value as string) : String(value));

export const MATH_FUNCTIONS: readonly ScalarFunction[] = [
  real('gamma', 'The gamma function.', gamma),
  real('loggamma', 'Logarithm of the absolute value of the gamma function.', logGamma),
  real('erf', 'The error function.', erf),
  real('erfc', 'The complementary error function.', erfc),
  real('beta_cdf', 'Cumulative distribution of the beta distribution: (x, alpha, beta).', betaCdf),
  real('beta_inv', 'Inverse of beta_cdf: (probability, alpha, beta).', betaInverse),
  real('beta_pdf', 'Density of the beta distribution: (x, alpha, beta).', betaPdf),
  real('welch_test', "p-value of Welch's test: (mean, variance, count) of two samples.", welchTest),
  shift('binary_shift_left', 'value << (by % 64); null for a negative shift.', (value, by) => value << by),
  shift('binary_shift_right', 'value >> (by % 64); null for a negative shift.', (value, by) => value >> by),
  decimal('decimal_multiply', 'Product of decimals (internal).', (a, b) => a.times(b)),
  decimal('decimal_divide', 'Quotient of decimals, null by zero (internal).', (a, b) => a.div(b)),
  decimal('decimal_modulo', 'Remainder of decimals (internal).', decimalRemainder),
  decimal(
    'decimal_bin',
    'Decimal rounded down to a multiple; null for a size that is not positive (internal).',
    (a, b) => (b.gt(0) ? a.minus(decimalRemainder(a, b)) : new Exact(NaN)),
  ),
  {
    name: 'decimal_round',
    nulls: 'propagate',
    doc: 'Decimal rounded to so many places, halves away from zero as reals are (internal).',
    evaluate: (args, call) => {
      const places = Number(args[1] ?? 0);
      const scale = new Exact(10).pow(places);
      return decimalOf(numericText(args[0]!, call).times(scale).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).div(scale));
    },
  },
];
