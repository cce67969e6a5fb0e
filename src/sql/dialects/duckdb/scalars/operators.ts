import type { KustoType } from '../../../../values/index.js';
import type { LoweredArgument, LoweredCall, Lowering, ScalarRow } from '../../../dialect.js';
import { sql, value, type Sql } from '../../../tree.js';
import { castTo, tryCastTo } from '../cast.js';
import { isCheap, once, onceAll } from '../once.js';
import { wholeDays } from './datetimes.js';
import { dynamicNumber, fromDynamic } from './dynamic-conversion.js';
import { intArithmetic, longArithmetic } from './integers.js';
import { decimalCall } from './mathematics.js';

/** Arithmetic, comparison and logic. */

const isInteger = (type: KustoType): boolean => type === 'int' || type === 'long';
const isTicks = (type: KustoType): boolean => type === 'datetime' || type === 'timespan';

const isDatetime = (...args: readonly LoweredArgument[]): boolean => args.some((arg) => arg.type === 'datetime');

/** An operand as the type in which the operator computes. */
export function as(arg: LoweredArgument, type: KustoType, lowering: Lowering): Sql {
  if (arg.type === type || (isTicks(type) && isTicks(arg.type))) return arg.sql;
  if (arg.type === 'dynamic') return fromDynamic(arg.sql, type, lowering);
  // By way of its text: a real's nearest decimal has digits that nobody wrote.
  if (arg.type === 'real' && type === 'decimal') return sql`TRY_CAST(${castTo(arg.sql, 'string')} AS DECIMAL(38, 18))`;
  return isWidening(arg.type, type) ? castTo(arg.sql, type) : tryCastTo(arg.sql, type);
}

/** What always converts; an infinity is no decimal, text no bool: these are null there. */
const isWidening = (from: KustoType, to: KustoType): boolean =>
  (isInteger(from) || from === 'bool') && (to === 'long' || to === 'real' || to === 'decimal');

function additive(operator: '+' | '-'): ScalarRow {
  return ({ args, type, lowering }) => {
    const [a, b] = args as [LoweredArgument, LoweredArgument];
    const apply = (x: Sql, y: Sql): Sql => (operator === '+' ? sql`(${x} + ${y})` : sql`(${x} - ${y})`);
    if (isTicks(type)) {
      // A dynamic operand is a span, but for the datetime from which another is taken.
      const dynamicType = operator === '-' && type === 'timespan' && isDatetime(a, b) ? 'datetime' : 'timespan';
      const [x, y] = [a, b].map((arg) => (isTicks(arg.type) ? arg.sql : as(arg, dynamicType, lowering))) as [Sql, Sql];
      const ticks = sql`try(${apply(x, y)})`;
      return type === 'timespan' ? ticks : once(ticks, lowering, (held) => sql`kql_datetime_range(${held})`);
    }
    const [x, y] = [as(a, type, lowering), as(b, type, lowering)];
    if (type === 'long') return longArithmetic(operator, x, y);
    if (type === 'int') return intArithmetic(operator, x, y);
    return castTo(apply(x, y), type);
  };
}

/** DuckDB's decimals lose digits in products and quotients. */
function onDecimals(name: string, call: LoweredCall, x: Sql, y: Sql): Sql {
  return decimalCall(
    name,
    call,
    [x, y].map((held): LoweredArgument => ({ sql: held, type: 'decimal', literal: undefined })),
  );
}

const multiply: ScalarRow = (call) => {
  const { args, type, lowering } = call;
  const [a, b] = args as [LoweredArgument, LoweredArgument];
  if (type === 'timespan') {
    const [span, factor] = a.type === 'timespan' ? [a, b] : [b, a];
    const times = factor.type === 'dynamic' ? fromDynamic(factor.sql, 'real', lowering) : factor.sql;
    return sql`TRY_CAST(round(try(${span.sql} * ${times})) AS BIGINT)`;
  }
  const [x, y] = [as(a, type, lowering), as(b, type, lowering)];
  if (type === 'long') return longArithmetic('*', x, y);
  if (type === 'int') return intArithmetic('*', x, y);
  if (type === 'decimal') return onDecimals('decimal_multiply', call, x, y);
  return sql`(${x} * ${y})`;
};

const divide: ScalarRow = (call) => {
  const { args, type, lowering } = call;
  const [a, b] = args as [LoweredArgument, LoweredArgument];
  if (type === 'timespan') return sql`TRY_CAST(trunc(${a.sql} / ${as(b, b.type, lowering)}) AS BIGINT)`;
  const counted = wholeDays(a, b);
  if (counted) return counted;
  if (isTicks(a.type)) return sql`(CAST(${a.sql} AS DOUBLE) / ${b.sql})`;
  const [x, y] = [as(a, type, lowering), as(b, type, lowering)];
  // The smallest number by -1 does not fit.
  if (isInteger(type)) return sql`try(${x} // ${y})`;
  if (type === 'decimal') return onDecimals('decimal_divide', call, x, y);
  return sql`(${x} / ${y})`;
};

