import { datetimeString, timespanText } from '../values/index.js';
import { parseJson, writeJson, type Json } from './json.js';
import { realText } from './real-text.js';
import type { ScalarFunction } from './scalar-function.js';

/** A series longer than this is refused by the reference, too. */
const MAX_LENGTH = 1_048_576;

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
        const index = Number(BigInt(String(pair[0])) - (first as bigint));
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
      const length = lengthOf(from, last as bigint);
      const points = Array.from({ length }, (_, i) => {
        const position = from + BigInt(i);
        if (typeof origin === 'bigint') {
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

function lengthOf(first: bigint, last: bigint): number {
  const length = last - first + 1n;
  return length < 0n ? 0 : Number(length > BigInt(MAX_LENGTH) ? BigInt(MAX_LENGTH) : length);
}
