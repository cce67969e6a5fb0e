import type { AggregateRow, LoweredArgument } from '../../../dialect.js';
import { list, sql, value, type Sql } from '../../../tree.js';
import { castTo } from '../cast.js';

/** count, sum, avg, min, max and their conditional forms; arg_max, arg_min, take_any, dcount. */

const filtered =
  (row: AggregateRow): AggregateRow =>
  (call) => {
    const condition = call.args[call.args.length - 1]!;
    const inner = row({ ...call, args: call.args.slice(0, -1) });
    return inner && sql`${inner} FILTER (WHERE ${condition.sql})`;
  };

const sumOf = (arg: LoweredArgument): Sql => sql`sum(${arg.sql})`;

function asResult(inner: Sql, type: LoweredArgument['type']): Sql {
  if (type === 'long') return sql`kql_wrap(${inner})`;
  return castTo(inner, type);
}

/** One row's columns as a struct, so that the aggregate picks them together. */
const rowOf = (args: readonly LoweredArgument[]): Sql =>
  sql`struct_pack(${list(args.map((arg, i) => sql`${{ kind: 'name', name: `f${i}` }} := ${arg.sql}`))})`;

export const BASIC_AGGREGATES: Readonly<Record<string, AggregateRow>> = {
  count: () => sql`count(*)`,
  countif: ({ args: [condition] }) => sql`count(*) FILTER (WHERE ${condition!.sql})`,
  sum: ({ args, type }) => asResult(sql`coalesce(${sumOf(args[0]!)}, 0)`, type),
  sumif: ({ args, type }) => asResult(sql`coalesce(${sumOf(args[0]!)} FILTER (WHERE ${args[1]!.sql}), 0)`, type),
  avg: ({ args, type }) => castTo(sql`avg(${args[0]!.sql})`, type),
  avgif: ({ args, type }) => castTo(sql`avg(${args[0]!.sql}) FILTER (WHERE ${args[1]!.sql})`, type),
  min: ({ args, type }) => castTo(sql`min(${args[0]!.sql})`, type),
  minif: filtered(({ args }) => sql`min(${args[0]!.sql})`),
  max: ({ args, type }) => castTo(sql`max(${args[0]!.sql})`, type),
  maxif: filtered(({ args }) => sql`max(${args[0]!.sql})`),
  dcount: ({ args: [x] }) => sql`count(DISTINCT ${x!.sql})`,
  dcountif: ({ args: [x, condition] }) => sql`count(DISTINCT ${x!.sql}) FILTER (WHERE ${condition!.sql})`,
  count_distinct: ({ args }) =>
    sql`count(DISTINCT ${args.length === 1 ? args[0]!.sql : sql`(${list(args.map((a) => a.sql))})`})`,
  arg_max: ({ args }) => sql`arg_max(${rowOf(args)}, ${args[0]!.sql})`,
  arg_min: ({ args }) => sql`arg_min(${rowOf(args)}, ${args[0]!.sql})`,
  take_any_row: ({ args }) => sql`any_value(${rowOf(args)})`,
  take_any: ({ args: [x] }) => sql`any_value(${x!.sql})`,
  any: ({ args: [x] }) => sql`any_value(${x!.sql})`,
  percentile: ({ args: [x, percent], type }) => castTo(sql`quantile_disc(${x!.sql}, ${percent!.sql} / 100.0)`, type),
  stdev: ({ args: [x] }) => sql`coalesce(stddev_samp(${x!.sql}), 0)`,
  stdevp: ({ args: [x] }) => sql`coalesce(stddev_pop(${x!.sql}), 0)`,
  variance: ({ args: [x] }) => sql`coalesce(var_samp(${x!.sql}), 0)`,
  variancep: ({ args: [x] }) => sql`coalesce(var_pop(${x!.sql}), 0)`,
};

export { value };
