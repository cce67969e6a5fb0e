import { KustoError } from '../errors/index.js';
import { freeColumns, literal, type Scalar, use } from '../plan/index.js';
import { bindFunctionCall } from './calls.js';
import { bindScalar, bindTable, type Scope, type Table } from './context.js';
import { anyColumn, combined } from './any-column.js';
import { aggregateInstead, call, typeOf } from './calls-to.js';
import type { KustoType } from '../values/index.js';
import { dynamicText } from './dynamic-literals.js';
import { folded } from './folding.js';
import { decodeLiteral, decodeString, isSmallestLong } from './literals.js';
import { bindHasList, bindIn } from './membership.js';
import { requireOperands } from './operand-types.js';
import { sharedInput } from './operators/tables.js';
import type { SyntaxNode } from './parser.js';
import { items, kindOf, nameOf, part, spanOf, symbolKindOf, textOf, typeOfSymbol, unsupported } from './syntax.js';

/** Binds a scalar expression of the official tree to the plan. */
export function bindExpression(node: SyntaxNode, scope: Scope): Scalar {
  const replaced = aggregateInstead(node);
  if (replaced) return replaced;
  const binder = BINDERS[kindOf(node)];
  if (!binder) throw unsupported(node, `The expression ${kindOf(node)}`);
  return binder(node, scope);
}

const BINDERS: Readonly<Record<string, (node: SyntaxNode, scope: Scope) => Scalar>> = {
  LiteralExpression: (node, scope) => {
    const token = part(node, 'Token');
    if (/^(date)?(time)?\(\s*\)$/i.test(textOf(token)) && typeOf(node) === 'datetime')
      return literal('datetime', scope.context.facts.now);
    return decodeLiteral(textOf(token), typeOf(node), spanOf(node));
  },
  CompoundStringLiteralExpression: (node) =>
    literal(
      'string',
      items(node, 'Tokens')
        .map((token) => decodeString(textOf(token)))
        .join(''),
    ),
  DynamicExpression: (node) => literal('dynamic', dynamicText(part(node, 'Expression'))),
  TypeOfLiteralExpression: (node) => literal('string', textOf(node)),
  ParenthesizedExpression: (node, scope) => bindScalar(part(node, 'Expression'), scope),
  SimpleNamedExpression: (node, scope) => bindScalar(part(node, 'Expression'), scope),
  OrderedExpression: (node, scope) => bindScalar(part(node, 'Expression'), scope),
  NameReference: bindName,
  BracketedExpression: (node, scope) => bindScalar(part(node, 'Expression'), scope),
  PathExpression: bindPath,
  ElementExpression: (node, scope) =>
    call(
      node,
      'element',
      [bindScalar(part(node, 'Expression'), scope), bindScalar(part(part(node, 'Selector'), 'Expression'), scope)],
      'dynamic',
    ),
  PrefixUnaryExpression: (node, scope) => {
    if (isSmallestLong(textOf(part(node, 'Operator')), textOf(part(node, 'Expression'))))
      return literal('long', -9223372036854775808n);
    const operand = bindScalar(part(node, 'Expression'), scope);
    if (textOf(part(node, 'Operator')) === '+') return operand;
    if (operand.type === 'dynamic')
      throw unsupported(node, 'The negative of a dynamic value (without tolong() or its like)');
    if (operand.type === 'datetime') throw unsupported(node, 'The negative of a datetime');
    return negated(operand, typeOf(node)) ?? call(node, 'negate', [operand]);
  },
  BinaryExpression: bindBinary,
  BetweenExpression: (node, scope) => {
    const range = part(node, 'Right');
    const args = [
      bindScalar(part(node, 'Left'), scope),
      bindScalar(part(range, 'First'), scope),
      bindScalar(part(range, 'Second'), scope),
    ];
    return call(node, textOf(part(node, 'Operator')).startsWith('!') ? '!between' : 'between', args, 'bool');
  },
  InExpression: bindIn,
  HasAnyExpression: (node, scope) => bindHasList(node, scope, 'has_any'),
  HasAllExpression: (node, scope) => bindHasList(node, scope, 'has_all'),
  FunctionCallExpression: bindFunctionCall,
  ToScalarExpression: (node, scope) => {
    const inside = part(node, 'Expression');
    const value = typeOfSymbol(inside.ResultType) ? bindScalar(inside, scope) : undefined;
    if (value?.kind === 'literal') return value;
    const { relation, columns } = value ? oneRow(value, scope) : bindTable(inside, scope);
    const first = columns[0];
    if (!first) throw unsupported(node, 'toscalar() of a table without columns');
    if (freeColumns(relation).some((column) => !scope.context.partitionKeys.has(column))) {
      throw new KustoError('SEM0001', 'toscalar() is evaluated once and cannot depend on the row at hand.', {
        span: spanOf(node),
      });
    }
    const items = [{ column: first, value: use(first) }];
    // Shared: however often a let variable is used, its toscalar() has one value.
    const { relation: shared } = sharedInput(
      { relation: { kind: 'project', input: relation, items, columns: [first] }, columns: [first] },
      scope,
    );
    return { kind: 'subquery', type: first.type, relation: shared };
  },
};

/** A value as a table, as print makes one. */
function oneRow(value: Scalar, scope: Scope): Table {
  const column = scope.context.column('Value', value.type);
  const single = { kind: 'values' as const, rows: [[]], columns: [] };
  return {
    columns: [column],
    relation: { kind: 'project', input: single, items: [{ column, value }], columns: [column] },
  };
}

