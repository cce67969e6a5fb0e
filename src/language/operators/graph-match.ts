import { KustoError } from '../../errors/index.js';
import { literal, use, type Assignment, type Column, type Join, type Relation, type Scalar } from '../../plan/index.js';
import { call } from '../calls-to.js';
import { argumentsOf } from '../calls.js';
import { bindScalar, type OperatorBinder, type Scope, type Table } from '../context.js';
import type { Graph } from '../graphs.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, maybe, nameOf, part, resultColumns, spanOf, textOf, unsupported } from '../syntax.js';
import { graphOf } from './make-graph.js';
import { parametersOf } from './parameters.js';

/**
 * graph-match and graph-shortest-paths: the pattern as joins of the tables of nodes and edges. An edge of variable
 * length is a table of paths, which a procedure makes: ends, edges, and each property as an array.
 */
export const GRAPH_MATCH_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  GraphMatchOperator: (node, input, scope) => {
    const cycles = parametersOf(node).get('cycles') ?? 'unique_edges';
    return new Matching(node, graphOf(node, input), scope, { cycles, shortest: undefined }).table();
  },
  GraphShortestPathsOperator: (node, input, scope) => {
    const shortest = parametersOf(node).get('output') ?? 'any';
    return new Matching(node, graphOf(node, input), scope, { cycles: 'unique_edges', shortest }).table();
  },
  GraphToTableOperator: (node, input) => {
    const outputs = items(node, 'OutputClause');
    const [output] = outputs;
    if (!output || outputs.length > 1) throw unsupported(node, 'graph-to-table with nodes and edges');
    return graphTable(output, graphOf(node, input));
  },
};

/** One of the tables of a graph. */
export function graphTable(output: SyntaxNode, graph: Graph): Table {
  if (items(output, 'Parameters').length > 0) throw unsupported(output, 'graph-to-table with ids of nodes');
  const { relation, columns } = textOf(part(output, 'EntityKeyword')) === 'nodes' ? graph.nodes : graph.edges;
  return { relation, columns };
}

interface Options {
  readonly cycles: string;
  readonly shortest: string | undefined;
}

interface Edge {
  readonly name: string;
  readonly direction: 'forward' | 'backward' | 'any';
  readonly range: { readonly from: number; readonly to: number } | undefined;
  readonly columns: readonly Column[];
  /** Number of the edge, or numbers of a path's edges. */
  readonly id: Column;
  readonly start: Column;
  readonly end: Column;
  /** What map(), all() and any() compute for each edge of a path: over `own`, read as `column`. */
  readonly computed: { readonly column: Column; readonly value: Scalar }[];
  /** The graph's edges under columns of this variable's own. */
  readonly own: Graph['edges'];
  /** Conditions on every edge of a path. */
  readonly conditions: Scalar[];
}

interface Vertex {
  readonly name: string;
  readonly id: Column;
  readonly columns: readonly Column[];
  readonly relation: Relation;
}

type Element = { readonly vertex: Vertex } | { readonly edge: Edge };

/** Longest path of an edge of variable length. */
const MAX_LENGTH = 64;

class Matching {
  private readonly vertices = new Map<string, Vertex>();
  private readonly edges: Edge[] = [];
  private readonly inner: Scope;

  constructor(
    private readonly node: SyntaxNode,
    private readonly graph: Graph,
    private readonly scope: Scope,
    private readonly options: Options,
  ) {
    this.inner = scope.nested();
  }

  table(): Table {
    const patterns = items(this.node, 'Patterns').map((pattern) =>
      items(pattern, 'PatternElements').map((element) => this.element(element)),
    );
    for (const vertex of this.vertices.values()) {
      this.inner.declare(vertex.name, { kind: 'row', columns: vertex.columns });
    }
    for (const edge of this.edges) this.declare(edge);
    const where = maybe(this.node, 'WhereClause');
    const conditions = (where ? conjuncts(part(where, 'Condition')) : []).flatMap((node) => this.condition(node));
    const clause = maybe(this.node, 'ProjectClause');
    if (!clause) throw unsupported(this.node, 'A graph pattern without project');
    const results = resultColumns(this.node);
    const expressions = items(clause, 'Expressions');
    const outputs = expressions.map((node, i): Assignment => {
      const named = kindOf(node) === 'SimpleNamedExpression' ? part(node, 'Expression') : node;
      const value = this.projected(named);
      return {
        column: this.scope.context.column(
          (results.length === expressions.length ? results[i]!.name : written(node)) ?? `Column${i + 1}`,
          value.type,
        ),
        value,
      };
    });
    let relation = this.joined(patterns);
    for (const predicate of [...this.distinctness(), ...conditions]) relation = filtered(relation, predicate);
    const columns = outputs.map((output) => output.column);
    return { columns, relation: { kind: 'project', input: relation, items: outputs, columns } };
  }

