import { KustoError } from '../../errors/index.js';
import { literal, use, type Relation, type Scalar, type SortKey } from '../../plan/index.js';
import { call } from '../calls-to.js';
import { bindScalar, nullOf, type OperatorBinder, type Scope, type Table } from '../context.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, maybe, part, resultColumns, spanOf, tupleTypes, unsupported } from '../syntax.js';
import { limited, sorted } from './rows.js';
import { summarized } from './summarize.js';
import { sharedInput } from './tables.js';

export const TOP_NESTED_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  TopNestedOperator: (node, input, scope) => new TopNested(node, input, scope).table(),
};

interface Level {
  readonly of: SyntaxNode;
  readonly by: SyntaxNode;
  readonly aggregate: SyntaxNode;
  readonly count: SyntaxNode | undefined;
  readonly others: SyntaxNode | undefined;
}

/**
 * Each level groups by all keys so far, and keeps the best of each parent. What a level does not keep is its rest: with
 * `with others` there, or on a level below, a row for each parent says what the rest comes to.
 */
class TopNested {
  private readonly levels: readonly Level[];
  private readonly rows: Table;
  private readonly results: ReturnType<typeof resultColumns>;

  constructor(
    private readonly node: SyntaxNode,
    input: Table,
    private readonly scope: Scope,
  ) {
    this.rows = sharedInput(input, scope);
    this.results = resultColumns(node);
    this.levels = items(node, 'Clauses').map((clause) => {
      const by = part(clause, 'ByExpression');
      return {
        of: part(clause, 'OfExpression'),
        by,
        aggregate: single(kindOf(by) === 'OrderedExpression' ? part(by, 'Expression') : by),
        count: maybe(clause, 'Expression'),
        others: maybe(clause, 'WithOthersClause'),
      };
    });
  }

  table(): Table {
    const tops: Table[] = [];
    this.levels.forEach((_, level) => {
      const top = this.top(level, tops.at(-1));
      tops.push(this.levels.some(({ others }) => others) ? sharedInput(top, this.scope) : top);
    });
    const last = tops.at(-1);
    if (!last) throw new KustoError('SEM0001', 'top-nested needs a level.', { span: spanOf(this.node) });
    const rests = this.levels.flatMap((_, level) =>
      this.levels.slice(level).some(({ others }) => others) ? [this.rest(level, tops)] : [],
    );
    if (rests.length === 0) return last;
    const members = [last, ...rests.reverse()];
    const columns = last.columns.map(({ name, type }) => this.scope.context.column(name, type));
    return {
      columns,
      relation: {
        kind: 'union',
        inputs: members.map((member) => member.relation),
        maps: members.map((member) => member.columns.map(use)),
        columns,
      },
    };
  }

  private keys(rows: Table, count: number) {
    const inner = this.scope.over(rows);
    return this.levels.slice(0, count).map(({ of }, i) => {
      const value = bindScalar(of, inner);
      return { column: this.scope.context.column(this.results[i * 2]!.name, value.type), value };
    });
  }

  private top(level: number, parent: Table | undefined): Table {
    const { by, aggregate, count } = this.levels[level]!;
    const rows = this.scope.context.renewed(this.rows);
    const keys = this.keys(rows, level + 1);
    const grouped = summarized(rows, this.scope, keys, [aggregate], [this.results[level * 2 + 1]!.name]);
    const key = sortKeyOf(by, use(grouped.columns[keys.length]!));
    const best = (table: Table): Table =>
      count ? limited(sorted(table, [key]), bindScalar(count, this.scope)) : table;
    if (!parent) return best(grouped);
    const predicate = keysOf(parent)
      .map((column, i) => call(this.node, 'same', [use(grouped.columns[i]!), column], 'bool'))
      .reduce((a, b) => call(this.node, 'and', [a, b], 'bool'));
    const { relation } = grouped;
    const body = best({
      ...grouped,
      relation: { kind: 'filter', input: relation, predicate, columns: relation.columns },
    });
    const columns = [...parent.columns, ...grouped.columns.slice(level)];
    return {
      columns,
      relation: {
        kind: 'apply',
        input: parent.relation,
        items: [],
        body: body.relation,
        passed: parent.columns,
        columns,
      },
    };
  }

