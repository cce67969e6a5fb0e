import { expect, test } from 'vitest';
import { realText } from './real-text.js';

test.each([
  [1, '1.0'],
  [-0, '-0.0'],
  [0.1, '0.1'],
  [100_000_000_000, '100000000000.0'],
  [1e15, '1E+15'],
  [1e-5, '0.00001'],
  [1e-6, '1E-06'],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  // The largest of the shortest decimals that read back as the number.
  [0.1 + 0.2, '0.30000000000000007'],
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
