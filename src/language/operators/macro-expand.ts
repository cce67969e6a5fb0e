import { KustoError } from '../../errors/index.js';
import { bindTable, type Scope, type Table } from '../context.js';
import type { NetList, SymbolNode, SyntaxNode } from '../parser.js';
import { elements, kindOf, maybe, nameOf, part, spanOf, symbolKindOf, toArray } from '../syntax.js';
import { parametersOf } from './parameters.js';
import { unionOf, writeOutInner } from './union.js';

interface ElementSymbol extends SymbolNode {
  readonly UnderlyingSymbol?: SymbolNode;
}

/** `macro-expand G as X (…)`: the subquery for each entity of the group; the results as a union. */
export function macroExpanded(node: SyntaxNode, scope: Scope): Table {
  const parameters = parametersOf(node);
  const entities = toArray(part(node, 'EntityGroup').ResultType?.Members);
  if (entities.length === 0) {
    throw new KustoError('SEM0100', 'The entity group has no entity that this server has.', { span: spanOf(node) });
  }
  const reference = maybe(node, 'ScopeReferenceName');
  const declared = reference && part(reference, 'EntityGroupReferenceName');
  const name = declared ? nameOf(declared) : nameOf(part(node, 'EntityGroup'));
  const first = (declared?.ReferencedSymbol as ElementSymbol | null | undefined)?.UnderlyingSymbol;
  // The binder reads the statements once for the first entity with members, and a copy of them for each other one.
  const list = part(node, 'StatementList');
  const copies = alternatesOf(list);
  const members = entities.map((entity) => {
    const statements = entity === first ? list : copies.shift()!;
    const table = expanded(elements(statements), name, entity, scope);
    return { name: entity.Name, table };
  });
  const isInner = parameters.get('kind') === 'inner';
  if (isInner) writeOutInner(node, members);
  return unionOf(members, { isInner, source: undefined }, scope);
}

function expanded(statements: readonly SyntaxNode[], name: string, entity: SymbolNode, scope: Scope): Table {
  const inner = scope.nested();
  if (symbolKindOf(entity) === 'DatabaseSymbol') inner.declare(name, { kind: 'database', name: entity.Name });
  for (const statement of statements) {
    if (kindOf(statement) === 'ExpressionStatement') return bindTable(part(statement, 'Expression'), inner);
    inner.context.binders.statement(statement, inner);
  }
  throw new KustoError('SEM0001', 'The subquery of macro-expand has no tabular expression.');
}

interface Analyzed {
  GetSemanticInfo?(): { readonly Alternates?: NetList<SyntaxNode> } | null;
}

const alternatesOf = (list: SyntaxNode): SyntaxNode[] =>
  toArray((list as SyntaxNode & Analyzed).GetSemanticInfo?.()?.Alternates);
