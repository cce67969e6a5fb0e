import type { SymbolNode, SyntaxNode } from './parser.js';
import { bracketed, tableOf } from './schema.js';
import { items, kindOf, part, symbolKindOf, textOf, toArray } from './syntax.js';
import { TextNeeded } from './text-needed.js';

type Owned = NonNullable<ReturnType<typeof tableOf>>;

/** What a member of a union with `*` in its name matches; undefined for a member without. */
export function symbolsMatching(node: SyntaxNode): SymbolNode[] | undefined {
  const selector = kindOf(node) === 'PathExpression' ? part(node, 'Selector') : node;
  if (kindOf(selector) !== 'NameReference' || !textOf(selector).includes('*')) return undefined;
  const { ResultType: type, ReferencedSymbol: single } = selector;
  if (type && symbolKindOf(type) === 'GroupSymbol') return toArray(type.Members);
  const only = single ?? type;
  return only ? [only] : [];
}

/** The matches by their names: the binder takes views among them for tables without columns. */
export function writtenOut(node: SyntaxNode, tables: readonly Owned[], views: readonly string[]): TextNeeded {
  const names = [
    ...tables.map(({ database, table }) => `database(${JSON.stringify(database.name)}).${bracketed(table.name)}`),
    ...views.map((name) => `(${bracketed(name)} | as ${bracketed(name)})`),
  ];
  return new TextNeeded(node.TextStart, () => names.join(', '), undefined, node.End);
}

/** Writes out the patterns that match views. What `restrict` hides is known later, so it is done there after it. */
export function completePatterns(root: SyntaxNode, text: string): void {
  if (!/\bunion\b/.test(text) || !text.includes('*')) return;
  if (items(root, 'Statements').some((statement) => kindOf(statement) === 'RestrictStatement')) return;
  const visit = (node: SyntaxNode): void => {
    if (kindOf(node) === 'UnionOperator') items(node, 'Expressions').forEach(complete);
    for (let i = 0; i < node.ChildCount; i++) {
      const child = node.GetChild(i);
      if (child) visit(child);
    }
  };
  visit(root);
}

function complete(node: SyntaxNode): void {
  const symbols = symbolsMatching(node) ?? [];
  const views = symbols.filter((symbol) => symbolKindOf(symbol) === 'FunctionSymbol').map((symbol) => symbol.Name);
  if (views.length === 0) return;
  const tables = symbols.map(tableOf).filter((owned) => owned !== undefined);
  throw writtenOut(node, tables, views.reverse());
}