  /** Rows whose parents are among the best and which themselves are not, as one row a parent. */
  private rest(level: number, tops: readonly Table[]): Table {
    const { scope } = this;
    const rows = scope.context.renewed(this.rows);
    const keys = this.keys(rows, level + 1);
    const values = keys.map(({ value }) => value);
    const parent = level > 0 ? scope.context.renewed(tops[level - 1]!) : undefined;
    const kept = scope.context.renewed(tops[level]!);
    let relation: Relation = rows.relation;
    if (parent) relation = this.matched(relation, 'leftsemi', values.slice(0, level), parent);
    relation = this.matched(relation, 'leftanti', values, kept);
    const counted = this.levels.flatMap((one, i) => (i >= level && one.others ? [i] : []));
    // A group by a constant has no row where there is no rest.
    const group = [
      ...keys.slice(0, level),
      { column: scope.context.column('$rest', 'long'), value: literal('long', 1n) },
    ];
    const names = counted.map((i) => this.results[i * 2 + 1]!.name);
    const totals = summarized(
      { ...rows, relation },
      scope,
      group,
      counted.map((i) => this.levels[i]!.aggregate),
      names,
    );
    const whole = parent ? this.beside(parent, totals, level) : totals;
    const outputs = tops.at(-1)!.columns.map((column, c): Scalar => {
      const i = Math.floor(c / 2);
      if (i < level) return use(parent!.columns[c]!);
      const { others } = this.levels[i]!;
      if (!others) return nullOf(column.type);
      if (c % 2 === 1) return use(totals.columns[level + 1 + counted.indexOf(i)]!);
      return this.constant(others, column.type);
    });
    const assigned = outputs.map((value, c) => ({
      column: scope.context.column(tops.at(-1)!.columns[c]!.name, value.type),
      value,
    }));
    const columns = assigned.map((item) => item.column);
    return { columns, relation: { kind: 'project', input: whole.relation, items: assigned, columns } };
  }

  private constant(clause: SyntaxNode, type: Scalar['type']): Scalar {
    const expression = part(clause, 'Expression');
    const value = bindScalar(expression, this.scope);
    if (value.type === type) return value;
    const message = `top-nested: the value of others must be a ${type}, as the column is.`;
    throw new KustoError('SEM0001', message, { span: spanOf(expression) });
  }

  /** Keys may be null, and compare as the texts of them all. */
  private matched(left: Relation, joinKind: 'leftsemi' | 'leftanti', values: readonly Scalar[], top: Table): Relation {
    const on = [{ left: this.text(values), right: this.text(keysOf(top)) }];
    return { kind: 'join', joinKind, left, right: top.relation, on, sources: left.columns, columns: left.columns };
  }

  private beside(parent: Table, totals: Table, level: number): Table {
    const columns = [...parent.columns, ...totals.columns];
    const on = [{ left: this.text(keysOf(parent)), right: this.text(totals.columns.slice(0, level).map(use)) }];
    const { relation: left } = parent;
    return {
      columns,
      relation: { kind: 'join', joinKind: 'inner', left, right: totals.relation, on, sources: columns, columns },
    };
  }

  private text(values: readonly Scalar[]): Scalar {
    return call(this.node, 'tostring', [call(this.node, 'pack_array', values, 'dynamic')], 'string');
  }
}

const keysOf = (top: Table): Scalar[] => top.columns.filter((_, i) => i % 2 === 0).map(use);

function sortKeyOf(by: SyntaxNode, value: Scalar): SortKey {
  const ordering = kindOf(by) === 'OrderedExpression' ? maybe(by, 'Ordering') : undefined;
  const descending = !ordering || !/asc/.test(ordering.toString());
  return { value, descending, nullsFirst: !descending };
}

/** Rows are ordered by one value: an aggregate of several outputs is none. */
function single(aggregate: SyntaxNode): SyntaxNode {
  const expression = kindOf(aggregate) === 'SimpleNamedExpression' ? part(aggregate, 'Expression') : aggregate;
  if ((tupleTypes(expression)?.length ?? 1) > 1)
    throw unsupported(aggregate, 'top-nested by an aggregate of several outputs');
  return aggregate;
}
