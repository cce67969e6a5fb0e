import { use, type Assignment, type Column, type Relation } from '../../plan/index.js';
import { call } from '../calls-to.js';
import { bindScalar, type OperatorBinder, type Scope, type Table } from '../context.js';
import { NODE_AT_HAND } from '../graph-functions.js';
import type { Graph } from '../graphs.js';
import type { SyntaxNode } from '../parser.js';
import { items, part, spanOf, textOf, unsupported } from '../syntax.js';
import { Vertex } from './graph-vertex.js';
import { graphOf, shared } from './make-graph.js';
import { parametersOf } from './parameters.js';

/** From a graph to another one, or to one of its tables. */
export const GRAPH_TABLE_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  GraphMarkComponentsOperator: (node, input, scope) => ({ ...input, graph: withComponents(node, input, scope) }),
  /** What is left is the graph of these nodes: edges go where one of their ends goes. */
  GraphWhereNodesOperator: (node, input, scope) => {
    const graph = graphOf(node, input);
    const vertex = new Vertex(NODE_AT_HAND, node, graph, scope.context);
    const inner = scope.over(vertex);
    inner.declare(NODE_AT_HAND, { kind: 'row', columns: vertex.columns, node: vertex });
    const predicate = bindScalar(part(node, 'Condition'), inner);
    const { id, key, partition, columns } = vertex;
    const left = shared(filtered(vertex.relation, predicate), scope);
    const nodes = { ...left, columns, id, key, ...(partition && { partition }) };
    const edges = [graph.edges.source, graph.edges.target].reduce(
      (left: Relation, end): Relation => ({
        kind: 'join',
        joinKind: 'leftsemi',
        left,
        right: nodes.relation,
        on: [{ left: use(end), right: use(nodes.id) }],
        sources: left.columns,
        columns: left.columns,
      }),
      graph.edges.relation,
    );
    return { ...input, graph: { nodes, edges: { ...graph.edges, ...shared(edges, scope) } } };
  },
  GraphWhereEdgesOperator: (node, input, scope) => {
    const graph = graphOf(node, input);
    const predicate = bindScalar(part(node, 'Condition'), scope.over(graph.edges));
    const edges = { ...graph.edges, ...shared(filtered(graph.edges.relation, predicate), scope) };
    return { ...input, graph: { ...graph, edges } };
  },
  GraphToTableOperator: (node, input, scope) => {
    const outputs = items(node, 'OutputClause');
    const [output] = outputs;
    if (!output || outputs.length > 1) throw unsupported(node, 'graph-to-table with nodes and edges in a pipeline');
    return graphTable(output, graphOf(node, input), scope);
  },
};

const filtered = (input: Relation, predicate: Assignment['value']): Relation => ({
  kind: 'filter',
  input,
  predicate,
  columns: input.columns,
});

/** One of the tables of a graph; ids that are asked for stand first, as hashes (reference: graph-to-table page). */
export function graphTable(output: SyntaxNode, graph: Graph, scope: Scope): Table {
  const parameters = parametersOf(output);
  const ofNodes = textOf(part(output, 'EntityKeyword')) === 'nodes';
  const ends: readonly (readonly [string, Column])[] = ofNodes
    ? [['with_node_id', graph.nodes.key]]
    : [
        ['with_source_id', graph.edges.from],
        ['with_target_id', graph.edges.to],
      ];
  const ids = ends.flatMap(([parameter, key]): Assignment[] => {
    const name = parameters.get(parameter);
    if (name === undefined) return [];
    return [{ column: scope.context.column(name, 'long'), value: call(output, 'hash', [use(key)], 'long') }];
  });
  const { relation, columns } = ofNodes ? graph.nodes : graph.edges;
  const kept = columns
    .filter((column) => ids.every((id) => id.column.name !== column.name))
    .map((column) => ({ column: scope.context.column(column.name, column.type), value: use(column) }));
  const all = [...ids, ...kept];
  const result = all.map((item) => item.column);
  return { columns: result, relation: { kind: 'project', input: relation, items: all, columns: result } };
}

function withComponents(node: SyntaxNode, input: Table, scope: Scope): Graph {
  const graph = graphOf(node, input);
  const { nodes, edges } = graph;
  const parameters = parametersOf(node);
  const component = scope.context.column(parameters.get('with_component_id') ?? 'ComponentId', 'long');
  const known = [...new Set([nodes.id, nodes.key, ...nodes.columns])];
  const fresh = new Map(known.map((column) => [column, scope.context.column(column.name, column.type)]));
  const marked: Relation = {
    kind: 'procedure',
    name: 'graph-components',
    inputs: [project(nodes.relation, known), project(edges.relation, [edges.source, edges.target])],
    args: { strong: parameters.get('kind') === 'strong' },
    columns: [...fresh.values(), component],
    span: spanOf(node),
  };
  const properties = nodes.columns.filter((column) => column.name !== component.name);
  return {
    edges,
    nodes: {
      ...shared(marked, scope),
      id: fresh.get(nodes.id)!,
      key: fresh.get(nodes.key)!,
      columns: [...properties.map((column) => fresh.get(column)!), component],
    },
  };
}

const project = (input: Relation, columns: readonly Column[]): Relation => ({
  kind: 'project',
  input,
  items: columns.map((column) => ({ column, value: use(column) })),
  columns,
});
