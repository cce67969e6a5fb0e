import { KustoError } from '../../errors/index.js';
import { use, type Assignment, type Column } from '../../plan/index.js';
import type { OperatorBinder, Scope, Table } from '../context.js';
import { official, type SyntaxNode } from '../parser.js';
import { items, nameOf, kindOf, part, resultColumns, spanOf, symbolKindOf, textOf, tupleTypes } from '../syntax.js';
import { bindNamed, type NamedScalar } from './named.js';
import { withSessions } from './sessions.js';
import { kept, projected } from './tables.js';

/** Operators that choose, rename and compute columns. The binder gives the names and the order of the result. */
export const COLUMN_OPERATORS: Readonly<Record<string, OperatorBinder>> = {
  ProjectOperator: (node, input, scope) => withSessions(input, positional(node, input, scope), scope),
  ExtendOperator: extended,
  SerializeOperator: (node, input, scope) => extended(node, { ...input, serialized: true }, scope),
  ProjectAwayOperator: byName,
  ProjectKeepOperator: byName,
  ProjectReorderOperator: byName,
  ProjectByNamesOperator: byName,
  ProjectRenameOperator: (node, input, scope) => {
    const sources = new Map<string, Column>();
    for (const expression of items(node, 'Expressions')) {
      const source = part(expression, 'Expression');
      const column = input.columns.find((candidate) => candidate.name === nameOf(source));
      if (!column) {
        throw new KustoError('SEM0100', `'${textOf(source)}' is not a column.`, { span: spanOf(source) });
      }
      sources.set(nameOf(part(expression, 'Name')), column);
    }
    return projected(
      input,
      resultColumns(node).map((result): Assignment => {
        const source = sources.get(result.name);
        if (source) return { column: scope.context.column(result.name, source.type), value: use(source) };
        return kept(input.columns.find((column) => column.name === result.name)!);
      }),
    );
  },
};

/** Result columns that are input columns, in the result's order. */
function byName(node: SyntaxNode, input: Table): Table {
  return projected(
    input,
    resultColumns(node).map((result) => kept(input.columns.find((column) => column.name === result.name)!)),
  );
}

/** One result column an output, in order (`project`, `print`). */
export function positional(node: SyntaxNode, input: Table, scope: Scope, part = 'Expressions'): Assignment[] {
  const inner = scope.over(input);
  const values = items(node, part).flatMap((expression) =>
    kindOf(expression) === 'StarExpression'
      ? input.columns.map((column) => ({ name: column.name, value: use(column) }))
      : bindNamed(expression, inner, kindOf(node) === 'PrintOperator'),
  );
  const results = resultColumns(node);
  return values.map(({ name, value }, i) => ({
    column: scope.context.column(results[i]?.name ?? name ?? `Column${i + 1}`, value.type),
    value,
  }));
}

const isColumn = ({ ReferencedSymbol: symbol }: SyntaxNode): boolean =>
  !!symbol && symbolKindOf(symbol) === 'ColumnSymbol';

/** The name that the binder gives an expression for what it reads (`d.a`, `toint(x)`); undefined for other expressions. */
function derivedName(expression: SyntaxNode): string | undefined {
  const { KustoFacts } = official().Kusto.Language;
  return (KustoFacts.GetExpressionResultName(expression, '', null) as string | null) || undefined;
}

/** `extend`: replaces columns of the same name in place and appends the others. */
function extended(node: SyntaxNode, input: Table, scope: Scope): Table {
  const inner = scope.over(input);
  const results = resultColumns(node);
  // A column alone adds nothing; a variable or parameter alone adds a column of its name.
  const outputs = items(node, 'Expressions').flatMap((expression): NamedScalar[] => {
    if (kindOf(expression) === 'NameReference' && isColumn(expression)) return [];
    const bound = bindNamed(expression, inner);
    // Named after what it reads, `tostring(x)` replaces x; outputs of a function of several get names of their own.
    const derived = bound.length === 1 && !tupleTypes(expression) ? derivedName(expression) : undefined;
    return bound.map(({ name, value }) => ({ name: name ?? derived, value }));
  });
  const taken = new Set([...input.columns.map((column) => column.name), ...outputs.map((output) => output.name)]);
  const automatic = results.filter((result) => !taken.has(result.name)).map((result) => result.name);
  const computed = new Map<string, Assignment>();
  for (const { name, value } of outputs) {
    const column = scope.context.column(name ?? automatic.shift() ?? 'Column1', value.type);
    computed.set(column.name, { column, value });
  }
  const replaced = input.columns.map((column) => computed.get(column.name) ?? kept(column));
  const inputNames = new Set(input.columns.map((column) => column.name));
  const added = [...computed.values()].filter(({ column }) => !inputNames.has(column.name));
  return withSessions(input, [...replaced, ...added], scope);
}
