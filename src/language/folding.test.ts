import { describe, expect, it } from 'vitest';
import { literal, type Scalar } from '../plan/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import { folded } from './folding.js';

const HOUR = 36_000_000_000n;
const long = (value: bigint): Scalar => literal('long', value);
const span = (value: bigint): Scalar => literal('timespan', value);
const real = (value: number): Scalar => literal('real', value);

const CASES: readonly [string, Scalar, Scalar, KustoType, KustoValue | undefined][] = [
  ['+', long(9_223_372_036_854_775_807n), long(1n), 'long', -9_223_372_036_854_775_808n],
  ['/', long(-7n), long(2n), 'long', -3n],
  ['/', long(1n), long(0n), 'long', undefined],
  ['/', span(HOUR), real(2), 'timespan', HOUR / 2n],
  ['*', real(1.5), span(HOUR), 'timespan', (HOUR * 3n) / 2n],
  ['/', span(10n), real(3), 'timespan', undefined],
  ['*', long(24n), span(HOUR), 'timespan', HOUR * 24n],
  ['-', literal('datetime', 0n), span(1n), 'datetime', undefined],
  ['-', literal('datetime', HOUR), span(HOUR), 'datetime', 0n],
  ['%', long(7n), long(2n), 'long', undefined],
  ['+', literal('long', null), long(1n), 'long', undefined],
];

describe('arithmetic of literals', () => {
  it.each(CASES)('%s of %o and %o as %s is done only where it is exact', (operator, a, b, type, expected) => {
    const held = folded(operator, [a, b], type);
    expect(held?.kind === 'literal' ? held.value : undefined).toBe(expected);
  });
});
