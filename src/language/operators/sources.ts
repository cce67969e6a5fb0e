import { KustoError } from '../../errors/index.js';
import { literal, type Scalar } from '../../plan/index.js';
import { constantString } from '../calls.js';
import { bindOperator, bindScalar, bindTable, type Scope, type Table } from '../context.js';
import { argumentsOf, call } from '../calls-to.js';
import type { SyntaxNode } from '../parser.js';
import { externalTableNamed } from '../schema.js';
import { items, maybe, nameOf, part, resultColumns, spanOf, textOf, typeOfSymbol, unsupported } from '../syntax.js';
import { requireVisible } from '../restrictions.js';
import { tableByName } from '../tables.js';
import { positional } from './columns.js';
import { macroExpanded } from './macro-expand.js';
import { parametersOf } from './parameters.js';
import { refuseDisabled } from '../settings.js';
import { SEARCH_SOURCES } from './search.js';
import { united } from './union.js';

/** Tabular expressions that start a pipeline, by class name; functions by `name()`. */
export const SOURCES: Readonly<Record<string, (node: SyntaxNode, scope: Scope) => Table>> = {
  ...SEARCH_SOURCES,
  DataTableExpression: (node, scope) => {
    const columns = scope.context.columns(resultColumns(node));
    const long = scope.context.longList(maybe(node, 'CloseBracket'));
    const cells = long
      ? long.map((cell, i) => typed(node, cell, columns[i % columns.length]!.type))
      : items(node, 'Values').map((cell, i) => typed(cell, bindScalar(cell, scope), columns[i % columns.length]!.type));
    const rows: Scalar[][] = [];
    for (let i = 0; i + columns.length <= cells.length; i += columns.length)
      rows.push(cells.slice(i, i + columns.length));
    if (rows.length * columns.length !== cells.length) {
      throw new KustoError(
        'SEM0001',
        `datatable: ${cells.length} values do not fill rows of ${columns.length} columns.`,
        { span: spanOf(node) },
      );
    }
    return { columns, relation: { kind: 'values', rows, columns } };
  },
  PrintOperator: (node, scope) => {
    const single: Table = { columns: [], relation: { kind: 'values', rows: [[]], columns: [] } };
    const items = positional(node, single, scope);
    if (items.length === 0) throw unsupported(node, 'print of no value');
    const columns = items.map((item) => item.column);
    return { columns, serialized: true, relation: { kind: 'project', input: single.relation, items, columns } };
  },
  RangeOperator: (node, scope) => {
    const [result] = resultColumns(node);
    const bounds = ['From', 'To', 'Step'].map((name) => bindScalar(part(node, name), scope));
    const type = result!.type;
    const [from, to, step] = bounds as [Scalar, Scalar, Scalar];
    const columns = [scope.context.column(nameOf(part(node, 'Name')), type)];
    return {
      columns,
      serialized: true,
      relation: {
        kind: 'range',
        from: typed(node, from, type),
        to: typed(node, to, type),
        step: typed(node, step, type === 'datetime' ? 'timespan' : type),
        columns,
      },
    };
  },
  /** A plugin at the beginning of a query: it has one row without columns for its input. */
  EvaluateOperator: (node, scope) =>
    bindOperator(node, { columns: [], relation: { kind: 'values', rows: [[]], columns: [] } }, scope),
  UnionOperator: (node, scope) => united(node, [], scope),
  MacroExpandOperator: macroExpanded,
  MaterializeExpression: (node, scope) => {
    const table = bindTable(part(node, 'Expression'), scope);
    return {
      ...table,
      relation: {
        kind: 'shared',
        key: scope.context.sharedKey(),
        relation: table.relation,
        columns: table.relation.columns,
      },
    };
  },
  'external_table()': (node, scope) => {
    refuseDisabled(node, scope, 'request_external_table_disabled', 'request_external_data_disabled');
    const [nameNode, mappingNode] = argumentsOf(node);
    const name = constantString(nameNode!, scope);
    const found = externalTableNamed(scope.context.schema, name);
    if (!found) throw new KustoError('SEM0100', `The external table '${name}' does not exist.`, { span: spanOf(node) });
    requireVisible(node, scope, name, found.database.name);
    const columns = scope.context.columns(found.table.columns);
    const mapping = mappingNode && constantString(mappingNode, scope);
    return {
      columns,
      relation: {
        kind: 'externalScan',
        source: {
          kind: 'externalTable',
          databaseId: found.database.id,
          name,
          ...(mapping !== undefined && { mapping }),
        },
        columns,
      },
    };
  },
  'table()': (node, scope) => {
    const name = constantString(argumentsOf(node)[0]!, scope);
    return tableByName(node, name, scope);
  },
  ExternalDataExpression: (node, scope) => {
    refuseDisabled(node, scope, 'request_external_data_disabled');
    const columns = scope.context.columns(
      items(part(node, 'Schema'), 'Columns').map((column) => ({
        name: nameOf(part(column, 'Name')),
        type: typeOfSymbol(part(column, 'Type').ReferencedSymbol) ?? 'string',
      })),
    );
    const clause = maybe(node, 'WithClause');
    const properties = Object.fromEntries(
      (clause ? items(clause, 'Properties') : []).map((property) => [
        nameOf(part(property, 'Name')),
        textOf(part(property, 'Expression')).replace(/^@?(["'])([\s\S]*)\1$/, '$2'),
      ]),
    );
    const addresses = items(node, 'URIs').map((uri) => constantString(uri, scope));
    return {
      columns,
      relation: {
        kind: 'externalScan',
        source: {
          kind: 'externalData',
          addresses,
          format: properties.format ?? parametersOf(node).get('format') ?? 'csv',
          properties,
          span: spanOf(node),
        },
        columns,
      },
    };
  },
};

/** Converts a value to the type that its place asks for. */
export function typed(node: SyntaxNode, scalar: Scalar, type: Scalar['type']): Scalar {
  if (scalar.type === type) return scalar;
  if (scalar.kind === 'literal' && scalar.value === null) return literal(type, type === 'string' ? '' : null);
  const whole = scalar.kind === 'literal' && scalar.type === 'long' ? scalar.value : undefined;
  if (typeof whole === 'bigint' && type === 'real') return literal(type, Number(whole));
  if (typeof whole === 'bigint' && type === 'int' && BigInt.asIntN(32, whole) === whole)
    return literal(type, Number(whole));
  return call(node, type === 'dynamic' ? 'todynamic_value' : `to${type}`, [scalar], type);
}
