import { literal, type Scalar } from '../../plan/index.js';
import type { KustoType } from '../../values/index.js';
import { bindScalar, type Scope } from '../context.js';
import { call } from '../calls-to.js';
import { argumentsOf } from '../calls.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, nameOf, part, symbolKindOf, toArray, typeOfSymbol } from '../syntax.js';

/** One output of an expression in `project`, `extend`, `print`, `summarize by`, …; the name when it is written. */
export interface NamedScalar {
  readonly name: string | undefined;
  readonly value: Scalar;
}

/** Types of a function's outputs when it has several (`series_fit_line`, `array_sort_asc`, …). */
function tupleTypes(node: SyntaxNode): KustoType[] | undefined {
  const type = node.ResultType;
  if (!type || symbolKindOf(type) !== 'TupleSymbol') return undefined;
  return toArray(type.Columns).map((column) => typeOfSymbol(column.Type) ?? 'dynamic');
}

/** Binds an expression that may be named, and may have several outputs. */
export function bindNamed(node: SyntaxNode, scope: Scope): NamedScalar[] {
  const kind = kindOf(node);
  const names =
    kind === 'SimpleNamedExpression'
      ? [nameOf(part(node, 'Name'))]
      : kind === 'CompoundNamedExpression'
        ? items(part(node, 'Names'), 'Names').map(nameOf)
        : undefined;
  const expression = names ? part(node, 'Expression') : node;
  const types = tupleTypes(expression);
  if (!types) return [{ name: names?.[0], value: bindScalar(expression, scope) }];
  const args = argumentsOf(expression).map((argument) => bindScalar(argument, scope));
  // A function of several outputs yields an array of them; each output is taken from it.
  const tuple = call(expression, nameOf(part(expression, 'Name')), args, 'dynamic');
  const count = names && names.length > 1 ? names.length : types.length;
  return types.slice(0, count).map((type, i) => ({
    name: names?.[i],
    value: call(expression, 'tuple_item', [tuple, literal('long', BigInt(i))], type),
  }));
}