  private element(node: SyntaxNode): Element {
    const name = maybe(node, 'Name');
    const unnamed = `$${this.vertices.size + this.edges.length}`;
    if (kindOf(node) === 'GraphMatchPatternNode') {
      const known = this.vertices.get(name ? nameOf(name) : unnamed);
      if (known) return { vertex: known };
      const { nodes } = this.graph;
      const fresh = this.renewed(nodes.relation, [nodes.id, ...nodes.columns]);
      const [id, ...columns] = fresh.columns as [Column, ...Column[]];
      const vertex = { name: name ? nameOf(name) : unnamed, id, columns, relation: fresh };
      this.vertices.set(vertex.name, vertex);
      return { vertex };
    }
    if (kindOf(node) !== 'GraphMatchPatternEdge') throw unsupported(node, 'This element of a graph pattern');
    const edge = this.edge(node, name ? nameOf(name) : unnamed);
    this.edges.push(edge);
    return { edge };
  }

  private edge(node: SyntaxNode, name: string): Edge {
    const text = textOf(node);
    const direction = text.startsWith('<') ? 'backward' : text.endsWith('>') ? 'forward' : 'any';
    const given = maybe(node, 'Range');
    const { edges } = this.graph;
    const fresh = this.renewed(edges.relation, [edges.id, edges.source, edges.target, ...edges.columns]);
    const [id, source, target, ...columns] = fresh.columns as [Column, Column, Column, ...Column[]];
    const own = { relation: fresh, columns, id, source, target };
    const { context } = this.scope;
    const range = given && this.range(given);
    if (!range) {
      const ends = direction === 'backward' ? { start: target, end: source } : { start: source, end: target };
      return { name, direction, range, columns, id, ...ends, computed: [], own, conditions: [] };
    }
    return {
      name,
      direction,
      range,
      columns: columns.map((column) => context.column(column.name, 'dynamic')),
      id: context.column('$edges', 'dynamic'),
      start: context.column('$start', source.type),
      end: context.column('$end', target.type),
      computed: [],
      own,
      conditions: [],
    };
  }

  private range(node: SyntaxNode): { from: number; to: number } {
    const bound = (name: string): number => {
      // The binder gives these literals no type.
      const text = textOf(part(node, name));
      if (!/^\d+$/.test(text)) throw unsupported(node, 'A range that is not literal');
      return Number(text);
    };
    const range = { from: bound('RangeStart'), to: bound('RangeEnd') };
    if (!(range.from >= 0 && range.from <= range.to && range.to <= MAX_LENGTH)) {
      throw new KustoError('SEM0001', `The range of an edge must be within 0..${MAX_LENGTH}.`, { span: spanOf(node) });
    }
    return range;
  }

  private renewed(relation: Relation, columns: readonly Column[]): Relation {
    const fresh = columns.map((column) => ({
      column: this.scope.context.column(column.name, column.type),
      value: use(column),
    }));
    return { kind: 'project', input: relation, items: fresh, columns: fresh.map((item) => item.column) };
  }

  private declare(edge: Edge): void {
    if (!edge.range) {
      this.inner.declare(edge.name, { kind: 'row', columns: edge.columns });
      return;
    }
    const own: Table = { relation: edge.own.relation, columns: edge.own.columns };
    this.inner.declare(edge.name, {
      kind: 'path',
      each: (node) => {
        const value = bindScalar(node, this.scope.over(own));
        const column = this.scope.context.column('computed', 'dynamic');
        edge.computed.push({ column, value });
        return use(column);
      },
    });
  }

  /** A part of `where`. What it says of an edge of variable length holds for each edge of the path. */
  private condition(node: SyntaxNode): Scalar[] {
    const paths = this.edges.filter((edge) => edge.range && usesProperty(node, edge.name));
    if (paths.length === 0) return [bindScalar(node, this.inner)];
    const [edge] = paths as [Edge];
    const others = [...this.vertices.keys(), ...this.edges.map((one) => one.name)].filter((name) => name !== edge.name);
    if (paths.length > 1 || others.some((name) => usesProperty(node, name))) {
      throw unsupported(node, 'A condition on an edge of variable length and on another element');
    }
    if (this.options.shortest) throw unsupported(node, 'A condition on the edges of a shortest path');
    const each = this.scope.nested();
    each.declare(edge.name, { kind: 'row', columns: edge.own.columns });
    edge.conditions.push(bindScalar(node, each));
    return [];
  }

  private projected(node: SyntaxNode): Scalar {
    // A property of an edge of variable length is the array of it.
    if (kindOf(node) === 'PathExpression' && kindOf(part(node, 'Expression')) === 'NameReference') {
      const edge = this.edges.find((one) => one.range && one.name === nameOf(part(node, 'Expression')));
      const column = edge?.columns.find((one) => one.name === nameOf(part(node, 'Selector')));
      if (column) return use(column);
    }
    return bindScalar(node, this.inner);
  }

