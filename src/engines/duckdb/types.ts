import type { KustoType } from '../../values/index.js';

/** How DuckDB stores a value of each type. */
export const STORAGE_TYPE: Readonly<Record<KustoType, string>> = {
  bool: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  decimal: 'DECIMAL(38,18)',
  datetime: 'BIGINT',
  timespan: 'BIGINT',
  string: 'VARCHAR',
  guid: 'UUID',
  dynamic: 'VARCHAR',
};

/** SQL that stores `expression` as the type: a string is never NULL. */
export function stored(expression: string, type: KustoType): string {
  return type === 'string'
    ? `coalesce(CAST(${expression} AS VARCHAR), '')`
    : `CAST(${expression} AS ${STORAGE_TYPE[type]})`;
}

/** Column definition; the default is what rows get that were there before the column. */
export function columnDefinition(name: string, type: KustoType): string {
  return `${name} ${STORAGE_TYPE[type]}${type === 'string' ? " DEFAULT ''" : ''}`;
}
