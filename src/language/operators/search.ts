import { literal, use, type Column, type Scalar } from '../../plan/index.js';
import { anyColumn } from '../any-column.js';
import { call } from '../calls-to.js';
import { bindScalar, type OperatorBinder, type Scope, type Table } from '../context.js';
import { decodeString } from '../literals.js';
import type { SyntaxNode } from '../parser.js';
import { tablesMatching } from '../schema.js';
import {
  items,
  kindOf,
  maybe,
  nameOf,
  part,
  resultColumns,
  spanOf,
  textOf,
  typeOfSymbol,
  unsupported,
} from '../syntax.js';
import { tableByName } from '../tables.js';
import { parametersOf } from './parameters.js';
import { membersOf, unionOf, type Member } from './union.js';

/** `search` and `find`: predicates over any column, over any table. */

export const SEARCH_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  SearchOperator: (node, input, scope) => searched(node, [{ name: input.name ?? 'union_arg0', table: input }], scope),
  FindOperator: (node, input, scope) => found(node, [{ name: input.name ?? 'union_arg0', table: input }], scope),
};

export const SEARCH_SOURCES: Readonly<Record<string, (node: SyntaxNode, scope: Scope) => Table>> = {
  SearchOperator: (node, scope) => searched(node, sourcesOf(node, scope), scope),
  FindOperator: (node, scope) => found(node, sourcesOf(node, scope), scope),
};

/** Tables of the `in (…)` clause, or every table of the database. */
function sourcesOf(node: SyntaxNode, scope: Scope): Member[] {
  const clause = maybe(node, 'InClause');
  if (clause) return items(clause, 'Expressions').flatMap((expression, i) => membersOf(expression, i, scope));
  const names = tablesMatching(scope.context.schema, '*');
  if (names.length === 0) throw unsupported(node, `${textOf(node.GetChild(0)!)} in a database without tables`);
  const { current } = scope.context.schema;
  return names
    .filter((name) => scope.sees(name, current))
    .map((name) => ({ name, database: current, table: tableByName(node, name, scope) }));
}

function searched(node: SyntaxNode, members: readonly Member[], scope: Scope): Table {
  const isNamed = resultColumns(node).some((column) => column.name === '$table');
  const all = unionOf(members, { isInner: false, source: isNamed ? '$table' : undefined }, scope);
  // The name of the table is no column to search in.
  const searchable = { ...all, columns: all.columns.filter((column) => column.name !== '$table') };
  const caseSensitive = parametersOf(node).get('kind') === 'case_sensitive';
  const predicate = searchPredicate(part(node, 'Condition'), scope.over(searchable), caseSensitive);
  return { ...all, relation: { kind: 'filter', input: all.relation, predicate, columns: all.relation.columns } };
}

/** A predicate in which a bare text stands for the term in any column. */
function searchPredicate(node: SyntaxNode, scope: Scope, caseSensitive: boolean): Scalar {
  const inner = (name: string): Scalar => searchPredicate(part(node, name), scope, caseSensitive);
  switch (kindOf(node)) {
    case 'StarExpression':
      return literal('bool', true);
    case 'ParenthesizedExpression':
      return inner('Expression');
    case 'LiteralExpression':
    case 'CompoundStringLiteralExpression':
      return anyColumnHas(node, termOf(node), scope, caseSensitive);
    case 'FunctionCallExpression': {
      if (nameOf(part(node, 'Name')) !== 'not') break;
      const [operand] = items(part(node, 'ArgumentList'), 'Expressions');
      return call(node, 'not', [searchPredicate(operand!, scope, caseSensitive)], 'bool');
    }
    case 'BinaryExpression': {
      const operator = textOf(part(node, 'Operator'));
      if (operator === 'and' || operator === 'or') return call(node, operator, [inner('Left'), inner('Right')], 'bool');
      const right = part(node, 'Right');
      if (operator === ':' && kindOf(right).endsWith('LiteralExpression')) {
        const left = bindScalar(part(node, 'Left'), scope);
        return termTest(node, left, termOf(right), caseSensitive);
      }
      break;
    }
  }
  const bound = bindScalar(node, scope);
  const sensitive = caseSensitive && bound.kind === 'call' ? CASE_SENSITIVE[bound.name] : undefined;
  return sensitive && bound.kind === 'call' ? { ...bound, name: sensitive } : bound;
}

const CASE_SENSITIVE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['has', 'contains', 'startswith', 'endswith', 'hasprefix', 'hassuffix'].flatMap((name) => [
      [name, `${name}_cs`],
      [`!${name}`, `!${name}_cs`],
    ]),
  ),
  '=~': '==',
  '!~': '!=',
  'in~': 'in',
  '!in~': '!in',
};

