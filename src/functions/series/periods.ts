import { KustoError } from '../../errors/index.js';
import { writeJson } from '../json.js';
import type { ScalarFunction } from '../scalar-function.js';
import { transform } from './fourier.js';
import { completeReals, realsJson } from './series.js';
import { mean } from './statistics.js';

/** The shortest period; the longest is half of the series. */
const SHORTEST = 4;

export interface Period {
  /** Points. */
  readonly length: number;
  /** From 0 to 1. */
  readonly score: number;
}

interface Spectrum {
  /** Share of the variance at each frequency: `power[k]` of k cycles over the series. */
  readonly power: Float64Array;
  /** Circular autocorrelation of the centered series by lag, scaled so that it reaches from 0 to 1. */
  readonly correlation: Float64Array;
}

function spectrumOf(values: readonly number[]): Spectrum | undefined {
  const average = mean(values);
  const { re, im } = transform(
    { re: Float64Array.from(values, (value) => value - average), im: new Float64Array(values.length) },
    -1,
  );
  const energy = re.map((x, i) => x * x + im[i]! * im[i]!);
  const total = energy.reduce((sum, x) => sum + x, 0);
  if (!(total > 0)) return undefined;
  const products = transform({ re: energy, im: new Float64Array(energy.length) }, 1).re;
  const lowest = products.reduce((least, x) => Math.min(least, x));
  return {
    power: energy.map((x) => x / total),
    correlation: products.map((x) => (x - lowest) / (products[0]! - lowest)),
  };
}

const isPeak = (correlation: Float64Array, lag: number): boolean =>
  correlation[lag]! > correlation[lag - 1]! && correlation[lag]! > (correlation[lag + 1] ?? -1);

/**
 * Periods of a series, best first: frequencies whose power noise would not reach (probability 1 %), each moved to the
 * peak of the autocorrelation nearby, which is the score. The scores are the reference's; where it draws the line of
 * significance is not published.
 */
export function findPeriods(values: readonly number[], shortest: number, longest: number): Period[] {
  const n = values.length;
  const spectrum = n < 2 * SHORTEST ? undefined : spectrumOf(values);
  if (!spectrum) return [];
  const { power, correlation } = spectrum;
  // Powers of white noise are exponential with the mean 1/n: the largest of n/2 of them stays below this.
  const significant = (Math.log(n / 2) + Math.log(100)) / n;
  const found = new Map<number, number>();
  for (let cycles = 2; cycles <= n / SHORTEST; cycles++) {
    if (power[cycles]! < significant) continue;
    const lag = peakNear(correlation, cycles, n);
    if (lag === undefined || lag < Math.max(SHORTEST, shortest) || lag > longest) continue;
    found.set(lag, correlation[lag]!);
  }
  return [...found].map(([length, score]) => ({ length, score })).sort((a, b) => b.score - a.score);
}

/** The best lag between the neighbouring frequencies, when it is a peak. */
function peakNear(correlation: Float64Array, cycles: number, n: number): number | undefined {
  const last = Math.min(Math.floor(n / 2), Math.floor(n / (cycles - 1)));
  let best = Math.ceil(n / (cycles + 1));
  for (let lag = best + 1; lag <= last; lag++) if (correlation[lag]! > correlation[best]!) best = lag;
  return isPeak(correlation, best) ? best : undefined;
}

/** The best period, when its score reaches the threshold. */
export function detectPeriod(values: readonly number[], threshold: number): number | undefined {
  const [best] = findPeriods(values, SHORTEST, Infinity);
  return best && best.score >= threshold ? best.length : undefined;
}

/** The score of a given period; 0 when it is out of bounds or not the peak of its frequency. */
function validate(spectrum: Spectrum | undefined, period: number, length: number): number {
  if (!spectrum || period < SHORTEST || period > length / 2) return 0;
  if (!Number.isInteger(period)) {
    throw new KustoError(
      'CAL0001',
      `series_periods_validate(): the period ${period} is not a whole number; only whole periods are supported.`,
    );
  }
  const peak = peakNear(spectrum.correlation, Math.round(length / period), length);
  return peak === period ? spectrum.correlation[period]! : 0;
}

/** Keeps a wrong argument from filling the memory. */
const MOST_PERIODS = 1_000;

export const PERIOD_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_periods_detect',
    nulls: 'propagate',
    doc: 'The most significant periods of a series within bounds, and their scores.',
    evaluate: ([argument, shortest, longest, count]) => {
      const values = completeReals(argument);
      if (!values?.length) return null;
      const wanted = Number(count);
      if (wanted < 1 || wanted > MOST_PERIODS) {
        throw new KustoError('SEM0001', `series_periods_detect(): the number of periods cannot be ${wanted}.`);
      }
      const found = findPeriods(values, Number(shortest), Number(longest)).slice(0, wanted);
      const padded = (numbers: readonly number[]) =>
        realsJson([...numbers, ...new Array<number>(wanted - numbers.length).fill(0)]);
      return writeJson([padded(found.map(({ length }) => length)), padded(found.map(({ score }) => score))]);
    },
  },
  {
    name: 'series_periods_validate',
    nulls: 'propagate',
    doc: 'Scores of given periods of a series.',
    evaluate: ([argument, ...periods]) => {
      const values = completeReals(argument);
      if (!values?.length) return null;
      const spectrum = spectrumOf(values);
      const wanted = periods.map(Number);
      const scores = wanted.map((period) => validate(spectrum, period, values.length));
      return writeJson([realsJson(wanted), realsJson(scores)]);
    },
  },
];
