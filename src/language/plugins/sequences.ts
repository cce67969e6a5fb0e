import { use } from '../../plan/index.js';
import { typeOf } from '../calls-to.js';
import { bindScalar, type Table } from '../context.js';
import { kindOf, part } from '../syntax.js';
import type { PluginCall } from './plugin.js';

type Neighbour = 'prev' | 'next';

/** funnel_sequence(id, time, start, end, step window, step, state, sequence): the table that these neighbours tell apart. */
export function funnelSequence(plugin: PluginCall, neighbours: readonly Neighbour[] = ['prev', 'next']): Table {
  const [id, time, start, end, window, step, state, sequence] = plugin.positional;
  const columns = plugin.results.filter(
    ({ name }, i) => i === 0 || !['prev', 'next'].includes(name) || neighbours.includes(name as Neighbour),
  );
  return plugin.procedure({
    values: [plugin.overRows(id!), plugin.overRows(time!), use(plugin.inputColumn(state))],
    constants: [start!, end!, window!, step!, sequence!].map((node) => bindScalar(node, plugin.scope)),
    args: { neighbours },
    columns: plugin.scope.context.columns(columns),
  });
}

/** funnel_sequence_completion(id, time, start, end, bin, state, sequence, periods) */
export function funnelSequenceCompletion(plugin: PluginCall): Table {
  const [id, time, start, end, bin, state, sequence, periods] = plugin.positional;
  if (typeOf(time!) !== 'datetime' && typeOf(time!) !== 'timespan') {
    throw plugin.refused('a timeline of numbers (periods are timespans)', time);
  }
  return plugin.procedure({
    values: [plugin.overRows(id!), plugin.overRows(time!), use(plugin.inputColumn(state))],
    constants: [start!, end!, bin!, sequence!, periods!].map((node) => bindScalar(node, plugin.scope)),
  });
}

/** sequence_detect(time, step window, span, conditions…, dimensions…) */
export function sequenceDetect(plugin: PluginCall): Table {
  const [time, window, span, ...rest] = plugin.positional;
  if (typeOf(time!) !== 'datetime' && typeOf(time!) !== 'timespan') {
    throw plugin.refused('a timeline of numbers (the duration is a timespan)', time);
  }
  const firstDimension = rest.findIndex((node) => typeOf(node) !== 'bool');
  const steps = firstDimension < 0 ? rest.length : firstDimension;
  const valueOf = (node: (typeof rest)[number]): typeof node =>
    kindOf(node) === 'SimpleNamedExpression' ? part(node, 'Expression') : node;
  return plugin.procedure({
    values: [time!, ...rest.map(valueOf)].map((node) => plugin.overRows(node)),
    constants: [window!, span!].map((node) => bindScalar(node, plugin.scope)),
    args: { steps },
  });
}
