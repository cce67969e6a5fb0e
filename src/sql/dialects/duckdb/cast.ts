import type { KustoType } from '../../../values/index.js';
import { code, sql, type Sql } from '../../tree.js';
import { DUCKDB_TYPES } from './types.js';

export function castTo(inner: Sql, type: KustoType): Sql {
  return sql`CAST(${inner} AS ${code(DUCKDB_TYPES[type])})`;
}

/** Null where it does not convert. Unlike try(), it takes values of chance (`new_guid()`). */
export function tryCastTo(inner: Sql, type: KustoType): Sql {
  return sql`TRY_CAST(${inner} AS ${code(DUCKDB_TYPES[type])})`;
}
