import { KustoError } from '../../errors/index.js';
import { writeJson } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { completeReals, realsJson } from './series.js';

interface Complex {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Points of the longest series that is transformed: beyond it the process would be held for seconds. */
const MAX_POINTS = 262_144;

/** Discrete Fourier transform of any length (`sign` -1), or its inverse without the division by the length (+1). */
export function transform(input: Complex, sign: 1 | -1): Complex {
  const n = input.re.length;
  if (n === 0) return input;
  if (n > MAX_POINTS) {
    throw new KustoError(
      'E_RUNAWAY_QUERY',
      `A Fourier transform (series_fft, periods, seasonal parts) of more than ${MAX_POINTS} points is not supported; make the bins of the series wider.`,
    );
  }
  return Number.isInteger(Math.log2(n)) ? powerOfTwo(input, sign) : bluestein(input, sign);
}

function powerOfTwo({ re: inputRe, im: inputIm }: Complex, sign: 1 | -1): Complex {
  const n = inputRe.length;
  const re = inputRe.slice();
  const im = inputIm.slice();
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  const angle = (sign * 2 * Math.PI) / n;
  const cosines = Float64Array.from({ length: n / 2 }, (_, k) => Math.cos(angle * k));
  const sines = Float64Array.from({ length: n / 2 }, (_, k) => Math.sin(angle * k));
  for (let size = 2; size <= n; size *= 2) {
    const half = size / 2;
    const stride = n / size;
    for (let start = 0; start < n; start += size) {
      for (let k = 0; k < half; k++) {
        const cos = cosines[k * stride]!;
        const sin = sines[k * stride]!;
        const a = start + k;
        const b = a + half;
        const tRe = re[b]! * cos - im[b]! * sin;
        const tIm = re[b]! * sin + im[b]! * cos;
        re[b] = re[a]! - tRe;
        im[b] = im[a]! - tIm;
        re[a]! += tRe;
        im[a]! += tIm;
      }
    }
  }
  return { re, im };
}

/** Any length as a convolution of a length that is a power of two. */
function bluestein({ re, im }: Complex, sign: 1 | -1): Complex {
  const n = re.length;
  const size = 2 ** Math.ceil(Math.log2(2 * n - 1));
  const zeros = () => new Float64Array(size);
  // k² modulo 2n keeps the angle exact for long series.
  const chirp = Float64Array.from({ length: n }, (_, k) => (sign * Math.PI * ((k * k) % (2 * n))) / n);
  const a = { re: zeros(), im: zeros() };
  const b = { re: zeros(), im: zeros() };
  for (let k = 0; k < n; k++) {
    const cos = Math.cos(chirp[k]!);
    const sin = Math.sin(chirp[k]!);
    a.re[k] = re[k]! * cos - im[k]! * sin;
    a.im[k] = re[k]! * sin + im[k]! * cos;
    b.re[k] = b.re[(size - k) % size] = cos;
    b.im[k] = b.im[(size - k) % size] = -sin;
  }
  const fa = powerOfTwo(a, -1);
  const fb = powerOfTwo(b, -1);
  const product = {
    re: fa.re.map((x, i) => x * fb.re[i]! - fa.im[i]! * fb.im[i]!),
    im: fa.re.map((x, i) => x * fb.im[i]! + fa.im[i]! * fb.re[i]!),
  };
  const convolved = powerOfTwo(product, 1);
  const result: Complex = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    const cos = Math.cos(chirp[k]!);
    const sin = Math.sin(chirp[k]!);
    const x = convolved.re[k]! / size;
    const y = convolved.im[k]! / size;
    result.re[k] = x * cos - y * sin;
    result.im[k] = x * sin + y * cos;
  }
  return result;
}

function fourier(name: string, doc: string, evaluate: (input: Complex) => Complex): ScalarFunction {
  return {
    name,
    nulls: 'own',
    doc,
    evaluate: ([realPart, imaginaryPart]) => {
      const re = completeReals(realPart);
      const im = imaginaryPart === undefined ? re?.map(() => 0) : completeReals(imaginaryPart);
      if (!re || !im || re.length !== im.length) return null;
      const result = evaluate({ re: Float64Array.from(re), im: Float64Array.from(im) });
      return writeJson([realsJson([...result.re]), realsJson([...result.im])]);
    },
  };
}

export const FOURIER_FUNCTIONS: readonly ScalarFunction[] = [
  fourier('series_fft', 'Fourier transform of a series: real and imaginary part.', (input) => transform(input, -1)),
  fourier('series_ifft', 'Inverse Fourier transform: real and imaginary part.', (input) => {
    const { re, im } = transform(input, 1);
    return { re: re.map((x) => x / re.length), im: im.map((x) => x / re.length) };
  }),
];
