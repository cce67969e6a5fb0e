import type { KustoType } from '../values/index.js';
import { KustoError } from '../errors/index.js';
import type { Literal } from '../plan/index.js';
import type { Scope } from './context.js';
import { literalOfText } from './literal-text.js';
import type { NetList, SymbolNode, SyntaxNode } from './parser.js';
import { items, kindOf, maybe, spanOf, symbolKindOf, textOf, toArray, typeOfSymbol, unsupported } from './syntax.js';

/** Functions that a `let` declares or a database stores; the binder gives their body, bound at the call. */

interface Parameter {
  readonly name: string;
  readonly isTabular: boolean;
  readonly type: KustoType | undefined;
  readonly defaultValue: Literal | undefined;
}

interface SignatureNode {
  readonly Parameters: NetList<{
    readonly Name: string;
    readonly DefaultValue?: SyntaxNode | null;
    readonly DeclaredTypes: NetList<SymbolNode>;
  }>;
}

interface CallNode extends SyntaxNode {
  GetCalledFunctionBody?(): SyntaxNode | null;
}

function functionSymbol(node: SyntaxNode): (SymbolNode & { readonly Signatures: NetList<SignatureNode> }) | undefined {
  const symbol = node.ReferencedSymbol ?? (maybe(node, 'Name')?.ReferencedSymbol as SymbolNode | null | undefined);
  if (!symbol) return undefined;
  const kind = symbolKindOf(symbol);
  if (kind === 'FunctionSymbol') return symbol as SymbolNode & { readonly Signatures: NetList<SignatureNode> };
  if (kind === 'VariableSymbol') {
    const type = (symbol as unknown as { Type?: SymbolNode }).Type;
    if (type && symbolKindOf(type) === 'FunctionSymbol')
      return type as SymbolNode & { readonly Signatures: NetList<SignatureNode> };
  }
  return undefined;
}

/** True for a call whose body is KQL. */
export function isUserFunction(node: SyntaxNode): boolean {
  if (!functionSymbol(node)) return false;
  return bodyOf(node) !== undefined;
}

function bodyOf(node: SyntaxNode): SyntaxNode | undefined {
  return (node as CallNode).GetCalledFunctionBody?.() ?? undefined;
}

export function parametersOf(node: SyntaxNode): Parameter[] {
  const signature = functionSymbol(node)?.Signatures.getItem(0);
  return toArray(signature?.Parameters).map((parameter) => {
    const declared = toArray(parameter.DeclaredTypes)[0];
    return {
      name: parameter.Name,
      isTabular: declared !== undefined && symbolKindOf(declared) === 'TableSymbol',
      type: typeOfSymbol(declared),
      // Of a stored function the binder has read the signature only, and not analyzed it.
      defaultValue: parameter.DefaultValue
        ? literalOfText(`The default of '${parameter.Name}'`, textOf(parameter.DefaultValue))
        : undefined,
    };
  });
}

const MAX_DEPTH = 32;
let depth = 0;

/** Binds the body's own `let` statements into `inner` and yields its last expression. */
export function functionBody(node: SyntaxNode, inner: Scope): SyntaxNode {
  const body = bodyOf(node);
  if (!body) throw unsupported(node, 'A function without a body');
  if (++depth > MAX_DEPTH) {
    depth = 0;
    throw new KustoError('SEM0001', 'Functions call each other too deeply.', { span: spanOf(node) });
  }
  try {
    for (const statement of items(body, 'Statements')) inner.context.binders.statement(statement, inner);
    const expression = maybe(body, 'Expression');
    if (!expression) throw unsupported(node, 'A function without a final expression');
    return expression;
  } finally {
    depth--;
  }
}

/** True in a function's body: its places are not of the request's text, and its columns differ from call to call. */
export function isInFunction(node: SyntaxNode): boolean {
  for (let at: SyntaxNode | undefined = node; at; at = maybe(at, 'Parent')) {
    if (kindOf(at) === 'FunctionBody') return true;
  }
  return false;
}
