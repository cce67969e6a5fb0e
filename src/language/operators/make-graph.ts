import { KustoError } from '../../errors/index.js';
import { call } from '../calls-to.js';
import { bindTable, type OperatorBinder, type Scope, type Table } from '../context.js';
import type { Graph } from '../graphs.js';
import type { SyntaxNode } from '../parser.js';
import { literal, use, type Assignment, type Column, type Relation, type Scalar } from '../../plan/index.js';
import { items, kindOf, maybe, nameOf, part, spanOf, unsupported } from '../syntax.js';
import { bindBody } from './expand.js';
import { kept } from './tables.js';

/** make-graph: a graph as tables of nodes and edges. */
export const MAKE_GRAPH_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  MakeGraphOperator: (node, input, scope) => {
    const clause = maybe(node, 'PartitionedByClause');
    const partition = clause && nameOf(part(clause, 'Entity'));
    const edges = edgesOf(node, input, partition, scope);
    const graph: Graph = { edges, nodes: nodesOf(node, edges, partition, scope) };
    return clause ? bindBody(part(clause, 'Subquery'), { ...input, graph }, scope) : { ...input, graph };
  },
};

export function graphOf(node: SyntaxNode, input: Table): Graph {
  if (!input.graph) throw unsupported(node, 'A graph operator over anything but make-graph');
  return input.graph;
}

export function shared(relation: Relation, scope: Scope): { readonly relation: Relation } {
  return { relation: { kind: 'shared', key: scope.context.sharedKey(), relation, columns: relation.columns } };
}

function columnNamed(table: Table, place: SyntaxNode, name = nameOf(place)): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column) return column;
  throw new KustoError('SEM0100', `'${name}' is no column of the table.`, { span: spanOf(place) });
}

/** The id of a node in a graph of all partitions: equal nodes of two partitions are two nodes. */
const partitioned = (node: SyntaxNode, partition: Column, key: Column): Scalar =>
  call(
    node,
    'strcat',
    [
      call(node, 'tostring', [use(partition)], 'string'),
      literal('string', '\u0001'),
      call(node, 'tostring', [use(key)], 'string'),
    ],
    'string',
  );

function edgesOf(node: SyntaxNode, input: Table, partition: string | undefined, scope: Scope): Graph['edges'] {
  const id = scope.context.column('$edge', 'long');
  const number: Scalar = { kind: 'window', name: 'row_number', type: 'long', args: [], span: spanOf(node) };
  const kept = new Map(input.columns.map((column) => [column, scope.context.column(column.name, column.type)]));
  const [from, to] = ['SourceColumn', 'TargetColumn'].map((end) => columnNamed(input, part(node, end))) as [
    Column,
    Column,
  ];
  const items: Assignment[] = [...kept].map(([column, own]) => ({ column: own, value: use(column) }));
  items.push({ column: id, value: number });
  const ends = [from, to].map((end) => {
    if (partition === undefined) return kept.get(end)!;
    const column = scope.context.column('$end', 'string');
    items.push({ column, value: partitioned(node, columnNamed(input, node, partition), end) });
    return column;
  });
  const relation: Relation = {
    kind: 'project',
    input: input.relation,
    items,
    columns: items.map((item) => item.column),
  };
  return {
    ...shared(relation, scope),
    columns: [...kept.values()],
    id,
    from: kept.get(from)!,
    to: kept.get(to)!,
    source: ends[0]!,
    target: ends[1]!,
  };
}

interface NodeTable {
  readonly relation: Relation;
  readonly columns: readonly Column[];
  readonly key: Column;
  readonly id: Column;
  readonly partition: Column | undefined;
}

function nodeTable(entry: SyntaxNode, partition: string | undefined, scope: Scope): NodeTable {
  const table = bindTable(part(entry, 'Table'), scope);
  const key = columnNamed(table, part(entry, 'Column'));
  if (partition === undefined) return { ...table, key, id: key, partition: undefined };
  const own = columnNamed(table, entry, partition);
  const id = scope.context.column('$id', 'string');
  const items = [...table.columns.map(kept), { column: id, value: partitioned(entry, own, key) }];
  const columns = items.map((item) => item.column);
  const relation: Relation = { kind: 'project', input: table.relation, items, columns };
  return { relation, columns: table.columns, key, id, partition: own };
}