/** The reference's remainder is never negative. */
const modulo: ScalarRow = (call) => {
  const { args, type, lowering } = call;
  const [x, y] = args.map((arg) => as(arg, isTicks(arg.type) ? arg.type : type, lowering)) as [Sql, Sql];
  if (type === 'decimal') return onDecimals('decimal_modulo', call, x, y);
  const divisor = args[1]!.literal;
  // The sign of the divisor does not matter. The smallest long has no opposite.
  if (typeof divisor === 'bigint' && isInteger(type) && divisor !== 0n && divisor !== -(2n ** 63n)) {
    const by = value('long', divisor < 0n ? -divisor : divisor);
    const rest = once(
      sql`(${x} % ${by})`,
      lowering,
      (held) => sql`CASE WHEN ${held} < 0 THEN ${held} + ${by} ELSE ${held} END`,
    );
    return castTo(rest, type);
  }
  return onceAll([x, y], lowering, ([a, by]) => sql`kql_modulo(${a!}, ${by!})`);
};

/** Type in which two operands are compared. */
export function commonType(a: KustoType, b: KustoType): KustoType {
  if (a === b) return a;
  if (a === 'dynamic') return b;
  if (b === 'dynamic') return a;
  const order: KustoType[] = ['bool', 'int', 'long', 'real', 'decimal'];
  const rank = Math.max(order.indexOf(a), order.indexOf(b));
  return rank >= 0 && order.includes(a) && order.includes(b) ? order[rank]! : a;
}

/** Types whose values DuckDB reads from text as Kusto writes them: not dates and spans, which it holds as ticks. */
const HAVE_TEXT: ReadonlySet<KustoType> = new Set(['bool', 'int', 'long', 'real', 'decimal', 'string', 'guid']);

/** True when values of the types have an order or an equality between them: a guid and a number have none. */
export const isComparable = (a: KustoType, b: KustoType): boolean =>
  a === b ||
  a === 'dynamic' ||
  b === 'dynamic' ||
  (HAVE_TEXT.has(a) && HAVE_TEXT.has(b) && (a !== 'guid' || b === 'string') && (b !== 'guid' || a === 'string'));

/** An operand as the type in which it is compared. The 3.7 of a dynamic value is compared with 3 as it is. */
export function comparand(arg: LoweredArgument, type: KustoType, lowering: Lowering, other?: LoweredArgument): Sql {
  return arg.type === 'dynamic' && isInteger(type) ? dynamicNumber(arg.sql, other, lowering) : as(arg, type, lowering);
}

const mayBeNaN = ({ type, literal }: LoweredArgument): boolean =>
  literal === undefined ? !isInteger(type) : Number.isNaN(literal);

/** In this form, and not by isnan(), the test is one on the order, which lets whole groups of rows be skipped. */
const isNumber = (x: Sql): Sql => sql`${x} <= 'Infinity'::DOUBLE`;

interface Compared {
  readonly x: Sql;
  readonly y: Sql;
  readonly type: KustoType;
  /** Whether each operand may be null before it is converted. */
  readonly nullable: readonly [boolean, boolean];
  /** Whether each operand may be a real that is not a number: to DuckDB it is the largest one, and like itself. */
  readonly maybeNaN: readonly [boolean, boolean];
  /** Every value of the operands has one of the type; else what has none is null there, and yet unlike any value. */
  readonly exact: boolean;
}

function compared(call: LoweredCall): Compared {
  const [a, b] = call.args as [LoweredArgument, LoweredArgument];
  const type = commonType(a.type, b.type);
  const { lowering } = call;
  const nullable = (arg: LoweredArgument): boolean =>
    arg.literal === undefined ? type !== 'string' || arg.type === 'dynamic' : arg.literal === null;
  const converts = (arg: LoweredArgument): boolean => arg.type === type || isWidening(arg.type, type);
  return {
    exact: converts(a) && converts(b),
    x: comparand(a, type, lowering, b),
    y: comparand(b, type, lowering, a),
    type,
    nullable: [nullable(a), nullable(b)],
    maybeNaN: [type === 'real' && mayBeNaN(a), type === 'real' && mayBeNaN(b)],
  };
}

const sameOrNull = (x: Sql, y: Sql, lowering: Lowering): Sql =>
  onceAll([x, y], lowering, ([a, b]) => sql`kql_equal(${a!}, ${b!})`);

/** null == null is null, null == x is false (reference: null values page). */
const equal: ScalarRow = (call) => {
  const { x, y, nullable, exact, maybeNaN } = compared(call);
  if (maybeNaN[0] && maybeNaN[1]) return equalIfKnown(call, x, y, sql` AND ${isNumber(x)}`);
  if (nullable[0] && nullable[1]) return exact ? sameOrNull(x, y, call.lowering) : equalIfKnown(call, x, y);
  if (!nullable[0] && !nullable[1] && exact) return sql`(${x} = ${y})`;
  return sql`coalesce(${x} = ${y}, false)`;
};

