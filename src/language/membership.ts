import { KustoError } from '../errors/index.js';
import { freeColumns, use, type Column, type Relation, type Scalar } from '../plan/index.js';
import type { KustoType } from '../values/index.js';
import { call, isTabular } from './calls-to.js';
import { bindScalar, bindTable, type Scope } from './context.js';
import type { SyntaxNode } from './parser.js';
import { items, maybe, part, spanOf, textOf, unsupported } from './syntax.js';

/** `in`, `has_any` and `has_all`, over values or over the first column of a table. */

export function bindIn(node: SyntaxNode, scope: Scope): Scalar {
  const operator = textOf(part(node, 'Operator'));
  const value = bindScalar(part(node, 'Left'), scope);
  const long = longListOf(node, scope);
  if (long) return call(node, operator, [value, ...long], 'bool');
  const list = items(part(node, 'Right'), 'Expressions');
  if (list.length !== 1 || !isTabular(list[0]!, scope))
    return call(node, operator, [value, ...list.map((element) => bindScalar(element, scope))], 'bool');
  const { relation, columns } = bindTable(list[0]!, scope);
  const pair = comparable(node, value, use(columns[0]!));
  const column = pair.item.kind === 'column' ? columns[0]! : scope.context.column('item', pair.item.type);
  return {
    kind: 'inRelation',
    type: 'bool',
    value: pair.value,
    relation: { kind: 'project', input: relation, items: [{ column, value: pair.item }], columns: [column] },
    caseInsensitive: operator.endsWith('~') && pair.value.type === 'string',
    negated: operator.startsWith('!'),
  };
}

const isNumeric = (type: KustoType): boolean => ['bool', 'int', 'long', 'real', 'decimal'].includes(type);

/** Both in types that compare. A dynamic value is converted to the other's type, a whole number without rounding. */
function comparable(node: SyntaxNode, value: Scalar, item: Scalar): { value: Scalar; item: Scalar } {
  const to = (type: KustoType) => ({ value: converted(node, value, type), item: converted(node, item, type) });
  const types = [value.type, item.type];
  if (value.type === item.type) return value.type === 'dynamic' ? to('string') : { value, item };
  if (types.includes('dynamic')) {
    const other = value.type === 'dynamic' ? item.type : value.type;
    return to(other === 'int' || other === 'long' ? 'decimal' : other);
  }
  if (types.every(isNumeric))
    return types.includes('bool') ? to(types.find((type) => type !== 'bool')!) : { value, item };
  if (types.includes('guid') && types.includes('string')) return to('guid');
  const message = `in: values of types ${types.join(' and ')} cannot be compared. Convert one of them first.`;
  throw new KustoError('SEM0001', message, { span: spanOf(node) });
}

const converted = (node: SyntaxNode, scalar: Scalar, type: KustoType): Scalar =>
  scalar.type === type ? scalar : call(node, `to${type}`, [scalar], type);

export function bindHasList(node: SyntaxNode, scope: Scope, name: string): Scalar {
  const args = items(part(node, 'Right'), 'Expressions');
  const value = bindScalar(part(node, 'Left'), scope);
  const terms =
    longListOf(node, scope) ??
    (args.length === 1 && isTabular(args[0]!, scope)
      ? [listed(node, scope, args[0]!)]
      : args.map((element) => bindScalar(element, scope)));
  return call(node, name, [value, ...terms], 'bool');
}

const longListOf = (node: SyntaxNode, scope: Scope): Scalar[] | undefined =>
  scope.context.longList(maybe(part(node, 'Right'), 'CloseParen'));

/** The first column of a table as an array. */
function listed(node: SyntaxNode, scope: Scope, table: SyntaxNode): Scalar {
  const { relation: input, columns } = bindTable(table, scope);
  if (freeColumns(input).length > 0) throw unsupported(node, 'A list that depends on the row at hand');
  const column: Column = scope.context.column('terms', 'dynamic');
  const terms = { name: 'make_list', type: 'dynamic', args: [use(columns[0]!)], span: spanOf(table) } as const;
  const relation: Relation = {
    kind: 'aggregate',
    input,
    keys: [],
    aggregates: [{ column, call: terms }],
    columns: [column],
  };
  return { kind: 'subquery', type: 'dynamic', relation };
}
