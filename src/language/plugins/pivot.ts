import { literal, use, type Aggregate, type AggregateCall, type Assignment, type Scalar } from '../../plan/index.js';
import type { ColumnSchema, KustoType, KustoValue } from '../../values/index.js';
import { argumentsOf, call, typeOf } from '../calls-to.js';
import type { Table } from '../context.js';
import { columnsText } from '../schema.js';
import { TextNeeded } from '../text-needed.js';
import { kindOf, nameOf, part, spanOf, textOf } from '../syntax.js';
import type { PluginCall } from './plugin.js';

/** Aggregates that pivot takes, and the form that aggregates the rows of one pivoted value only. */
const CONDITIONAL: Readonly<Record<string, string>> = {
  count: 'countif',
  sum: 'sumif',
  min: 'minif',
  max: 'maxif',
  avg: 'avgif',
  dcount: 'dcountif',
  stdev: 'stdevif',
  variance: 'varianceif',
  make_list: 'make_list_if',
  make_set: 'make_set_if',
  make_bag: 'make_bag_if',
  take_any: 'take_anyif',
};

/** Columns that one pivot may make. */
const MAX_COLUMNS = 2_000;

/** pivot: a column for each value of the pivot column, aggregated over the rows that have it. */
export function pivot(plugin: PluginCall, schemaAt: number | undefined): Table {
  const { input, scope, node } = plugin;
  const [pivotNode, aggregateNode, ...keyNodes] = plugin.positional;
  const pivoted = plugin.inputColumn(pivotNode);
  const aggregate = aggregateOf(plugin, aggregateNode);
  const used = new Set(aggregate.columns);
  const keys =
    keyNodes.length > 0
      ? keyNodes.map((key) => plugin.inputColumn(key))
      : input.columns.filter((column) => column.id !== pivoted.id && !used.has(column.name));
  const label: Scalar = pivoted.type === 'string' ? use(pivoted) : call(node, 'tostring', [use(pivoted)], 'string');
  if (schemaAt !== undefined) {
    const column = scope.context.column('labels', 'dynamic');
    const labels: AggregateCall = { name: 'make_set', type: 'dynamic', args: [label], span: spanOf(node) };
    const probe: Aggregate = {
      kind: 'aggregate',
      input: input.relation,
      keys: [],
      aggregates: [{ column, call: labels }],
      columns: [column],
    };
    const columnsOf = (row: readonly KustoValue[] | undefined): ColumnSchema[] => {
      const found = JSON.parse(String(row?.[0] ?? '[]')) as string[];
      if (found.length > MAX_COLUMNS) throw plugin.error(`'${pivoted.name}' has more than ${MAX_COLUMNS} values.`);
      const taken = keys.find((key) => found.includes(key.name));
      if (taken) throw plugin.error(`'${taken.name}' is a column of the input and a value of '${pivoted.name}'.`);
      return [
        ...keys.map(({ name, type }) => ({ name, type })),
        ...found.map((name) => ({ name, type: aggregate.type })),
      ];
    };
    throw new TextNeeded(schemaAt, ([row]) => ` : ${columnsText(columnsOf(row))}`, probe);
  }
  const groups: Assignment[] = keys.map((key) => ({
    column: scope.context.column(key.name, key.type),
    value: use(key),
  }));
  const values = plugin.results
    .filter((result) => !keys.some((key) => key.name === result.name))
    .map((result) => {
      const condition = call(node, '==', [label, literal('string', result.name)], 'bool');
      return {
        column: scope.context.column(result.name, aggregate.type),
        call: {
          name: CONDITIONAL[aggregate.name]!,
          type: aggregate.type,
          args: [...aggregate.args, condition],
          span: spanOf(node),
        },
      };
    });
  const grouped: Aggregate = {
    kind: 'aggregate',
    input: input.relation,
    keys: groups,
    aggregates: values,
    columns: [...groups.map((group) => group.column), ...values.map((value) => value.column)],
  };
  const items = plugin.results.map((result): Assignment => {
    const source = grouped.columns.find((column) => column.name === result.name)!;
    if (source.type === result.type) return { column: source, value: use(source) };
    const value = call(node, `to${result.type}`, [use(source)], result.type);
    return { column: scope.context.column(result.name, result.type), value };
  });
  const columns = items.map((item) => item.column);
  return { columns, relation: { kind: 'project', input: grouped, items, columns } };
}

interface PivotAggregate {
  readonly name: string;
  readonly type: KustoType;
  readonly args: readonly Scalar[];
  /** Names of the columns that it reads, which are no keys. */
  readonly columns: readonly string[];
}

function aggregateOf(plugin: PluginCall, node: PluginCall['positional'][number] | undefined): PivotAggregate {
  if (!node) return { name: 'count', type: 'long', args: [], columns: [] };
  const name = kindOf(node) === 'FunctionCallExpression' ? nameOf(part(node, 'Name')) : '';
  if (!Object.hasOwn(CONDITIONAL, name)) {
    throw plugin.error(`'${textOf(node)}' must be one of ${Object.keys(CONDITIONAL).join(', ')}.`, node);
  }
  const given = argumentsOf(node);
  if (given.length > 1) throw plugin.refused(`${name}() with more than one argument`, node);
  const args = given.map((argument) => plugin.overRows(argument));
  const columns: string[] = [];
  const visit = (scalar: Scalar): void => {
    if (scalar.kind === 'column') columns.push(scalar.name);
    else if (scalar.kind === 'call') scalar.args.forEach(visit);
  };
  args.forEach(visit);
  // count(x) counts rows, like count().
  if (name === 'count') return { name, type: 'long', args: [], columns };
  return { name, type: typeOf(node), args, columns };
}
