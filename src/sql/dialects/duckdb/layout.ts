/**
 * Where DuckDB keeps what: the facts that compiled SQL and the engine share. Imports nothing, so that the dialect does
 * not know the engine.
 */

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Physical name of a table, ready for SQL. DuckDB names ignore case: ids are lower case (see catalog ids). */
export function tableName(tableId: string): string {
  return `data.${quoteIdentifier(`t_${tableId}`)}`;
}

/** Physical name of a column, ready for SQL. */
export function columnName(columnId: number): string {
  return `c${columnId}`;
}

/** Every table's last column: BIGINT, the number of the row's extent. */
export const EXTENT_COLUMN = 'extent';

/**
 * One row a committed extent, over all tables. A cursor window is
 * `extent IN (SELECT number FROM catalog.extent WHERE table_id = … AND cursor > … AND cursor <= …)`;
 * `ingestion_time()` is a join on `number`.
 */
export const EXTENT_TABLE = {
  name: 'catalog.extent',
  /** BIGINT: what `EXTENT_COLUMN` holds. */
  number: 'number',
  /** VARCHAR: a GUID in text. */
  id: 'id',
  tableId: 'table_id',
  /** BIGINT */
  cursor: 'cursor',
  /** BIGINT ticks */
  ingestionTime: 'ingestion_time',
  rowCount: 'row_count',
  /** VARCHAR: JSON array of strings. */
  tags: 'tags',
  /** BOOLEAN: whether the IngestionTime policy was on. */
  isTimed: 'is_timed',
} as const;
