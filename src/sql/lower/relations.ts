import { KustoError } from '../../errors/index.js';
import type { Aggregate, Apply, Join, Project, Relation, Sort, Union } from '../../plan/index.js';
import { code, list, name, sql, value, type Sql } from '../tree.js';
import type { Lowering } from '../dialect.js';
import { separateWindows } from './windows.js';

/** Lowers one node of the plan to a SELECT over its inputs' SELECTs. Result columns bear the names `c<id>`. */
export function lowerRelation(relation: Relation, lowering: Lowering): Sql {
  const { relations } = lowering.dialect;
  switch (relation.kind) {
    case 'scan':
      return relations.scan(relation, lowering);
    case 'externalScan':
      return lowering.externalSql(relation, lowering);
    case 'stored': {
      const columns = relation.columns.map(
        (column, i) => sql`${name(relation.names[i]!)} AS ${lowering.column(column)}`,
      );
      return sql`SELECT ${list(columns)} FROM ${name(relation.table)}`;
    }
    case 'values':
      return relations.values(relation, lowering);
    case 'range':
      return relations.range(relation, lowering);
    case 'filter':
      return sql`SELECT * FROM (${lowering.relation(relation.input)}) AS t WHERE ${lowering.predicate(relation.predicate)}`;
    case 'project':
      return lowerProject(relation, lowering);
    case 'aggregate':
      return lowerAggregate(relation, lowering);
    case 'sort':
      return lowerSort(relation, lowering);
    case 'limit':
      return sql`SELECT * FROM (${lowering.relation(relation.input)}) AS t LIMIT ${lowering.scalar(relation.count)}`;
    case 'sample':
      return relations.sample(relation, lowering);
    case 'join':
      return lowerJoin(relation, lowering);
    case 'union':
      return lowerUnion(relation, lowering);
    case 'expand':
      return relations.expand(relation, lowering);
    case 'expandedRows':
      return relations.expandedRows(relation, lowering);
    case 'apply':
      return lowerApply(relation, lowering);
    case 'shared':
      return lowering.useShared(relation.key, relation.relation);
    case 'procedure':
      throw new KustoError('CAL0001', `${relation.name} is not supported here.`, { span: relation.span });
  }
}

function lowerProject(relation: Project, lowering: Lowering): Sql {
  const { items, input } = separateWindows(relation.items, lowering.relation(relation.input), lowering);
  const outputs = items.map(
    ({ column, value: scalar }) => sql`${lowering.scalar(scalar)} AS ${lowering.column(column)}`,
  );
  const selected = outputs.length === 0 ? sql`1 AS "none"` : list(outputs);
  return sql`SELECT ${selected} FROM (${input}) AS t`;
}

const ORDINAL = name('ordinal');

function lowerAggregate(relation: Aggregate, lowering: Lowering): Sql {
  const ordered = relation.aggregates.length > 0 && isSorted(relation.input);
  const input = lowering.relation(relation.input);
  const source = ordered ? sql`SELECT *, row_number() OVER () AS ${ORDINAL} FROM (${input}) AS t` : input;
  const keys = relation.keys.map(
    ({ column, value: scalar }) => sql`${lowering.scalar(scalar)} AS ${lowering.column(column)}`,
  );
  const aggregates = relation.aggregates.map(({ column, call }) => {
    const lowered = lowering.lowered(call.name, call.args, call.type, call.span);
    const row = lowering.dialect.aggregates.get(call.name);
    const aggregate = row?.({ ...lowered, order: ordered ? ORDINAL : undefined });
    if (!aggregate)
      throw new KustoError('CAL0001', `The aggregate ${call.name}() is not supported.`, { span: call.span });
    return sql`${lowering.emptyForNull(aggregate, call.type)} AS ${lowering.column(column)}`;
  });
  if (keys.length === 0) return sql`SELECT ${list(aggregates)} FROM (${source}) AS t`;
  const positions = list(keys.map((_, i) => code(String(i + 1))));
  return sql`SELECT ${list([...keys, ...aggregates])} FROM (${source}) AS t GROUP BY ${positions}`;
}

/** True when the rows of a relation come in an order that the query defined. */
export function isSorted(relation: Relation): boolean {
  switch (relation.kind) {
    case 'sort':
    case 'range':
      return true;
    case 'filter':
    case 'project':
    case 'limit':
    case 'expand':
      return isSorted(relation.input);
    case 'shared':
      return isSorted(relation.relation);
    default:
      return false;
  }
}

