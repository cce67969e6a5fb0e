import { KustoError } from '../../errors/index.js';
import { literal, use, type Aggregate, type Assignment, type Column, type Scalar } from '../../plan/index.js';
import type { KustoType } from '../../values/index.js';
import type { Scope } from '../context.js';
import { bindScalar, type OperatorBinder, type Table } from '../context.js';
import { argumentsOf, call, typeOf, withAggregates } from '../calls-to.js';
import { official, type SyntaxNode } from '../parser.js';
import { bracketed } from '../schema.js';
import {
  items,
  kindOf,
  maybe,
  nameOf,
  part,
  resultColumns,
  spanOf,
  symbolKindOf,
  textOf,
  toArray,
  typeOfSymbol,
} from '../syntax.js';
import { isInFunction } from '../user-functions.js';
import { TextNeeded } from '../text-needed.js';
import { bindNamed } from './named.js';

export const SUMMARIZE_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  SummarizeOperator: (node, input, scope) => {
    const clause = maybe(node, 'ByClause');
    const expressions = items(node, 'Aggregates');
    if (!clause && expressions.length === 0) {
      const message = 'summarize needs an aggregate, such as count(), or what to group by.';
      throw new KustoError('SYN0001', message, { span: spanOf(node) });
    }
    const inner = scope.over(input);
    const byValues = clause ? items(clause, 'Expressions').flatMap((expression) => bindNamed(expression, inner)) : [];
    const results = resultColumns(node);
    const keys = byValues.map(({ value }, i) => ({
      column: scope.context.column(results[i]!.name, value.type),
      value,
    }));
    return summarized(
      input,
      scope,
      keys,
      expressions,
      results.slice(keys.length).map((result) => result.name),
    );
  },
};

/**
 * Aggregates grouped by `keys`. An aggregate expression may wrap aggregates in scalar functions
 * (`round(sum(a) / count(), 2)`): the aggregates become columns of the `aggregate` node, the rest a projection over it.
 */
export function summarized(
  input: Table,
  scope: Scope,
  keys: readonly Assignment[],
  expressions: readonly SyntaxNode[],
  names: readonly string[],
): Table {
  expressions.forEach(nameCovariance);
  const collector = new AggregateCollector(input, scope, keys);
  const values = expressions.flatMap((expression) => collector.bind(expression));
  const aggregate: Aggregate = {
    kind: 'aggregate',
    input: input.relation,
    keys,
    aggregates: collector.aggregates,
    columns: [...keys.map((key) => key.column), ...collector.aggregates.map((entry) => entry.column)],
  };
  const outputs: Assignment[] = [
    ...keys.map(({ column }) => ({ column, value: use(column) })),
    ...values.map((value, i) => ({ column: scope.context.column(names[i] ?? `Column${i + 1}`, value.type), value })),
  ];
  const columns = outputs.map((output) => output.column);
  return { columns, relation: { kind: 'project', input: aggregate, items: outputs, columns } };
}

/** The reference names a covariance after both of its columns, the binder after the first. */
function nameCovariance(expression: SyntaxNode): void {
  if (!isAggregateCall(expression) || isInFunction(expression)) return;
  const name = nameOf(part(expression, 'Name'));
  const [first, second] = argumentsOf(expression);
  if (!name.startsWith('covariance') || !first || !second) return;
  if (kindOf(first) !== 'NameReference' || kindOf(second) !== 'NameReference') return;
  const text = `${bracketed(`${name}_${nameOf(first)}_${nameOf(second)}`)} = `;
  throw new TextNeeded(expression.TextStart, () => text);
}

/** What an aggregate of several outputs is called where it is asked for one: then the binder sees no tuple. */
const OF_ONE: Readonly<Record<string, string>> = { percentiles: 'percentile', percentilesw: 'percentilew' };

let aggregateNames: ReadonlySet<string> | undefined;

/** True for a call of a built-in aggregate function. */
export function isAggregateCall(node: SyntaxNode): boolean {
  if (kindOf(node) !== 'FunctionCallExpression') return false;
  const symbol = node.ReferencedSymbol ?? part(node, 'Name').ReferencedSymbol;
  if (!symbol) return false;
  aggregateNames ??= new Set(
    Object.values(official().Kusto.Language.Aggregates as Record<string, unknown>)
      .filter((entry): entry is { Name: string } => typeof (entry as { Name?: unknown } | null)?.Name === 'string')
      .map((entry) => entry.Name),
  );
  return aggregateNames.has(symbol.Name);
}

const isStar = (node: SyntaxNode): boolean => kindOf(node) === 'StarExpression';

/** Name of the column that an argument is, as it is or under another name (`w = y`). */
function columnOf(node: SyntaxNode): string | undefined {
  const column = kindOf(node) === 'SimpleNamedExpression' ? part(node, 'Expression') : node;
  return kindOf(column) === 'NameReference' ? nameOf(column) : undefined;
}

class AggregateCollector {
  readonly aggregates: { column: Column; call: Aggregate['aggregates'][number]['call'] }[] = [];
  private readonly inner: Scope;