function negated(operand: Scalar, type: KustoType): Scalar | undefined {
  if (operand.kind !== 'literal' || operand.type !== type) return undefined;
  const { value } = operand;
  if (typeof value === 'bigint') return literal(type, BigInt.asIntN(64, -value));
  if (typeof value === 'number') return literal(type, type === 'int' ? -value | 0 : -value);
  return undefined;
}

function bindName(node: SyntaxNode, scope: Scope): Scalar {
  const name = nameOf(node);
  const column = scope.column(name);
  const symbol = node.ReferencedSymbol;
  const kind = symbol ? symbolKindOf(symbol) : '';
  if (column && (kind === 'ColumnSymbol' || !symbol)) return use(column);
  const binding = scope.lookup(name);
  if (binding?.kind === 'scalar') return scope.context.used(binding.value);
  if (binding?.kind === 'path') return binding.bags(node);
  if (binding?.kind === 'table') {
    throw new KustoError('SEM0001', `'${name}' is a table where a scalar value is expected.`, { span: spanOf(node) });
  }
  if (column) return use(column);
  if (kind === 'FunctionSymbol') return bindFunctionCall(node, scope);
  throw new KustoError(
    'SEM0100',
    `'${name}' could not be resolved: it does not refer to any known column, variable or function.`,
    { span: spanOf(node) },
  );
}

/** `X.$current_database` in the subquery of macro-expand. */
function factOf(node: SyntaxNode, database: string, { context }: Scope): Scalar {
  const name = nameOf(part(node, 'Selector'));
  if (name === '$current_database') return literal('string', database);
  if (name === '$current_cluster_endpoint') return literal('string', context.facts.clusterEndpoint);
  throw unsupported(node, `'${textOf(node)}' as a value`);
}

function bindPath(node: SyntaxNode, scope: Scope): Scalar {
  const base = part(node, 'Expression');
  const selector = part(node, 'Selector');
  if (kindOf(base) === 'NameReference' && (nameOf(base) === '$left' || nameOf(base) === '$right')) {
    const sides = sidesOf(scope);
    const side = nameOf(base) === '$left' ? sides?.left : sides?.right;
    const column = side?.columns.find((candidate) => candidate.name === nameOf(selector));
    if (!column) throw unsupported(node, `${textOf(node)} outside of a join condition`);
    return use(column);
  }
  if (kindOf(base) === 'NameReference') {
    const row = scope.lookup(nameOf(base));
    if (row?.kind === 'database') return factOf(node, row.name, scope);
    const column = row?.kind === 'row' && row.columns.find((candidate) => candidate.name === nameOf(selector));
    if (column) return use(column);
  }
  const key =
    kindOf(selector) === 'NameReference'
      ? literal('string', nameOf(selector))
      : bindScalar(kindOf(selector) === 'BracketedExpression' ? part(selector, 'Expression') : selector, scope);
  return call(node, 'element', [bindScalar(base, scope), key], 'dynamic');
}

function sidesOf(scope: Scope): Scope['sides'] {
  return scope.sides;
}

/** Operators whose `*` on the left means: any column. */
const STAR_OPERATORS = new Set([
  'has',
  'contains',
  '==',
  '=~',
  'startswith',
  'endswith',
  'hasprefix',
  'hassuffix',
  'has_cs',
  'contains_cs',
  'startswith_cs',
  'endswith_cs',
  'matches regex',
  ':',
]);

function bindBinary(node: SyntaxNode, scope: Scope): Scalar {
  const operator = textOf(part(node, 'Operator')).replace(/\s+/g, ' ');
  const left = part(node, 'Left');
  if (kindOf(left) === 'StarExpression') return bindStar(node, operator, scope);
  const args: [Scalar, Scalar] = [bindScalar(left, scope), bindScalar(part(node, 'Right'), scope)];
  requireOperands(node, operator, args);
  return folded(operator, args, typeOf(node)) ?? call(node, CANONICAL[operator] ?? operator, args);
}

/** Spellings that mean the same. */
const CANONICAL: Readonly<Record<string, string>> = {
  '<>': '!=',
  ':': 'has',
  notcontains: '!contains',
  notcontains_cs: '!contains_cs',
  containscs: 'contains_cs',
};

function bindStar(node: SyntaxNode, operator: string, scope: Scope): Scalar {
  const positive = operator.startsWith('!') ? operator.slice(1) : operator;
  if (!STAR_OPERATORS.has(positive === '=' ? '==' : positive)) throw unsupported(node, `* ${operator}`);
  const right = bindScalar(part(node, 'Right'), scope);
  const row = scope.requireRow(spanOf(node));
  const name = CANONICAL[operator] ?? operator;
  const negative = operator.startsWith('!');
  if (!TEXT_OPERATORS.has(positive) && right.type !== 'string') {
    const comparable = row.columns.filter(
      (column) => column.type === right.type || (isNumber(column.type) && isNumber(right.type)),
    );
    return combined(
      node,
      comparable.map((column) => call(node, name, [use(column), right], 'bool')),
      negative,
    );
  }
  return anyColumn(node, row.columns, (value) => call(node, name, [value, right], 'bool'), negative);
}

const TEXT_OPERATORS = new Set([...STAR_OPERATORS].filter((operator) => operator !== '=='));
const isNumber = (type: KustoType): boolean => ['int', 'long', 'real', 'decimal'].includes(type);
