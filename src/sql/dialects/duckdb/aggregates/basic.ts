import type { AggregateRow, LoweredAggregate, LoweredArgument } from '../../../dialect.js';
import { code, list, sql, type Sql } from '../../../tree.js';
import { castTo } from '../cast.js';
import { decimalCall } from '../scalars/mathematics.js';

/** count, sum, avg, min, max and their conditional forms; arg_max, arg_min, take_any, dcount. */

/** The last argument is a condition: other rows give null, which aggregates leave out. */
const ifTrue =
  (row: AggregateRow): AggregateRow =>
  (call) => {
    const condition = call.args[call.args.length - 1]!;
    const args = call.args
      .slice(0, -1)
      .map((arg) => ({ ...arg, sql: sql`CASE WHEN ${condition.sql} THEN ${arg.sql} END` }));
    return row({ ...call, args });
  };

/** The average of nothing is not a number, and null for time (seen in the reference's answers). */
function average(x: LoweredArgument, call: LoweredAggregate, filter: Sql): Sql {
  const { type } = call;
  // The sum of long wraps around before it is divided.
  if (x.type === 'long') {
    return sql`coalesce(CAST(kql_wrap(sum(${x.sql})${filter}) AS DOUBLE) / nullif(count(${x.sql})${filter}, 0), 'NaN'::DOUBLE)`;
  }
  if (type === 'real') return sql`coalesce(avg(${castTo(x.sql, 'real')})${filter}, 'NaN'::DOUBLE)`;
  // DuckDB's avg() of decimals and of ticks goes by way of reals, which lose the last digits.
  const [sum, count] = [sql`sum(${x.sql})${filter}`, sql`count(${x.sql})${filter}`];
  if (type !== 'decimal') return castTo(sql`(${sum} // ${count})`, type);
  const operands = [sum, castTo(count, 'decimal')].map((held): LoweredArgument => ({
    sql: held,
    type: 'decimal',
    literal: undefined,
  }));
  return decimalCall('decimal_divide', call, operands);
}

/** DuckDB takes NaN for the largest real; the reference leaves it out of no comparison and keeps it. */
const extreme =
  (name: 'min' | 'max'): AggregateRow =>
  ({ args: [x], type }) => {
    const plain = castTo(sql`${code(name)}(${x!.sql})`, type);
    if (type !== 'real') return plain;
    return sql`CASE WHEN bool_or(isnan(${x!.sql})) THEN 'NaN'::DOUBLE ELSE ${plain} END`;
  };

const sumOf = (arg: LoweredArgument): Sql => sql`sum(${arg.sql})`;

function asResult(inner: Sql, type: LoweredArgument['type']): Sql {
  // DuckDB's sums have 128 bits.
  if (type === 'long' || type === 'timespan') return sql`coalesce(TRY_CAST(${inner} AS BIGINT), kql_wrap(${inner}))`;
  if (type === 'datetime') return sql`CAST(kql_datetime_range(${inner}) AS BIGINT)`;
  return castTo(inner, type);
}

/** One row's columns as a struct, so that the aggregate picks them together. */
const rowOf = (args: readonly LoweredArgument[]): Sql =>
  sql`struct_pack(${list(args.map((arg, i) => sql`${{ kind: 'name', name: `f${i}` }} := ${arg.sql}`))})`;

/** Rows with a null key count only when there is no other; NaN wins in both directions. */
const argExtreme =
  (name: 'arg_max' | 'arg_min'): AggregateRow =>
  ({ args }) => {
    const [by] = args as [LoweredArgument];
    const lowest = sql`CASE WHEN isnan(${by.sql}) THEN '-Infinity'::DOUBLE ELSE ${by.sql} END`;
    const key = by.type === 'real' && name === 'arg_min' ? lowest : by.sql;
    return sql`coalesce(${code(name)}(${rowOf(args)}, ${key}), any_value(${rowOf(args)}))`;
  };

/** Any value, one that is not empty if there is one. */
const anyOf = (x: LoweredArgument, filter: Sql): Sql =>
  x.type === 'string' ? sql`coalesce(any_value(nullif(${x.sql}, ''))${filter}, '')` : sql`any_value(${x.sql})${filter}`;

const anyIf: AggregateRow = ({ args: [x, condition] }) => anyOf(x!, sql` FILTER (WHERE ${condition!.sql})`);

export const BASIC_AGGREGATES: Readonly<Record<string, AggregateRow>> = {
  count: () => sql`count(*)`,
  countif: ({ args: [condition] }) => sql`count(*) FILTER (WHERE ${condition!.sql})`,
  sum: ({ args, type }) => asResult(sql`coalesce(${sumOf(args[0]!)}, 0)`, type),
  sumif: ({ args, type }) => asResult(sql`coalesce(${sumOf(args[0]!)} FILTER (WHERE ${args[1]!.sql}), 0)`, type),
  avg: (call) => average(call.args[0]!, call, sql``),
  avgif: (call) => average(call.args[0]!, call, sql` FILTER (WHERE ${call.args[1]!.sql})`),
  min: extreme('min'),
  minif: ifTrue(extreme('min')),
  max: extreme('max'),
  maxif: ifTrue(extreme('max')),
  dcount: ({ args: [x] }) => sql`count(DISTINCT ${x!.sql})`,
  dcountif: ({ args: [x, condition] }) => sql`count(DISTINCT ${x!.sql}) FILTER (WHERE ${condition!.sql})`,
  count_distinct: ({ args }) =>
    sql`count(DISTINCT ${args.length === 1 ? args[0]!.sql : sql`(${list(args.map((a) => a.sql))})`})`,
  arg_max: argExtreme('arg_max'),
  arg_min: argExtreme('arg_min'),
  take_any_row: ({ args }) => sql`any_value(${rowOf(args)})`,
  take_anyif: anyIf,
  anyif: anyIf,
  count_distinctif: ({ args: [x, condition] }) => sql`count(DISTINCT ${x!.sql}) FILTER (WHERE ${condition!.sql})`,
  take_any: ({ args: [x] }) => anyOf(x!, sql``),
  any: ({ args: [x] }) => anyOf(x!, sql``),
};
