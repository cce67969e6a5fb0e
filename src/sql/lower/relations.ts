import { KustoError } from '../../errors/index.js';
import { use } from '../../plan/index.js';
import type {
  Aggregate,
  Apply,
  Assignment,
  Column,
  Expand,
  Filter,
  Join,
  Project,
  Relation,
  Scalar,
  Sort,
  Union,
} from '../../plan/index.js';
import { code, list, name, sql, value, type Sql } from '../tree.js';
import type { Lowering } from '../dialect.js';
import { hasSubquery, separateSubqueries } from './subqueries.js';
import { hasWindow, separateWindows } from './windows.js';

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
    case 'range': {
      const { from, to, step } = relation;
      return relations.range({ ...relation, from: alone(from), to: alone(to), step: alone(step) }, lowering);
    }
    case 'filter':
      return lowerFilter(relation, lowering);
    case 'project':
      return lowerProject(relation, lowering);
    case 'aggregate':
      return lowerAggregate(relation, lowering);
    case 'sort':
      return lowerSort(relation, lowering);
    case 'limit':
      return sql`SELECT * FROM (${lowering.relation(relation.input)}) AS t LIMIT ${lowering.scalar(alone(relation.count))}`;
    case 'sample':
      return relations.sample({ ...relation, count: alone(relation.count) }, lowering);
    case 'join':
      return lowerJoin(relation, lowering);
    case 'union':
      return lowerUnion(relation, lowering);
    case 'expand':
      return relations.expand(sourcesFirst(relation), lowering);
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

/** A value that no row is read for: with a `toscalar()` as an operand, it is one itself. */
function alone(scalar: Scalar): Scalar {
  if (!hasSubquery(scalar)) return scalar;
  const column: Column = { id: HIDDEN_SOURCE, name: 'value', type: scalar.type };
  const single: Relation = { kind: 'values', rows: [[]], columns: [] };
  const items = [{ column, value: scalar }];
  return {
    kind: 'subquery',
    type: scalar.type,
    relation: { kind: 'project', input: single, items, columns: [column] },
  };
}

/** Scalars that a projection beneath computes where `beneath` says so, and the input with these columns. */
function computedBeneath(
  scalars: readonly Scalar[],
  input: Relation,
  beneath: (scalar: Scalar) => boolean,
): { readonly scalars: readonly Scalar[]; readonly input: Relation } {
  if (!scalars.some(beneath)) return { scalars, input };
  const computed: Assignment[] = [];
  const replaced = scalars.map((scalar, i) => {
    if (!beneath(scalar)) return scalar;
    const column: Column = { id: HIDDEN_SOURCE - i, name: 'source', type: scalar.type };
    computed.push({ column, value: scalar });
    return use(column);
  });
  const items = [...input.columns.map((column) => ({ column, value: use(column) })), ...computed];
  return { scalars: replaced, input: { kind: 'project', input, items, columns: items.map((item) => item.column) } };
}

/** `relation` without the columns that were computed beneath it. */
const without = (relation: Relation, columns: readonly Column[]): Relation => ({
  kind: 'project',
  input: relation,
  items: columns.map((column) => ({ column, value: use(column) })),
  columns,
});

function lowerFilter(relation: Filter, lowering: Lowering): Sql {
  const { scalars: predicates, input } = computedBeneath([relation.predicate], relation.input, hasWindow);
  if (input !== relation.input) {
    const filter: Filter = { ...relation, input, predicate: predicates[0]!, columns: input.columns };
    return lowerRelation(without(filter, relation.columns), lowering);
  }
  const { scalars, from } = separateSubqueries([relation.predicate], lowering.relation(relation.input), lowering);
  return sql`SELECT t.* FROM ${from} WHERE ${lowering.predicate(scalars[0]!)}`;
}

function lowerProject(relation: Project, lowering: Lowering): Sql {
  const { scalars, from } = separateSubqueries(
    relation.items.map((item) => item.value),
    lowering.relation(relation.input),
    lowering,
  );
  const separated = relation.items.map((item, i) => ({ ...item, value: scalars[i]! }));
  const { items, from: source } = separateWindows(separated, from, lowering);
  const outputs = items.map(
    ({ column, value: scalar }) => sql`${lowering.scalar(scalar)} AS ${lowering.column(column)}`,
  );
  const selected = outputs.length === 0 ? sql`1 AS "none"` : list(outputs);
  return sql`SELECT ${selected} FROM ${source}`;
}

/** Below the ids of other hidden columns. */
const HIDDEN_SOURCE = -2_000_000;

const ORDINAL = name('ordinal');

/** Equal as written: columns, literals and calls of these. */
function isSame(a: Scalar | undefined, b: Scalar | undefined): boolean {
  if (a === b) return true;
  if (a?.kind === 'column' && b?.kind === 'column') return a.id === b.id;
  if (a?.kind === 'literal' && b?.kind === 'literal') return a.type === b.type && a.value === b.value;
  if (a?.kind !== 'call' || b?.kind !== 'call') return false;
  return a.name === b.name && a.args.length === b.args.length && a.args.every((arg, i) => isSame(arg, b.args[i]));
}

