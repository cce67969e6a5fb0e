import { KustoError } from '../errors/index.js';
import { literal, type Literal } from '../plan/index.js';
import { dynamicText } from './dynamic-literals.js';
import { decodeLiteral } from './literals.js';
import { official, type SyntaxNode } from './parser.js';
import { items, kindOf, maybe, part, spanOf, textOf, typeOfSymbol } from './syntax.js';

/** A KQL literal that comes beside the query: of a parameter or a request property. `what` names it in errors. */
export function literalOfText(what: string, text: string): Literal {
  const code = official().Kusto.Language.KustoCode.ParseAndAnalyze(
    `print ${text}`,
    official().Kusto.Language.GlobalState.Default,
  );
  const node = literalNode(code.Syntax);
  if (!node) {
    // Clients may send a bare string: it is that string.
    return literal('string', text);
  }
  if (kindOf(node) === 'DynamicExpression') return literal('dynamic', dynamicText(part(node, 'Expression')));
  const negative = kindOf(node) === 'PrefixUnaryExpression';
  const inner = negative ? part(node, 'Expression') : node;
  const type = typeOfSymbol(inner.ResultType) ?? 'string';
  const decoded = decodeLiteral(
    (negative && type !== 'string' ? '-' : '') + textOf(part(inner, 'Token')),
    type,
    spanOf(node),
  );
  if (decoded.value === undefined) throw new KustoError('SEM0001', `${what}: its value is not a literal.`);
  return decoded;
}

function literalNode(root: SyntaxNode): SyntaxNode | undefined {
  const statements = items(root, 'Statements');
  const expression = statements.length === 1 ? maybe(statements[0]!, 'Expression') : undefined;
  if (!expression || kindOf(expression) !== 'PrintOperator') return undefined;
  const values = items(expression, 'Expressions');
  const only = values.length === 1 ? values[0]! : undefined;
  if (!only) return undefined;
  const isLiteral = (node: SyntaxNode): boolean =>
    kindOf(node) === 'LiteralExpression' || kindOf(node) === 'DynamicExpression';
  if (isLiteral(only)) return only;
  return kindOf(only) === 'PrefixUnaryExpression' && isLiteral(part(only, 'Expression')) ? only : undefined;
}
