import type { KustoType } from '../../../../values/index.js';
import type { LoweredArgument, Lowering, ScalarRow } from '../../../dialect.js';
import { sql, value, type Sql } from '../../../tree.js';
import { once } from '../once.js';

/** Positions on the axis of make-series, counted in steps from the origin; null for NaN. */
export const SERIES_ROWS: Readonly<Record<string, ScalarRow>> = {
  series_position: ({ args, lowering }) => {
    const [x, origin, step] = args as [LoweredArgument, LoweredArgument, LoweredArgument];
    // Ticks have more digits than a double.
    if (args.every(isWhole)) return wholeSteps(distance(x, origin), step.sql);
    return counted(sql`floor((${x.sql} - ${origin.sql}) / CAST(${step.sql} AS DOUBLE))`, lowering);
  },
  series_last: ({ args: [to, origin, step, inclusive], lowering }) => {
    const includes = inclusive!.literal === true;
    if ([to!, origin!, step!].every(isWhole)) {
      const length = distance(to!, origin!);
      return wholeSteps(includes ? length : sql`(${length} - 1)`, step!.sql);
    }
    const steps = sql`((${to!.sql} - ${origin!.sql}) / CAST(${step!.sql} AS DOUBLE))`;
    return counted(includes ? sql`floor(${steps})` : sql`(ceil(${steps}) - 1)`, lowering);
  },
};

const WHOLE: ReadonlySet<KustoType> = new Set(['int', 'long', 'datetime', 'timespan']);
const isWhole = ({ type }: LoweredArgument): boolean => WHOLE.has(type);

/** What is beyond a long is at its end: no array is as long. */
const distance = (to: LoweredArgument, from: LoweredArgument): Sql =>
  sql`coalesce(try(CAST(${to.sql} AS BIGINT) - ${from.sql}), ${value('long', 2n ** 63n - 1n)})`;

/** `//` truncates; below the origin the position is the one before. */
const wholeSteps = (length: Sql, step: Sql): Sql =>
  sql`((${length}) // ${step} - CASE WHEN (${length}) % ${step} < 0 THEN 1 ELSE 0 END)`;

/** Positions further out than this are all alike: series_fill() refuses them. */
const FURTHEST = 2 ** 62;

const counted = (steps: Sql, lowering: Lowering): Sql =>
  once(
    steps,
    lowering,
    (n) =>
      sql`(CASE WHEN NOT isnan(${n}) THEN CAST(greatest(least(${n}, ${value('real', FURTHEST)}), ${value('real', -FURTHEST)}) AS BIGINT) END)`,
  );
