import { KustoError } from '../../errors/index.js';
import {
  literal,
  use,
  type AggregateCall,
  type Assignment,
  type Column,
  type Relation,
  type Scalar,
} from '../../plan/index.js';
import { bindScalar, type OperatorBinder, type Scope, type Table } from '../context.js';
import { call } from '../calls-to.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, maybe, part, resultColumns, spanOf, unsupported } from '../syntax.js';
import { bindNamed } from './named.js';
import { summarized } from './summarize.js';

/**
 * `make-series` as two aggregations: by key and position on the axis, then by key into arrays. Positions count steps
 * from the start of the range, or from zero where none is given; `series_fill` and `series_axis` make the arrays.
 */
export const SERIES_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  MakeSeriesOperator: (node, input, scope) => {
    const inner = scope.over(input);
    const axis = bindNamed(part(part(node, 'OnClause'), 'Expression'), inner)[0]!;
    const range = rangeOf(part(node, 'RangeClause'), scope, node);
    const type = axis.value.type;
    const zero = literal(type, type === 'real' ? 0 : type === 'int' ? 0 : 0n);
    const origin = range.from ? (type === 'real' ? toReal(node, range.from) : range.from) : zero;
    const results = resultColumns(node);

    const kept = withinRange(node, input, axis.value, range);
    const clause = maybe(node, 'ByClause');
    const keys = (clause ? items(clause, 'Expressions') : []).flatMap((expression) => bindNamed(expression, inner));
    const position: Assignment = {
      column: scope.context.column('$position', 'long'),
      value: call(node, 'series_position', [axis.value, origin, range.step], 'long'),
    };
    const keyItems = keys.map(({ name, value }, i) => ({
      column: scope.context.column(
        name ?? (value.kind === 'column' ? value.name : (results[i]?.name ?? `Column${i + 1}`)),
        value.type,
      ),
      value,
    }));
    const expressions = items(node, 'Aggregates');
    const cells = summarized(
      kept,
      scope,
      [...keyItems, position],
      expressions.map((expression) => part(expression, 'Expression')),
      [],
    );
    const cellKeys = cells.columns.slice(0, keyItems.length);
    const cellPosition = cells.columns[keyItems.length]!;
    const cellValues = cells.columns.slice(keyItems.length + 1);
    if (cellValues.length !== expressions.length)
      throw unsupported(node, 'make-series of an aggregate of several outputs');
    return collected(node, scope, { cells, cellKeys, cellPosition, cellValues, expressions, range, origin, results });
  },
};

const toReal = (node: SyntaxNode, bound: Scalar): Scalar =>
  bound.type === 'real' ? bound : call(node, 'toreal', [bound], 'real');

interface Range {
  readonly from: Scalar | undefined;
  readonly to: Scalar | undefined;
  readonly step: Scalar;
  /** `in range(a, b, s)` includes b. */
  readonly inclusive: boolean;
}

function rangeOf(clause: SyntaxNode, scope: Scope, node: SyntaxNode): Range {
  if (kindOf(clause) === 'MakeSeriesInRangeClause') {
    const [from, to, step] = items(part(clause, 'Arguments'), 'Expressions').map((one) => bindScalar(one, scope));
    requireStep(step!, node);
    return { from, to, step: step!, inclusive: true };
  }
  const bound = (name: string): Scalar | undefined => {
    const held = maybe(clause, name);
    return held && bindScalar(part(held, 'Expression'), scope);
  };
  const step = bound('MakeSeriesStepClause');
  if (!step) throw new KustoError('SEM0001', 'make-series needs a step.', { span: spanOf(node) });
  requireStep(step, node);
  return { from: bound('MakeSeriesFromClause'), to: bound('MakeSeriesToClause'), step, inclusive: false };
}

function requireStep(step: Scalar, node: SyntaxNode): void {
  if (step.kind !== 'literal' || (step.value !== null && Number(step.value) > 0)) return;
  throw new KustoError('SEM0001', 'make-series: the step must be positive.', { span: spanOf(node) });
}

