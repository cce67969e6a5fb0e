import { literal, use } from '../../plan/index.js';
import { bindScalar, bindTable, type Table } from '../context.js';
import { call, isTabular } from '../calls-to.js';
import { typed } from '../operators/sources.js';
import { kept, projected } from '../operators/tables.js';
import { kindOf, nameOf, spanOf } from '../syntax.js';
import { usesOf, type PluginCall } from './plugin.js';

export const narrow = (plugin: PluginCall): Table =>
  plugin.procedure({
    values: usesOf(plugin.input),
    args: { names: plugin.input.columns.map((column) => column.name) },
  });

/** rows_near(condition, rows before and after [, rows after]) */
export function rowsNear(plugin: PluginCall): Table {
  const [condition, before, after] = plugin.positional;
  const count = bindScalar(before!, plugin.scope);
  const table = plugin.procedure({
    values: [plugin.overRows(condition!), ...usesOf(plugin.input)],
    constants: [count, after ? bindScalar(after, plugin.scope) : count],
    columns: plugin.scope.context.columns(plugin.input.columns),
  });
  return { ...table, serialized: plugin.input.serialized ?? false };
}

export function schemaMerge(plugin: PluginCall): Table {
  const wanted = ['ColumnName', 'ColumnOrdinal', 'DataType', 'ColumnType'];
  const columns = wanted.map((name) => plugin.input.columns.find((column) => column.name === name));
  if (columns.some((column) => !column)) throw plugin.error('the input must be the result of getschema.');
  const preserve = plugin.given(0, 'PreserveOrder');
  return plugin.procedure({
    values: columns.map((column) => use(column!)),
    constants: [preserve ? bindScalar(preserve, plugin.scope) : literal('bool', true)],
  });
}

/** The number of rows: an estimate that is exact. */
export function estimateRowsCount({ input, scope, node, results }: PluginCall): Table {
  const [column] = scope.context.columns(results);
  const count = { name: 'count', type: 'long' as const, args: [], span: spanOf(node) };
  return {
    columns: [column!],
    relation: {
      kind: 'aggregate',
      input: input.relation,
      keys: [],
      aggregates: [{ column: column!, call: count }],
      columns: [column!],
    },
  };
}

/** dcount_intersect(hll, hll, …): the rows, and how many values the first, the first two, … share. */
export function dcountIntersect(plugin: PluginCall): Table {
  const { input, scope, node } = plugin;
  const shared = call(
    node,
    'hll_intersections',
    plugin.positional.map((one) => plugin.overRows(one)),
    'dynamic',
  );
  const counts = plugin.results.slice(input.columns.length).map(({ name }, i) => ({
    column: scope.context.column(name, 'long'),
    value: call(node, 'tuple_item', [shared, literal('long', BigInt(i))], 'long'),
  }));
  return projected(input, [...input.columns.map(kept), ...counts]);
}

/** ipv4_lookup(table, source key, lookup key [, extra keys…] [, return_unmatched]) */
export function ipLookup(plugin: PluginCall): Table {
  const [tableNode, sourceNode, keyNode, ...rest] = plugin.positional;
  if (!tableNode || !isTabular(tableNode, plugin.scope)) throw plugin.error('the first argument must be a table.');
  const table = bindTable(tableNode, plugin.scope);
  let unmatched = plugin.named.get('return_unmatched');
  const last = rest.at(-1);
  if (!unmatched && last && !(kindOf(last) === 'NameReference' && table.columns.some((c) => c.name === nameOf(last)))) {
    unmatched = rest.pop();
  }
  const sourceKeys = rest.map((node) => plugin.inputColumn(node));
  const tableKeys = rest.map((node) => plugin.inputColumn(node, table));
  const source = use(plugin.inputColumn(sourceNode));
  const key = use(plugin.inputColumn(keyNode, table));
  const others = table.columns.filter((column) => !tableKeys.some((other) => other.id === column.id));
  const converted = tableKeys.map((column, i) => typed(tableNode, use(column), sourceKeys[i]!.type));
  const result = plugin.procedure({
    values: [source, ...sourceKeys.map(use), ...usesOf(plugin.input)],
    constants: [unmatched ? bindScalar(unmatched, plugin.scope) : literal('bool', false)],
    more: [plugin.computed(table.relation, [key, ...converted, ...others.map(use)])],
    args: { extraKeys: sourceKeys.length },
  });
  if (plugin.name !== 'ipv6_lookup') return result;
  // ipv6_lookup answers with the lookup table's columns first.
  const width = plugin.input.columns.length;
  const columns = [...result.columns.slice(width), ...result.columns.slice(0, width)];
  return projected(result, columns.map(kept));
}
