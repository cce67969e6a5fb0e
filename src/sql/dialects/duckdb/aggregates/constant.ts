import { KustoError } from '../../../../errors/index.js';
import type { LoweredArgument, LoweredCall } from '../../../dialect.js';
import { readsRow, sql, value, type Sql } from '../../../tree.js';

/** Arguments of aggregates that must be the same for every row. */

function refuse(message: string, { span }: LoweredCall): never {
  throw new KustoError('SEM0001', message, { span });
}

export function requirePercent(percent: LoweredArgument, call: LoweredCall): void {
  const { literal } = percent;
  if (literal === null || Number.isNaN(literal)) refuse(`${call.name}(): a percent must be a number.`, call);
  // DuckDB's quantiles take no other.
  if (readsRow(percent.sql)) refuse(`${call.name}(): a percent must be a constant.`, call);
  if (literal !== undefined && !(Number(literal) >= 0 && Number(literal) <= 100))
    refuse(`${call.name}(): a percent must be between 0 and 100.`, call);
}

/** A percent as a share of one: a decimal, with which DuckDB counts exactly. 55% of 100 values are 55, not 56. */
export function shareOf(percent: LoweredArgument, call: LoweredCall): Sql {
  requirePercent(percent, call);
  return sql`(CAST(${percent.sql} AS DECIMAL(12, 8)) * CAST(0.01 AS DECIMAL(3, 2)))`;
}

const DEFAULT_MAX_ITEMS = 1_048_576n;

/** How many elements an array may have at most. */
export function maxItems(limit: LoweredArgument | undefined, call: LoweredCall): Sql {
  if (!limit) return value('long', DEFAULT_MAX_ITEMS);
  if (readsRow(limit.sql)) refuse(`${call.name}(): the maximum size must be a constant.`, call);
  if (limit.literal === null || (limit.literal !== undefined && Number(limit.literal) < 0))
    refuse(`${call.name}(): the maximum size must not be null or negative.`, call);
  return sql`least(${limit.sql}, ${value('long', DEFAULT_MAX_ITEMS)})`;
}
