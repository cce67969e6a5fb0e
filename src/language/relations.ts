import { KustoError } from '../errors/index.js';
import { constantString, enterUserFunction } from './calls.js';
import { argumentsOf } from './calls-to.js';
import { bindOperator, bindTable, type Scope, type Table } from './context.js';
import { OPERATORS } from './operators/index.js';
import { SOURCES } from './operators/sources.js';
import type { SymbolNode, SyntaxNode } from './parser.js';
import { externalTableOf, tableOf } from './schema.js';
import { kindOf, maybe, nameOf, part, spanOf, symbolKindOf, textOf, unsupported } from './syntax.js';
import { requireVisible } from './restrictions.js';
import { visibleTable } from './tables.js';
import { patternTable } from './patterns.js';
import { isUserFunction } from './user-functions.js';

/** Binds a tabular expression of the official tree to the plan. */
export function bindRelation(node: SyntaxNode, scope: Scope): Table {
  const kind = kindOf(node);
  switch (kind) {
    case 'PipeExpression': {
      const input = bindTable(part(node, 'Expression'), scope);
      return bindOperator(part(node, 'Operator'), input, scope);
    }
    case 'ParenthesizedExpression':
      return bindTable(part(node, 'Expression'), scope);
    case 'NameReference':
    case 'PathExpression':
      return patternTable(node, scope) ?? bindTableName(node, scope);
    default: {
      const chosen = patternTable(node, scope);
      if (chosen) return chosen;
      if (isUserFunction(node)) return bindUserTable(node, scope);
      const name = kind === 'FunctionCallExpression' ? `${nameOf(part(node, 'Name'))}()` : kind;
      const source = SOURCES[name];
      if (source) return source(node, scope);
      throw unsupported(node, `The table expression ${name}`);
    }
  }
}

export function bindOperation(node: SyntaxNode, input: Table, scope: Scope): Table {
  const operator = OPERATORS[kindOf(node)];
  if (!operator) throw unsupported(node, `The operator '${keywordOf(node)}'`);
  return operator(node, input, scope);
}

/** First word of an operator, for messages. */
function keywordOf(node: SyntaxNode): string {
  return textOf(node.GetChild(0) ?? node);
}

function bindUserTable(node: SyntaxNode, scope: Scope): Table {
  const name = nameOf(kindOf(node) === 'NameReference' ? node : part(node, 'Name'));
  const declared = scope.lookup(name)?.kind === 'function';
  requireVisible(node, scope, name, declared ? undefined : databaseNamedIn(node, scope));
  const { expression, inner } = enterUserFunction(node, scope);
  return bindTable(expression, inner);
}

/** The database of `database('x').F()`, else the current one. */
function databaseNamedIn(node: SyntaxNode, { context }: Scope): string {
  const path = maybe(node, 'Parent');
  const database =
    path && kindOf(path) === 'PathExpression' && part(path, 'Selector') === node
      ? part(path, 'Expression').ResultType
      : undefined;
  return database && symbolKindOf(database) === 'DatabaseSymbol' ? database.Name : context.schema.current;
}

function bindTableName(node: SyntaxNode, scope: Scope): Table {
  if (kindOf(node) === 'NameReference') {
    const binding = scope.lookup(nameOf(node));
    if (binding?.kind === 'table') {
      requireVisible(node, scope, nameOf(node));
      return binding.make();
    }
  }
  if (isUserFunction(node)) return bindUserTable(node, scope);
  const selector = kindOf(node) === 'PathExpression' ? part(node, 'Selector') : node;
  if (selector !== node && kindOf(selector) !== 'NameReference') return bindTable(selector, scope);
  const symbol = selector.ReferencedSymbol ?? node.ReferencedSymbol ?? selector.ResultType;
  const found = tableOf(entityBehind(symbol));
  refuseOtherCluster(node, found !== undefined, scope);
  if (!found) {
    if (externalTableOf(symbol)) throw unsupported(node, 'An external table without external_table()');
    throw new KustoError('SEM0100', `'${textOf(node)}' could not be resolved to a table.`, { span: spanOf(node) });
  }
  return visibleTable(node, found, scope);
}

/** Of a name that stands for each entity of a group in turn: the one at hand. */
const entityBehind = (symbol: SymbolNode | null | undefined): unknown =>
  (symbol as { readonly UnderlyingSymbol?: SymbolNode } | null | undefined)?.UnderlyingSymbol ?? symbol;

/** The binder tells clusters by their host name alone: another port is another cluster. */
function refuseOtherCluster(node: SyntaxNode, isKnown: boolean, scope: Scope): void {
  const given = clusterNamed(node);
  if (!given) return;
  const [argument] = argumentsOf(given);
  const name = argument && constantString(argument, scope);
  const endpoint = scope.context.facts.clusterEndpoint;
  const isOwn =
    !name || !URL.canParse(name) || !URL.canParse(endpoint) || new URL(name).host === new URL(endpoint).host;
  if (isKnown && isOwn) return;
  const message = `'${textOf(node)}' is of another cluster: only databases of this one can be read.`;
  throw new KustoError('CAL0002', message, { span: spanOf(node) });
}

/** The `cluster(…)` that a path begins with. */
function clusterNamed(node: SyntaxNode): SyntaxNode | undefined {
  if (kindOf(node) === 'PathExpression') return clusterNamed(part(node, 'Expression'));
  return kindOf(node) === 'FunctionCallExpression' && nameOf(part(node, 'Name')) === 'cluster' ? node : undefined;
}
