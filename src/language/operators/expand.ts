import { KustoError } from '../../errors/index.js';
import {
  literal,
  use,
  type Assignment,
  type Column,
  type ExpandItem,
  type Relation,
  type Scalar,
} from '../../plan/index.js';
import { kustoTypeOf, type ColumnSchema, type KustoType } from '../../values/index.js';
import { bindOperator, bindScalar, bindTable, type OperatorBinder, type Scope, type Table } from '../context.js';
import { official, type SyntaxNode } from '../parser.js';
import { items, kindOf, maybe, part, resultColumns, textOf } from '../syntax.js';
import { parametersOf } from './parameters.js';

export const EXPAND_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  MvExpandOperator: (node, input, scope) => {
    const parameters = parametersOf(node);
    const expansions = expansionsOf(node, input, scope);
    const results = resultColumns(node);
    const indexColumn = indexColumnOf(parameters, results, scope);
    const rowLimit = rowLimitOf(node, scope);
    const columns = results.map((result) => pick(result.name, expansions, indexColumn, input));
    const bagKind = (parameters.get('bagexpansion') ?? parameters.get('kind')) === 'array' ? 'array' : 'bag';
    return {
      columns,
      serialized: input.serialized ?? false,
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
    const { expansions, below } = computedBelow(expansionsOf(node, input, scope), input, scope);
    const index = parametersOf(node).get('with_itemindex');
    const indexColumn = index === undefined ? undefined : scope.context.column(index, 'long');
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
      // The elements stand in the array's order.
      serialized: true,
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
      (result) => body.columns.find((column) => column.name === result.name) ?? pick(result.name, [], undefined, input),
    );
    const passed = columns.filter((column) => input.columns.includes(column));
    return {
      columns,
      relation: {
        kind: 'apply',
        input: below,
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

/**
 * Sources that are more than a column as columns of a projection below: they are read in two places, and neither a window
 * nor a `toscalar()` can stand in them.
 */
function computedBelow(
  expansions: readonly ExpandItem[],
  input: Table,
  scope: Scope,
): { readonly expansions: readonly ExpandItem[]; readonly below: Relation } {
  const computed: Assignment[] = [];
  const found = expansions.map((item) => {
    if (item.source.kind === 'column') return item;
    const column = scope.context.column('source', item.source.type);
    computed.push({ column, value: item.source });
    return { ...item, source: use(column) };
  });
  if (computed.length === 0) return { expansions, below: input.relation };
  const items = [...input.columns.map((column) => ({ column, value: use(column) })), ...computed];
  const columns = items.map((item) => item.column);
  return { expansions: found, below: { kind: 'project', input: input.relation, items, columns } };
}

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

/** The expressions to expand, under the names that the binder gives their columns. */
function expansionsOf(node: SyntaxNode, input: Table, scope: Scope): ExpandItem[] {
  const inner = scope.over(input);
  const elements = items(node, 'Expressions');
  const names = elements.map((element) => resultName(part(element, 'Expression')));
  const known = new Set([...input.columns.map((column) => column.name), ...names]);
  const automatic = resultColumns(node).filter((result) => !known.has(result.name));
  return elements.map((element, i) => {
    const source = bindScalar(part(element, 'Expression'), inner);
    const type = elementType(element) ?? 'dynamic';
    const name = names[i] ?? automatic.shift()?.name ?? `Column${i + 1}`;
    return { column: scope.context.column(name, type), source, elementType: type };
  });
}

function resultName(expression: SyntaxNode): string | undefined {
  const facts = official().Kusto.Language.KustoFacts as {
    GetExpressionResultName(node: SyntaxNode, otherwise: string, row: null): string;
  };
  return facts.GetExpressionResultName(expression, '', null) || undefined;
}

function elementType(element: SyntaxNode): KustoType | undefined {
  const clause = maybe(element, 'ToTypeOf');
  return clause && kustoTypeOf(/\(\s*(\w+)\s*\)/.exec(textOf(part(clause, 'TypeOf')))?.[1] ?? '');
}

/** `mv-expand` puts its index column last, under another name when the one asked for is taken. */
function indexColumnOf(
  parameters: ReadonlyMap<string, string>,
  columns: readonly ColumnSchema[],
  scope: Scope,
): Column | undefined {
  const name = parameters.get('with_itemindex');
  if (name === undefined) return undefined;
  return scope.context.column(columns.some((column) => column.name === name) ? name : columns.at(-1)!.name, 'long');
}

/** The old spelling `mvexpand` stops at 128 rows where no limit is written. */
function rowLimitOf(node: SyntaxNode, scope: Scope): Scalar | undefined {
  const clause = maybe(node, 'RowLimitClause');
  if (clause) return bindScalar(part(clause, 'RowLimit'), scope);
  const keyword = maybe(node, 'MvExpandKeyword');
  return keyword && textOf(keyword) === 'mvexpand' ? literal('long', 128n) : undefined;
}

/** An input of two columns of one name (`parse` into a column that was there) has names here that it does not have. */
function pick(name: string, expansions: readonly ExpandItem[], index: Column | undefined, input: Table): Column {
  if (index?.name === name) return index;
  const found = [...expansions.map((item) => item.column), ...input.columns].find((column) => column.name === name);
  if (!found)
    throw new KustoError('SEM0001', `Two columns of the input share the name that makes '${name}' here. Rename one.`);
  return found;
}
