import { describe, expect, it } from 'vitest';
import type { KustoType, KustoValue } from '../values/index.js';
import { HLL_FUNCTIONS } from './hll.js';
import { TDIGEST_FUNCTIONS } from './tdigest.js';

const evaluate = (
  name: string,
  args: readonly KustoValue[],
  types: readonly KustoType[],
  type: KustoType,
): KustoValue =>
  [...HLL_FUNCTIONS, ...TDIGEST_FUNCTIONS]
    .find((one) => one.name === name)!
    .evaluate(args, {
      argumentTypes: types,
      type,
    });

/** Deterministic 64-bit hashes (splitmix64) in hexadecimal. */
function hash(n: number): string {
  let z = BigInt.asUintN(64, BigInt(n + 1) * 0x9e3779b97f4a7c15n);
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return (z ^ (z >> 31n)).toString(16).padStart(16, '0');
}

const sketch = (from: number, to: number, accuracy = 1n): KustoValue =>
  evaluate(
    'hll_of_hashes',
    [JSON.stringify(Array.from({ length: to - from }, (_, i) => hash(from + i))), accuracy],
    ['dynamic', 'long'],
    'dynamic',
  );
const count = (held: KustoValue): number => Number(evaluate('dcount_hll', [held], ['dynamic'], 'long'));

describe('sketches of distinct values', () => {
  it('are exact while they are small', () => {
    expect(count(sketch(0, 1500))).toBe(1500);
    const merged = evaluate('hll_merge', [sketch(0, 100), sketch(50, 150)], ['dynamic', 'dynamic'], 'dynamic');
    expect(count(merged)).toBe(150);
  });

  it('stay within the error of their accuracy when they are large, also merged across accuracies', () => {
    expect(Math.abs(count(sketch(0, 100_000)) / 100_000 - 1)).toBeLessThan(0.03);
    const merged = evaluate(
      'hll_merge',
      [sketch(0, 60_000, 2n), sketch(40_000, 100_000, 0n)],
      ['dynamic', 'dynamic'],
      'dynamic',
    );
    expect(Math.abs(count(merged) / 100_000 - 1)).toBeLessThan(0.06);
  });
});

const digest = (pairs: readonly (readonly [number, number])[], type: KustoType = 'long'): KustoValue =>
  evaluate('tdigest_of_pairs', [JSON.stringify(pairs), type], ['dynamic', 'string'], 'dynamic');

describe('digests for percentiles', () => {
  it('weigh their values', () => {
    const held = digest([
      [1, 1],
      [2, 3],
    ]);
    expect(evaluate('percentile_tdigest', [held, 20n], ['dynamic', 'long'], 'long')).toBe(1n);
    expect(evaluate('percentile_tdigest', [held, 50n], ['dynamic', 'long'], 'long')).toBe(2n);
    expect(evaluate('rank_tdigest', [held, 1n], ['dynamic', 'long'], 'real')).toBe(1);
    expect(evaluate('percentrank_tdigest', [held, 1n], ['dynamic', 'long'], 'real')).toBe(25);
  });

  it('stay near the truth beyond the number of values that they keep', () => {
    const held = digest(Array.from({ length: 50_000 }, (_, i) => [i + 1, 1] as const));
    const median = Number(evaluate('percentile_tdigest', [held, 50n], ['dynamic', 'long'], 'long'));
    expect(Math.abs(median - 25_000)).toBeLessThan(50);
  });

  it('of another kind of value are no digests', () => {
    expect(evaluate('tdigest_isvalid', ['{"a":1}'], ['dynamic'], 'bool')).toBe(false);
    expect(evaluate('percentile_tdigest', ['[1]', 50n], ['dynamic', 'long'], 'long')).toBeNull();
  });
});
