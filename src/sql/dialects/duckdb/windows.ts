import { KustoError, type Span } from '../../../errors/index.js';
import type { KustoType } from '../../../values/index.js';
import type { LoweredArgument, ScalarRow } from '../../dialect.js';
import { readsRow, sql, value, type Sql } from '../../tree.js';
import { castTo } from './cast.js';
import { toDynamic } from './scalars/dynamic-conversion.js';

/**
 * prev() and next() over the order in which rows arrive: DuckDB streams `OVER ()` in input order (a plan test holds it
 * to that). Functions that count or restart are taken apart before (see lower/windows.ts).
 */
function neighbour(forward: boolean): ScalarRow {
  return ({ name, args, type, span, lowering }) => {
    const [column, offset, otherwise] = args as [LoweredArgument, LoweredArgument?, LoweredArgument?];
    if (offset && readsRow(offset.sql)) throw refused(`${name}(): the offset must be a constant.`, span);
    const distance = offset?.sql ?? value('int', 1);
    const missing = otherwise ? asDefault(otherwise, type) : value(type, null);
    if (!missing) throw refused(`${name}(): the default must be of the type ${type}, as the column is.`, span);
    const call = forward
      ? sql`lead(${column.sql}, ${distance}, ${missing}) OVER ()`
      : sql`lag(${column.sql}, ${distance}, ${missing}) OVER ()`;
    return lowering.emptyForNull(call, type);
  };
}

const NUMBERS: ReadonlySet<KustoType> = new Set(['bool', 'int', 'long', 'real', 'decimal']);

function asDefault(given: LoweredArgument, type: KustoType): Sql | undefined {
  if (given.type === type) return given.sql;
  if (given.literal === null) return value(type, null);
  if (type === 'dynamic') return toDynamic(given);
  return NUMBERS.has(given.type) && NUMBERS.has(type) ? sql`try(${castTo(given.sql, type)})` : undefined;
}

const refused = (message: string, span: Span): KustoError => new KustoError('SEM0001', message, { span });

export const WINDOW_ROWS: Readonly<Record<string, ScalarRow>> = { prev: neighbour(false), next: neighbour(true) };