function nodesOf(node: SyntaxNode, edges: Graph['edges'], partition: string | undefined, scope: Scope): Graph['nodes'] {
  const clause = maybe(node, 'WithClause');
  const tables =
    clause && kindOf(clause) === 'MakeGraphWithTablesAndKeysClause'
      ? items(clause, 'TablesAndKeys').map((entry) => nodeTable(entry, partition, scope))
      : [];
  const other = [edges.target, ...tables.map(({ id }) => id)].find(({ type }) => type !== edges.source.type);
  if (other) {
    const message = `make-graph: '${other.name}' is of type ${other.type}, the sources are of type ${edges.source.type}. Convert one of them.`;
    throw new KustoError('SEM0001', message, { span: spanOf(node) });
  }
  const own = edges.columns.find((column) => column.name === partition);
  const ids = distinctIds(
    [
      ...tables,
      { ...edges, id: edges.source, key: edges.from, partition: own },
      { ...edges, id: edges.target, key: edges.to, partition: own },
    ],
    scope,
  );
  if (clause && tables.length === 0) {
    const property = scope.context.column(nameOf(part(clause, 'Name')), ids.key.type);
    const items = [...ids.relation.columns.map(kept), { column: property, value: use(ids.key) }];
    const columns = items.map((item) => item.column);
    const relation: Relation = { kind: 'project', input: ids.relation, items, columns };
    return { ...ids, ...shared(relation, scope), columns: [property] };
  }
  return withProperties(node, ids, tables, scope);
}

/** One row for each id in any of the tables. */
function distinctIds(sources: readonly Omit<NodeTable, 'columns'>[], scope: Scope): Graph['nodes'] {
  const [first] = sources as [NodeTable];
  const parts = ({ id, key, partition }: Omit<NodeTable, 'columns'>): Column[] =>
    partition ? [id, key, partition] : [id];
  const renamed = (): Column[] => parts(first).map((column) => scope.context.column('$node', column.type));
  const all = renamed();
  const union: Relation = {
    kind: 'union',
    inputs: sources.map((source) => source.relation),
    maps: sources.map((source) => parts(source).map(use)),
    columns: all,
  };
  const columns = renamed();
  const keys = columns.map((column, i) => ({ column, value: use(all[i]!) }));
  const [id, key, partition] = columns as [Column, Column | undefined, Column | undefined];
  return {
    relation: { kind: 'aggregate', input: union, keys, aggregates: [], columns },
    columns: [],
    id,
    key: key ?? id,
    ...(partition && { partition }),
  };
}

/** Ids with the properties that the tables have for them; of several rows of an id, one is chosen. */
function withProperties(
  node: SyntaxNode,
  ids: Graph['nodes'],
  tables: readonly NodeTable[],
  scope: Scope,
): Graph['nodes'] {
  let { relation } = ids;
  const found = new Map<string, Scalar[]>();
  for (const table of tables) {
    const own = scope.context.column('$key', table.id.type);
    const aggregates = table.columns.map((column) => ({
      column: scope.context.column(column.name, column.type),
      call: { name: 'take_any', type: column.type, args: [use(column)], span: spanOf(node) },
    }));
    const single: Relation = {
      kind: 'aggregate',
      input: table.relation,
      keys: [{ column: own, value: use(table.id) }],
      aggregates,
      columns: [own, ...aggregates.map((entry) => entry.column)],
    };
    const columns = [...relation.columns, ...single.columns];
    relation = {
      kind: 'join',
      joinKind: 'leftouter',
      left: relation,
      right: single,
      on: [{ left: use(ids.id), right: use(own) }],
      sources: columns,
      columns,
    };
    aggregates.forEach(({ column }, i) => {
      const value = table.columns[i] === table.key ? use(ids.key) : use(column);
      found.set(column.name, [...(found.get(column.name) ?? []), value]);
    });
  }
  const properties = [...found].map(([name, values]): Assignment => {
    const type = values[0]!.type;
    const value = values.length === 1 ? values[0]! : call(node, 'coalesce', values, type);
    return { column: scope.context.column(name, type), value };
  });
  const whole = [...ids.relation.columns.map(kept), ...properties];
  const columns = whole.map((item) => item.column);
  return {
    ...ids,
    ...shared({ kind: 'project', input: relation, items: whole, columns }, scope),
    columns: properties.map((item) => item.column),
  };
}
