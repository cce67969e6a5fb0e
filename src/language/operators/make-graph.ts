import { KustoError } from '../../errors/index.js';
import { call } from '../calls-to.js';
import { bindTable, type OperatorBinder, type Scope, type Table } from '../context.js';
import type { Graph } from '../graphs.js';
import type { SyntaxNode } from '../parser.js';
import { use, type Aggregate, type Assignment, type Column, type Relation, type Scalar } from '../../plan/index.js';
import type { KustoType } from '../../values/index.js';
import { items, kindOf, maybe, nameOf, part, spanOf, textOf, unsupported } from '../syntax.js';
import { parametersOf } from './parameters.js';

/** make-graph, graph-mark-components: graphs as tables of nodes and edges. */
export const MAKE_GRAPH_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  MakeGraphOperator: (node, input, scope) => {
    const partitioned = maybe(node, 'PartitionedByClause');
    if (partitioned) throw unsupported(partitioned, 'make-graph partitioned-by');
    const edges = edgesOf(node, input, scope);
    const graph: Graph = { edges, nodes: nodesOf(node, edges, scope) };
    return { ...input, graph };
  },
  GraphMarkComponentsOperator: (node, input, scope) => {
    const graph = graphOf(node, input);
    const parameters = parametersOf(node);
    const kind = parameters.get('kind') ?? 'weak';
    const component = scope.context.column(parameters.get('with_component_id') ?? 'ComponentId', 'long');
    const { nodes, edges } = graph;
    const columns = [nodes.id, ...nodes.columns].map((column) => scope.context.column(column.name, column.type));
    const marked: Relation = {
      kind: 'procedure',
      name: 'graph-components',
      inputs: [
        project(nodes.relation, [nodes.id, ...nodes.columns]),
        project(edges.relation, [edges.source, edges.target]),
      ],
      args: { strong: kind === 'strong' },
      columns: [...columns, component],
      span: spanOf(node),
    };
    const [id, ...properties] = columns;
    const replaced = properties.filter((column) => column.name !== component.name);
    return {
      ...input,
      graph: { edges, nodes: { ...shared(marked, scope), columns: [...replaced, component], id: id! } },
    };
  },
};

export function graphOf(node: SyntaxNode, input: Table): Graph {
  if (!input.graph) throw unsupported(node, 'A graph operator over anything but make-graph');
  return input.graph;
}

export function shared(relation: Relation, scope: Scope): { readonly relation: Relation } {
  return { relation: { kind: 'shared', key: scope.context.sharedKey(), relation, columns: relation.columns } };
}

const project = (input: Relation, columns: readonly Column[]): Relation => ({
  kind: 'project',
  input,
  items: columns.map((column) => ({ column, value: use(column) })),
  columns,
});

function edgesOf(node: SyntaxNode, input: Table, scope: Scope): Graph['edges'] {
  const columnOf = (name: string): Column => {
    const place = part(node, name);
    const column = input.columns.find((candidate) => candidate.name === nameOf(place));
    if (!column) throw unsupported(place, `'${textOf(place)}', which is no column of the edges,`);
    return column;
  };
  const id = scope.context.column('$edge', 'long');
  const number: Scalar = { kind: 'window', name: 'row_number', type: 'long', args: [], span: spanOf(node) };
  const kept = input.columns.map((column) => ({
    column: scope.context.column(column.name, column.type),
    value: use(column),
  }));
  const numbered: Assignment[] = [...kept, { column: id, value: number }];
  const relation: Relation = {
    kind: 'project',
    input: input.relation,
    items: numbered,
    columns: numbered.map((item) => item.column),
  };
  const renamed = (column: Column): Column => kept[input.columns.indexOf(column)]!.column;
  return {
    ...shared(relation, scope),
    columns: kept.map((item) => item.column),
    id,
    source: renamed(columnOf('SourceColumn')),
    target: renamed(columnOf('TargetColumn')),
  };
}

