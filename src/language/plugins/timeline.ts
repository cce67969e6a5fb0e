import { literal, use, type Scalar } from '../../plan/index.js';
import { isTabular } from '../calls-to.js';
import { bindScalar, bindTable, type Table } from '../context.js';
import type { SyntaxNode } from '../parser.js';
import { kindOf, nameOf } from '../syntax.js';
import type { PluginCall } from './plugin.js';

/** Plugins over `id, time, constants…, dimensions…`: how many constants stand between. */
export const timelinePlugin =
  (constantCount: number) =>
  (plugin: PluginCall): Table => {
    const [id, time, ...rest] = plugin.positional;
    const dimensions = rest.slice(constantCount).map((node) => use(plugin.inputColumn(node)));
    return plugin.procedure({
      values: [plugin.overRows(id!), plugin.overRows(time!), ...dimensions],
      constants: rest.slice(0, constantCount).map((node) => bindScalar(node, plugin.scope)),
    });
  };

/** rolling_percentile(value, percentile, index, bin size, bins in a window, dimensions…) */
export function rollingPercentile(plugin: PluginCall): Table {
  const [value, percentile, index, size, bins, ...dimensions] = plugin.positional;
  return plugin.procedure({
    values: [
      plugin.overRows(value!),
      plugin.overRows(index!),
      ...dimensions.map((node) => use(plugin.inputColumn(node))),
    ],
    constants: [percentile!, size!, bins!].map((node) => bindScalar(node, plugin.scope)),
  });
}

/** new_activity_metrics(id, time, start, end, window [, cohort] [, dimensions…] [, lookback table]) */
export function newActivityMetrics(plugin: PluginCall): Table {
  const [id, time, start, end, window, ...rest] = plugin.positional;
  const tabular = rest.at(-1);
  const lookback = tabular && isTabular(tabular, plugin.scope) ? rest.pop() : undefined;
  const cohort = rest[0] && !isColumn(rest[0], plugin) ? rest.shift() : undefined;
  const constants: Scalar[] = [start!, end!, window!].map((node) => bindScalar(node, plugin.scope));
  const time0 = plugin.overRows(time!);
  const known = lookback && bindTable(lookback, plugin.scope);
  const idOfKnown = known && plugin.inputColumn(id, known);
  return plugin.procedure({
    values: [plugin.overRows(id!), time0, ...rest.map((node) => use(plugin.inputColumn(node)))],
    constants: [...constants, cohort ? bindScalar(cohort, plugin.scope) : literal(time0.type, null)],
    more: known && idOfKnown ? [plugin.computed(known.relation, [use(idOfKnown)])] : [],
  });
}

const isColumn = (node: SyntaxNode, plugin: PluginCall): boolean =>
  kindOf(node) === 'NameReference' && plugin.input.columns.some((column) => column.name === nameOf(node));