  private joined(patterns: readonly (readonly Element[])[]): Relation {
    let relation: Relation | undefined;
    const placed = new Set<Vertex>();
    for (const pattern of patterns) {
      let from: Vertex | undefined;
      let through: Edge | undefined;
      for (const element of pattern) {
        if ('edge' in element) {
          through = element.edge;
          continue;
        }
        const { vertex } = element;
        if (from && through) {
          const edge = through;
          relation = join(relation!, this.edgeRelation(edge), [{ left: use(from.id), right: use(edge.start) }]);
          if (placed.has(vertex)) {
            relation = filtered(relation, call(this.node, '==', [use(edge.end), use(vertex.id)], 'bool'));
          } else relation = join(relation, vertex.relation, [{ left: use(edge.end), right: use(vertex.id) }]);
        } else if (!placed.has(vertex)) {
          relation = relation ? join(relation, vertex.relation, []) : vertex.relation;
        }
        placed.add(vertex);
        from = vertex;
        through = undefined;
      }
    }
    return relation!;
  }

  private edgeRelation(edge: Edge): Relation {
    if (edge.range) return this.paths(edge);
    if (edge.direction !== 'any') return edge.own.relation;
    const { columns } = edge.own.relation;
    const { source, target } = edge.own;
    const swapped = columns.map((column) => use(column === source ? target : column === target ? source : column));
    const notLoop = call(this.node, '!=', [use(source), use(target)], 'bool');
    return {
      kind: 'union',
      inputs: [edge.own.relation, filtered(edge.own.relation, notLoop)],
      maps: [columns.map(use), swapped],
      columns,
    };
  }

  private paths(edge: Edge): Relation {
    const { own } = edge;
    const { context } = this.scope;
    const values = [...own.columns.map((column) => use(column)), ...edge.computed.map(({ value }) => value)];
    const items: Assignment[] = [own.id, own.source, own.target]
      .map((column): Assignment => ({ column, value: use(column) }))
      .concat(values.map((value) => ({ column: context.column('value', value.type), value })));
    const input = edge.conditions.reduce(filtered, own.relation);
    const columns = [edge.start, edge.end, edge.id, ...edge.columns, ...edge.computed.map(({ column }) => column)];
    return {
      kind: 'procedure',
      name: 'graph-paths',
      inputs: [{ kind: 'project', input, items, columns: items.map((item) => item.column) }],
      args: {
        ...edge.range,
        direction: edge.direction,
        repeatEdges: this.options.cycles === 'all',
        shortest: this.options.shortest,
      },
      columns,
      span: spanOf(this.node),
    };
  }

  /** What the option for cycles asks of a match. */
  private distinctness(): Scalar[] {
    const { node, edges } = this;
    if (this.options.cycles === 'all') return [];
    if (this.options.cycles === 'none') {
      if (edges.some((edge) => edge.range)) throw unsupported(node, 'cycles=none with an edge of variable length');
      return pairs([...this.vertices.values()]).map(([a, b]) => call(node, '!=', [use(a.id), use(b.id)], 'bool'));
    }
    const asArray = (edge: Edge): Scalar =>
      edge.range ? use(edge.id) : call(node, 'pack_array', [use(edge.id)], 'dynamic');
    return pairs(edges).map(([a, b]) => {
      if (!a.range && !b.range) return call(node, '!=', [use(a.id), use(b.id)], 'bool');
      const common = call(node, 'set_intersect', [asArray(a), asArray(b)], 'dynamic');
      return call(node, '==', [call(node, 'array_length', [common], 'long'), literal('long', 0n)], 'bool');
    });
  }
}

/** The name that an expression is given; the binder leaves out columns of literals. */
const written = (node: SyntaxNode): string | undefined =>
  kindOf(node) === 'SimpleNamedExpression' ? nameOf(part(node, 'Name')) : undefined;

function pairs<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((a, i) => all.slice(i + 1).map((b): [T, T] => [a, b]));
}

const filtered = (input: Relation, predicate: Scalar): Relation => ({
  kind: 'filter',
  input,
  predicate,
  columns: input.columns,
});

function join(left: Relation, right: Relation, on: Join['on']): Relation {
  const columns = [...left.columns, ...right.columns];
  return { kind: 'join', joinKind: on.length > 0 ? 'inner' : 'cross', left, right, on, sources: columns, columns };
}

function conjuncts(node: SyntaxNode): SyntaxNode[] {
  if (kindOf(node) === 'ParenthesizedExpression') return conjuncts(part(node, 'Expression'));
  if (kindOf(node) === 'BinaryExpression' && textOf(part(node, 'Operator')) === 'and') {
    return [...conjuncts(part(node, 'Left')), ...conjuncts(part(node, 'Right'))];
  }
  return [node];
}

const OVER_PATHS = new Set(['map', 'all', 'any']);

/** True when an expression reads `name.property`, outside of functions over the edges of a path. */
function usesProperty(node: SyntaxNode, name: string): boolean {
  if (kindOf(node) === 'FunctionCallExpression' && OVER_PATHS.has(nameOf(part(node, 'Name')))) {
    return argumentsOf(node)
      .slice(1)
      .some((argument) => usesProperty(argument, name));
  }
  if (kindOf(node) === 'PathExpression') {
    const base = part(node, 'Expression');
    if (kindOf(base) === 'NameReference' && nameOf(base) === name) return true;
  }
  for (let i = 0; i < node.ChildCount; i++) {
    const child = node.GetChild(i);
    if (child && usesProperty(child, name)) return true;
  }
  return false;
}
