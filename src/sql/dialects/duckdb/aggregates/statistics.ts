import { KustoError } from '../../../../errors/index.js';
import { scalarFunction } from '../../../../functions/index.js';
import type { KustoType } from '../../../../values/index.js';
import type { AggregateRow, LoweredAggregate, LoweredArgument } from '../../../dialect.js';
import { code, list, sql, value, type Sql } from '../../../tree.js';
import { castTo } from '../cast.js';
import { toDynamic } from '../scalars/dynamic-conversion.js';
import { requirePercent, shareOf } from './constant.js';

/** Percentiles, deviations, covariance and bitwise aggregates. */

/** The last argument is a condition: rows that do not fulfil it do not take part. */
const filtered =
  (row: AggregateRow): AggregateRow =>
  (call) => {
    const condition = call.args[call.args.length - 1]!;
    const args = call.args.slice(0, -1).map((arg) => ({
      ...arg,
      sql: sql`CASE WHEN ${condition.sql} THEN ${arg.sql} END`,
    }));
    return row({ ...call, args });
  };

const real = (arg: LoweredArgument): Sql => castTo(arg.sql, 'real');

/** Sums of squares as the reference computes them: 0 for a single value; not a number where a value is none. */
const deviation =
  (name: 'stddev_samp' | 'stddev_pop' | 'var_samp' | 'var_pop'): AggregateRow =>
  ({ args: [x] }) => {
    const finite = sql`isfinite(${real(x!)})`;
    return sql`CASE WHEN coalesce(bool_and(${finite}), true) THEN coalesce(${code(name)}(${real(x!)}) FILTER (WHERE ${finite}), 0) ELSE 'NaN'::DOUBLE END`;
  };

/** As deviations: 0 for a single pair, and for none. */
const covariance =
  (name: 'covar_samp' | 'covar_pop'): AggregateRow =>
  ({ args }) => {
    const [x, y] = args.map((arg) => real(arg)) as [Sql, Sql];
    const finite = sql`isfinite(${x}) AND isfinite(${y})`;
    return sql`CASE WHEN coalesce(bool_and(${finite}), true) THEN coalesce(${code(name)}(${x}, ${y}) FILTER (WHERE ${finite}), 0) ELSE 'NaN'::DOUBLE END`;
  };

/** Of whole numbers; others have no bits that the reference shows. */
const bitwise =
  (name: 'bit_and' | 'bit_or' | 'bit_xor'): AggregateRow =>
  ({ args: [x] }) =>
    x!.type === 'int' || x!.type === 'long' ? sql`${code(name)}(${x!.sql})` : undefined;

/**
 * Nearest rank. All percentiles of a value in one pass: DuckDB computes an aggregate once that is written the same way
 * again.
 */
const percentile: AggregateRow = (call) => {
  const { siblings, type } = call;
  const [x, percent] = call.args as [LoweredArgument, LoweredArgument];
  const own = shareOf(percent, call);
  const all = siblings().map((sibling) => sibling.args[1]!);
  const index = all.findIndex((other) => other.literal !== undefined && other.literal === percent.literal);
  if (all.length < 2 || index < 0 || all.some((other) => other.literal === undefined)) {
    return castTo(sql`quantile_disc(${x.sql}, ${own})`, type);
  }
  const shares = list(all.map((other) => shareOf(other, call)));
  return castTo(sql`list_extract(quantile_disc(${x.sql}, [${shares}]), ${value('int', index + 1)})`, type);
};

/** Nearest rank over values that each count `weight` times. */
function weighted(call: LoweredAggregate): Sql {
  const [x, weight, percent] = call.args as [LoweredArgument, LoweredArgument, LoweredArgument];
  requirePercent(percent, call);
  const held = sql`FILTER (WHERE ${x.sql} IS NOT NULL AND ${weight.sql} > 0)`;
  const values = sql`list(${x.sql} ORDER BY ${x.sql}) ${held}`;
  const weights = sql`list(CAST(CAST(${weight.sql} AS DOUBLE) AS VARCHAR) ORDER BY ${x.sql}) ${held}`;
  const rank = call.lowering.viaFunction(scalarFunction('weighted_rank')!, {
    name: 'weighted_rank',
    args: [{ sql: sql`kql_json_array(${weights})`, type: 'dynamic', literal: undefined }, percent],
    type: 'long',
    span: call.span,
    lowering: call.lowering,
  });
  return castTo(sql`(${values})[${rank}]`, call.type);
}

/** The percents may be one dynamic array. */
function percents(args: readonly LoweredArgument[]): LoweredArgument[] {
  return args.flatMap((arg): LoweredArgument[] => {
    if (arg.type !== 'dynamic') return [arg];
    if (typeof arg.literal !== 'string') throw new KustoError('SEM0001', 'The percents must be a constant array.');
    const held: unknown = JSON.parse(arg.literal);
    return (Array.isArray(held) ? held : [held]).map((one) => ({
      type: 'real',
      literal: Number(one),
      sql: value('real', Number(one)),
    }));
  });
}

const asArray = (items: readonly Sql[], type: KustoType): Sql =>
  sql`kql_json_array([${list(items.map((item) => toDynamic({ sql: item, type })))}])`;

export const STATISTICS_AGGREGATES: Readonly<Record<string, AggregateRow>> = {
  percentile,
  percentilew: weighted,
  percentiles_array: (call) => {
    const [x, ...rest] = call.args;
    const type = x!.type === 'int' ? 'long' : x!.type;
    const singles = percents(rest).map((percent) => ({ ...call, args: [x!, percent], type, siblings: () => singles }));
    return asArray(
      singles.map((single) => percentile(single)!),
      type,
    );
  },
  percentilesw_array: (call) => {
    const [x, weight, ...rest] = call.args;
    const type = x!.type === 'int' ? 'long' : x!.type;
    return asArray(
      percents(rest).map((percent) => weighted({ ...call, args: [x!, weight!, percent], type })),
      type,
    );
  },
  stdev: deviation('stddev_samp'),
  stdevif: filtered(deviation('stddev_samp')),
  stdevp: deviation('stddev_pop'),
  variance: deviation('var_samp'),
  varianceif: filtered(deviation('var_samp')),
  variancep: deviation('var_pop'),
  variancepif: filtered(deviation('var_pop')),
  covariance: covariance('covar_samp'),
  covarianceif: filtered(covariance('covar_samp')),
  covariancep: covariance('covar_pop'),
  covariancepif: filtered(covariance('covar_pop')),
  binary_all_and: bitwise('bit_and'),
  binary_all_or: bitwise('bit_or'),
  binary_all_xor: bitwise('bit_xor'),
};
