import { Decimal } from 'decimal.js';
import { expect, test } from 'vitest';
import { atan2, cos, sin } from './trigonometry.js';

const Exact = Decimal.clone({ precision: 60 });

/** All digits of a real: the constructor takes the shortest text. */
const exact = (real: number) => new Exact(BigInt(real * 2 ** 80).toString()).div(new Exact(2).pow(80));

test('sines and cosines are the nearest reals', () => {
  for (let i = 0; i < 400; i++) {
    const angle = (i - 200.5) * 0.0173;
    expect(sin(angle)).toBe(Exact.sin(exact(angle)).toNumber());
    expect(cos(angle)).toBe(Exact.cos(exact(angle)).toNumber());
  }
});

test('arc tangents are the nearest reals, in all quarters', () => {
  for (let i = 1; i < 200; i++) {
    const [y, x] = [Math.sin(i * 1.7), Math.cos(i * 2.3)];
    expect(atan2(y, x)).toBe(Exact.atan2(exact(y), exact(x)).toNumber());
  }
  expect(atan2(0, -1)).toBe(Math.PI);
  expect(atan2(-1, 0)).toBe(-Math.PI / 2);
  expect(atan2(0, 0)).toBe(0);
});
