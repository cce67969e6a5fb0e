import { literal, type Scalar } from '../plan/index.js';
import type { KustoType, KustoValue } from '../values/index.js';

/**
 * Arithmetic of literals, so that what is written as `1h / 2` is as much a constant to bins, ranges and filters as `30m`.
 * Only where the result is exact; the rest is left to the engine.
 */

const LAST_TICK = 3_155_378_975_999_999_999n;
const MOST_EXACT = 2 ** 53;

interface Operation {
  whole(a: bigint, b: bigint): bigint | undefined;
  real(a: number, b: number): number;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  '+': { whole: (a, b) => a + b, real: (a, b) => a + b },
  '-': { whole: (a, b) => a - b, real: (a, b) => a - b },
  '*': { whole: (a, b) => a * b, real: (a, b) => a * b },
  '/': { whole: (a, b) => (b === 0n ? undefined : a / b), real: (a, b) => a / b },
};

/** The literal that the operator makes of two, or undefined. */
export function folded(operator: string, args: readonly Scalar[], type: KustoType): Scalar | undefined {
  const [a, b] = args;
  if (a?.kind !== 'literal' || b?.kind !== 'literal' || a.value === null || b.value === null) return undefined;
  const held = calculated(operator, a.value, b.value, type);
  return held === undefined ? undefined : literal(type, held);
}

function calculated(operator: string, a: KustoValue, b: KustoValue, type: KustoType): KustoValue | undefined {
  switch (type) {
    case 'long': {
      const whole = wholes(operator, a, b);
      return whole === undefined ? undefined : BigInt.asIntN(64, whole);
    }
    case 'real':
      return typeof a === 'number' && typeof b === 'number' ? OPERATIONS[operator]?.real(a, b) : undefined;
    case 'datetime':
    case 'timespan': {
      const ticks = wholes(operator, a, b) ?? scaled(operator, a, b);
      if (ticks === undefined) return undefined;
      const fits = type === 'datetime' ? ticks >= 0n && ticks <= LAST_TICK : BigInt.asIntN(64, ticks) === ticks;
      return fits ? ticks : undefined;
    }
    default:
      return undefined;
  }
}

const wholes = (operator: string, a: KustoValue, b: KustoValue): bigint | undefined =>
  typeof a === 'bigint' && typeof b === 'bigint' ? OPERATIONS[operator]?.whole(a, b) : undefined;

/** A span times or by a real, where that is a whole number of ticks. */
function scaled(operator: string, a: KustoValue, b: KustoValue): bigint | undefined {
  const [span, factor] = typeof a === 'bigint' ? [a, b] : [b, a];
  if (typeof span !== 'bigint' || typeof factor !== 'number' || Math.abs(Number(span)) > MOST_EXACT) return undefined;
  if (operator === '/' && span !== a) return undefined;
  if (operator !== '*' && operator !== '/') return undefined;
  const ticks = operator === '*' ? Number(span) * factor : Number(span) / factor;
  return Number.isInteger(ticks) && Math.abs(ticks) <= MOST_EXACT ? BigInt(ticks) : undefined;
}
