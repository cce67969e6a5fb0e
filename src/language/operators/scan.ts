import { use, type Assignment, type Column, type Scalar } from '../../plan/index.js';
import type { KustoType, KustoValue } from '../../values/index.js';
import { bindScalar, type OperatorBinder, type Scope } from '../context.js';
import type { SyntaxNode } from '../parser.js';
import { decodeLiteral } from '../literals.js';
import { items, kindOf, maybe, nameOf, part, spanOf, textOf, typeOfSymbol, unsupported } from '../syntax.js';
import { parametersOf } from './parameters.js';
import { typed } from './sources.js';

/** `scan`: steps as a procedure; see procedures/scan.ts for how they run. */
export const SCAN_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  ScanOperator: (node, input, scope) => {
    const clause = maybe(node, 'PartitionByClause');
    const declared = declarations(node, scope);
    const steps = items(node, 'Steps');
    const matchId = parametersOf(node).get('with_match_id');
    const constants = new Constants(scope);
    const states = steps.map(() => [
      ...input.columns.map((column) => scope.context.column(column.name, column.type)),
      ...declared.map(({ column }) => scope.context.column(column.name, column.type)),
    ]);
    const inner = scope.over({ ...input, columns: [...input.columns] });
    steps.forEach((step, k) => inner.declare(nameOf(part(step, 'Name')), { kind: 'row', columns: states[k]! }));
    const bound = steps.map((step, k) => {
      const own = declared.map(({ column }) => scope.context.column(column.name, column.type));
      const within = inner.over({ ...input, columns: [...input.columns, ...own] });
      const output = maybe(step, 'ScanStepOutput');
      const computation = maybe(step, 'ComputationClause');
      return {
        output: output ? textOf(part(output, 'OutputKind')) : 'all',
        condition: constants.without(bindScalar(part(step, 'Condition'), within)),
        assignments: (computation ? items(computation, 'Assignments') : []).map((assignment) => {
          const target = declared.findIndex(({ column }) => column.name === nameOf(part(assignment, 'Name')));
          const value = constants.without(bindScalar(part(assignment, 'Expression'), within));
          return { target, value: typed(assignment, value, declared[target]!.column.type) };
        }),
        stateIds: states[k]!.map((column) => column.id),
        ownIds: own.map((column) => column.id),
      };
    });
    const columns: Column[] = [
      ...input.columns.map((column) => scope.context.column(column.name, column.type)),
      ...declared.map(({ column }) => column),
      ...(matchId === undefined ? [] : [scope.context.column(matchId, 'long')]),
    ];
    const row = scope.over(input);
    const partition = (clause ? items(clause, 'Expressions') : []).map((key) => {
      const value = bindScalar(key, row);
      return { column: scope.context.column('$key', value.type), value };
    });
    const kept = input.columns.map((column) => ({ column, value: { kind: 'column' as const, ...column } }));
    const visible = {
      kind: 'project' as const,
      input: input.relation,
      items: [...kept, ...constants.found, ...partition],
      columns: [...input.columns, ...[...constants.found, ...partition].map(({ column }) => column)],
    };
    return {
      columns,
      serialized: true,
      relation: {
        kind: 'procedure',
        name: 'scan',
        inputs: [visible],
        args: {
          declared,
          steps: bound,
          matchId: matchId !== undefined,
          inputIds: input.columns.map((column) => column.id),
          constantIds: constants.found.map(({ column }) => column.id),
        },
        columns,
        span: spanOf(node),
      },
    };
  },
};

/** The `toscalar()`s of the steps, which only SQL computes: as columns of the input. */
class Constants {
  readonly found: Assignment[] = [];

  constructor(private readonly scope: Scope) {}

  without(scalar: Scalar): Scalar {
    if (scalar.kind === 'call') return { ...scalar, args: scalar.args.map((arg) => this.without(arg)) };
    if (scalar.kind !== 'subquery') return scalar;
    const column = this.scope.context.column('toscalar', scalar.type);
    this.found.push({ column, value: scalar });
    return use(column);
  }
}

function declarations(node: SyntaxNode, scope: Scope): { readonly column: Column; readonly otherwise: KustoValue }[] {
  const clause = maybe(node, 'DeclareClause');
  if (!clause) return [];
  return items(clause, 'Declarations').map((declaration) => {
    const named = part(declaration, 'NameAndType');
    const type: KustoType =
      typeOfSymbol(part(named, 'Type').ReferencedSymbol) ?? typeOfSymbol(part(named, 'Name').ResultType) ?? 'dynamic';
    const given = maybe(declaration, 'DefaultValue');
    const otherwise = given ? defaultValue(part(given, 'Value'), type, scope) : null;
    return { column: scope.context.column(nameOf(part(named, 'Name')), type), otherwise };
  });
}

/** The binder gives these literals no type: they are of the column's. */
function defaultValue(node: SyntaxNode, type: KustoType, scope: Scope): KustoValue {
  if (kindOf(node) === 'LiteralExpression') return decodeLiteral(textOf(part(node, 'Token')), type, spanOf(node)).value;
  const value: Scalar = bindScalar(node, scope);
  if (value.kind !== 'literal') throw unsupported(node, 'A default that is not a literal');
  return value.value;
}
