import { use, type Aggregate } from '../../plan/index.js';
import { bindScalar, bindTable, type OperatorBinder, type Scope, type Table } from '../context.js';
import { call } from '../calls-to.js';
import type { SyntaxNode } from '../parser.js';
import { kindOf, maybe, nameOf, part, resultColumns, spanOf, unsupported } from '../syntax.js';
import { bindBody } from './expand.js';
import { limited, sorted } from './rows.js';
import { sharedInput } from './tables.js';

/** Operators that run a pipeline for each value of a key, or find the most frequent values. */
export const PARTITION_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  PartitionOperator: (node, input, scope) => {
    const inside = maybe(node, 'Scope');
    if (inside) throw unsupported(inside, 'partition in a scope');
    const operand = part(node, 'Operand');
    const key = part(node, 'ByExpression');
    if (kindOf(operand) === 'PartitionQuery') return forEachKey(key, part(operand, 'Query'), input, scope);
    return forEachPartition(node, key, part(operand, 'Subquery'), input, scope);
  },
  /** Not documented: by the grammar, a partition without `by`, whose strategy the engine chooses. */
  PartitionByOperator: (node, input, scope) => {
    const id = maybe(node, 'IdClause');
    if (id) throw unsupported(id, '__partitionby with an id');
    return forEachPartition(node, part(node, 'Entity'), part(node, 'Subquery'), input, scope);
  },
  TopHittersOperator: (node, input, scope) => {
    const by = maybe(node, 'ByClause');
    const results = resultColumns(node);
    const inner = scope.over(input);
    const key = {
      column: scope.context.column(results[0]!.name, results[0]!.type),
      value: bindScalar(part(node, 'OfExpression'), inner),
    };
    const { name } = results[1]!;
    // A sum of ints is a long, whatever the binder says.
    const type = results[1]!.type === 'int' ? 'long' : results[1]!.type;
    const weight = scope.context.column(name, type);
    const call = by
      ? { name: 'sum', type, args: [bindScalar(part(by, 'Expression'), inner)], span: spanOf(node) }
      : { name: 'count', type, args: [], span: spanOf(node) };
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

/** `partition by x (…)`: the pipeline over the rows of each key. */
function forEachPartition(node: SyntaxNode, by: SyntaxNode, pipeline: SyntaxNode, input: Table, scope: Scope): Table {
  const { context } = scope;
  const shared = sharedInput(input, scope);
  const keys = keysOf(by, shared, scope);
  const inside = context.renewed(shared);
  const insideKey = bindScalar(by, scope.over(inside));
  const rows: Table = {
    ...inside,
    relation: {
      kind: 'filter',
      input: inside.relation,
      predicate: call(node, 'same', [insideKey, use(keys.columns[0]!)], 'bool'),
      columns: inside.relation.columns,
    },
  };
  return applied(keys, bindBody(pipeline, rows, scope.nested()));
}

/** `partition by x {T | …}`: a query with a source of its own, which may name the key and nothing else of the input. */
function forEachKey(by: SyntaxNode, query: SyntaxNode, input: Table, scope: Scope): Table {
  const keys = keysOf(by, input, scope);
  return applied(keys, bindTable(query, scope.over({ relation: keys, columns: keys.columns })));
}

function keysOf(by: SyntaxNode, input: Table, scope: Scope): Aggregate {
  const value = bindScalar(by, scope.over(input));
  const column = scope.context.column(nameOf(by), value.type);
  scope.context.partitionKeys.add(column.id);
  return { kind: 'aggregate', input: input.relation, keys: [{ column, value }], aggregates: [], columns: [column] };
}

function applied(keys: Aggregate, body: Table): Table {
  const columns = [...body.columns];
  return { columns, relation: { kind: 'apply', input: keys, items: [], body: body.relation, passed: [], columns } };
}