/** The aggregate with the arguments and keys that hold a window computed beneath. */
function windowsFirst(relation: Aggregate): Aggregate {
  const values = [...relation.keys.map((key) => key.value), ...relation.aggregates.flatMap(({ call }) => call.args)];
  const { scalars, input } = computedBeneath(values, relation.input, hasWindow);
  if (input === relation.input) return relation;
  const rest = [...scalars];
  return {
    ...relation,
    input,
    keys: relation.keys.map((key) => ({ ...key, value: rest.shift()! })),
    aggregates: relation.aggregates.map((entry) => ({
      ...entry,
      call: { ...entry.call, args: entry.call.args.map(() => rest.shift()!) },
    })),
  };
}

function lowerAggregate(written: Aggregate, lowering: Lowering): Sql {
  const relation = windowsFirst(written);
  const collects = relation.aggregates.some(({ call }) => COLLECTS.test(call.name));
  const small = relation.keys.length > 0 && isSmall(relation.input);
  // Numbering the rows costs something: only for aggregates that read the numbers.
  const ordered = small || (collects && isSorted(relation.input));
  const input = lowering.relation(relation.input);
  const source = ordered ? sql`SELECT *, row_number() OVER () AS ${ORDINAL} FROM (${input}) AS t` : input;
  const values = relation.keys.map((key) => key.value);
  const args = relation.aggregates.flatMap(({ call }) => call.args);
  const { scalars, from } = separateSubqueries([...values, ...args], source, lowering);
  const keys = relation.keys.map(({ column }, i) => sql`${lowering.scalar(scalars[i]!)} AS ${lowering.column(column)}`);
  const rest = scalars.slice(keys.length);
  const aggregates = relation.aggregates.map(({ column, call }) => {
    const lowered = lowering.lowered(call.name, rest.splice(0, call.args.length), call.type, call.span);
    const row = lowering.dialect.aggregates.get(call.name);
    const aggregate = row?.({
      ...lowered,
      siblings: () =>
        relation.aggregates
          .filter((other) => other.call.name === call.name && isSame(other.call.args[0], call.args[0]))
          .map((other) => lowering.lowered(call.name, other.call.args, other.call.type, other.call.span)),
      order: ordered ? ORDINAL : undefined,
    });
    if (!aggregate)
      throw new KustoError('CAL0001', `The aggregate ${call.name}() is not supported.`, { span: call.span });
    return sql`${lowering.emptyForNull(aggregate, call.type)} AS ${lowering.column(column)}`;
  });
  if (keys.length === 0) return sql`SELECT ${list(aggregates)} FROM ${from}`;
  const positions = list(keys.map((_, i) => code(String(i + 1))));
  const grouped = sql`SELECT ${list([...keys, ...aggregates])} FROM ${from} GROUP BY ${positions}`;
  return small ? sql`${grouped} ORDER BY min(${ORDINAL})` : grouped;
}

/** Aggregates whose result follows the order of the input. */
const COLLECTS = /^(make_?list|make_?set|make_bag|make_dictionary)/;

const MOST_SMALL = 10_000;

/**
 * True for tables written in the query. Groups of theirs come in the order in which they first appear, as the reference
 * gives them: no rule, but what a sort with ties or a take then shows. Too dear for stored tables.
 */
function isSmall(relation: Relation): boolean {
  switch (relation.kind) {
    case 'values':
      return relation.rows.length <= MOST_SMALL;
    case 'filter':
    case 'project':
    case 'limit':
    case 'sort':
    case 'aggregate':
    case 'expand':
      return isSmall(relation.input);
    case 'join':
      return isSmall(relation.left) && isSmall(relation.right);
    case 'union':
      return relation.inputs.every(isSmall);
    case 'shared':
      return isSmall(relation.relation);
    default:
      return false;
  }
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

/** Sources that hold a `toscalar()` or a window are computed by a projection beneath, which can join it. */
function sourcesFirst(relation: Expand): Expand {
  const sources = relation.items.map((item) => item.source);
  const { scalars, input } = computedBeneath(
    sources,
    relation.input,
    (scalar) => hasSubquery(scalar) || hasWindow(scalar),
  );
  return { ...relation, input, items: relation.items.map((item, i) => ({ ...item, source: scalars[i]! })) };
}

function lowerSort(relation: Sort, lowering: Lowering): Sql {
  const values = relation.keys.map((key) => key.value);
  const { scalars: found, input } = computedBeneath(values, relation.input, hasWindow);
  if (input !== relation.input) {
    const keys = relation.keys.map((key, i) => ({ ...key, value: found[i]! }));
    return lowerRelation(without({ ...relation, input, keys, columns: input.columns }, relation.columns), lowering);
  }
  const { scalars, from } = separateSubqueries(values, lowering.relation(relation.input), lowering);
  const keys = relation.keys.flatMap(({ value: scalar, descending, nullsFirst }, i) => {
    const key = lowering.scalar(scalars[i]!);
    // What is no number stands beside the nulls, whatever the direction.
    const group =
      scalar.type !== 'real'
        ? []
        : [nullsFirst ? sql`isnan(${key}) DESC NULLS FIRST` : sql`isnan(${key}) ASC NULLS LAST`];
    if (descending) return [...group, nullsFirst ? sql`${key} DESC NULLS FIRST` : sql`${key} DESC NULLS LAST`];
    return [...group, nullsFirst ? sql`${key} ASC NULLS FIRST` : sql`${key} ASC NULLS LAST`];
  });
  return sql`SELECT t.* FROM ${from} ORDER BY ${list(keys)}`;
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
