import { KustoError } from '../../errors/index.js';
import { literal, use, type Scalar, type SortKey } from '../../plan/index.js';
import { kustoTypeOf } from '../../values/index.js';
import { bindScalar, type OperatorBinder, type Scope, type Table } from '../context.js';
import type { SyntaxNode } from '../parser.js';
import { columnsText } from '../schema.js';
import { items, kindOf, maybe, nameOf, part, resultColumns, spanOf, textOf, typeOfSymbol } from '../syntax.js';
import { bindRender } from './render.js';
import { passThrough, sharedInput } from './tables.js';

/** Operators that keep the columns, or count. */
export const ROW_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  FilterOperator: (node, input, scope) => {
    const predicate = bindScalar(part(node, 'Condition'), scope.over(input));
    return {
      ...input,
      relation: { kind: 'filter', input: input.relation, predicate, columns: input.relation.columns },
    };
  },
  TakeOperator: (node, input, scope) => limited(input, rowCount(node, scope)),
  SortOperator: (node, input, scope) => {
    const inner = scope.over(input);
    return sorted(
      input,
      items(node, 'Expressions').map((key) => sortKey(key, inner)),
    );
  },
  TopOperator: (node, input, scope) => {
    const key = sortKey(part(node, 'ByExpression'), scope.over(input));
    return limited(sorted(input, [key]), rowCount(node, scope));
  },
  CountOperator: (node, input, scope) => {
    const [named] = resultColumns(node);
    const column = scope.context.column(named?.name ?? 'Count', 'long');
    const call = { name: 'count', args: [], type: 'long' as const, span: { start: 0, end: 0 } };
    return {
      columns: [column],
      relation: {
        kind: 'aggregate',
        input: input.relation,
        keys: [],
        aggregates: [{ column, call }],
        columns: [column],
      },
    };
  },
  DistinctOperator: (node, input, scope) => {
    const inner = scope.over(input);
    const expressions = items(node, 'Expressions');
    const values = expressions.flatMap((expression) =>
      kindOf(expression) === 'StarExpression' ? input.columns.map(use) : [bindScalar(expression, inner)],
    );
    const columns = scope.context.columns(resultColumns(node));
    const keys = columns.map((column, i) => ({ column, value: values[i]! }));
    return { columns, relation: { kind: 'aggregate', input: input.relation, keys, aggregates: [], columns } };
  },
  SampleOperator: (node, input, scope) => ({
    ...passThrough(input),
    relation: {
      kind: 'sample',
      input: input.relation,
      count: rowCount(node, scope),
      columns: input.relation.columns,
    },
  }),
  SampleDistinctOperator: (node, input, scope) => {
    const value = bindScalar(part(node, 'OfExpression'), scope.over(input));
    const columns = scope.context.columns(resultColumns(node));
    const distinct: Table = {
      columns,
      relation: {
        kind: 'aggregate',
        input: input.relation,
        keys: [{ column: columns[0]!, value }],
        aggregates: [],
        columns,
      },
    };
    return limited(distinct, rowCount(node, scope));
  },
  AsOperator: (node, input, scope) => {
    const relation = {
      kind: 'shared' as const,
      key: scope.context.sharedKey(),
      relation: input.relation,
      columns: input.relation.columns,
    };
    const name = nameOf(part(node, 'Name'));
    const shared = { ...input, relation, name };
    scope.declare(name, { kind: 'table', make: () => scope.context.renewed(shared) });
    return shared;
  },
  /** Not documented: rows pass if the input has exactly these columns, in order. */
  AssertSchemaOperator: (node, input) => {
    const expected = items(part(node, 'Schema'), 'Columns').map((column) => ({
      name: nameOf(part(column, 'Name')),
      type:
        typeOfSymbol(part(column, 'Type').ReferencedSymbol) ?? kustoTypeOf(textOf(part(column, 'Type'))) ?? 'dynamic',
    }));
    const found = input.columns.map(({ name, type }) => ({ name, type }));
    if (columnsText(expected) === columnsText(found)) return input;
    const message = `assert-schema: the input has the schema ${columnsText(found)}, not ${columnsText(expected)}.`;
    throw new KustoError('SEM0001', message, { span: spanOf(node) });
  },
  /** Not documented: the binder gives it the input's columns; on one node there is nothing to put in a cache. */
  ExecuteAndCacheOperator: (_node, input, scope) => sharedInput(input, scope),
  ConsumeOperator: (_node, input) => limited(input, literal('long', 0n)),
  GetSchemaOperator: (_node, input, scope) => schemaOf(input.columns, scope),
  RenderOperator: (node, input, scope) => {
    bindRender(node, scope);
    return input;
  },
};

/** The columns as the rows that getschema yields. */
export function schemaOf(described: Table['columns'], scope: Scope): Table {
  const columns = GETSCHEMA.map(([name, type]) => scope.context.column(name, type));
  const rows = described.map((column, i) => [
    literal('string', column.name),
    literal('int', i),
    literal('string', CLR_TYPES[column.type]),
    literal('string', column.type),
  ]);
  return { columns, relation: { kind: 'values', rows, columns } };
}

/** The reference's own answer has an int ordinal, whatever the binder says. */
const GETSCHEMA = [
  ['ColumnName', 'string'],
  ['ColumnOrdinal', 'int'],
  ['DataType', 'string'],
  ['ColumnType', 'string'],
] as const;

const CLR_TYPES = {
  bool: 'System.SByte',
  int: 'System.Int32',
  long: 'System.Int64',
  real: 'System.Double',
  decimal: 'System.Data.SqlTypes.SqlDecimal',
  datetime: 'System.DateTime',
  timespan: 'System.TimeSpan',
  string: 'System.String',
  guid: 'System.Guid',
  dynamic: 'System.Object',
} as const;

function rowCount(node: SyntaxNode, scope: Scope): Scalar {
  const expression = part(node, 'Expression');
  const count = bindScalar(expression, scope);
  if (count.kind === 'literal' && (count.value === null || Number(count.value) < 0)) {
    throw new KustoError('SEM0001', 'The number of rows must not be negative or null.', { span: spanOf(expression) });
  }
  return count;
}

export function limited(input: Table, count: Scalar): Table {
  if (count.kind === 'literal' && count.value !== null && Number(count.value) < 0)
    throw new KustoError('SEM0001', 'A number of rows cannot be negative.');
  return { ...input, relation: { kind: 'limit', input: input.relation, count, columns: input.relation.columns } };
}

export function sorted(input: Table, keys: readonly SortKey[]): Table {
  return {
    ...input,
    serialized: true,
    relation: { kind: 'sort', input: input.relation, keys, columns: input.relation.columns },
  };
}

/** Descending unless told otherwise; nulls are the smallest value unless told otherwise. */
export function sortKey(node: SyntaxNode, scope: Scope): SortKey {
  const value = bindScalar(node, scope);
  const ordering = kindOf(node) === 'OrderedExpression' ? maybe(node, 'Ordering') : undefined;
  const direction = ordering && maybe(ordering, 'AscOrDescKeyword');
  const descending = !direction || /desc/.test(textOf(direction));
  const nulls = ordering && maybe(ordering, 'NullsClause');
  const nullsFirst = nulls ? /first/.test(textOf(part(nulls, 'FirstOrLastKeyword'))) : !descending;
  return { value, descending, nullsFirst };
}
