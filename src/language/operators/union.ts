import { KustoError } from '../../errors/index.js';
import { literal, use, type Column, type Scalar } from '../../plan/index.js';
import type { ColumnSchema, KustoType } from '../../values/index.js';
import { bindTable, type OperatorBinder, type Scope, type Table } from '../context.js';
import type { SymbolNode, SyntaxNode } from '../parser.js';
import { items, nameOf, part, resultColumns, spanOf, textOf, unsupported } from '../syntax.js';
import { bracketed, tableOf } from '../schema.js';
import { symbolsMatching, writtenOut } from '../union-patterns.js';
import { visibleTable } from '../tables.js';
import { TextNeeded } from '../text-needed.js';
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

/** `union`, piped or not. The binder gives the result's columns: by name, and by name and type where types differ. */
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
  return unionOf(unitedColumns(node, members, source), source, members, scope);
}

/**
 * The columns of the result. With `kind=inner` only those that all members have, which the binder does not know: the
 * text then says so with a projection.
 */
export function unitedColumns(node: SyntaxNode, members: readonly Member[], source?: string): readonly ColumnSchema[] {
  const all = resultColumns(node);
  const kind = items(node, 'Parameters').find((parameter) => nameOf(part(parameter, 'Name')) === 'kind');
  if (!kind || textOf(part(kind, 'Expression')) !== 'inner') return all;
  const common = all.filter(
    ({ name, type }) =>
      name === source ||
      members.every(({ table }) => table.columns.some((one) => one.name === name && one.type === type)),
  );
  if (common.length === all.length || isInFunction(node)) return common;
  const value = part(kind, 'Expression');
  const text = textOf(node);
  const outer = `${text.slice(0, value.TextStart - node.TextStart)}outer${text.slice(value.End - node.TextStart)}`;
  const projection =
    common.length > 0 ? `project ${common.map(({ name }) => bracketed(name)).join(', ')}` : 'project-away *';
  throw new TextNeeded(node.TextStart, () => `${outer} | ${projection}`, undefined, node.End);
}

/** Rows of all members under the columns of the result; the column `source` gets the member's name. */
export function unionOf(
  result: readonly ColumnSchema[],
  source: string | undefined,
  members: readonly Member[],
  scope: Scope,
): Table {
  const columns = scope.context.columns(result);
  const ambiguous = new Set(columns.map((column) => column.name));
  const { current } = scope.context.schema;
  const qualified = members.some(({ database }) => database !== undefined && database !== current);
  const maps = members.map(({ name, database, table }) =>
    columns.map((column): Scalar | undefined => {
      if (source !== undefined && column.name === source) {
        const prefix = qualified && database !== undefined ? `database(${JSON.stringify(database)}).` : '';
        return literal('string', prefix + name);
      }
      const match = memberColumn(table, column, ambiguous);
      if (match) return use(match);
      // The binder calls a few columns by another type than the answer has (the ordinal of getschema).
      const other = table.columns.find((candidate) => candidate.name === column.name);
      return other && result.every(({ name: one }) => one !== `${column.name}_${other.type}`)
        ? convert(use(other), column.type)
        : undefined;
    }),
  );
  return {
    columns,
    relation: { kind: 'union', inputs: members.map((member) => member.table.relation), maps, columns },
  };
}

const convert = (value: Scalar, type: KustoType): Scalar => ({
  kind: 'call',
  name: `to${type}`,
  args: [value],
  type,
  span: { start: 0, end: 0 },
});

function memberColumn(table: Table, column: Column, names: ReadonlySet<string>): Column | undefined {
  return (
    table.columns.find((candidate) => candidate.name === column.name && candidate.type === column.type) ??
    table.columns.find(
      (candidate) => !names.has(candidate.name) && `${candidate.name}_${candidate.type}` === column.name,
    )
  );
}

/** A table without columns and rows in the place of one that does not exist, whose columns the binder would guess. */
function withoutMember(node: SyntaxNode): Member[] {
  if (isInFunction(node)) return [];
  const nothing = '(range nothing from 1 to 0 step 1 | project-away nothing)';
  throw new TextNeeded(node.TextStart, () => nothing, undefined, node.End);
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
  const symbols = symbolsMatching(node);
  return symbols ? matching(node, symbols, scope) : [member(bindTable(node, scope), index)];
}

/** A member is called by its table's name, or by what `as` calls it. */
function member(table: Table, index: number): Member {
  const database = table.extent && table.database;
  return { name: table.name ?? `union_arg${index}`, table, ...(database !== undefined && { database }) };
}

/** Tables, of one database or of several, and views declared by `let`, that a name with `*` matches. */
function matching(node: SyntaxNode, symbols: readonly SymbolNode[], scope: Scope): Member[] {
  const tables = symbols
    .map(tableOf)
    .filter((owned) => owned !== undefined)
    .filter(({ database, table }) => scope.sees(table.name, database.name));
  const views = symbols
    .map((symbol) => symbol.Name)
    .filter((name) => scope.lookup(name)?.kind === 'function' && scope.sees(name));
  if (tables.length + views.length === 0)
    throw new KustoError('SEM0100', `'${textOf(node)}' matches no table.`, { span: spanOf(node) });
  if (tables.length < symbols.length) {
    if (isInFunction(node)) throw unsupported(node, `'${textOf(node)}', which matches views, in a function`);
    throw writtenOut(node, tables, views);
  }
  return tables.map((owned) => ({
    name: owned.table.name,
    database: owned.database.name,
    table: visibleTable(node, owned, scope),
  }));
}
