import { KustoError } from '../errors/index.js';
import { datetimeString, timespanText } from '../values/index.js';
import { JsonNumber, parseJson, writeJson, type Json } from './json.js';
import { realText } from './real-text.js';
import type { ScalarFunction } from './scalar-function.js';

/** The reference answers a longer series with an error or with a part of it. */
const MAX_LENGTH = 1_048_576;
/** Positions of reals from here on are not told apart (series_position). */
const FURTHEST = 2n ** 62n;

/** The arrays of make-series (internal functions of the operator). */
export const MAKE_SERIES_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'series_fill',
    nulls: 'own',
    doc: 'Values at their positions from first to last, the default elsewhere (internal, make-series).',
    evaluate: ([pairs, first, last, otherwise]) => {
      if (first === null || last === null) return null;
      const length = lengthOf(first as bigint, last as bigint);
      const filled: Json[] = new Array<Json>(length).fill(parseJson((otherwise as string | null) ?? 'null') ?? null);
      for (const pair of parseJson((pairs as string | null) ?? '[]') as readonly (readonly Json[])[]) {
        const [position] = pair;
        if (position === null) continue;
        const whole = position instanceof JsonNumber ? position.text : String(position);
        const index = Number(BigInt(whole) - (first as bigint));
        if (index >= 0 && index < length) filled[index] = pair[1] ?? null;
      }
      return writeJson(filled);
    },
  },
  {
    name: 'series_axis',
    nulls: 'propagate',
    doc: 'The points of the axis from first to last (internal, make-series).',
    evaluate: ([origin, step, first, last], { argumentTypes: [type] }) => {
      const from = first as bigint;
      const isReal = type === 'real' || typeof step === 'number';
      const length = lengthOf(from, last as bigint, isReal);
      const points = Array.from({ length }, (_, i) => {
        const position = from + BigInt(i);
        if (typeof origin === 'bigint' && !isReal) {
          const ticks = origin + position * BigInt(step as bigint);
          return type === 'datetime'
            ? JSON.stringify(datetimeString(ticks))
            : type === 'timespan'
              ? JSON.stringify(timespanText(ticks))
              : String(ticks);
        }
        const value = Number(origin) + Number(position) * Number(step);
        return type === 'int' ? String(value) : realText(value);
      });
      return `[${points.join(',')}]`;
    },
  },
];

function lengthOf(first: bigint, last: bigint, isReal = false): number {
  const length = last - first + 1n;
  if (length > MAX_LENGTH || (isReal && (first <= -FURTHEST || last >= FURTHEST)))
    throw new KustoError(
      'CAL0001',
      `make-series: an array of more than ${MAX_LENGTH} values is not supported. Choose a narrower range or a longer step.`,
    );
  return length < 0n ? 0 : Number(length);
}