function termOf(node: SyntaxNode): string {
  if (kindOf(node) === 'CompoundStringLiteralExpression') {
    return items(node, 'Tokens')
      .map((token) => decodeString(textOf(token)))
      .join('');
  }
  const text = textOf(part(node, 'Token'));
  return /^[@hH]*["'`~]/.test(text) ? decodeString(text) : text;
}

function anyColumnHas(node: SyntaxNode, term: string, scope: Scope, caseSensitive: boolean): Scalar {
  const { columns } = scope.requireRow(spanOf(node));
  return anyColumn(node, columns, (value) => termTest(node, value, term, caseSensitive));
}

/** `term`, `*term`, `term*`, `*term*`, `te*rm`: the place of the stars chooses the operator. */
function termTest(node: SyntaxNode, value: Scalar, term: string, caseSensitive: boolean): Scalar {
  const [open, close] = [term.startsWith('*'), term.length > 1 && term.endsWith('*')];
  const bare = term.slice(open ? 1 : 0, close ? -1 : undefined);
  const text: Scalar = value.type === 'string' ? value : call(node, 'tostring', [value], 'string');
  if (bare.includes('*')) {
    const escaped = bare.split('*').map((piece) => piece.replace(/[\\.+*?()|[\]{}^$#&\-~]/g, '\\$&'));
    const pattern = `${caseSensitive ? '' : '(?i)'}${open ? '' : '\\b'}${escaped.join('.*')}${close ? '' : '\\b'}`;
    return call(node, 'matches regex', [text, literal('string', pattern)], 'bool');
  }
  const operator = open && close ? 'contains' : open ? 'hassuffix' : close ? 'hasprefix' : 'has';
  return call(node, caseSensitive ? `${operator}_cs` : operator, [text, literal('string', bare)], 'bool');
}

/** Each table is filtered by itself; a column that it lacks is null there. */
function found(node: SyntaxNode, members: readonly Member[], scope: Scope): Table {
  const source = parametersOf(node).get('withsource') ?? 'source_';
  const known = new Map<string, Column>();
  for (const column of members.flatMap((member) => member.table.columns)) {
    if (!known.has(column.name)) known.set(column.name, column);
    else if (known.get(column.name)!.type !== column.type) {
      throw unsupported(node, `find over tables in which the column '${column.name}' has different types`);
    }
  }
  const declared = findColumns(node, known, members, source);
  const columns = declared.map(({ name, type }) => scope.context.column(name, type));
  const inputs = members.map(({ table }) => {
    const lacking = [...known.values()].filter((column) => !table.columns.some(({ name }) => name === column.name));
    const added = lacking.map(({ name, type }) => ({
      column: scope.context.column(name, type),
      value: literal(type, type === 'string' ? '' : null),
    }));
    const visible = [...table.columns.map((column) => ({ column, value: use(column) })), ...added];
    const widened: Table = {
      columns: visible.map((item) => item.column),
      relation: { kind: 'project', input: table.relation, items: visible, columns: visible.map((item) => item.column) },
    };
    const predicate = searchPredicate(part(node, 'Condition'), scope.over(widened), false);
    return {
      table: widened,
      own: table.columns,
      relation: { kind: 'filter' as const, input: widened.relation, predicate, columns: widened.relation.columns },
    };
  });
  const maps = inputs.map(({ table, own }, i) =>
    declared.map(({ name, type, packed }): Scalar => {
      if (name === source) return literal('string', members[i]!.name);
      if (packed) {
        const left = own.filter((column) => packed === 'all' || !declared.some((other) => other.name === column.name));
        return call(
          node,
          'bag_pack',
          left.flatMap((column): Scalar[] => [literal('string', column.name), use(column)]),
          'dynamic',
        );
      }
      const column = use(table.columns.find((candidate) => candidate.name === name)!);
      return column.type === type
        ? column
        : call(node, type === 'dynamic' ? 'todynamic_value' : `to${type}`, [column], type);
    }),
  );
  return { columns, relation: { kind: 'union', inputs: inputs.map((input) => input.relation), maps, columns } };
}

interface FindColumn {
  readonly name: string;
  readonly type: Column['type'];
  readonly packed?: 'rest' | 'all';
}

/** The columns of `project`, or those of the predicate and those that all tables share, with the rest in a bag. */
function findColumns(
  node: SyntaxNode,
  known: ReadonlyMap<string, Column>,
  members: readonly Member[],
  source: string,
): FindColumn[] {
  const first: FindColumn = { name: source, type: 'string' };
  const clause = maybe(node, 'Project');
  const listed = clause ? items(clause, 'Columns') : [];
  if (listed.length > 0) {
    return [
      first,
      ...listed.map((item): FindColumn => {
        if (kindOf(item) === 'PackExpression') return { name: 'pack_', type: 'dynamic', packed: 'rest' };
        const reference = kindOf(item) === 'TypedColumnReference' ? part(item, 'Column') : item;
        const column = known.get(nameOf(reference));
        if (!column) throw unsupported(item, `'${textOf(item)}', which is a column of no table,`);
        const type =
          kindOf(item) === 'TypedColumnReference' ? typeOfSymbol(part(item, 'Type').ReferencedSymbol) : undefined;
        return { name: column.name, type: type ?? column.type };
      }),
    ];
  }
  const named = new Set(columnNames(part(node, 'Condition')));
  const shown = [...known.values()].filter(
    ({ name }) =>
      named.has(name) ||
      (members.length > 1 && members.every(({ table }) => table.columns.some((column) => column.name === name))),
  );
  return [
    first,
    ...shown.map(({ name, type }) => ({ name, type })),
    { name: 'pack_', type: 'dynamic', packed: 'rest' },
  ];
}

function columnNames(node: SyntaxNode): string[] {
  if (kindOf(node) === 'NameReference') return [nameOf(node)];
  const names: string[] = [];
  for (let i = 0; i < node.ChildCount; i++) {
    const child = node.GetChild(i);
    if (child) names.push(...columnNames(child));
  }
  return names;
}
