import { KustoError } from '../../errors/index.js';
import { use, type Aggregate, type SortKey } from '../../plan/index.js';
import { bindScalar, type OperatorBinder, type Scope, type Table } from '../context.js';
import { call } from '../calls-to.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, maybe, part, resultColumns, spanOf, unsupported } from '../syntax.js';
import { bindBody } from './expand.js';
import { limited, sorted } from './rows.js';
import { summarized } from './summarize.js';

/** Operators that run a pipeline for each value of a key, or the tops of nested groups. */
export const PARTITION_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  PartitionOperator: (node, input, scope) => {
    const operand = part(node, 'Operand');
    if (kindOf(operand) !== 'PartitionSubquery' || maybe(node, 'Scope')) {
      throw unsupported(operand, 'partition with a query in braces');
    }
    const key = bindScalar(part(node, 'ByExpression'), scope.over(input));
    const { context } = scope;
    const shared: Table = {
      ...input,
      relation: { kind: 'shared', key: context.sharedKey(), relation: input.relation, columns: input.relation.columns },
    };
    const outer = context.column('$key', key.type);
    const keys: Aggregate = {
      kind: 'aggregate',
      input: shared.relation,
      keys: [{ column: outer, value: key }],
      aggregates: [],
      columns: [outer],
    };
    const inside = context.renewed(shared);
    const insideKey = bindScalar(part(node, 'ByExpression'), scope.over(inside));
    const rows: Table = {
      ...inside,
      relation: {
        kind: 'filter',
        input: inside.relation,
        predicate: call(node, 'same', [insideKey, use(outer)], 'bool'),
        columns: inside.relation.columns,
      },
    };
    const body = bindBody(part(operand, 'Subquery'), rows, scope);
    return {
      columns: body.columns,
      relation: { kind: 'apply', input: keys, items: [], body: body.relation, passed: [], columns: [...body.columns] },
    };
  },
  TopNestedOperator: topNested,
  TopHittersOperator: (node, input, scope) => {
    const by = maybe(node, 'ByClause');
    const results = resultColumns(node);
    const inner = scope.over(input);
    const key = {
      column: scope.context.column(results[0]!.name, results[0]!.type),
      value: bindScalar(part(node, 'OfExpression'), inner),
    };
    const weight = scope.context.column(results[1]!.name, 'long');
    const call = by
      ? { name: 'sum', type: 'long' as const, args: [bindScalar(part(by, 'Expression'), inner)], span: spanOf(node) }
      : { name: 'count', type: 'long' as const, args: [], span: spanOf(node) };
    const columns = [key.column, weight];
    const grouped: Table = {
      columns,
      relation: {
        kind: 'aggregate',
        input: input.relation,
        keys: [key],
        aggregates: [{ column: weight, call }],
        columns,
      },
    };
    return limited(
      sorted(grouped, [{ value: use(weight), descending: true, nullsFirst: false }]),
      bindScalar(part(node, 'Expression'), scope),
    );
  },
};

/** Each level groups by all keys so far, and keeps the best of each parent; levels are joined on the parent's keys. */
function topNested(node: SyntaxNode, input: Table, scope: Scope): Table {
  const { context } = scope;
  const results = resultColumns(node);
  const shared: Table = {
    ...input,
    relation: { kind: 'shared', key: context.sharedKey(), relation: input.relation, columns: input.relation.columns },
  };
  let parent: Table | undefined;
  items(node, 'Clauses').forEach((clause, level) => {
    if (maybe(clause, 'WithOthersClause')) throw unsupported(clause, 'top-nested with others');
    const rows = context.renewed(shared);
    const inner = scope.over(rows);
    const clausesSoFar = items(node, 'Clauses').slice(0, level + 1);
    const keys = clausesSoFar.map((one, i) => {
      const of = part(one, 'OfExpression');
      const value = bindScalar(of, inner);
      return { column: context.column(results[i * 2]!.name, value.type), value };
    });
    const by = part(clause, 'ByExpression');
    const ordered = kindOf(by) === 'OrderedExpression' ? part(by, 'Expression') : by;
    const grouped = summarized(rows, scope, keys, [ordered], [results[level * 2 + 1]!.name]);
    const measure = grouped.columns[keys.length]!;
    const key =
      kindOf(by) === 'OrderedExpression'
        ? sortKeyOf(by, measure)
        : { value: use(measure), descending: true, nullsFirst: false };
    const count = maybe(clause, 'Expression');
    parent = joinedWith(node, parent, grouped, keys.length - 1, key, count && bindScalar(count, scope));
  });
  if (!parent) throw new KustoError('SEM0001', 'top-nested needs a level.', { span: spanOf(node) });
  return parent;
}

function sortKeyOf(by: SyntaxNode, measure: Table['columns'][number]): SortKey {
  const ordering = maybe(by, 'Ordering');
  const descending = !ordering || !/asc/.test(ordering.toString());
  return { value: use(measure), descending, nullsFirst: !descending };
}

/** The best `count` children of each row of the parent level; all of the parent's columns, then the child's own. */
function joinedWith(
  node: SyntaxNode,
  parent: Table | undefined,
  children: Table,
  shared: number,
  key: SortKey,
  count: Parameters<typeof limited>[1] | undefined,
): Table {
  const best = (table: Table): Table => (count ? limited(sorted(table, [key]), count) : table);
  if (!parent) return best(children);
  const predicate = parent.columns
    .filter((_, i) => i % 2 === 0)
    .slice(0, shared)
    .map((column, i) => call(node, 'same', [use(children.columns[i]!), use(column)], 'bool'))
    .reduce((a, b) => call(node, 'and', [a, b], 'bool'));
  const matching: Table = {
    ...children,
    relation: { kind: 'filter', input: children.relation, predicate, columns: children.relation.columns },
  };
  const body = best(matching);
  const own = children.columns.slice(shared);
  const columns = [...parent.columns, ...own];
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
