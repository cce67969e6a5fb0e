import type { LoweredArgument, ScalarRow } from '../../../dialect.js';
import { sql } from '../../../tree.js';

/** Positions on the axis of make-series, counted in steps from the origin. */
export const SERIES_ROWS: Readonly<Record<string, ScalarRow>> = {
  series_position: ({ args }) => {
    const [x, origin, step] = args as [LoweredArgument, LoweredArgument, LoweredArgument];
    if (x.type === 'real' || x.type === 'decimal')
      return sql`CAST(floor((${x.sql} - ${origin.sql}) / ${step.sql}) AS BIGINT)`;
    // `//` truncates; below the origin the position is the one before.
    return sql`CAST(floor((${x.sql} - ${origin.sql}) / CAST(${step.sql} AS DOUBLE)) AS BIGINT)`;
  },
  series_last: ({ args }) => {
    const [to, origin, step, inclusive] = args as [LoweredArgument, LoweredArgument, LoweredArgument, LoweredArgument];
    const steps = sql`((${to.sql} - ${origin.sql}) / CAST(${step.sql} AS DOUBLE))`;
    return inclusive.literal === true ? sql`CAST(floor(${steps}) AS BIGINT)` : sql`CAST(ceil(${steps}) - 1 AS BIGINT)`;
  },
};
