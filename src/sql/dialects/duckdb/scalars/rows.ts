import type { LoweredArgument, ScalarRow } from '../../../dialect.js';
import { code, sql, value } from '../../../tree.js';
import { EXTENT_TABLE } from '../layout.js';

/** Functions of the row's extent. The argument is the hidden extent column. */
const extents = code(EXTENT_TABLE.name);
const extentField =
  (field: string): ScalarRow =>
  ({ args: [extent] }) =>
    sql`(SELECT e.${code(field)} FROM ${extents} AS e WHERE e.number = ${extent!.sql})`;

function cursorTest(after: boolean): ScalarRow {
  return ({ args }) => {
    const [extent, cursor] = args as [LoweredArgument, LoweredArgument];
    const held = cursor.literal as string;
    if (held === '' && !after) return sql`true`;
    const comparison = code(after ? '>' : '<=');
    // Rows that came while the IngestionTime policy was off have no time that a cursor could be compared with.
    return sql`(${extent.sql} IN (SELECT e.number FROM ${extents} AS e WHERE e.cursor ${comparison} ${value('long', BigInt(held))} AND e.${code(EXTENT_TABLE.isTimed)}))`;
  };
}

export const EXTENT_ROWS: Readonly<Record<string, ScalarRow>> = {
  ingestion_time: ({ args: [extent] }) =>
    sql`(SELECT e.${code(EXTENT_TABLE.ingestionTime)} FROM ${extents} AS e WHERE e.number = ${extent!.sql} AND e.${code(EXTENT_TABLE.isTimed)})`,
  extent_tags: extentField(EXTENT_TABLE.tags),
  extent_id: ({ args: [extent] }) =>
    sql`(SELECT CAST(e.id AS UUID) FROM ${extents} AS e WHERE e.number = ${extent!.sql})`,
  cursor_after: cursorTest(true),
  cursor_before_or_at: cursorTest(false),
};
