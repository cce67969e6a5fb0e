import type { KustoType, KustoValue } from '../values/index.js';

/**
 * SQL as a tree. A `Template` is fixed text of ours with holes; what comes from outside is a `Name` or a `Value` in a
 * hole, and only the dialect's writer turns these into text, quoted. No node's text is ever looked into.
 */
export type Sql = Template | Name | Value | SqlList;

export interface Template {
  readonly kind: 'template';
  readonly strings: readonly string[];
  readonly holes: readonly Sql[];
}

/** An identifier. */
export interface Name {
  readonly kind: 'name';
  readonly name: string;
}

export interface Value {
  readonly kind: 'value';
  readonly type: KustoType;
  readonly value: KustoValue;
}

export interface SqlList {
  readonly kind: 'list';
  readonly items: readonly Sql[];
  readonly separator: ', ' | ' AND ' | ' OR ' | ' ' | ' UNION ALL ' | ' || ';
}

/** Tagged template: the text is code, the holes are nodes. */
export function sql(strings: TemplateStringsArray, ...holes: readonly Sql[]): Template {
  return { kind: 'template', strings, holes };
}

export const name = (text: string): Name => ({ kind: 'name', name: text });

export const value = (type: KustoType, held: KustoValue): Value => ({ kind: 'value', type, value: held });

export const list = (items: readonly Sql[], separator: SqlList['separator'] = ', '): SqlList => ({
  kind: 'list',
  items,
  separator,
});

/** A small number or a keyword of our own as text: for code, never for input. */
export function code(text: string): Template {
  return { kind: 'template', strings: [text], holes: [] };
}

/** Whether a tree names a column, and so may differ from row to row. */
export const readsRow = (node: Sql): boolean =>
  node.kind === 'name' ||
  (node.kind === 'template' && node.holes.some(readsRow)) ||
  (node.kind === 'list' && node.items.some(readsRow));
