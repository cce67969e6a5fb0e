import { KustoError } from '../errors/index.js';
import type { Call, Scalar } from '../plan/index.js';
import type { KustoType } from '../values/index.js';
import type { Scope } from './context.js';
import type { SyntaxNode } from './parser.js';
import { items, kindOf, maybe, nameOf, spanOf, symbolKindOf, textOf, typeOfSymbol } from './syntax.js';

/** Small helpers that expressions, calls and operators share: types of nodes, and making calls. */

export function typeOf(node: SyntaxNode): KustoType {
  const type = typeOfSymbol(node.ResultType);
  if (!type) throw new KustoError('SEM0001', `The type of '${textOf(node)}' is not known.`, { span: spanOf(node) });
  return type;
}

export function call(node: SyntaxNode, name: string, args: readonly Scalar[], type: KustoType = typeOf(node)): Call {
  return { kind: 'call', name, args, type, span: spanOf(node) };
}

export function argumentsOf(node: SyntaxNode): SyntaxNode[] {
  const list = maybe(node, 'ArgumentList');
  return list ? items(list, 'Expressions') : [];
}

let replaceAggregate: ((node: SyntaxNode) => Scalar | undefined) | undefined;

/** Runs `bind` with aggregate calls answered by `replace` (or by nobody: inside an aggregate's own arguments). */
export function withAggregates<T>(replace: typeof replaceAggregate, bind: () => T): T {
  const before = replaceAggregate;
  replaceAggregate = replace;
  try {
    return bind();
  } finally {
    replaceAggregate = before;
  }
}

export const aggregateInstead = (node: SyntaxNode): Scalar | undefined => replaceAggregate?.(node);

/** True when the binder gives the expression a table's type. */
export function isTabular(node: SyntaxNode, scope: Scope): boolean {
  const symbol = node.ResultType;
  if (symbol) {
    const kind = symbolKindOf(symbol);
    if (kind === 'TableSymbol' || kind.endsWith('TableSymbol') || kind === 'MaterializedViewSymbol') return true;
    if (kind === 'GraphSymbol' || kind === 'GroupSymbol') return true;
    if (typeOfSymbol(symbol)) return false;
  }
  if (kindOf(node) === 'NameReference') return scope.lookup(nameOf(node))?.kind === 'table';
  return maybe(node, 'Operator') !== undefined && kindOf(node) === 'PipeExpression';
}
