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

const twoProduct = (a: number, b: number): Pair => [a * b, productTail(a, b, a * b)];

/** What a product lacks. */
function productTail(a: number, b: number, product: number): number {
  const [p, q] = [a * SPLITTER, b * SPLITTER];
  const aHigh = p - (p - a);
  const bHigh = q - (q - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
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

/** Sine and cosine of the k-th part of a half turn. */
function ofPart(k: number): { readonly sine: Pair; readonly cosine: Pair } {
  const eighth = Math.round(k / (PARTS / 2));
  // Within a quarter of a quarter turn around the axis, where the series are short.
  const rest = k - eighth * (PARTS / 2);
  const [high, middle, low] = PART;
  const angle = plus(plus([rest * high, 0], [rest * middle, 0]), [rest * low, 0]);
  const square = times(angle, angle);
  const sine = times(angle, series(square, 1));
  const cosine = series(square, 0);
  if (eighth === 0) return { sine, cosine };
  return eighth === 1 ? { sine: cosine, cosine: minus(sine) } : { sine: minus(sine), cosine: minus(cosine) };
}

/** Parts of a half turn: what is left of an angle is so small that a few terms of the series do. */
const PARTS = 512;

/** π/512 in three parts; the first two have so few digits that their multiples are exact. */
const PART = [0.006135923151539657, 2.9076357345625995e-15, 2.4876238919964648e-27] as const;

/** Heads and tails of the sine and the cosine of each part, filled when first asked for. */
const TABLE = new Float64Array(4 * PARTS).fill(NaN);

function fill(k: number): void {
  const { sine, cosine } = ofPart(k);
  TABLE.set([...sine, ...cosine], 4 * k);
}

/** What `turn` found last, as heads and tails: no objects, since rows by the million come here. */
let sinHead = 0;
let sinTail = 0;
let cosHead = 1;
let cosTail = 0;

/** Sine and cosine of an angle of a few turns at most. */
function turn(angle: number): void {
  const n = Math.round(angle * (PARTS / Math.PI));
  const rough = angle - n * PART[0];
  const step = -n * PART[1];
  const r = rough + step;
  const back = r - rough;
  const rTail = rough - (r - back) + (step - back) - n * PART[2];
  const turns = Math.floor(n / PARTS);
  const at = 4 * (n - turns * PARTS);
  if (Number.isNaN(TABLE[at])) fill(at / 4);
  const [s, sTail, c, cTail] = [TABLE[at]!, TABLE[at + 1]!, TABLE[at + 2]!, TABLE[at + 3]!];
  const square = r * r;
  const bent = r * square * (-1 / 6 + square / 120);
  const sunk = square * (-0.5 + square / 24) - r * rTail;
  const sign = turns % 2 === 0 ? 1 : -1;

  const up = c * r;
  const upTail = productTail(c, r, up);
  const sin = s + up;
  const sinBack = sin - s;
  const sinRest = s - (sin - sinBack) + (up - sinBack) + (upTail + (s * sunk + c * (bent + rTail) + sTail + cTail * r));
  sinHead = sign * (sin + sinRest);
  sinTail = sign * (sin - sign * sinHead + sinRest);

  const down = -s * r;
  const downTail = productTail(-s, r, down);
  const cos = c + down;
  const cosBack = cos - c;
  const cosRest =
    c - (cos - cosBack) + (down - cosBack) + (downTail + (c * sunk - s * (bent + rTail) + cTail - sTail * r));
  cosHead = sign * (cos + cosRest);
  cosTail = sign * (cos - sign * cosHead + cosRest);
}

export function sin(angle: number): number {
  if (angle === 0) return angle;
  turn(angle);
  return sinHead;
}

export function cos(angle: number): number {
  turn(angle);
  return cosHead;
}

export function atan2(y: number, x: number): number {
  const near = Math.atan2(y, x);
  if (y === 0 || x === 0 || !Number.isFinite(near)) return near;
  // Turned back by the angle found, the point lies next to the axis: what is left is the error.
  turn(near);
  const [a, b] = [y * cosHead, -x * sinHead];
  const sum = a + b;
  const back = sum - a;
  const rest = a - (sum - back) + (b - back) + productTail(y, cosHead, a) + productTail(-x, sinHead, b);
  const off = sum + (rest + y * cosTail - x * sinTail);
  return near + off / (x * cosHead + y * sinHead);
}
