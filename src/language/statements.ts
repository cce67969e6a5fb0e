import { literal, type BoundRequest, type BoundResult } from '../plan/index.js';
import { KustoError } from '../errors/index.js';
import { type BindContext, bindScalar, bindTable, Scope } from './context.js';
import { isTabular } from './calls-to.js';
import { bindRender } from './operators/render.js';
import { schemaOf } from './operators/rows.js';
import { severalBinder } from './operators/several.js';
import { sharedInput } from './operators/tables.js';
import type { SyntaxNode } from './parser.js';
import { set, setting } from './settings.js';
import { declarePattern } from './patterns.js';
import { Restriction } from './restrictions.js';
import { items, kindOf, maybe, nameOf, part, spanOf, unsupported } from './syntax.js';

/** Binds the statements of an analyzed request; each tabular expression statement yields a result. */
export function bindStatements(
  root: SyntaxNode,
  context: BindContext,
  parameters: Scope['lookup'] | undefined,
): BoundRequest {
  let scope = new Scope(context);
  const results: BoundResult[] = [];
  const statements = items(root, 'Statements');
  for (const statement of statements) {
    if (kindOf(statement) === 'ExpressionStatement') {
      const expression = part(statement, 'Expression');
      const bound = bindResult(expression, scope, results.length);
      if (statement === statements.at(-1) || !namesItsTables(expression)) results.push(...bound);
    } else if (kindOf(statement) === 'QueryParametersStatement') {
      declareParameters(statement, scope, parameters);
    } else if (kindOf(statement) === 'RestrictStatement') {
      scope = scope.restricted(new Restriction(statement, scope));
    } else {
      bindStatement(statement, scope);
    }
  }
  if (results.length === 0) {
    throw new KustoError(
      'SYN0001',
      'The query has no tabular expression: it ends with a statement that yields nothing.',
    );
  }
  const schemasOnly = setting<boolean>(context.settings, 'query_results_apply_getschema', 'bool') === true;
  return {
    results: schemasOnly
      ? results.map(({ name, relation }) => ({ name, relation: schemaOf(relation.columns, scope).relation }))
      : results,
    visualization: context.visualization,
    usesCursor: context.usesCursor,
    settings: context.settings,
  };
}

/** `graph-to-table nodes as N, edges as E`: what follows says which of the tables is an answer. */
function namesItsTables(expression: SyntaxNode): boolean {
  const operator = maybe(expression, 'Operator');
  if (!operator || kindOf(operator) !== 'GraphToTableOperator') return false;
  return items(operator, 'OutputClause').every((output) => maybe(output, 'AsClause'));
}

function bindResult(expression: SyntaxNode, scope: Scope, index: number): BoundResult[] {
  if (!isTabular(expression, scope) && !LOOKS_TABULAR.has(kindOf(expression))) {
    const value = bindScalar(expression, scope);
    const column = scope.context.column('Value', value.type);
    const single = { kind: 'values' as const, rows: [[]], columns: [] };
    return [
      {
        name: `Table_${index}`,
        relation: { kind: 'project', input: single, items: [{ column, value }], columns: [column] },
      },
    ];
  }
  const operator = kindOf(expression) === 'PipeExpression' ? part(expression, 'Operator') : undefined;
  if (operator && kindOf(operator) === 'RenderOperator') {
    bindRender(operator, scope);
    return bindResult(part(expression, 'Expression'), scope, index);
  }
  const several = operator && severalBinder(operator);
  if (several) {
    const input = sharedInput(bindTable(part(expression, 'Expression'), scope), scope);
    return several(operator, input, scope).map(({ name, table }, i) => ({
      name: name ?? `Table_${index + i}`,
      relation: visibleOnly(table),
    }));
  }
  const table = bindTable(expression, scope);
  if (table.graph) {
    const message = 'A graph is no result: end with graph-match, graph-shortest-paths or graph-to-table.';
    throw new KustoError('SEM0001', message, { span: spanOf(expression) });
  }
  return [{ name: `Table_${index}`, relation: visibleOnly(table) }];
}

const LOOKS_TABULAR = new Set([
  'PipeExpression',
  'PrintOperator',
  'RangeOperator',
  'UnionOperator',
  'DataTableExpression',
  'EvaluateOperator',
  'SearchOperator',
  'FindOperator',
  'MacroExpandOperator',
]);

/** Drops the hidden columns. */
function visibleOnly({ relation, columns }: ReturnType<typeof bindTable>): BoundResult['relation'] {
  if (relation.columns.length === columns.length) return relation;
  return {
    kind: 'project',
    input: relation,
    items: columns.map((column) => ({
      column,
      value: { kind: 'column', type: column.type, id: column.id, name: column.name },
    })),
    columns,
  };
}

/** Binds a statement that yields no result. */
export function bindStatement(statement: SyntaxNode, scope: Scope): void {
  switch (kindOf(statement)) {
    case 'LetStatement':
      return bindLet(statement, scope);
    case 'AliasStatement':
      // The binder resolves the alias to the database.
      return;
    case 'PatternStatement':
      return declarePattern(statement, scope);
    case 'SetOptionStatement':
      return bindSetOption(statement, scope);
    default:
      throw unsupported(statement, `The statement ${kindOf(statement)}`);
  }
}

function bindLet(statement: SyntaxNode, scope: Scope): void {
  const name = nameOf(part(statement, 'Name'));
  const expression = part(statement, 'Expression');
  // The binder knows the group's entities by its symbol.
  if (kindOf(expression) === 'EntityGroup') return;
  if (kindOf(expression) === 'FunctionDeclaration') {
    scope.declare(name, { kind: 'function', declaration: expression, scope });
    return;
  }
  if (isTabular(expression, scope)) {
    // Kusto re-evaluates a let table at every use; materialize() is what shares it.
    if (kindOf(expression) === 'MaterializeExpression') {
      const shared = bindTable(expression, scope);
      scope.declare(name, { kind: 'table', make: () => scope.context.renewed(shared) });
    } else {
      scope.declare(name, { kind: 'table', make: () => bindTable(expression, scope) });
    }
    return;
  }
  scope.declare(name, { kind: 'scalar', value: bindScalar(expression, scope) });
}

function bindSetOption(statement: SyntaxNode, scope: Scope): void {
  const name = nameOf(part(statement, 'Name'));
  const clause = maybe(statement, 'ValueClause');
  const value = clause ? bindScalar(part(clause, 'Expression'), scope) : undefined;
  if (value && value.kind !== 'literal') throw unsupported(statement, 'A set statement whose value is not a literal');
  set(scope.context.settings, name, value ?? literal('bool', true));
}

function declareParameters(statement: SyntaxNode, scope: Scope, given: Scope['lookup'] | undefined): void {
  for (const parameter of items(statement, 'Parameters')) {
    const name = nameOf(part(part(parameter, 'NameAndType'), 'Name'));
    const binding = given?.(name);
    if (binding) {
      scope.declare(name, binding);
      continue;
    }
    const otherwise = maybe(parameter, 'DefaultValue');
    if (!otherwise) {
      throw new KustoError('SEM0001', `The query parameter '${name}' has no value.`, { span: spanOf(parameter) });
    }
    scope.declare(name, { kind: 'scalar', value: bindScalar(part(otherwise, 'Value'), scope) });
  }
}
