import type { FunctionCall } from '../functions/index.js';
import { scalarOf, parseJson } from '../functions/json.js';
import { stringOf } from '../functions/text.js';
import type { KustoType, KustoValue } from '../values/index.js';

/** Operators and the plainest functions over values in memory, with Kusto's null rules. */

type Apply = (args: readonly KustoValue[], call: FunctionCall) => KustoValue;

const MAX_DATETIME = 3_155_378_975_999_999_999n;

/** A value as a number or bigint in which a result type is computed. */
function number(value: KustoValue, type: KustoType, target: KustoType): number | bigint | null {
  const held = type === 'dynamic' ? scalarOf(parseJson((value as string | null) ?? 'null'), target) : value;
  if (held === null) return null;
  if (target === 'real') return Number(held);
  return typeof held === 'bigint' ? held : BigInt(Math.trunc(Number(held)));
}

function arithmetic(big: (a: bigint, b: bigint) => bigint | null, real: (a: number, b: number) => number): Apply {
  return ([a, b], { argumentTypes: [ta, tb], type }) => {
    if (type === 'real') {
      const [x, y] = [number(a!, ta!, 'real'), number(b!, tb!, 'real')];
      return x === null || y === null ? null : real(Number(x), Number(y));
    }
    const [x, y] = [number(a!, ta!, 'long'), number(b!, tb!, 'long')];
    if (x === null || y === null) return null;
    const result = big(BigInt(x), BigInt(y));
    if (result === null) return null;
    if (type === 'datetime') return result >= 0n && result <= MAX_DATETIME ? result : null;
    return type === 'int' ? Number(BigInt.asIntN(32, result)) : BigInt.asIntN(64, result);
  };
}

function comparable(value: KustoValue, type: KustoType, other: KustoType): KustoValue {
  if (type === 'dynamic' && other !== 'dynamic') return scalarOf(parseJson((value as string | null) ?? 'null'), other);
  if (typeof value === 'bigint' && (other === 'real' || other === 'int'))
    return other === 'real' ? Number(value) : value;
  if (typeof value === 'number' && other === 'long' && Number.isInteger(value)) return BigInt(value);
  return value;
}

function compare(test: (a: never, b: never) => boolean): Apply {
  return ([a, b], { argumentTypes: [ta, tb] }) => {
    const [x, y] = [comparable(a!, ta!, tb!), comparable(b!, tb!, ta!)];
    return x === null || y === null ? null : test(x as never, y as never);
  };
}

const equals = (a: KustoValue, b: KustoValue): boolean => a === b || (typeof a !== typeof b && a == b);

const equal: Apply = ([a, b], { argumentTypes: [ta, tb] }) => {
  const [x, y] = [comparable(a!, ta!, tb!), comparable(b!, tb!, ta!)];
  return x === null && y === null ? null : x === null || y === null ? false : equals(x, y);
};

const text = (value: KustoValue, type: KustoType): string => stringOf(value, type);

const textTest =
  (test: (haystack: string, needle: string) => boolean, caseless: boolean): Apply =>
  ([a, b], { argumentTypes: [ta, tb] }) => {
    const [x, y] = [text(a!, ta!), text(b!, tb!)];
    return caseless ? test(x.toLowerCase(), y.toLowerCase()) : test(x, y);
  };

const extreme =
  (better: (a: KustoValue, b: KustoValue) => boolean): Apply =>
  (args) =>
    args.reduce(
      (best, value) => (best === null ? value : value === null ? best : better(value, best) ? value : best),
      null,
    );

export const OPERATORS: Readonly<Record<string, Apply>> = {
  '+': arithmetic(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  '-': arithmetic(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  '*': arithmetic(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  '/': (args, call) =>
    call.argumentTypes.every((type) => type === 'timespan' || type === 'datetime')
      ? arithmetic(
          () => null,
          (a, b) => a / b,
        )(args, { ...call, type: 'real' })
      : arithmetic(
          (a, b) => (b === 0n ? null : a / b),
          (a, b) => a / b,
        )(args, call),
  '%': arithmetic(
    (a, b) => (b === 0n ? null : ((a % b) + (b < 0n ? -b : b)) % (b < 0n ? -b : b)),
    (a, b) => a % b,
  ),
  negate: ([a]) => (typeof a === 'bigint' ? BigInt.asIntN(64, -a) : a === null ? null : -(a as number)),
  '==': equal,
  '!=': (args, call) => {
    const same = equal(args, call);
    return same === null ? null : !same;
  },
  '<': compare((a, b) => a < b),
  '<=': compare((a, b) => a <= b),
  '>': compare((a, b) => a > b),
  '>=': compare((a, b) => a >= b),
  and: ([a, b]) => (a === false || b === false ? false : a === null || b === null ? null : true),
  or: ([a, b]) => (a === true || b === true ? true : a === null || b === null ? null : false),
  not: ([a]) => (a === null ? null : !a),
  iff: ([condition, a, b]) => (condition === true ? a! : b!),
  iif: ([condition, a, b]) => (condition === true ? a! : b!),
  case: (args) => {
    for (let i = 0; i + 1 < args.length; i += 2) if (args[i] === true) return args[i + 1]!;
    return args[args.length - 1]!;
  },
  coalesce: (args, { type }) => args.find((value) => value !== null && value !== '') ?? (type === 'string' ? '' : null),
  isnull: ([a], { argumentTypes }) => argumentTypes[0] !== 'string' && a === null,
  isnotnull: ([a], { argumentTypes }) => argumentTypes[0] === 'string' || a !== null,
  isempty: ([a], { argumentTypes }) => text(a!, argumentTypes[0]!) === '',
  isnotempty: ([a], { argumentTypes }) => text(a!, argumentTypes[0]!) !== '',
  strcat: (args, { argumentTypes }) => args.map((value, i) => text(value, argumentTypes[i]!)).join(''),
  contains: textTest((a, b) => a.includes(b), true),
  contains_cs: textTest((a, b) => a.includes(b), false),
  startswith: textTest((a, b) => a.startsWith(b), true),
  endswith: textTest((a, b) => a.endsWith(b), true),
  '=~': textTest((a, b) => a === b, true),
  '!~': textTest((a, b) => a !== b, true),
  min_of: extreme((a, b) => a! < b!),
  max_of: extreme((a, b) => a! > b!),
  abs: ([a]) => (typeof a === 'bigint' ? (a < 0n ? -a : a) : a === null ? null : Math.abs(a as number)),
  tostring: ([a], { argumentTypes }) => text(a!, argumentTypes[0]!),
  tolong: ([a], { argumentTypes: [type] }) =>
    a === null
      ? null
      : type === 'string' || type === 'dynamic'
        ? scalarOf(type === 'string' ? (a as string) : parseJson(a as string), 'long')
        : BigInt(Math.trunc(Number(a))),
  toint: ([a], { argumentTypes: [type] }) =>
    a === null
      ? null
      : type === 'string' || type === 'dynamic'
        ? scalarOf(type === 'string' ? (a as string) : parseJson(a as string), 'int')
        : Math.trunc(Number(a)),
  toreal: ([a]) => (a === null ? null : Number(a)),
  todouble: ([a]) => (a === null ? null : Number(a)),
  in: ([a, ...list]) => list.some((item) => item !== null && a !== null && equals(a!, item)),
  '!in': ([a, ...list]) => !list.some((item) => item !== null && a !== null && equals(a!, item)),
  between: ([a, low, high]) => (a === null || low === null || high === null ? null : a! >= low! && a! <= high!),
};
