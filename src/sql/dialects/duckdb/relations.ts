import type {
  Apply,
  ExpandedRows,
  ExpandItem,
  Expand,
  Range,
  Relation,
  Sample,
  Scalar,
  Scan,
  Values,
} from '../../../plan/index.js';
import type { KustoType, KustoValue } from '../../../values/index.js';
import type { Dialect } from '../../dialect.js';
import type { Lowering } from '../../dialect.js';
import { code, list, name, sql, value, type Sql } from '../../tree.js';
import { castTo } from './cast.js';
import { once } from './once.js';
import { rawPart } from './scalars/access.js';
import { elementAs } from './scalars/dynamic-conversion.js';
import { columnName, EXTENT_COLUMN, tableName } from './layout.js';

/** The leaves and the array operators, which differ between engines. */
export const RELATIONS: Dialect['relations'] = { scan, values, range, sample, expand, expandedRows, expandable };

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

/** Rows from which on a table of the query is given to the engine beside the text, which it would be long to read in. */
const MANY_ROWS = 500;

const literalValue = (cell: Scalar, type: KustoType): KustoValue | undefined =>
  cell.kind === 'literal' && cell.type === type ? cell.value : undefined;

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
  if (relation.rows.length >= MANY_ROWS) {
    const cells = relation.columns.map(({ type }, c) => relation.rows.map((row) => literalValue(row[c]!, type)));
    if (!cells.some((column) => column.includes(undefined))) {
      const types = relation.columns.map((column) => column.type);
      const given = relation.columns.map((column, i) => sql`${name(`c${i}`)} AS ${lowering.column(column)}`);
      return sql`SELECT ${list(given)} FROM ${lowering.input(types, cells as KustoValue[][])}`;
    }
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
function elementsOf(source: Sql, bagKind: Expand['bagKind'], lowering: Lowering): Sql {
  return once(rawPart(source), lowering, (json) => sql`${elementsMacro(bagKind)}(${json})`);
}

const elementsMacro = (bagKind: Expand['bagKind']): Sql =>
  bagKind === 'array' ? sql`kql_elements_pairs` : sql`kql_elements`;

function itemValue(item: ExpandItem, elements: Sql, position: Sql, lowering: Lowering): Sql {
  return once(sql`list_extract(${elements}, ${position} + 1)`, lowering, (json) =>
    elementAs(json, item.elementType, lowering),
  );
}

const POSITION = name('position');

/** Rows of a row: as many as the longest list has elements, none where all are empty. */
function positions(items: readonly ExpandItem[], rowLimit: Expand['rowLimit'], lowering: Lowering): Sql {
  const longest = sql`greatest(${list(items.map((_, i) => sql`len(${name(`l${i}`)})`))})`;
  const count = rowLimit ? sql`least(${longest}, ${lowering.scalar(rowLimit)})` : longest;
  return sql`unnest(range(0, ${count})) AS ${POSITION}`;
}

function expand(relation: Expand, lowering: Lowering): Sql {
  const { items, rowLimit } = relation;
  if (items.length === 1) return expandOne(relation, items[0]!, lowering);
  const lists = items.map(
    (item, i) => sql`${elementsOf(lowering.scalar(item.source), relation.bagKind, lowering)} AS ${name(`l${i}`)}`,
  );
  const columns = relation.columns.map((column) => {
    if (relation.indexColumn?.id === column.id) return sql`${POSITION} AS ${lowering.column(column)}`;
    const index = items.findIndex((item) => item.column.id === column.id);
    if (index < 0) return lowering.column(column);
    return sql`${itemValue(items[index]!, name(`l${index}`), POSITION, lowering)} AS ${lowering.column(column)}`;
  });
  return sql`SELECT ${list(columns)} FROM (SELECT *, ${positions(items, rowLimit, lowering)} FROM (SELECT *, ${list(lists)} FROM (${lowering.relation(relation.input)}) AS t) AS u) AS v`;
}

/**
 * An array of `range` that is expanded to the type of its elements need not become JSON and be read again. Answers the
 * input and the source with the list in the array's place, where nobody else sees it.
 */
function asList(
  { input, columns }: Expand,
  { source, elementType }: ExpandItem,
): { input: Relation; list: Scalar } | undefined {
  const listOf = (scalar: Scalar | undefined): Scalar | undefined =>
    scalar?.kind === 'call' && scalar.name === 'range' && rangeElement(scalar.args) === elementType
      ? { ...scalar, name: 'range_values' }
      : undefined;
  if (source.kind !== 'column') {
    const list = listOf(source);
    return list && { input, list };
  }
  if (input.kind !== 'project' || columns.some((column) => column.id === source.id)) return undefined;
  const list = listOf(input.items.find(({ column }) => column.id === source.id)?.value);
  if (!list) return undefined;
  const items = input.items.map((item) => (item.column.id === source.id ? { ...item, value: list } : item));
  return { input: { ...input, items }, list: source };
}

function rangeElement(args: readonly Scalar[]): KustoType | undefined {
  const [first] = args;
  if (first?.type === 'datetime' || first?.type === 'timespan') return first.type;
  return args.every(({ type }) => type === 'int' || type === 'long') ? 'long' : undefined;
}

/** A single list is unnested as it is; what it is made of is a column first, so that it is read once. */
function expandOne(relation: Expand, item: ExpandItem, lowering: Lowering): Sql {
  const [json, held, one] = [name('json'), name('held'), name('one')];
  const values = asList(relation, item);
  const asText = item.elementType === 'string' && relation.bagKind !== 'array';
  const macro = asText ? sql`kql_element_texts` : elementsMacro(relation.bagKind);
  const elements = values ? json : sql`${macro}(${json})`;
  const taken = relation.rowLimit ? sql`list_slice(${elements}, 1, ${lowering.scalar(relation.rowLimit)})` : elements;
  const index = relation.indexColumn ? sql`, unnest(range(0, len(${held}))) AS ${POSITION}` : sql``;
  const element = values ? one : asText ? sql`coalesce(${one}, '')` : elementAs(one, item.elementType, lowering);
  const columns = relation.columns.map((column) => {
    if (relation.indexColumn?.id === column.id) return sql`${POSITION} AS ${lowering.column(column)}`;
    return column.id === item.column.id ? sql`${element} AS ${lowering.column(column)}` : lowering.column(column);
  });
  const source = values ? lowering.scalar(values.list) : rawPart(lowering.scalar(item.source));
  const input = sql`SELECT *, ${source} AS ${json} FROM (${lowering.relation(values?.input ?? relation.input)}) AS t`;
  return sql`SELECT ${list(columns)} FROM (SELECT *, unnest(${held}) AS ${one}${index} FROM (SELECT *, ${taken} AS ${held} FROM (${input}) AS s) AS u) AS v`;
}

function expandedRows(relation: ExpandedRows, lowering: Lowering): Sql {
  const { items, rowLimit } = relation;
  const lists = items.map(
    (item, i) => sql`${elementsOf(lowering.scalar(item.source), 'bag', lowering)} AS ${name(`l${i}`)}`,
  );
  const outer = relation.outer.map(
    ({ column, value: scalar }) => sql`${lowering.scalar(scalar)} AS ${lowering.column(column)}`,
  );
  const passed = relation.outer.map(({ column }) => lowering.column(column));
  const values = items.map(
    (item, i) => sql`${itemValue(item, name(`l${i}`), POSITION, lowering)} AS ${lowering.column(item.column)}`,
  );
  const index = relation.indexColumn ? [sql`${POSITION} AS ${lowering.column(relation.indexColumn)}`] : [];
  return sql`SELECT ${list([...passed, ...values, ...index])} FROM (SELECT *, ${positions(items, rowLimit, lowering)} FROM (SELECT ${list([...lists, ...outer])}) AS u) AS v`;
}

/** Whether there is anything to expand in a row. */
function expandable(relation: Apply, lowering: Lowering): Sql {
  if (relation.items.length === 0) return sql`true`;
  return sql`(${list(
    relation.items.map((item) => sql`len(${elementsOf(lowering.scalar(item.source), 'bag', lowering)}) > 0`),
    ' OR ',
  )})`;
}
