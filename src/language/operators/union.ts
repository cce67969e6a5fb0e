import { literal, use, type Column, type Scalar } from '../../plan/index.js';
import type { ColumnSchema } from '../../values/index.js';
import { bindTable, type OperatorBinder, type Scope, type Table } from '../context.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, resultColumns, textOf, unsupported } from '../syntax.js';
import { tablesMatching } from '../schema.js';
import { parametersOf } from './parameters.js';

export const UNION_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  UnionOperator: (node, input, scope) => united(node, [{ name: input.name ?? 'union_arg0', table: input }], scope),
};

export interface Member {
  readonly name: string;
  readonly table: Table;
}

/** `union`, piped or not. The binder gives the result's columns: by name, and by name and type where types differ. */
export function united(node: SyntaxNode, piped: readonly Member[], scope: Scope): Table {
  const parameters = parametersOf(node);
  const source = parameters.get('withsource');
  const members = [
    ...piped,
    ...items(node, 'Expressions').flatMap((expression, i) => membersOf(expression, i + piped.length, scope)),
  ];
  return unionOf(resultColumns(node), source, members, scope);
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
  const maps = members.map(({ name, table }) =>
    columns.map((column): Scalar | undefined => {
      if (source !== undefined && column.name === source) return literal('string', name);
      const match = memberColumn(table, column, ambiguous);
      return match && use(match);
    }),
  );
  return {
    columns,
    relation: { kind: 'union', inputs: members.map((member) => member.table.relation), maps, columns },
  };
}

function memberColumn(table: Table, column: Column, names: ReadonlySet<string>): Column | undefined {
  return (
    table.columns.find((candidate) => candidate.name === column.name && candidate.type === column.type) ??
    table.columns.find(
      (candidate) => !names.has(candidate.name) && `${candidate.name}_${candidate.type}` === column.name,
    )
  );
}

export function membersOf(node: SyntaxNode, index: number, scope: Scope): Member[] {
  switch (kindOf(node)) {
    case 'NameReference': {
      const text = textOf(node);
      if (text.includes('*')) return wildcard(node, text, scope);
      return [member(bindTable(node, scope), index)];
    }
    default:
      return [member(bindTable(node, scope), index)];
  }
}

/** A member is called by its table's name, or by what `as` calls it. */
function member(table: Table, index: number): Member {
  return { name: table.name ?? `union_arg${index}`, table };
}

function wildcard(node: SyntaxNode, pattern: string, scope: Scope): Member[] {
  const found = tablesMatching(scope.context.schema, pattern);
  if (found.length === 0) throw unsupported(node, `'${pattern}', which matches no table,`);
  return found.map((name) => ({ name, table: scope.context.tableByName(name) }));
}
