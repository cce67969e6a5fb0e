import type { LoweredArgument, ScalarRow } from '../../dialect.js';
import { sql, value } from '../../tree.js';

/**
 * Window functions over the order in which rows arrive: DuckDB streams `OVER ()` in input order (a plan test holds it
 * to that), so no sort key is carried along.
 */
function neighbour(forward: boolean): ScalarRow {
  return ({ args, type, lowering }) => {
    const [column, offset, otherwise] = args as [LoweredArgument, LoweredArgument?, LoweredArgument?];
    const distance = offset?.sql ?? value('int', 1);
    const missing = otherwise?.sql ?? value(type, null);
    const call = forward
      ? sql`lead(${column.sql}, ${distance}, ${missing}) OVER ()`
      : sql`lag(${column.sql}, ${distance}, ${missing}) OVER ()`;
    return lowering.emptyForNull(call, type);
  };
}

export const WINDOW_ROWS: Readonly<Record<string, ScalarRow>> = {
  prev: neighbour(false),
  next: neighbour(true),
  row_number: ({ args: [start, restart] }) => {
    if (restart) return undefined;
    const number = sql`CAST(row_number() OVER () AS BIGINT)`;
    return start ? sql`(${number} + ${start.sql} - 1)` : number;
  },
  row_cumsum: ({ args: [x, restart], type }) => {
    if (restart) return undefined;
    return sql`CAST(coalesce(sum(${x!.sql}) OVER (ROWS UNBOUNDED PRECEDING), 0) AS ${{ kind: 'template', strings: [type === 'real' ? 'DOUBLE' : 'BIGINT'], holes: [] }})`;
  },
};