function lowerSort(relation: Sort, lowering: Lowering): Sql {
  const keys = relation.keys.flatMap(({ value: scalar, descending, nullsFirst }) => {
    const key = lowering.scalar(scalar);
    // What is no number stands beside the nulls, whatever the direction.
    const group =
      scalar.type !== 'real'
        ? []
        : [nullsFirst ? sql`isnan(${key}) DESC NULLS FIRST` : sql`isnan(${key}) ASC NULLS LAST`];
    if (descending) return [...group, nullsFirst ? sql`${key} DESC NULLS FIRST` : sql`${key} DESC NULLS LAST`];
    return [...group, nullsFirst ? sql`${key} ASC NULLS FIRST` : sql`${key} ASC NULLS LAST`];
  });
  return sql`SELECT * FROM (${lowering.relation(relation.input)}) AS t ORDER BY ${list(keys)}`;
}

const JOINS = {
  innerunique: sql`INNER JOIN`,
  inner: sql`INNER JOIN`,
  leftouter: sql`LEFT JOIN`,
  rightouter: sql`RIGHT JOIN`,
  fullouter: sql`FULL JOIN`,
  leftsemi: sql`SEMI JOIN`,
  rightsemi: sql`SEMI JOIN`,
  leftanti: sql`ANTI JOIN`,
  rightanti: sql`ANTI JOIN`,
  cross: sql`CROSS JOIN`,
} as const;

function lowerJoin(relation: Join, lowering: Lowering): Sql {
  const mirrored = relation.joinKind === 'rightsemi' || relation.joinKind === 'rightanti';
  const outer = ['leftouter', 'rightouter', 'fullouter'].includes(relation.joinKind);
  const outputs = relation.columns.map((column, i) => {
    const source = lowering.column(relation.sources[i]!);
    const held = outer ? lowering.emptyForNull(source, column.type) : source;
    return sql`${held} AS ${lowering.column(column)}`;
  });
  const left =
    relation.joinKind === 'innerunique' ? deduplicated(relation, lowering) : lowering.relation(relation.left);
  const right = lowering.relation(relation.right);
  const conditions = relation.on.map(({ left: l, right: r }) =>
    lowering.dialect.scalars.get('==in-join')!(lowering.lowered('==', [l, r], 'bool', { start: 0, end: 0 }))!,
  );
  const condition = conditions.length === 0 ? sql`` : sql` ON ${list(conditions, ' AND ')}`;
  const [first, second] = mirrored ? [right, left] : [left, right];
  return sql`SELECT ${list(outputs)} FROM (${first}) AS l ${JOINS[relation.joinKind]} (${second}) AS r${condition}`;
}

/** innerunique keeps one left row a key. */
function deduplicated(relation: Join, lowering: Lowering): Sql {
  const keys = list(relation.on.map(({ left }) => lowering.scalar(left)));
  return sql`SELECT DISTINCT ON (${keys}) * FROM (${lowering.relation(relation.left)}) AS t`;
}

function lowerUnion(relation: Union, lowering: Lowering): Sql {
  const members = relation.inputs.map((input, i) => {
    const columns = relation.columns.map((column, c) => {
      const source = relation.maps[i]![c];
      const held = source
        ? lowering.scalar(source)
        : lowering.dialect.cast(value(column.type, column.type === 'string' ? '' : null), column.type);
      return sql`${held} AS ${lowering.column(column)}`;
    });
    return sql`SELECT ${columns.length === 0 ? sql`1 AS "none"` : list(columns)} FROM (${lowering.relation(input)}) AS t`;
  });
  return sql`SELECT * FROM (${list(members, ' UNION ALL ')}) AS t`;
}

/** A row without elements yields nothing, also where the body makes a row of nothing (`summarize`). */
function lowerApply(relation: Apply, lowering: Lowering): Sql {
  const test = lowering.dialect.relations.expandable(relation, lowering);
  const outer = sql`SELECT * FROM (${lowering.relation(relation.input)}) AS t WHERE ${test}`;
  return sql`SELECT ${lowering.columns(relation.columns)} FROM (${outer}) AS o, LATERAL (${lowering.relation(relation.body)}) AS i`;
}
