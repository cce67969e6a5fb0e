/** Special functions of probability, to about 14 digits. */

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Logarithm of |gamma(x)|. */
export function logGamma(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  const z = x - 1;
  const sum = LANCZOS.reduce((total, coefficient, i) => total + (i === 0 ? coefficient : coefficient / (z + i)), 0);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

export function gamma(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x;
  if (Number.isInteger(x)) {
    if (x <= 0) return NaN;
    if (x > 171) return Infinity;
    let product = 1;
    for (let i = 2; i < x; i++) product *= i;
    return product;
  }
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  return Math.exp(logGamma(x));
}

export function erf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const size = Math.abs(x);
  if (size >= 2) return Math.sign(x) * (1 - erfc(size));
  let term = size;
  let sum = size;
  for (let n = 1; Math.abs(term) > sum * 1e-17 && n < 200; n++) {
    term *= (-size * size) / n;
    sum += term / (2 * n + 1);
  }
  return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
}

export function erfc(x: number): number {
  if (x < 2) return 1 - erf(x);
  if (x > 27) return 0;
  // Continued fraction, from its tail.
  let fraction = 0;
  for (let n = 200; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** Continued fraction of the incomplete beta function (Lentz's method). */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const guard = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    const factor = d * c;
    result *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return result;
}

/** Parameters that are not positive are not turned away: so the reference engine answers. */
export function betaCdf(x: number, alpha: number, beta: number): number {
  if (!(x >= 0 && x <= 1)) return NaN;
  const front =
    x === 0 || x === 1
      ? 0
      : Math.exp(
          logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta) + alpha * Math.log(x) + beta * Math.log1p(-x),
        );
  return x < (alpha + 1) / (alpha + beta + 2)
    ? (front * betaFraction(alpha, beta, x)) / alpha
    : 1 - (front * betaFraction(beta, alpha, 1 - x)) / beta;
}

export function betaPdf(x: number, alpha: number, beta: number): number {
  if (!(x > 0 && x < 1) || !(alpha > 0) || !(beta > 0)) return NaN;
  return Math.exp(
    (alpha - 1) * Math.log(x) + (beta - 1) * Math.log1p(-x) + logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta),
  );
}

export function betaInverse(probability: number, alpha: number, beta: number): number | null {
  if (!(probability >= 0 && probability <= 1)) return null;
  if (!(alpha > 0) || !(beta > 0)) return NaN;
  let [low, high] = [0, 1];
  for (let i = 0; i < 200 && low < high; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (betaCdf(middle, alpha, beta) < probability) low = middle;
    else high = middle;
  }
  return probability === 0 ? 0 : probability === 1 ? 1 : high;
}

/** Two-sided p-value of Welch's t-test. */
export function welchTest(
  mean1: number,
  variance1: number,
  count1: number,
  mean2: number,
  variance2: number,
  count2: number,
): number {
  const [error1, error2] = [variance1 / count1, variance2 / count2];
  const t = (mean1 - mean2) / Math.sqrt(error1 + error2);
  const freedom = (error1 + error2) ** 2 / (error1 ** 2 / (count1 - 1) + error2 ** 2 / (count2 - 1));
  return betaCdf(freedom / (freedom + t * t), freedom / 2, 0.5);
}
