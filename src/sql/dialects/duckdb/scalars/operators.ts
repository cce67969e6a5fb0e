import { KustoError } from '../../../../errors/index.js';
import type { KustoType } from '../../../../values/index.js';
import type { LoweredArgument, LoweredCall, ScalarRow } from '../../../dialect.js';
import { sql, type Sql } from '../../../tree.js';
import type { Lowering } from '../../../dialect.js';
import { castTo } from '../cast.js';
import { fromDynamic } from './dynamic-conversion.js';
import { decimalCall } from './mathematics.js';

/** Arithmetic, comparison and logic. */

const isInteger = (type: KustoType): boolean => type === 'int' || type === 'long';
const isTicks = (type: KustoType): boolean => type === 'datetime' || type === 'timespan';

const isDatetime = (...args: readonly LoweredArgument[]): boolean => args.some((arg) => arg.type === 'datetime');

/** An operand as the type in which the operator computes. */
function as(arg: LoweredArgument, type: KustoType, lowering: Lowering): Sql {
  if (arg.type === type || (isTicks(type) && isTicks(arg.type))) return arg.sql;
  if (arg.type === 'dynamic') return fromDynamic(arg.sql, type, lowering);
  // By way of its text: a real's nearest decimal has digits that nobody wrote.
  if (arg.type === 'real' && type === 'decimal') return sql`TRY_CAST(${castTo(arg.sql, 'string')} AS DECIMAL(38, 18))`;
  return isWidening(arg.type, type) ? castTo(arg.sql, type) : sql`try(${castTo(arg.sql, type)})`;
}

/** Calculations as operands: what is made of them must write each once. */
const areNested = (...args: readonly LoweredArgument[]): boolean =>
  args.some((arg) => arg.literal === undefined && arg.sql.kind === 'template');

/** What always converts; an infinity is no decimal, text no bool: these are null there. */
const isWidening = (from: KustoType, to: KustoType): boolean =>
  (isInteger(from) || from === 'bool') && (to === 'long' || to === 'real' || to === 'decimal');

/** long arithmetic wraps around, as the reference's does; int is computed by DuckDB and made to fit. */
function additive(operator: '+' | '-'): ScalarRow {
  return ({ args, type, lowering }) => {
    const [a, b] = args as [LoweredArgument, LoweredArgument];
    const apply = (x: Sql, y: Sql): Sql => (operator === '+' ? sql`(${x} + ${y})` : sql`(${x} - ${y})`);
    const nested = areNested(a, b);
    if (isTicks(type)) {
      // A dynamic operand is a span, but for the datetime from which another is taken.
      const dynamicType = operator === '-' && type === 'timespan' && isDatetime(a, b) ? 'datetime' : 'timespan';
      const [x, y] = [a, b].map((arg) => (isTicks(arg.type) ? arg.sql : as(arg, dynamicType, lowering))) as [Sql, Sql];
      const ticks = sql`try(${apply(x, y)})`;
      if (type === 'timespan') return ticks;
      return nested ? sql`kql_datetime_range_nested(${ticks})` : sql`kql_datetime_range(${ticks})`;
    }
    if (isInteger(type)) {
      const [x, y] = [as(a, type, lowering), as(b, type, lowering)];
      if (type === 'int') return sql`CAST(kql_wrap32(${apply(x, y)}) AS INTEGER)`;
      if (operator === '+') return nested ? sql`kql_add_nested(${x}, ${y})` : sql`kql_add(${x}, ${y})`;
      return nested ? sql`kql_subtract_nested(${x}, ${y})` : sql`kql_subtract(${x}, ${y})`;
    }
    return castTo(apply(as(a, type, lowering), as(b, type, lowering)), type);
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
    return sql`TRY_CAST(round(try(${span.sql} * ${factor.type === 'dynamic' ? fromDynamic(factor.sql, 'real', lowering) : factor.sql})) AS BIGINT)`;
  }
  const [x, y] = [as(a, type, lowering), as(b, type, lowering)];
  if (type === 'long') return areNested(a, b) ? sql`kql_multiply_nested(${x}, ${y})` : sql`kql_multiply(${x}, ${y})`;
  if (type === 'int') return sql`CAST(kql_wrap32(CAST(${x} AS BIGINT) * ${y}) AS INTEGER)`;
  if (type === 'decimal') return onDecimals('decimal_multiply', call, x, y);
  return sql`(${x} * ${y})`;
};

