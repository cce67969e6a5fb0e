import { literal, use, type Aggregate, type Column, type Relation, type Scalar } from '../../plan/index.js';
import { call } from '../calls-to.js';
import type { BindContext, NodeFacts } from '../context.js';
import type { Graph } from '../graphs.js';
import type { SyntaxNode } from '../parser.js';
import { spanOf } from '../syntax.js';

type Direction = 'in' | 'out';

/** The nodes of a graph under columns of a variable's own; facts that a query asks for are joined to them. */
export class Vertex implements NodeFacts {
  readonly id: Column;
  readonly key: Column;
  readonly partition: Column | undefined;
  readonly columns: readonly Column[];
  private readonly nodes: Relation;
  private readonly counts = new Map<Direction, Aggregate>();

  constructor(
    readonly name: string,
    private readonly node: SyntaxNode,
    private readonly of: Graph,
    private readonly context: BindContext,
  ) {
    const { id, key, partition, columns, relation } = of.nodes;
    const fresh = new Map(
      [id, key, ...(partition ? [partition] : []), ...columns].map((column) => [
        column,
        context.column(column.name, column.type),
      ]),
    );
    this.nodes = {
      kind: 'project',
      input: relation,
      items: [...fresh].map(([column, own]) => ({ column: own, value: use(column) })),
      columns: [...fresh.values()],
    };
    this.id = fresh.get(id)!;
    this.key = fresh.get(key)!;
    this.partition = partition && fresh.get(partition);
    this.columns = columns.map((column) => fresh.get(column)!);
  }

  degree(direction: Direction): Scalar {
    let counted = this.counts.get(direction);
    if (!counted) {
      const { edges } = this.of;
      const end = direction === 'in' ? edges.target : edges.source;
      const key = this.context.column('$end', end.type);
      const count = this.context.column('$degree', 'long');
      counted = {
        kind: 'aggregate',
        input: edges.relation,
        keys: [{ column: key, value: use(end) }],
        aggregates: [{ column: count, call: { name: 'count', type: 'long', args: [], span: spanOf(this.node) } }],
        columns: [key, count],
      };
      this.counts.set(direction, counted);
    }
    return call(this.node, 'coalesce', [use(counted.columns[1]!), literal('long', 0n)], 'long');
  }

  /** With all facts that have been asked for: read it when every expression is bound. */
  get relation(): Relation {
    return [...this.counts.values()].reduce((left, right): Relation => {
      const columns = [...left.columns, ...right.columns];
      const on = [{ left: use(this.id), right: use(right.columns[0]!) }];
      return { kind: 'join', joinKind: 'leftouter', left, right, on, sources: columns, columns };
    }, this.nodes);
  }
}
