import { KustoError } from '../../errors/index.js';
import { literal, use, type Assignment, type Column, type Relation, type Scalar } from '../../plan/index.js';
import { argumentsOf, call } from '../calls-to.js';
import { bindScalar, type OperatorBinder, type Scope, type Table } from '../context.js';
import { NODE_AT_HAND, pathOf } from '../graph-functions.js';
import type { Graph } from '../graphs.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, maybe, nameOf, part, resultColumns, spanOf, textOf, unsupported } from '../syntax.js';
import { Vertex } from './graph-vertex.js';
import { asArray, conjuncts, filtered, join, pairs, projected, usesPath, usesProperty } from './graph-parts.js';
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
};

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
  readonly computed: Assignment[];
  /** The same over inner nodes. */
  readonly computedOfNodes: Assignment[];
  /** The graph's edges under columns of this variable's own. */
  readonly own: Omit<Graph['edges'], 'from' | 'to'>;
  /** The graph's nodes, as the inner nodes of a path. */
  readonly inner: Vertex;
  /** Conditions on every edge of a path, and on every inner node. */
  readonly conditions: Scalar[];
  readonly conditionsOfNodes: Scalar[];
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
      this.inner.declare(vertex.name, { kind: 'row', columns: vertex.columns, node: vertex });
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
    const distinct = this.distinctness(patterns);
    let relation = this.joined(patterns);
    for (const predicate of [...distinct, ...conditions]) relation = filtered(relation, predicate);
    const columns = outputs.map((output) => output.column);
    return { columns, relation: { kind: 'project', input: relation, items: outputs, columns } };
  }

  private element(node: SyntaxNode): Element {
    const name = maybe(node, 'Name');
    const unnamed = `$${this.vertices.size + this.edges.length}`;
    if (kindOf(node) === 'GraphMatchPatternNode') {
      const known = this.vertices.get(name ? nameOf(name) : unnamed);
      if (known) return { vertex: known };
      const vertex = new Vertex(name ? nameOf(name) : unnamed, node, this.graph, this.scope.context);
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
    const common: Omit<Edge, 'columns' | 'id' | 'start' | 'end'> = {
      name,
      direction,
      range,
      own,
      computed: [],
      computedOfNodes: [],
      inner: new Vertex(NODE_AT_HAND, node, this.graph, context),
      conditions: [],
      conditionsOfNodes: [],
    };
    if (!range) {
      const ends = direction === 'backward' ? { start: target, end: source } : { start: source, end: target };
      return { ...common, columns, id, ...ends };
    }
    return {
      ...common,
      columns: columns.map((column) => context.column(column.name, 'dynamic')),
      id: context.column('$edges', 'dynamic'),
      start: context.column('$start', source.type),
      end: context.column('$end', target.type),
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
    const computed = (into: Assignment[], scope: Scope) => (node: SyntaxNode) => {
      const column = this.scope.context.column('computed', 'dynamic');
      into.push({ column, value: bindScalar(node, scope) });
      return use(column);
    };
    const bag = (node: SyntaxNode): Scalar => {
      const column = this.scope.context.column('computed', 'dynamic');
      const pairs = edge.own.columns.flatMap((own): Scalar[] => [literal('string', own.name), use(own)]);
      edge.computed.push({ column, value: call(node, 'bag_pack', pairs, 'dynamic') });
      return use(column);
    };
    this.inner.declare(edge.name, {
      kind: 'path',
      bags: bag,
      edges: computed(edge.computed, this.scope.over(edge.own)),
      nodes: computed(edge.computedOfNodes, this.overInner(edge)),
    });
  }

  private overInner({ inner }: Edge): Scope {
    const scope = this.scope.over(inner);
    scope.declare(NODE_AT_HAND, { kind: 'row', columns: inner.columns, node: inner });
    return scope;
  }

  /** A part of `where`. What it says of an edge of variable length holds for each edge of the path. */
  private condition(node: SyntaxNode): Scalar[] {
    if (this.everywhere(node)) return [];
    if (this.options.shortest && usesPath(node)) {
      throw unsupported(node, 'A condition of any() or map() on a shortest path');
    }
    const paths = this.edges.filter((edge) => edge.range && usesProperty(node, edge.name));
    if (paths.length === 0) return [bindScalar(node, this.inner)];
    const [edge] = paths as [Edge];
    const others = [...this.vertices.keys(), ...this.edges.map((one) => one.name)].filter((name) => name !== edge.name);
    if (paths.length > 1 || others.some((name) => usesProperty(node, name))) {
      throw unsupported(node, 'A condition on an edge of variable length and on another element');
    }
    const each = this.scope.nested();
    each.declare(edge.name, { kind: 'row', columns: edge.own.columns });
    edge.conditions.push(bindScalar(node, each));
    return [];
  }

  /** `all(e, …)` and `all(inner_nodes(e), …)`: paths need not be made to be tested. */
  private everywhere(node: SyntaxNode): boolean {
    if (kindOf(node) !== 'FunctionCallExpression' || nameOf(part(node, 'Name')) !== 'all') return false;
    const [over, test] = argumentsOf(node);
    const path = over && pathOf(over);
    const edge = this.edges.find((one) => one.range && one.name === path?.name);
    if (!edge || !path || !test) return false;
    if (path.of === 'edges') edge.conditions.push(bindScalar(test, this.scope.over(edge.own)));
    else edge.conditionsOfNodes.push(bindScalar(test, this.overInner(edge)));
    return true;
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
          relation = relation ? this.beside(relation, [...placed][0]!, vertex) : vertex.relation;
        }
        placed.add(vertex);
        from = vertex;
        through = undefined;
      }
    }
    return relation!;
  }

  /** A sequence that shares no node with those before; of a graph with partitions, one of the same partition. */
  private beside(relation: Relation, first: Vertex, vertex: Vertex): Relation {
    const on = first.partition ? [{ left: use(first.partition), right: use(vertex.partition!) }] : [];
    return join(relation, vertex.relation, on);
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
    const { inner, computedOfNodes, conditionsOfNodes } = edge;
    const ofNodes: Assignment[] = [
      { column: inner.id, value: use(inner.id) },
      ...computedOfNodes.map(({ value }) => ({ column: context.column('value', value.type), value })),
    ];
    const nodes = conditionsOfNodes.reduce(filtered, inner.relation);
    const needsNodes = computedOfNodes.length > 0 || conditionsOfNodes.length > 0;
    const columns = [
      ...[edge.start, edge.end, edge.id, ...edge.columns],
      ...[...edge.computed, ...computedOfNodes].map(({ column }) => column),
    ];
    return {
      kind: 'procedure',
      name: 'graph-paths',
      inputs: [projected(input, items), ...(needsNodes ? [projected(nodes, ofNodes)] : [])],
      args: {
        ...edge.range,
        direction: edge.direction,
        repeatEdges: this.options.cycles === 'all',
        distinctNodes: this.options.cycles === 'none',
        shortest: this.options.shortest,
      },
      columns,
      span: spanOf(this.node),
    };
  }

  /** What the option for cycles asks of a match. Call it before paths are made. */
  private distinctness(patterns: readonly (readonly Element[])[]): Scalar[] {
    const { node, edges } = this;
    if (this.options.cycles === 'all') return [];
    if (this.options.cycles === 'none') return this.withoutCycle(patterns);
    return pairs(edges).map(([a, b]) =>
      a.range || b.range
        ? this.disjoint(asArray(node, a.id), asArray(node, b.id))
        : call(node, '!=', [use(a.id), use(b.id)], 'bool'),
    );
  }

  /** No node twice: neither among the variables nor inside the paths. */
  private withoutCycle(patterns: readonly (readonly Element[])[]): Scalar[] {
    const { node } = this;
    for (const pattern of patterns) {
      const met = pattern.flatMap((element) => ('vertex' in element ? [element.vertex] : []));
      if (new Set(met).size < met.length) return [literal('bool', false)];
    }
    const vertices = [...this.vertices.values()];
    const paths = this.edges.filter((edge) => edge.range);
    const distinct: Scalar[] = pairs(vertices).map(([a, b]) => call(node, '!=', [use(a.id), use(b.id)], 'bool'));
    if (vertices.length === 2 && paths.length < 2) return distinct;
    const insides = paths.map((edge) => {
      const column = this.scope.context.column('$inside', 'dynamic');
      edge.computedOfNodes.push({ column, value: use(edge.inner.id) });
      return use(column);
    });
    const outside = call(
      node,
      'pack_array',
      vertices.map(({ id }) => use(id)),
      'dynamic',
    );
    return [
      ...distinct,
      ...[...insides.map((inside) => [inside, outside] as const), ...pairs(insides)].map(([a, b]) =>
        this.disjoint(a, b),
      ),
    ];
  }

  private disjoint(a: Scalar, b: Scalar): Scalar {
    const common = call(this.node, 'set_intersect', [a, b], 'dynamic');
    return call(this.node, '==', [call(this.node, 'array_length', [common], 'long'), literal('long', 0n)], 'bool');
  }
}

/** The name that an expression is given; the binder leaves out columns of literals. */
const written = (node: SyntaxNode): string | undefined =>
  kindOf(node) === 'SimpleNamedExpression' ? nameOf(part(node, 'Name')) : undefined;