const divide: ScalarRow = (call) => {
  const { args, type, lowering } = call;
  const [a, b] = args as [LoweredArgument, LoweredArgument];
  if (type === 'timespan') return sql`TRY_CAST(trunc(${a.sql} / ${as(b, b.type, lowering)}) AS BIGINT)`;
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
  return sql`kql_modulo(${x}, ${y})`;
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
export function comparand(arg: LoweredArgument, type: KustoType, lowering: Lowering): Sql {
  return arg.type === 'dynamic' && isInteger(type) ? sql`kql_dynamic_number(${arg.sql})` : as(arg, type, lowering);
}

interface Compared {
  readonly x: Sql;
  readonly y: Sql;
  readonly type: KustoType;
  readonly nullable: readonly [boolean, boolean];
  /** True where an operand may be no number: DuckDB has NaN equal to itself and above all, IEEE 754 (and Kusto) not. */
  readonly nan: readonly [boolean, boolean];
}

function compared(call: LoweredCall): Compared {
  const [a, b] = call.args as [LoweredArgument, LoweredArgument];
  const type = commonType(a.type, b.type);
  const { lowering } = call;
  const nullable = (arg: LoweredArgument): boolean =>
    arg.literal === undefined ? type !== 'string' || arg.type === 'dynamic' : arg.literal === null;
  return {
    x: comparand(a, type, lowering),
    y: comparand(b, type, lowering),
    type,
    nullable: [nullable(a), nullable(b)],
    nan: [mayBeNaN(a, type), mayBeNaN(b, type)],
  };
}

const mayBeNaN = (arg: LoweredArgument, type: KustoType): boolean =>
  type === 'real' && (arg.literal === undefined ? !isInteger(arg.type) : Number.isNaN(arg.literal));

/** In this form, and not by isnan(), the test is one on the order, which lets whole groups of rows be skipped. */
const isNumber = (x: Sql): Sql => sql`${x} <= 'inf'::DOUBLE`;

/** Types that compare by value; the reference wants a conversion between others. */
function requireComparable({ name, args, span }: LoweredCall): void {
  const [a, b] = args as [LoweredArgument, LoweredArgument];
  if (a.type === b.type || a.type === 'dynamic' || b.type === 'dynamic') return;
  if (AMONG_THEMSELVES.some((types) => types.has(a.type) && types.has(b.type))) return;
  const message = `${name}: values of types ${a.type} and ${b.type} cannot be compared. Convert one of them first.`;
  throw new KustoError('SEM0001', message, { span });
}

const AMONG_THEMSELVES: readonly ReadonlySet<KustoType>[] = [
  new Set(['bool', 'int', 'long', 'real', 'decimal']),
  new Set(['guid', 'string']),
];

/** null == null is null, null == x is false (reference: null values page). */
const equal: ScalarRow = (call) => {
  requireComparable(call);
  const { x, y, nullable, nan } = compared(call);
  const guard = nan[0] && nan[1] ? sql` AND ${isNumber(x)}` : sql``;
  if (!nullable[0] && !nullable[1]) return sql`(${x} = ${y}${guard})`;
  if (nullable[0] && nullable[1]) return sql`(kql_equal(${x}, ${y})${guard})`;
  return sql`coalesce(${x} = ${y}${guard}, false)`;
};

const notEqual: ScalarRow = (call) => {
  requireComparable(call);
  const { x, y, nullable, nan } = compared(call);
  const guard = nan[0] && nan[1] ? sql` OR NOT ${isNumber(x)}` : sql``;
  if (!nullable[0] && !nullable[1]) return sql`(${x} <> ${y}${guard})`;
  if (nullable[0] && nullable[1]) return sql`(NOT kql_equal(${x}, ${y})${guard})`;
  return sql`(${x} IS DISTINCT FROM ${y}${guard})`;
};

function ordering(operator: '<' | '<=' | '>' | '>='): ScalarRow {
  return (call) => {
    const { x, y, nan } = compared(call);
    const upwards = operator === '>' || operator === '>=';
    const [greater, lesser] = upwards ? [x, y] : [y, x];
    const [greaterNaN, lesserNaN] = upwards ? nan : [nan[1], nan[0]];
    const isStrict = operator === '>' || operator === '<';
    // A calculation is written once: the opposite of NaN is NaN, and not below anything.
    if (greaterNaN && !lesserNaN && greater.kind === 'template')
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
        ? sql`(${low.sql} + ${high.sql})`
        : comparand(high, type, lowering);
    const test = sql`(${comparand(x, type, lowering)} BETWEEN ${comparand(low, type, lowering)} AND ${upper})`;
    return negated ? sql`(NOT ${test})` : test;
  };

const bool = (arg: LoweredArgument, lowering: Lowering): Sql => as(arg, 'bool', lowering);

export const OPERATOR_ROWS: Readonly<Record<string, ScalarRow>> = {
  '+': additive('+'),
  '-': additive('-'),
  '*': multiply,
  '/': divide,
  '%': modulo,
  negate: ({ args, type, lowering }) => sql`(- ${as(args[0]!, type, lowering)})`,
  '==': equal,
  '!=': notEqual,
  '==in-filter': (call) => {
    requireComparable(call);
    const { x, y, nan } = compared(call);
    return nan[0] && nan[1] ? sql`(${x} = ${y} AND ${isNumber(x)})` : sql`(${x} = ${y})`;
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
