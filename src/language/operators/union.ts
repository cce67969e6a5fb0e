import { KustoError } from '../../errors/index.js';
import { literal, use, type Scalar } from '../../plan/index.js';
import type { ColumnSchema } from '../../values/index.js';
import { bindTable, isView, type OperatorBinder, type Scope, type Table } from '../context.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, nameOf, part, spanOf, symbolKindOf, textOf, toArray, unsupported } from '../syntax.js';
import { bracketed, tableOf } from '../schema.js';
import { visibleTable } from '../tables.js';
import { TextNeeded } from '../text-needed.js';
import { NOTHING } from '../views.js';
import { isInFunction } from '../user-functions.js';
import { parametersOf } from './parameters.js';

export const UNION_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  UnionOperator: (node, input, scope) => united(node, [{ name: input.name ?? 'union_arg0', table: input }], scope),
};

export interface Member {
  readonly name: string;
  /** Where the member is a stored table. */
  readonly database?: string;
  readonly table: Table;
}

/** `union`, piped or not. */
export function united(node: SyntaxNode, piped: readonly Member[], scope: Scope): Table {
  const parameters = parametersOf(node);
  const source = parameters.get('withsource');
  const isFuzzy = parameters.get('isfuzzy') === 'true';
  const members = [
    ...piped,
    ...items(node, 'Expressions').flatMap((expression, i) =>
      isFuzzy ? fuzzyMembers(expression, i + piped.length, scope) : membersOf(expression, i + piped.length, scope),
    ),
  ];
  if (isFuzzy && members.every(({ table }) => table.columns.length === 0))
    throw new KustoError('SEM0100', 'None of the tables of the union exists.', { span: spanOf(node) });
  const isInner = parameters.get('kind') === 'inner';
  if (isInner) writeOutInner(node, members, source);
  return unionOf(members, { isInner, source }, scope);
}

/**
 * The binder gives `kind=inner` the columns of all members; the text then says with a projection which ones stay, so that
 * later operators mean those.
 *
 * @throws TextNeeded where fewer columns stay
 */
export function writeOutInner(node: SyntaxNode, members: readonly Member[], source?: string): void {
  const common = mergedColumns(members, true);
  if (common.length === mergedColumns(members, false).length || isInFunction(node)) return;
  const kind = items(node, 'Parameters').find((parameter) => nameOf(part(parameter, 'Name')) === 'kind')!;
  const value = part(kind, 'Expression');
  const text = textOf(node);
  const outer = `${text.slice(0, value.TextStart - node.TextStart)}outer${text.slice(value.End - node.TextStart)}`;
  const names = [...(source === undefined ? [] : [source]), ...common.map((column) => column.of)];
  const projection = names.length > 0 ? `project ${names.map(bracketed).join(', ')}` : 'project-away *';
  throw new TextNeeded(node.TextStart, () => `${outer} | ${projection}`, undefined, node.End);
}

/** Rows of all members under merged columns; the column `source`, which comes first, gets the member's name. */
export function unionOf(
  members: readonly Member[],
  { isInner, source }: { readonly isInner: boolean; readonly source: string | undefined },
  scope: Scope,
): Table {
  const merged = mergedColumns(members, isInner);
  if (merged.some((column) => column.name === source))
    throw new KustoError(
      'SEM0001',
      `withsource: a column of the union is named '${source}' already. Choose another name.`,
    );
  const named = source === undefined ? [] : scope.context.columns([{ name: source, type: 'string' }]);
  const columns = [...named, ...scope.context.columns(merged)];
  const { current } = scope.context.schema;
  const qualified = members.some(({ database }) => database !== undefined && database !== current);
  const maps = members.map(({ name, database, table }): (Scalar | undefined)[] => [
    ...named.map(() => {
      const prefix = qualified && database !== undefined ? `database(${JSON.stringify(database)}).` : '';
      return literal('string', prefix + name);
    }),
    ...merged.map((column) => {
      const own = table.columns.find((candidate) => candidate.name === column.of && candidate.type === column.type);
      return own && use(own);
    }),
  ]);
  return {
    columns,
    relation: { kind: 'union', inputs: members.map((member) => member.table.relation), maps, columns },
  };
}

/** A column of a union, and the name that it has in the members. */
interface MergedColumn extends ColumnSchema {
  readonly of: string;
}

