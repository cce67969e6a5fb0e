import { transform } from './fourier.js';
import { mean } from './statistics.js';

/** The shortest period that the reference looks for. */
const SHORTEST = 4;

/**
 * The most significant period of a series in points, when its score reaches the threshold; else undefined. The score is
 * the autocorrelation, lowered for lags that few periods confirm; periods are its peaks below half of the length.
 * The reference does not publish its measure: the periods found agree, a score beside the threshold may not.
 */
export function detectPeriod(values: readonly number[], threshold: number): number | undefined {
  const n = values.length;
  const energies = autocovariance(values);
  if (n === 0 || energies[0]! === 0) return undefined;
  const last = Math.ceil(n / 2) - 1;
  const correlations = energies.map((energy, lag) => (energy / energies[0]!) * Math.sqrt(n / (n - lag)));
  let best: number | undefined;
  for (let lag = SHORTEST; lag <= last; lag++) {
    const score = correlations[lag]!;
    if (score < threshold || score < correlations[lag - 1]! || score < correlations[lag + 1]!) continue;
    if (best === undefined || score > correlations[best]!) best = lag;
  }
  return best;
}

/** Sums of the products of the centered values at each lag, by the Fourier transform (padded, so that nothing wraps). */
function autocovariance(values: readonly number[]): number[] {
  const average = mean(values);
  const size = 2 ** Math.ceil(Math.log2(2 * values.length || 1));
  const padded = Array.from({ length: size }, (_, i) => (i < values.length ? values[i]! - average : 0));
  const { re, im } = transform({ re: padded, im: padded.map(() => 0) }, -1);
  const power = re.map((x, i) => x * x + im[i]! * im[i]!);
  const back = transform({ re: power, im: power.map(() => 0) }, 1);
  return back.re.slice(0, values.length).map((x) => x / size);
}
