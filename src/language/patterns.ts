import { KustoError } from '../errors/index.js';
import { constantString } from './calls.js';
import { argumentsOf } from './calls-to.js';
import type { PatternMatch, Scope, Table } from './context.js';
import type { SyntaxNode } from './parser.js';
import { requireVisible } from './restrictions.js';
import { items, kindOf, maybe, nameOf, part, spanOf, unsupported } from './syntax.js';

/** `declare pattern`: a name that stands for a table chosen by literal arguments and a literal path. */
export function declarePattern(statement: SyntaxNode, scope: Scope): void {
  const declaration = maybe(statement, 'Pattern');
  if (!declaration) throw unsupported(statement, 'A pattern without matches');
  const matches = items(declaration, 'Patterns').map((match): PatternMatch => {
    const path = maybe(match, 'PathValue');
    return {
      arguments: items(part(match, 'ParameterValues'), 'Expressions').map((value) => constantString(value, scope)),
      path: path && constantString(part(path, 'Value'), scope),
      body: part(match, 'Body'),
    };
  });
  scope.declare(nameOf(part(statement, 'Name')), { kind: 'pattern', matches, scope });
}

/** The table of `pattern("a").b`; undefined when the expression is no use of a pattern. */
export function patternTable(node: SyntaxNode, scope: Scope): Table | undefined {
  const call = kindOf(node) === 'PathExpression' ? part(node, 'Expression') : node;
  if (kindOf(call) !== 'FunctionCallExpression') return undefined;
  const name = nameOf(part(call, 'Name'));
  const pattern = scope.lookup(name);
  if (pattern?.kind !== 'pattern') return undefined;
  requireVisible(node, scope, name);
  const given = argumentsOf(call).map((argument) => constantString(argument, scope));
  const path = call === node ? undefined : nameOf(part(node, 'Selector'));
  const match = pattern.matches.find(
    (candidate) => candidate.path === path && JSON.stringify(candidate.arguments) === JSON.stringify(given),
  );
  if (!match) {
    throw new KustoError('SEM0100', `No match of the pattern '${name}' has these arguments.`, { span: spanOf(node) });
  }
  const inner = pattern.scope.nested();
  for (const statement of items(match.body, 'Statements')) inner.context.binders.statement(statement, inner);
  return inner.context.binders.table(part(match.body, 'Expression'), inner);
}
