import { use, type Column, type ExpandItem, type Scalar } from '../../plan/index.js';
import { kustoTypeOf, type KustoType } from '../../values/index.js';
import { bindOperator, bindScalar, bindTable, type OperatorBinder, type Scope, type Table } from '../context.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, maybe, nameOf, part, resultColumns, textOf } from '../syntax.js';
import { parametersOf } from './parameters.js';

export const EXPAND_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  MvExpandOperator: (node, input, scope) => {
    const parameters = parametersOf(node);
    const expansions = expansionsOf(node, input, scope);
    const indexColumn = indexColumnOf(parameters, scope);
    const rowLimit = rowLimitOf(node, scope);
    const columns = resultColumns(node).map((result) => pick(result.name, expansions, indexColumn, input));
    const bagKind = (parameters.get('bagexpansion') ?? parameters.get('kind')) === 'array' ? 'array' : 'bag';
    return {
      columns,
      relation: {
        kind: 'expand',
        input: input.relation,
        items: expansions,
        bagKind,
        columns,
        ...(indexColumn && { indexColumn }),
        ...(rowLimit && { rowLimit }),
      },
    };
  },
  MvApplyOperator: (node, input, scope) => {
    const expansions = expansionsOf(node, input, scope);
    const indexColumn = indexColumnOf(parametersOf(node), scope);
    const rowLimit = rowLimitOf(node, scope);
    const replaced = new Set(expansions.map((item) => item.column.name));
    const outer = input.columns
      .filter((column) => !replaced.has(column.name))
      .map((column) => ({ column: scope.context.column(column.name, column.type), value: use(column) }));
    const inside: Column[] = [
      ...outer.map((item) => item.column),
      ...expansions.map((item) => item.column),
      ...(indexColumn ? [indexColumn] : []),
    ];
    const leaf: Table = {
      columns: inside,
      relation: {
        kind: 'expandedRows',
        items: expansions,
        outer,
        columns: inside,
        ...(indexColumn && { indexColumn }),
        ...(rowLimit && { rowLimit }),
      },
    };
    const body = bindBody(part(part(node, 'Subquery'), 'Expression'), leaf, scope);
    const columns = resultColumns(node).map(
      (result) =>
        body.columns.find((column) => column.name === result.name) ??
        input.columns.find((column) => column.name === result.name)!,
    );
    const passed = columns.filter((column) => input.columns.includes(column));
    return {
      columns,
      relation: {
        kind: 'apply',
        input: input.relation,
        items: expansions,
        body: body.relation,
        passed,
        columns,
        ...(indexColumn && { indexColumn }),
        ...(rowLimit && { rowLimit }),
      },
    };
  },
};

/** Binds a pipeline that starts with an operator, over a given table (`mv-apply … on (…)`, `partition`, `fork`). */
export function bindBody(node: SyntaxNode, input: Table, scope: Scope): Table {
  if (kindOf(node) === 'PipeExpression') {
    const before = bindBody(part(node, 'Expression'), input, scope);
    return bindOperator(part(node, 'Operator'), before, scope);
  }
  if (kindOf(node) === 'ParenthesizedExpression') return bindBody(part(node, 'Expression'), input, scope);
  if (kindOf(node).endsWith('Operator')) return bindOperator(node, input, scope);
  return bindTable(node, scope);
}

function expansionsOf(node: SyntaxNode, input: Table, scope: Scope): ExpandItem[] {
  const inner = scope.over(input);
  const results = resultColumns(node);
  const inputNames = new Set(input.columns.map((column) => column.name));
  const automatic = results.filter((result) => !inputNames.has(result.name)).map((result) => result.name);
  return items(node, 'Expressions').map((element) => {
    const expression = part(element, 'Expression');
    const value = bindScalar(expression, inner);
    const name = nameOfExpansion(expression) ?? automatic.shift() ?? 'Column1';
    const type = elementType(element) ?? 'dynamic';
    return { column: scope.context.column(name, type), source: value, elementType: type };
  });
}

function nameOfExpansion(node: SyntaxNode): string | undefined {
  if (kindOf(node) === 'SimpleNamedExpression') return nameOf(part(node, 'Name'));
  return kindOf(node) === 'NameReference' ? nameOf(node) : undefined;
}

function elementType(element: SyntaxNode): KustoType | undefined {
  const clause = maybe(element, 'ToTypeOf');
  return clause && kustoTypeOf(/\(\s*(\w+)\s*\)/.exec(textOf(part(clause, 'TypeOf')))?.[1] ?? '');
}

function indexColumnOf(parameters: ReadonlyMap<string, string>, scope: Scope): Column | undefined {
  const name = parameters.get('with_itemindex');
  return name === undefined ? undefined : scope.context.column(name, 'long');
}

function rowLimitOf(node: SyntaxNode, scope: Scope): Scalar | undefined {
  const clause = maybe(node, 'RowLimitClause');
  return clause && bindScalar(part(clause, 'RowLimit'), scope);
}

function pick(name: string, expansions: readonly ExpandItem[], index: Column | undefined, input: Table): Column {
  if (index?.name === name) return index;
  return (
    expansions.find((item) => item.column.name === name)?.column ??
    input.columns.find((column) => column.name === name)!
  );
}
