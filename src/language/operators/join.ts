import { KustoError } from '../../errors/index.js';
import { use, type Column, type Join, type JoinKind, type Scalar } from '../../plan/index.js';
import { bindScalar, bindTable, type OperatorBinder, type Scope, type Table } from '../context.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, nameOf, part, resultColumns, spanOf, textOf, unsupported } from '../syntax.js';
import { parametersOf } from './parameters.js';

const KINDS: Readonly<Record<string, JoinKind>> = {
  innerunique: 'innerunique',
  inner: 'inner',
  leftouter: 'leftouter',
  rightouter: 'rightouter',
  fullouter: 'fullouter',
  leftsemi: 'leftsemi',
  rightsemi: 'rightsemi',
  leftanti: 'leftanti',
  anti: 'leftanti',
  leftantisemi: 'leftanti',
  rightanti: 'rightanti',
  rightantisemi: 'rightanti',
};

export const JOIN_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  JoinOperator: (node, left, scope) => {
    const kind = kindOfJoin(node, 'innerunique');
    const right = bindTable(part(node, 'Expression'), scope);
    const on = conditions(part(node, 'ConditionClause'), left, right, scope);
    const sources =
      SIDES[kind] === 'left'
        ? left.columns
        : SIDES[kind] === 'right'
          ? right.columns
          : [...left.columns, ...right.columns];
    return joined(node, kind, left, right, on, sources, scope);
  },
  LookupOperator: (node, left, scope) => {
    const kind = kindOfJoin(node, 'leftouter');
    const right = bindTable(part(node, 'Expression'), scope);
    const on = conditions(part(node, 'LookupClause'), left, right, scope);
    const keys = new Set(on.flatMap(({ right: key }) => (key.kind === 'column' ? [key.id] : [])));
    const sources = [...left.columns, ...right.columns.filter((column) => !keys.has(column.id))];
    return joined(node, kind, left, right, on, sources, scope);
  },
};

const SIDES: Readonly<Record<JoinKind, 'left' | 'right' | 'both'>> = {
  innerunique: 'both',
  inner: 'both',
  leftouter: 'both',
  rightouter: 'both',
  fullouter: 'both',
  cross: 'both',
  leftsemi: 'left',
  leftanti: 'left',
  rightsemi: 'right',
  rightanti: 'right',
};

function kindOfJoin(node: SyntaxNode, otherwise: JoinKind): JoinKind {
  const given = parametersOf(node).get('kind');
  const kind = given === undefined ? otherwise : KINDS[given];
  if (!kind) throw new KustoError('SEM0001', `'${given}' is not a kind of join.`, { span: spanOf(node) });
  return kind;
}

function joined(
  node: SyntaxNode,
  joinKind: JoinKind,
  left: Table,
  right: Table,
  on: Join['on'],
  sources: readonly Column[],
  scope: Scope,
): Table {
  const columns = sources.map((source, i) =>
    scope.context.column(resultColumns(node)[i]?.name ?? source.name, source.type),
  );
  return {
    columns,
    relation: { kind: 'join', joinKind, left: left.relation, right: right.relation, on, sources, columns },
  };
}

function conditions(clause: SyntaxNode, left: Table, right: Table, scope: Scope): Join['on'] {
  if (kindOf(clause) !== 'JoinOnClause') throw unsupported(clause, 'A join with where');
  return items(clause, 'Expressions').flatMap((expression) => {
    const pairs = condition(expression, left, right, scope);
    if (pairs.some((pair) => pair.left.type === 'dynamic' || pair.right.type === 'dynamic')) {
      const message = `The join key '${textOf(expression)}' is dynamic: extend both sides with a key of another type, by tostring(), tolong(), ….`;
      throw new KustoError('SEM0001', message, { span: spanOf(expression) });
    }
    return pairs;
  });
}

function condition(node: SyntaxNode, left: Table, right: Table, scope: Scope): { left: Scalar; right: Scalar }[] {
  if (kindOf(node) === 'ParenthesizedExpression') return condition(part(node, 'Expression'), left, right, scope);
  if (kindOf(node) === 'NameReference') {
    const [l, r] = [left, right].map((side) => side.columns.find((column) => column.name === nameOf(node)));
    if (!l || !r) {
      throw new KustoError('SEM0100', `'${textOf(node)}' must be a column of both sides of the join.`, {
        span: spanOf(node),
      });
    }
    return [{ left: use(l), right: use(r) }];
  }
  if (kindOf(node) === 'BinaryExpression') {
    const operator = textOf(part(node, 'Operator'));
    if (operator === 'and') {
      return [part(node, 'Left'), part(node, 'Right')].flatMap((side) => condition(side, left, right, scope));
    }
    if (operator === '==') {
      const inner = scope.joining(left, right);
      const [a, b] = [bindScalar(part(node, 'Left'), inner), bindScalar(part(node, 'Right'), inner)];
      return [isOf(a, right) || isOf(b, left) ? { left: b, right: a } : { left: a, right: b }];
    }
  }
  throw new KustoError(
    'SEM0001',
    'A join condition is a column of both sides, or an equality of $left and $right columns.',
    { span: spanOf(node) },
  );
}

function isOf(scalar: Scalar, side: Table): boolean {
  return scalar.kind === 'column' && side.columns.some((column) => column.id === scalar.id);
}