  constructor(
    private readonly input: Table,
    private readonly scope: Scope,
    private readonly keys: readonly Assignment[],
  ) {
    this.inner = scope.over(input);
  }

  /** Outputs of one aggregate expression; several for `arg_max(a, *)`, `percentiles(x, 5, 95)`, … */
  bind(node: SyntaxNode): Scalar[] {
    const named = kindOf(node) === 'SimpleNamedExpression' || kindOf(node) === 'CompoundNamedExpression';
    const expression = named ? part(node, 'Expression') : node;
    const symbol = expression.ResultType;
    // The binder gives arg_max(x) and take_any(*) with one column no tuple, but they pick a row all the same.
    const picks =
      isAggregateCall(expression) &&
      (/^arg_m(ax|in)$/.test(nameOf(part(expression, 'Name'))) || argumentsOf(expression).some(isStar));
    if (picks || (isAggregateCall(expression) && symbol && symbolKindOf(symbol) === 'TupleSymbol')) {
      return this.tuple(expression);
    }
    return [
      withAggregates(
        (inside) => this.replace(inside),
        () => bindScalar(expression, this.inner),
      ),
    ];
  }

  private replace(node: SyntaxNode): Scalar | undefined {
    if (!isAggregateCall(node)) return undefined;
    const args = withAggregates(undefined, () => this.args(node));
    const name = nameOf(part(node, 'Name'));
    return this.add(node, OF_ONE[name] ?? name, args, typeOf(node));
  }

  private args(node: SyntaxNode): Scalar[] {
    return argumentsOf(node).flatMap((argument) => (isStar(argument) ? [] : [bindScalar(argument, this.inner)]));
  }

  private add(node: SyntaxNode, name: string, args: readonly Scalar[], type: KustoType): Scalar {
    const column = this.scope.context.column(name, type);
    this.aggregates.push({ column, call: { name, args, type, span: spanOf(node) } });
    return use(column);
  }

  /**
   * Values that a row is picked with: the arguments behind the first `keys`, and what `*` stands for. The binder names
   * the columns of `*`, without the group's keys and what is there already; beside `*` it drops what comes again.
   */
  private picked(node: SyntaxNode, keys: number): Scalar[] {
    const given = argumentsOf(node);
    const others = given.slice(keys);
    if (!others.some(isStar)) return others.map((other) => bindScalar(other, this.inner));
    const seen = new Set(given.slice(0, keys).map(columnOf));
    const kept = others.filter((other) => {
      if (isStar(other)) return !seen.has('*') && seen.add('*');
      const column = columnOf(other);
      if (column === undefined) return true;
      if (!seen.has(column) && !seen.has('*')) return seen.add(column);
      if (kindOf(other) === 'NameReference') return false;
      const message = `'${textOf(other)}' beside '*', which has the column already, is not supported. Name it before: | extend ${textOf(other)}`;
      throw new KustoError('CAL0001', message, { span: spanOf(other) });
    });
    return kept.flatMap((other, i) =>
      isStar(other) ? this.starred(node, keys + i, kept.length - 1 - i) : [bindScalar(other, this.inner)],
    );
  }

  /** @param before columns of the result before those of `*`, `after`: behind them */
  private starred(node: SyntaxNode, before: number, after: number): Scalar[] {
    const results = toArray(node.ResultType?.Columns);
    if (results.length === 0 && before === 0)
      return this.input.columns.filter((column) => !this.isKey(column)).map(use);
    return results
      .slice(before, results.length - after)
      .map((result) => use(this.input.columns.find((column) => column.name === result.Name)!));
  }

  private isKey(column: Column): boolean {
    return this.keys.some(({ value }) => value.kind === 'column' && value.id === column.id);
  }

  private tuple(node: SyntaxNode): Scalar[] {
    const name = nameOf(part(node, 'Name'));
    const types = toArray(node.ResultType?.Columns).map((column) => typeOfSymbol(column.Type) ?? 'dynamic');
    if (name === 'percentiles' || name === 'percentilesw') {
      const values = this.args(node);
      const fixed = name === 'percentiles' ? 1 : 2;
      return values
        .slice(fixed)
        .map((percent, i) => this.add(node, OF_ONE[name]!, [...values.slice(0, fixed), percent], types[i]!));
    }
    if (name === 'arg_max' || name === 'arg_min') {
      const key = bindScalar(argumentsOf(node)[0]!, this.inner);
      const row = this.picked(node, 1);
      // One aggregate picks the row, so that all of its columns come from the same one.
      const picked = this.add(node, name, [key, ...row], 'dynamic');
      return [key, ...row].map((value, i) => call(node, 'row_item', [picked, literal('long', BigInt(i))], value.type));
    }
    if (name === 'take_any' || name === 'any') {
      const row = this.picked(node, 0);
      const picked = this.add(node, 'take_any_row', row, 'dynamic');
      return row.map((value, i) => call(node, 'row_item', [picked, literal('long', BigInt(i))], value.type));
    }
    const whole = this.add(node, name, this.args(node), 'dynamic');
    return types.map((type, i) => call(node, 'tuple_item', [whole, literal('long', BigInt(i))], type));
  }
}