const equalIfKnown = ({ args: [a, b] }: LoweredCall, x: Sql, y: Sql, also: Sql = sql``): Sql =>
  sql`(CASE WHEN ${a!.sql} IS NULL AND ${b!.sql} IS NULL THEN NULL ELSE coalesce(${x} = ${y}${also}, false) END)`;

const notEqual: ScalarRow = (call) => {
  const { x, y, nullable, exact, maybeNaN } = compared(call);
  if (!exact || (maybeNaN[0] && maybeNaN[1])) return sql`(NOT ${equal(call)!})`;
  if (!nullable[0] && !nullable[1]) return sql`(${x} <> ${y})`;
  if (nullable[0] && nullable[1]) return sql`(NOT ${sameOrNull(x, y, call.lowering)})`;
  return sql`(${x} IS DISTINCT FROM ${y})`;
};

function ordering(operator: '<' | '<=' | '>' | '>='): ScalarRow {
  return (call) => {
    const { x, y, maybeNaN } = compared(call);
    const upwards = operator === '>' || operator === '>=';
    const [greater, lesser] = upwards ? [x, y] : [y, x];
    const [greaterNaN, lesserNaN] = upwards ? maybeNaN : [maybeNaN[1], maybeNaN[0]];
    const isStrict = operator === '>' || operator === '<';
    // A calculation is written once: the opposite of NaN is NaN, and not below anything.
    if (greaterNaN && !lesserNaN && !isCheap(greater))
      return isStrict ? sql`((- ${greater}) < (- ${lesser}))` : sql`((- ${greater}) <= (- ${lesser}))`;
    const guard = greaterNaN ? sql` AND ${isNumber(greater)}` : sql``;
    return isStrict ? sql`(${greater} > ${lesser}${guard})` : sql`(${greater} >= ${lesser}${guard})`;
  };
}

const between =
  (negated: boolean): ScalarRow =>
  ({ args, lowering }) => {
    const [x, low, high] = args as [LoweredArgument, LoweredArgument, LoweredArgument];
    const type = commonType(commonType(x.type, low.type), high.type === 'timespan' ? low.type : high.type);
    // x between (datetime .. timespan): the bound is counted from the lower one.
    const upper =
      type === 'datetime' && high.type === 'timespan'
        ? sql`try(${low.sql} + ${high.sql})`
        : comparand(high, type, lowering);
    const within = sql`${comparand(x, type, lowering)} BETWEEN ${comparand(low, type, lowering)} AND ${upper}`;
    const test = type === 'real' && mayBeNaN(high) ? sql`(${within} AND ${isNumber(upper)})` : sql`(${within})`;
    return negated ? sql`(NOT ${test})` : test;
  };

const bool = (arg: LoweredArgument, lowering: Lowering): Sql => as(arg, 'bool', lowering);

export const OPERATOR_ROWS: Readonly<Record<string, ScalarRow>> = {
  '+': additive('+'),
  '-': additive('-'),
  '*': multiply,
  '/': divide,
  '%': modulo,
  // The smallest whole number has no opposite: it stays, as arithmetic wraps around.
  negate: ({ args, type, lowering }) => {
    const x = as(args[0]!, type, lowering);
    if (type === 'int') return sql`kql_low_int(- CAST(${x} AS BIGINT))`;
    return type === 'long' || type === 'timespan' ? sql`kql_wrap_bits(- CAST(${x} AS HUGEINT))` : sql`(- ${x})`;
  },
  // A sum of whole numbers or spans that may be beyond its type (internal).
  wrap: ({ args: [x], type }) => {
    if (type === 'int') return sql`kql_low_int(${x!.sql})`;
    return type === 'long' || type === 'timespan' ? sql`kql_wrap(${x!.sql})` : castTo(x!.sql, type);
  },
  '==': equal,
  '!=': notEqual,
  '==in-filter': (call) => {
    const { x, y, maybeNaN } = compared(call);
    return maybeNaN[0] && maybeNaN[1] ? sql`(${x} = ${y} AND ${isNumber(x)})` : sql`(${x} = ${y})`;
  },
  // Equality of group keys: null is like null (internal).
  same: (call) => {
    const { x, y } = compared(call);
    return sql`(${x} IS NOT DISTINCT FROM ${y})`;
  },
  // Null keys meet in a join (seen in the reference's answers), unlike in a filter.
  '==in-join': (call) => {
    const { x, y, type } = compared(call);
    return type === 'string' ? sql`(${x} = ${y})` : sql`(${x} IS NOT DISTINCT FROM ${y})`;
  },
  '<': ordering('<'),
  '<=': ordering('<='),
  '>': ordering('>'),
  '>=': ordering('>='),
  and: ({ args, lowering }) => sql`(${bool(args[0]!, lowering)} AND ${bool(args[1]!, lowering)})`,
  or: ({ args, lowering }) => sql`(${bool(args[0]!, lowering)} OR ${bool(args[1]!, lowering)})`,
  not: ({ args, lowering }) => sql`(NOT ${bool(args[0]!, lowering)})`,
  between: between(false),
  '!between': between(true),
};
