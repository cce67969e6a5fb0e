import { literal, type Column, type Scalar } from '../../plan/index.js';
import { call } from '../calls-to.js';
import { bindScalar, type Table } from '../context.js';
import { typed } from '../operators/sources.js';
import type { SyntaxNode } from '../parser.js';
import { kindOf } from '../syntax.js';
import { usesOf, type PluginCall } from './plugin.js';

/** autocluster([size weight, weight column, seeds, wildcards…]) and basket([threshold, weight column, dimensions, wildcards…]) */
export function segments(plugin: PluginCall): Table {
  const [first, weight, second, ...wildcards] = plugin.positional;
  return patterns(plugin, weight, [], literal('long', 0n), [first, second, ...wildcards]);
}

/** diffpatterns(split column, value A, value B [, weight column, threshold, dimensions, wildcards…]) */
export function diffPatterns(plugin: PluginCall): Table {
  const [split, a, b, weight, ...settings] = plugin.positional;
  const column = plugin.inputColumn(split);
  const value = typed(split!, { kind: 'column', type: column.type, id: column.id, name: column.name }, 'string');
  const is = (node: SyntaxNode): Scalar => call(plugin.node, '==', [value, bindScalar(node, plugin.scope)], 'bool');
  const side = call(
    plugin.node,
    'case',
    [is(a!), literal('long', 0n), is(b!), literal('long', 1n), literal('long', null)],
    'long',
  );
  return patterns(plugin, weight, [column], side, [settings[0], settings[1], ...settings.slice(2)]);
}

function patterns(
  plugin: PluginCall,
  weightNode: SyntaxNode | undefined,
  apart: readonly Column[],
  side: Scalar,
  constants: readonly (SyntaxNode | undefined)[],
): Table {
  const { input } = plugin;
  const weight = isDefault(plugin, weightNode) ? undefined : plugin.inputColumn(weightNode);
  if (weight && !['int', 'long', 'real', 'decimal'].includes(weight.type)) {
    throw plugin.error(`the weight column '${weight.name}' must be numeric.`, weightNode);
  }
  const dimensions = input.columns.flatMap((column, place) =>
    column.id === weight?.id || apart.some(({ id }) => id === column.id) ? [] : [place],
  );
  if (dimensions.length === 0) throw plugin.error('the input has no column to look for patterns in.');
  const rowWeight: Scalar = weight
    ? { kind: 'column', type: weight.type, id: weight.id, name: weight.name }
    : literal('long', 1n);
  return plugin.procedure({
    values: [rowWeight, side, ...usesOf(input)],
    constants: constants.map((node) =>
      isDefault(plugin, node) ? literal('real', null) : bindScalar(node!, plugin.scope),
    ),
    args: { dimensions },
  });
}

/** The text "~" stands for an argument's default. */
const isDefault = (plugin: PluginCall, node: SyntaxNode | undefined): boolean =>
  !node || (kindOf(node) !== 'NameReference' && isTilde(bindScalar(node, plugin.scope)));

const isTilde = (value: Scalar): boolean => value.kind === 'literal' && value.value === '~';

/** diffpatterns_text(text column, condition [, least tokens, threshold, most tokens]) */
export function diffPatternsText(plugin: PluginCall): Table {
  const [text, condition, ...settings] = plugin.positional;
  return plugin.procedure({
    values: [typed(text!, plugin.overRows(text!), 'string'), plugin.overRows(condition!)],
    constants: [0, 1, 2].map((i) =>
      isDefault(plugin, settings[i]) ? literal('real', null) : bindScalar(settings[i]!, plugin.scope),
    ),
  });
}
