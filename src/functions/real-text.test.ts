import { expect, test } from 'vitest';
import { realText } from './real-text.js';

test.each([
  [1, '1.0'],
  [-0, '-0.0'],
  [0.1, '0.1'],
  [100_000_000_000, '100000000000.0'],
  [1e15, '1000000000000000.0'],
  [2e20, '200000000000000000000.0'],
  [1.5e21, '1.5e21'],
  [1e-6, '0.000001'],
  [1.25e-7, '1.25e-7'],
  [5e-324, '5e-324'],
  [Number.MAX_VALUE, '1.7976931348623157e308'],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  // Seen from the reference: not the nearest of the shortest decimals.
  [0.1 + 0.2, '0.30000000000000007'],
  [40.764323000000005, '40.764323000000008'],
  // And in rare cases not the shortest.
  [0.01207, '0.012070000000000001'],
])('%d is %s', (value, text) => {
  expect(realText(value)).toBe(text);
});

test('every text reads back as its number', () => {
  for (let i = 1; i < 2000; i++) {
    const value = Math.sqrt(i) * 10 ** ((i % 40) - 20);
    expect(Number(realText(value))).toBe(value);
    expect(Number(realText(-value))).toBe(-value);
  }
});
