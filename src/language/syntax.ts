import { kustoTypeOf, type ColumnSchema, type KustoType } from '../values/index.js';
import { KustoError, type Span } from '../errors/index.js';
import { official, type NetList, type SymbolNode, type SyntaxNode } from './parser.js';

/** Reading the official tree by class name and part name, with unknown shapes turned into coded refusals. */

const names = new Map<unknown, string>();

/** Class of a node, without its namespace: `JoinOperator`, `NameReference`, … */
export function kindOf(node: SyntaxNode): string {
  const constructor = (node as { constructor: unknown }).constructor;
  let name = names.get(constructor);
  if (name === undefined) {
    name = official()
      .Bridge.getTypeName(node)
      .replace(/^Kusto\.Language\.Syntax\./, '');
    names.set(constructor, name);
  }
  return name;
}

/** Class of a symbol: `ColumnSymbol`, `TableSymbol`, … */
export function symbolKindOf(symbol: SymbolNode): string {
  return official()
    .Bridge.getTypeName(symbol)
    .replace(/^Kusto\.Language\.Symbols\./, '');
}

export function spanOf(node: SyntaxNode): Span {
  return { start: node.TextStart, end: node.End };
}

/** An optional part of a node. */
export function maybe(node: SyntaxNode, part: string): SyntaxNode | undefined {
  return ((node as unknown as Record<string, SyntaxNode | null | undefined>)[part] ?? undefined) as
    SyntaxNode | undefined;
}

/** A part that the grammar promises. */
export function part(node: SyntaxNode, name: string): SyntaxNode {
  const found = maybe(node, name);
  if (!found) throw unsupported(node, `${kindOf(node)} without ${name}`);
  return found;
}

/** Elements of a list part, separators dropped. */
export function items(node: SyntaxNode, name: string): SyntaxNode[] {
  const found = maybe(node, name);
  return found ? elements(found) : [];
}

export function elements(list: SyntaxNode): SyntaxNode[] {
  const result: SyntaxNode[] = [];
  for (let i = 0; i < list.ChildCount; i++) {
    const child = list.GetChild(i);
    if (!child) continue;
    result.push(kindOf(child).startsWith('SeparatedElement') ? part(child, 'Element') : child);
  }
  return result;
}

/** Source text of a token or node, without the blanks before it. */
export function textOf(node: SyntaxNode): string {
  const token = (node as unknown as { Text?: string }).Text;
  return token ?? node.toString().trim();
}

/** The name that a NameReference or NameDeclaration means, unquoted. */
export function nameOf(node: SyntaxNode): string {
  const simple = (node as unknown as { SimpleName?: string }).SimpleName;
  return simple ?? textOf(node);
}

export function toArray<T>(list: NetList<T> | null | undefined): T[] {
  const result: T[] = [];
  for (let i = 0; i < (list?.Count ?? 0); i++) result.push(list!.getItem(i));
  return result;
}

/** Kusto type of a type symbol; undefined when the binder does not know it. */
export function typeOfSymbol(symbol: SymbolNode | null | undefined): KustoType | undefined {
  if (!symbol) return undefined;
  return kustoTypeOf(symbol.Name) ?? (symbolKindOf(symbol).startsWith('Dynamic') ? 'dynamic' : undefined);
}

/** Types of a function's outputs when it has several (`series_fit_line`, `array_sort_asc`, …). */
export function tupleTypes(node: SyntaxNode): KustoType[] | undefined {
  const type = node.ResultType;
  if (!type || symbolKindOf(type) !== 'TupleSymbol') return undefined;
  return toArray(type.Columns).map((column) => typeOfSymbol(column.Type) ?? 'dynamic');
}

/** Columns that the binder gives a tabular node. It keeps a column that `parse` replaces, and the new one of its name. */
export function resultColumns(node: SyntaxNode): ColumnSchema[] {
  const columns = new Map<string, ColumnSchema>();
  for (const { Name: name, Type } of toArray(node.ResultType?.Columns)) {
    columns.set(name, { name, type: typeOfSymbol(Type) ?? 'dynamic' });
  }
  return [...columns.values()];
}

export function unsupported(node: SyntaxNode, what: string): KustoError {
  return new KustoError('CAL0001', `${what} is not supported.`, { span: spanOf(node) });
}
