import {
  datetimeString,
  MAX_DATETIME_TICKS,
  TICKS_PER_SECOND,
  type ColumnSchema,
  type KustoType,
  type KustoValue,
} from '../../values/index.js';
import type { SqlColumn } from './column-kinds.js';

/** What the rows must fulfil, all of it together; null fulfils none. Ends are inclusive, either may be open. */
export type SqlCondition =
  | { readonly kind: 'in'; readonly column: string; readonly values: readonly KustoValue[] }
  | { readonly kind: 'range'; readonly column: string; readonly from?: KustoValue; readonly to?: KustoValue };

/** More values than this are left to the reader's own filter. */
const MOST_VALUES = 1000;

export interface ConditionDialect {
  quote(name: string): string;
  literal(text: string): string;
  /** A datetime, `YYYY-MM-DD HH:MM:SS`, to compare with the column. */
  datetime(text: string): string;
}

/**
 * SQL that lets every row through that fulfils the conditions, and perhaps others: what the database may compare by other
 * rules than KQL (reals, case, precision of times) is widened or left out. Undefined: nothing can be said.
 */
export function whereClause(
  conditions: readonly SqlCondition[],
  columns: readonly (readonly [ColumnSchema, SqlColumn])[],
  dialect: ConditionDialect,
): string | undefined {
  const parts = conditions.flatMap((condition) => {
    const found = columns.find(([{ name }]) => name === condition.column);
    return (found && conditionText(condition, found[0].type, found[1], dialect)) ?? [];
  });
  return parts.length === 0 ? undefined : parts.join(' AND ');
}

function conditionText(
  condition: SqlCondition,
  type: KustoType,
  column: SqlColumn,
  dialect: ConditionDialect,
): string | undefined {
  const name = dialect.quote(column.name);
  switch (column.kind) {
    case 'int8':
    case 'int16':
    case 'int32':
    case 'int64':
      return condition.kind === 'in'
        ? membership(name, condition.values, whole)
        : between(name, condition.from, condition.to, whole);
    case 'datetime':
    case 'date': {
      const [from, to] = condition.kind === 'in' ? ends(condition.values) : [condition.from, condition.to];
      const widened = (by: bigint) => (value: KustoValue) => {
        if (typeof value !== 'bigint') return undefined;
        const moved = value + by;
        const ticks = moved < 0n ? 0n : moved > MAX_DATETIME_TICKS ? MAX_DATETIME_TICKS : moved;
        return dialect.datetime(datetimeString(ticks).slice(0, 19).replace('T', ' '));
      };
      // A column of days begins with its day.
      const early = column.kind === 'date' ? 86_400n * TICKS_PER_SECOND : 2n * TICKS_PER_SECOND;
      return between(name, from, to, widened(-early), widened(2n * TICKS_PER_SECOND));
    }
    case 'text':
      // The text of a guid may be in capitals.
      if (condition.kind === 'range' || type !== 'string') return undefined;
      return membership(name, condition.values, (value) =>
        // No column holds a null character, and trailing spaces may count or not.
        typeof value === 'string' && !value.includes('\0') ? dialect.literal(value) : undefined,
      );
    case 'guid':
      if (condition.kind === 'range' || type !== 'guid') return undefined;
      return membership(name, condition.values, (value) =>
        typeof value === 'string' ? dialect.literal(value) : undefined,
      );
    default:
      return undefined;
  }
}

type Say = (value: KustoValue) => string | undefined;

const whole: Say = (value) =>
  typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value)) ? String(value) : undefined;

function membership(name: string, values: readonly KustoValue[], say: Say): string | undefined {
  if (values.length === 0 || values.length > MOST_VALUES) return undefined;
  const said = values.map(say);
  // An empty text is how KQL sees a null.
  if (said.some((text) => text === undefined) || values.includes('')) return undefined;
  return `${name} IN (${said.join(', ')})`;
}

function between(
  name: string,
  from: KustoValue | undefined,
  to: KustoValue | undefined,
  sayFrom: Say,
  sayTo: Say = sayFrom,
): string | undefined {
  const low = from === undefined ? undefined : sayFrom(from);
  const high = to === undefined ? undefined : sayTo(to);
  const parts = [low && `${name} >= ${low}`, high && `${name} <= ${high}`].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' AND ');
}

function ends(values: readonly KustoValue[]): [KustoValue | undefined, KustoValue | undefined] {
  const ticks = values.filter((value) => typeof value === 'bigint');
  if (ticks.length !== values.length) return [undefined, undefined];
  return [ticks.reduce((a, b) => (a < b ? a : b), ticks[0]!), ticks.reduce((a, b) => (a > b ? a : b), ticks[0]!)];
}
