import type { LoweredArgument, ScalarRow } from '../../dialect.js';
import { sql, value } from '../../tree.js';
import { castTo } from './cast.js';

/**
 * prev() and next() over the order in which rows arrive: DuckDB streams `OVER ()` in input order (a plan test holds it
 * to that). Functions that count or restart are taken apart before (see lower/windows.ts).
 */
function neighbour(forward: boolean): ScalarRow {
  return ({ args, type, lowering }) => {
    const [column, offset, otherwise] = args as [LoweredArgument, LoweredArgument?, LoweredArgument?];
    const distance = offset?.sql ?? value('int', 1);
    const missing = otherwise ? castTo(otherwise.sql, type) : value(type, null);
    const call = forward
      ? sql`lead(${column.sql}, ${distance}, ${missing}) OVER ()`
      : sql`lag(${column.sql}, ${distance}, ${missing}) OVER ()`;
    return lowering.emptyForNull(call, type);
  };
}

export const WINDOW_ROWS: Readonly<Record<string, ScalarRow>> = { prev: neighbour(false), next: neighbour(true) };
