import { KustoError } from '../errors/index.js';
import { literal, type BoundRequest, type Literal } from '../plan/index.js';
import { BindContext, type Binders, type Binding, type RequestFacts } from './context.js';
import { refuseErrors } from './diagnostics.js';
import { decodeLiteral } from './literals.js';
import { dynamicText } from './dynamic-literals.js';
import { official, type SyntaxNode } from './parser.js';
import { globalsOf, type Schema } from './schema.js';
import { bindExpression } from './expressions.js';
import { bindOperation, bindRelation } from './relations.js';
import { bindStatement, bindStatements } from './statements.js';
import { items, kindOf, maybe, part, spanOf, textOf, typeOfSymbol } from './syntax.js';

const BINDERS: Binders = {
  scalar: bindExpression,
  table: bindRelation,
  operator: bindOperation,
  statement: bindStatement,
};

/**
 * Text to bound plan. Pure: the schema and every fact of the request are arguments.
 *
 * @param parameters values of `declare query_parameters`, as KQL literals
 * @throws KustoError SYN…, SEM… or CAL0001, with the place in the text
 */
export function bind(
  text: string,
  schema: Schema,
  facts: RequestFacts,
  parameters: Readonly<Record<string, string>> = {},
): BoundRequest {
  const code = analyze(text, schema);
  const given = (name: string): Binding | undefined => {
    const value = parameters[name];
    return value === undefined ? undefined : { kind: 'scalar', value: parameterLiteral(name, value) };
  };
  return bindStatements(code.Syntax, new BindContext(schema, facts, BINDERS), given);
}

function analyze(text: string, schema: Schema): { readonly Syntax: SyntaxNode } {
  let code;
  try {
    code = official().Kusto.Language.KustoCode.ParseAndAnalyze(text, globalsOf(schema));
  } catch (error) {
    // The official library throws on a few texts instead of reporting; what it says is of no use to the caller.
    throw new KustoError('SYN0001', 'The query could not be parsed.', { cause: error });
  }
  refuseErrors(code, text);
  return code;
}

function parameterLiteral(name: string, text: string): Literal {
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
  if (decoded.value === undefined)
    throw new KustoError('SEM0001', `The value of the query parameter '${name}' is not a literal.`);
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