function withinRange(node: SyntaxNode, input: Table, axis: Scalar, range: Range): Table {
  const conditions = [call(node, 'isnotnull', [axis], 'bool')];
  if (range.from) conditions.push(call(node, '>=', [axis, range.from], 'bool'));
  if (range.to) conditions.push(call(node, range.inclusive ? '<=' : '<', [axis, range.to], 'bool'));
  const predicate = conditions.reduce((a, b) => call(node, 'and', [a, b], 'bool'));
  return { ...input, relation: { kind: 'filter', input: input.relation, predicate, columns: input.relation.columns } };
}

interface Parts {
  readonly cells: Table;
  readonly cellKeys: readonly Column[];
  readonly cellPosition: Column;
  readonly cellValues: readonly Column[];
  readonly expressions: readonly SyntaxNode[];
  readonly range: Range;
  readonly origin: Scalar;
  readonly results: readonly { readonly name: string }[];
}

function collected(node: SyntaxNode, scope: Scope, parts: Parts): Table {
  const { cells, cellKeys, cellPosition, cellValues, range, origin } = parts;
  const { context } = scope;
  const span = spanOf(node);
  const aggregate = (
    name: string,
    type: AggregateCall['type'],
    args: readonly Scalar[],
  ): { column: Column; call: AggregateCall } => ({
    column: context.column(`$${name}`, type),
    call: { name, type, args, span },
  });
  const low = aggregate('min', 'long', [use(cellPosition)]);
  const high = aggregate('max', 'long', [use(cellPosition)]);
  const pairs = cellValues.map((column) => aggregate('series_pairs', 'dynamic', [use(cellPosition), use(column)]));
  const keys = cellKeys.map((column) => ({ column: context.column(column.name, column.type), value: use(column) }));
  const aggregates = [low, high, ...pairs];
  const grouped: Relation = {
    kind: 'aggregate',
    input: cells.relation,
    keys,
    aggregates,
    columns: [...keys.map((key) => key.column), ...aggregates.map((entry) => entry.column)],
  };
  const first: Scalar = range.from ? literal('long', 0n) : use(low.column);
  const last: Scalar = range.to
    ? call(node, 'series_last', [range.to, origin, range.step, literal('bool', range.inclusive)], 'long')
    : use(high.column);
  const series = pairs.map(({ column }, i) => {
    const otherwise = defaultOf(parts.expressions[i]!, cellValues[i]!.type, scope);
    return call(node, 'series_fill', [use(column), first, last, otherwise], 'dynamic');
  });
  const axis = call(node, 'series_axis', [origin, range.step, first, last], 'dynamic');
  return named(
    node,
    scope,
    parts,
    grouped,
    keys.map((key) => key.column),
    [...series, axis],
  );
}

/** Columns by the binder's names: keys by their own, the rest (aggregates, then the axis) in order. */
function named(
  node: SyntaxNode,
  scope: Scope,
  { results }: Parts,
  grouped: Relation,
  keys: readonly Column[],
  values: readonly Scalar[],
): Table {
  const remaining = [...values];
  const free = new Map(keys.map((column) => [column.name, column]));
  const outputs = results.map((result): Assignment => {
    const key = free.get(result.name);
    if (key && free.delete(result.name)) return { column: key, value: use(key) };
    const value = remaining.shift();
    if (!value) throw unsupported(node, 'This make-series');
    return { column: scope.context.column(result.name, 'dynamic'), value };
  });
  const columns = outputs.map((output) => output.column);
  const nonEmpty = emptyGuard(node, grouped, keys);
  return { columns, relation: { kind: 'project', input: nonEmpty, items: outputs, columns } };
}

/** Without keys SQL gives one row for no input; the reference gives none. */
function emptyGuard(node: SyntaxNode, grouped: Relation, keys: readonly Column[]): Relation {
  if (keys.length > 0) return grouped;
  const low = grouped.columns[0]!;
  return {
    kind: 'filter',
    input: grouped,
    predicate: call(node, 'isnotnull', [use(low)], 'bool'),
    columns: grouped.columns,
  };
}

function defaultOf(expression: SyntaxNode, type: Scalar['type'], scope: Scope): Scalar {
  const clause = maybe(expression, 'DefaultExpression');
  if (!clause) return literal('dynamic', type === 'real' ? '0.0' : '0');
  const value = bindScalar(part(clause, 'Expression'), scope);
  return call(expression, 'todynamic_value', [value], 'dynamic');
}