/**
 * One column of each name and type; the names in the order in which they come. A name of several types gets the type as
 * its suffix, and a number where a column has that name itself. With `inner`, only what all members have.
 */
function mergedColumns(members: readonly Member[], isInner: boolean): MergedColumn[] {
  const key = ({ name, type }: ColumnSchema): string => `${name} ${type}`;
  const all = new Map(members.flatMap(({ table }) => table.columns).map((column) => [key(column), column]));
  const kept = [...all.values()].filter(
    (column) => !isInner || members.every(({ table }) => table.columns.some((other) => key(other) === key(column))),
  );
  const isSeveral = (name: string): boolean => kept.filter((column) => column.name === name).length > 1;
  const taken = new Set(kept.flatMap(({ name }) => (isSeveral(name) ? [] : [name])));
  const places = [...new Set(kept.map((column) => column.name))];
  const grouped = places.flatMap((name) => kept.filter((column) => column.name === name));
  return grouped.map(({ name, type }) => {
    const shown = isSeveral(name) ? unused(`${name}_${type}`, taken) : name;
    taken.add(shown);
    return { name: shown, type, of: name };
  });
}

function unused(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 1; taken.has(free); number++) free = `${name}${number}`;
  return free;
}

/** A table without columns and rows in the place of one that does not exist, whose columns the binder would guess. */
function withoutMember(node: SyntaxNode): Member[] {
  if (isInFunction(node)) return [];
  throw new TextNeeded(node.TextStart, () => NOTHING, undefined, node.End);
}

/** With isfuzzy, what does not exist does not take part. */
function fuzzyMembers(node: SyntaxNode, index: number, scope: Scope): Member[] {
  try {
    return membersOf(node, index, scope);
  } catch (error) {
    if (error instanceof KustoError && error.code === 'SEM0100') return withoutMember(node);
    throw error;
  }
}

export function membersOf(node: SyntaxNode, index: number, scope: Scope): Member[] {
  const selector = kindOf(node) === 'PathExpression' ? part(node, 'Selector') : node;
  const isName = kindOf(selector) === 'NameReference';
  if (isName && textOf(selector).includes('*')) return matching(node, selector, scope);
  const table = bindTable(node, scope);
  return [isName && isView(scope.lookup(nameOf(selector))) ? { name: nameOf(selector), table } : member(table, index)];
}

/** A member is called by its table's name, or by what `as` calls it. */
function member(table: Table, index: number): Member {
  const database = table.extent && table.database;
  return { name: table.name ?? `union_arg${index}`, table, ...(database !== undefined && { database }) };
}

/** Tables, of one database or of several, and views declared by `let`, that a name with `*` matches. */
function matching(node: SyntaxNode, selector: SyntaxNode, scope: Scope): Member[] {
  const { ResultType: type, ReferencedSymbol: single } = selector;
  const symbols = type && symbolKindOf(type) === 'GroupSymbol' ? toArray(type.Members) : [single ?? type];
  const tables = symbols
    .map(tableOf)
    .filter((owned) => owned !== undefined)
    .filter(({ database, table }) => scope.sees(table.name, database.name));
  const views = symbols
    .map((symbol) => symbol?.Name)
    .filter((name) => name !== undefined && scope.lookup(name)?.kind === 'function' && scope.sees(name));
  if (tables.length + views.length === 0)
    throw new KustoError('SEM0100', `'${textOf(node)}' matches no table.`, { span: spanOf(node) });
  if (tables.length < symbols.length) throw written(node, tables, views as string[]);
  return tables.map((owned) => ({
    name: owned.table.name,
    database: owned.database.name,
    table: visibleTable(node, owned, scope),
  }));
}

/** The binder takes views that a pattern matches for tables without columns, and does not know what is hidden. */
function written(node: SyntaxNode, tables: readonly Owned[], views: readonly string[]): Error {
  if (isInFunction(node)) return unsupported(node, `'${textOf(node)}', which matches views, in a function`);
  const names = [
    ...tables.map(({ database, table }) => `database(${JSON.stringify(database.name)}).${bracketed(table.name)}`),
    ...views.map((name) => `(${bracketed(name)} | as ${bracketed(name)})`),
  ];
  return new TextNeeded(node.TextStart, () => names.join(', '), undefined, node.End);
}

type Owned = NonNullable<ReturnType<typeof tableOf>>;
