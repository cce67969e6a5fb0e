/**
 * Sines, cosines and arc tangents rounded to the nearest real, as those of the reference's C library: JavaScript's own are
 * off by one in the last digit now and then, which shows in coordinates. Sums of two reals (head and tail) carry the
 * digits in between.
 */
type Pair = readonly [number, number];

function twoSum(a: number, b: number): Pair {
  const sum = a + b;
  const part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
}

const SPLITTER = 2 ** 27 + 1;

function twoProduct(a: number, b: number): Pair {
  const product = a * b;
  const [p, q] = [a * SPLITTER, b * SPLITTER];
  const aHigh = p - (p - a);
  const bHigh = q - (q - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return [product, aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)];
}

function plus([a, aTail]: Pair, [b, bTail]: Pair): Pair {
  const [sum, error] = twoSum(a, b);
  const [tail, tailError] = twoSum(aTail, bTail);
  const [head, rest] = twoSum(sum, error + tail);
  return twoSum(head, rest + tailError);
}

function times([a, aTail]: Pair, [b, bTail]: Pair): Pair {
  const [product, error] = twoProduct(a, b);
  return twoSum(product, error + a * bTail + aTail * b);
}

const minus = ([a, aTail]: Pair): Pair => [-a, -aTail];

/** π/2 in three parts. */
const QUARTER_TURN = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33] as const;

/** 1/n!, as pairs. */
const INVERSE_FACTORIALS: readonly Pair[] = (() => {
  const found: Pair[] = [[1, 0]];
  for (let n = 1; n <= 26; n++) {
    const [previous, previousTail] = found[n - 1]!;
    const head = previous / n;
    const [product, error] = twoProduct(head, n);
    found.push(twoSum(head, (previous - product - error + previousTail) / n));
  }
  return found;
})();

/** The sum of (-1)^k x^(2k) / (2k + first)!: a cosine by 0, a sine over its angle by 1. */
function series(square: Pair, first: 0 | 1): Pair {
  let sum: Pair = [0, 0];
  for (let n = 24 + first; n >= first; n -= 2) {
    const factor = INVERSE_FACTORIALS[n]!;
    sum = plus(times(sum, square), ((n - first) / 2) % 2 === 0 ? factor : minus(factor));
  }
  return sum;
}

/** Sine and cosine of an angle of a few turns at most. */
function sineAndCosine(angle: number): { readonly sine: Pair; readonly cosine: Pair } {
  const quarters = Math.round(angle / QUARTER_TURN[0]);
  const [head, middle, tail] = QUARTER_TURN;
  const rest = plus(
    plus([angle, 0], minus(twoProduct(quarters, head))),
    plus(minus(twoProduct(quarters, middle)), [-quarters * tail, 0]),
  );
  const square = times(rest, rest);
  const sine = times(rest, series(square, 1));
  const cosine = series(square, 0);
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return { sine, cosine };
    case 1:
      return { sine: cosine, cosine: minus(sine) };
    case 2:
      return { sine: minus(sine), cosine: minus(cosine) };
    default:
      return { sine: minus(cosine), cosine: sine };
  }
}

export const sin = (angle: number): number => (angle === 0 ? angle : sineAndCosine(angle).sine[0]);

export const cos = (angle: number): number => sineAndCosine(angle).cosine[0];

export function atan2(y: number, x: number): number {
  const near = Math.atan2(y, x);
  if (y === 0 || x === 0 || !Number.isFinite(near)) return near;
  // Turned back by the angle found, the point lies next to the axis: what is left is the error.
  const { sine, cosine } = sineAndCosine(near);
  const off = plus(times([y, 0], cosine), minus(times([x, 0], sine)));
  return near + off[0] / (x * cosine[0] + y * sine[0]);
}
