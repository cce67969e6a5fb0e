import type { Aggregate } from '../../plan/index.js';
import { bindScalar, type Scope, type Table } from '../context.js';
import { PluginCall } from '../plugins/plugin.js';
import { funnelSequence } from '../plugins/sequences.js';
import type { SyntaxNode } from '../parser.js';
import { items, kindOf, maybe, nameOf, part, textOf } from '../syntax.js';
import { pluginName } from './evaluate.js';
import { bindBody } from './expand.js';
import { graphTable } from './graph-tables.js';
import { graphOf } from './make-graph.js';
import { limited } from './rows.js';
import { sharedInput } from './tables.js';

/** A last operator that answers with several tables. Each reads the input that is computed once. */
export type SeveralBinder = (
  node: SyntaxNode,
  input: Table,
  scope: Scope,
) => { name: string | undefined; table: Table }[];

/** Plugins that answer with several tables. */
const SEVERAL_PLUGINS: Readonly<Record<string, SeveralBinder>> = {
  preview: (node, input, scope) => {
    const [count] = items(part(part(node, 'FunctionCall'), 'ArgumentList'), 'Expressions');
    const rows = limited(scope.context.renewed(input), bindScalar(count!, scope));
    return [
      { name: undefined, table: rows },
      { name: undefined, table: total(scope.context.renewed(input), scope) },
    ];
  },
  funnel_sequence: (node, input, scope) =>
    ([['prev', 'next'], ['prev'], ['next']] as const).map((neighbours) => ({
      name: undefined,
      table: funnelSequence(new PluginCall(node, scope.context.renewed(input), scope), neighbours),
    })),
};

export const SEVERAL: Readonly<Record<string, SeveralBinder>> = {
  ForkOperator: (node, input, scope) =>
    items(node, 'Expressions').map((fork) => {
      const name = maybe(fork, 'NameEquals');
      const inner = scope.nested();
      return {
        name: name && nameOf(part(name, 'Name')),
        table: bindBody(part(fork, 'Expression'), scope.context.renewed(input), inner),
      };
    }),
  GraphToTableOperator: (node, input, scope) =>
    items(node, 'OutputClause').map((output) => {
      const named = maybe(output, 'AsClause');
      const table = graphTable(output, graphOf(node, input), scope);
      if (!named) return { name: undefined, table };
      const name = nameOf(part(named, 'Name'));
      const once = sharedInput(table, scope);
      scope.declare(name, { kind: 'table', make: () => scope.context.renewed(once) });
      return { name, table: once };
    }),
  FacetOperator: (node, input, scope) => {
    const counts = items(node, 'Expressions').map((by) => ({
      name: undefined,
      table: counted(by, scope.context.renewed(input), scope),
    }));
    const clause = maybe(node, 'WithClause');
    const body = clause && (maybe(clause, 'Expression') ?? maybe(clause, 'Operator'));
    if (!body) return counts;
    return [...counts, { name: undefined, table: bindBody(body, scope.context.renewed(input), scope.nested()) }];
  },
  EvaluateOperator: (node, input, scope) => SEVERAL_PLUGINS[pluginName(node)]!(node, input, scope),
};

export function severalBinder(node: SyntaxNode): SeveralBinder | undefined {
  const kind = kindOf(node);
  const isSeveral = kind !== 'EvaluateOperator' || Object.hasOwn(SEVERAL_PLUGINS, pluginName(node));
  return isSeveral ? SEVERAL[kind] : undefined;
}

function counted(by: SyntaxNode, input: Table, scope: Scope): Table {
  const value = bindScalar(by, scope.over(input));
  const key = {
    column: scope.context.column(kindOf(by) === 'NameReference' ? nameOf(by) : textOf(by), value.type),
    value,
  };
  return aggregated(input, [key], `count_${key.column.name}`, scope);
}

const total = (input: Table, scope: Scope): Table => aggregated(input, [], 'Count', scope);

function aggregated(input: Table, keys: Aggregate['keys'], name: string, scope: Scope): Table {
  const count = scope.context.column(name, 'long');
  const columns = [...keys.map((key) => key.column), count];
  const call = { name: 'count', type: 'long' as const, args: [], span: { start: 0, end: 0 } };
  return {
    columns,
    relation: { kind: 'aggregate', input: input.relation, keys, aggregates: [{ column: count, call }], columns },
  };
}