function nodesOf(node: SyntaxNode, edges: Graph['edges'], scope: Scope): Graph['nodes'] {
  const clause = maybe(node, 'WithClause');
  const tables =
    clause && kindOf(clause) === 'MakeGraphWithTablesAndKeysClause'
      ? items(clause, 'TablesAndKeys').map((entry) => {
          const table = bindTable(part(entry, 'Table'), scope);
          const key = table.columns.find((column) => column.name === nameOf(part(entry, 'Column')));
          if (!key) throw unsupported(entry, `'${textOf(entry)}', whose key is no column of the table,`);
          return { table, key };
        })
      : [];
  const type = edges.source.type;
  const other = [edges.target, ...tables.map(({ key }) => key)].find((column) => column.type !== type);
  if (other) {
    const message = `make-graph: '${other.name}' is of type ${other.type}, the sources are of type ${type}. Convert one of them.`;
    throw new KustoError('SEM0001', message, { span: spanOf(node) });
  }
  const ids = distinctIds(
    [
      ...tables.map(({ table, key }) => ({ relation: table.relation, column: key })),
      { relation: edges.relation, column: edges.source },
      { relation: edges.relation, column: edges.target },
    ],
    type,
    scope,
  );
  const id = ids.columns[0]!;
  if (clause && tables.length === 0) {
    const property = scope.context.column(nameOf(part(clause, 'Name')), type);
    const properties = [
      { column: id, value: use(id) },
      { column: property, value: use(id) },
    ];
    const relation: Relation = { kind: 'project', input: ids, items: properties, columns: [id, property] };
    return { ...shared(relation, scope), columns: [property], id };
  }
  return withProperties(node, ids, id, tables, scope);
}

/** One row for each id in any of the columns. */
function distinctIds(
  sources: readonly { readonly relation: Relation; readonly column: Column }[],
  type: KustoType,
  scope: Scope,
): Aggregate {
  const all = scope.context.column('$id', type);
  const union: Relation = {
    kind: 'union',
    inputs: sources.map((source) => source.relation),
    maps: sources.map(({ column }) => [use(column)]),
    columns: [all],
  };
  const id = scope.context.column('$node', type);
  return { kind: 'aggregate', input: union, keys: [{ column: id, value: use(all) }], aggregates: [], columns: [id] };
}

/** Ids with the properties that the tables have for them; of several rows of an id, one is chosen. */
function withProperties(
  node: SyntaxNode,
  ids: Relation,
  id: Column,
  tables: readonly { readonly table: Table; readonly key: Column }[],
  scope: Scope,
): Graph['nodes'] {
  let relation = ids;
  const found = new Map<string, Scalar[]>();
  for (const { table, key } of tables) {
    const own = scope.context.column('$key', key.type);
    const aggregates = table.columns.map((column) => ({
      column: scope.context.column(column.name, column.type),
      call: { name: 'take_any', type: column.type, args: [use(column)], span: spanOf(node) },
    }));
    const single: Relation = {
      kind: 'aggregate',
      input: table.relation,
      keys: [{ column: own, value: use(key) }],
      aggregates,
      columns: [own, ...aggregates.map((entry) => entry.column)],
    };
    const columns = [...relation.columns, ...single.columns];
    relation = {
      kind: 'join',
      joinKind: 'leftouter',
      left: relation,
      right: single,
      on: [{ left: use(id), right: use(own) }],
      sources: columns,
      columns,
    };
    aggregates.forEach(({ column }, i) => {
      const value = table.columns[i] === key ? use(id) : use(column);
      found.set(column.name, [...(found.get(column.name) ?? []), value]);
    });
  }
  const properties = [...found].map(([name, values]): Assignment => {
    const type = values[0]!.type;
    const value = values.length === 1 ? values[0]! : call(node, 'coalesce', values, type);
    return { column: scope.context.column(name, type), value };
  });
  const columns = [id, ...properties.map((item) => item.column)];
  const whole: Relation = {
    kind: 'project',
    input: relation,
    items: [{ column: id, value: use(id) }, ...properties],
    columns,
  };
  return { ...shared(whole, scope), columns: columns.slice(1), id };
}
