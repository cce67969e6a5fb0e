import type { KustoType } from '../../../values/index.js';

/** How DuckDB holds each Kusto type inside Calypso (see docs/decisions: values). */
export const DUCKDB_TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  decimal: 'DECIMAL(38, 18)',
  datetime: 'BIGINT',
  timespan: 'BIGINT',
  string: 'VARCHAR',
  guid: 'UUID',
  dynamic: 'VARCHAR',
};
