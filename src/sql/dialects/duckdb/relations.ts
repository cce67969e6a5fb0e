import type { ExpandedRows, ExpandItem, Expand, Range, Sample, Scan, Values } from '../../../plan/index.js';
import type { Dialect } from '../../dialect.js';
import type { Lowering } from '../../dialect.js';
import { code, list, name, sql, value, type Sql } from '../../tree.js';
import { castTo } from './cast.js';
import { fromDynamic } from './scalars/dynamic-conversion.js';
import { columnName, EXTENT_COLUMN, tableName } from './layout.js';

/** The leaves and the array operators, which differ between engines. */
export const RELATIONS: Dialect['relations'] = { scan, values, range, sample, expand, expandedRows };

function scan(relation: Scan, lowering: Lowering): Sql {
  const columns = relation.stored.map(
    (id, i) => sql`${code(columnName(id))} AS ${lowering.column(relation.columns[i]!)}`,
  );
  if (relation.extentColumn) columns.push(sql`${name(EXTENT_COLUMN)} AS ${lowering.column(relation.extentColumn)}`);
  const source = sql`SELECT ${list(columns)} FROM ${code(tableName(relation.tableId))}`;
  if (!relation.extents) return source;
  if (relation.extents.length === 0) return sql`${source} WHERE false`;
  return sql`${source} WHERE ${name(EXTENT_COLUMN)} IN (${list(relation.extents.map((extent) => value('long', extent)))})`;
}

function values(relation: Values, lowering: Lowering): Sql {
  if (relation.columns.length === 0) return sql`SELECT 1 AS "none"`;
  const held = relation.columns.map((_, i) => name(`v${i}`));
  const columns = relation.columns.map(
    (column, i) => sql`${castTo(held[i]!, column.type)} AS ${lowering.column(column)}`,
  );
  if (relation.rows.length === 0) {
    const nothing = relation.columns.map((column) => sql`${value(column.type, null)} AS ${lowering.column(column)}`);
    return sql`SELECT ${list(nothing)} WHERE false`;
  }
  const rows = relation.rows.map((row) => sql`(${list(row.map((cell) => lowering.scalar(cell)))})`);
  return sql`SELECT ${list(columns)} FROM (VALUES ${list(rows)}) AS v(${list(held)})`;
}

function range(relation: Range, lowering: Lowering): Sql {
  const [column] = relation.columns;
  const [from, to, step] = [relation.from, relation.to, relation.step].map((bound) => lowering.scalar(bound)) as [
    Sql,
    Sql,
    Sql,
  ];
  const target = lowering.column(column!);
  if (column!.type === 'real' || column!.type === 'decimal') {
    return sql`SELECT ${castTo(sql`${from} + i * ${step}`, column!.type)} AS ${target} FROM range(0, CAST(greatest(0, floor((${to} - ${from}) / ${step} + 1e-9) + 1) AS BIGINT)) AS r(i)`;
  }
  return sql`SELECT ${castTo(sql`i`, column!.type)} AS ${target} FROM generate_series(CAST(${from} AS BIGINT), CAST(${to} AS BIGINT), CAST(${step} AS BIGINT)) AS r(i)`;
}

function sample(relation: Sample, lowering: Lowering): Sql {
  return sql`SELECT * FROM (${lowering.relation(relation.input)}) AS t ORDER BY random() LIMIT ${lowering.scalar(relation.count)}`;
}

/** A list of the elements of a dynamic value: of an array, the properties of a bag, or the value itself. */
function elementsOf(source: Sql, bagKind: Expand['bagKind']): Sql {
  return bagKind === 'array' ? sql`kql_elements_pairs(${source})` : sql`kql_elements(${source})`;
}

function itemValue(item: ExpandItem, elements: Sql, position: Sql, lowering: Lowering): Sql {
  const element = sql`${elements}[${position} + 1]`;
  return item.elementType === 'dynamic'
    ? sql`kql_null_json(${element})`
    : fromDynamic(element, item.elementType, lowering);
}

function limitOf(rowLimit: Expand['rowLimit'], lowering: Lowering): Sql {
  return rowLimit ? lowering.scalar(rowLimit) : value('long', 2147483647n);
}

function expand(relation: Expand, lowering: Lowering): Sql {
  const lists = relation.items.map(
    (item, i) => sql`${elementsOf(lowering.scalar(item.source), relation.bagKind)} AS ${name(`l${i}`)}`,
  );
  const lengths = relation.items.map((_, i) => sql`len(${name(`l${i}`)})`);
  const positions = sql`unnest(range(0, least(greatest(1, ${list(lengths)}), ${limitOf(relation.rowLimit, lowering)}))) AS "position"`;
  const columns = relation.columns.map((column) => {
    if (relation.indexColumn?.id === column.id) return sql`"position" AS ${lowering.column(column)}`;
    const index = relation.items.findIndex((item) => item.column.id === column.id);
    if (index < 0) return lowering.column(column);
    return sql`${itemValue(relation.items[index]!, name(`l${index}`), sql`"position"`, lowering)} AS ${lowering.column(column)}`;
  });
  return sql`SELECT ${list(columns)} FROM (SELECT *, ${positions} FROM (SELECT *, ${list(lists)} FROM (${lowering.relation(relation.input)}) AS t) AS u) AS v`;
}

function expandedRows(relation: ExpandedRows, lowering: Lowering): Sql {
  const lists = relation.items.map((item, i) => sql`kql_elements(${lowering.scalar(item.source)}) AS ${name(`l${i}`)}`);
  const lengths = relation.items.map((_, i) => sql`len(${name(`l${i}`)})`);
  const outer = relation.outer.map(
    ({ column, value: scalar }) => sql`${lowering.scalar(scalar)} AS ${lowering.column(column)}`,
  );
  const passed = relation.outer.map(({ column }) => lowering.column(column));
  const items = relation.items.map(
    (item, i) => sql`${itemValue(item, name(`l${i}`), sql`"position"`, lowering)} AS ${lowering.column(item.column)}`,
  );
  const index = relation.indexColumn ? [sql`"position" AS ${lowering.column(relation.indexColumn)}`] : [];
  return sql`SELECT ${list([...passed, ...items, ...index])} FROM (SELECT *, unnest(range(0, least(greatest(${list([value('long', 0n), ...lengths])}), ${limitOf(relation.rowLimit, lowering)}))) AS "position" FROM (SELECT ${list([...lists, ...outer])}) AS u) AS v`;
}
