import { literal, type Scalar } from '../../plan/index.js';
import { bindScalar, type Scope } from '../context.js';
import { argumentsOf, call } from '../calls-to.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, nameOf, part, tupleTypes, unsupported } from '../syntax.js';

/** One output of an expression in `project`, `extend`, `print`, `summarize by`, …; the name when it is written. */
export interface NamedScalar {
  readonly name: string | undefined;
  readonly value: Scalar;
}

/**
 * Binds an expression that may be named, and may have several outputs. One name for several names the first of them;
 * `onlyNamed`, as `print` has it, leaves out the others.
 */
export function bindNamed(node: SyntaxNode, scope: Scope, onlyNamed = false): NamedScalar[] {
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
  if (types.length === 0)
    throw unsupported(expression, 'A call whose outputs are not known (are its arguments of the right types?)');
  const args = argumentsOf(expression).map((argument) => bindScalar(argument, scope));
  // A function of several outputs yields an array of them; each output is taken from it.
  const tuple = call(expression, nameOf(part(expression, 'Name')), args, 'dynamic');
  const count = names && (onlyNamed || names.length > 1) ? names.length : types.length;
  return types.slice(0, count).map((type, i) => ({
    name: names?.[i],
    value: call(expression, 'tuple_item', [tuple, literal('long', BigInt(i))], type),
  }));
}
