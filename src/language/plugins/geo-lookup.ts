import { literal, use } from '../../plan/index.js';
import { isTabular } from '../calls-to.js';
import { bindScalar, bindTable, type Table } from '../context.js';
import type { PluginCall } from './plugin.js';

export const GEO_LOOKUP_PARAMETERS = [
  'radius',
  'Radius',
  'return_unmatched',
  'lookup_area_radius',
  'return_lookup_key',
] as const;

/** geo_polygon_lookup(table, shape, longitude, latitude [, radius] [, return_unmatched] [, …] [, return_lookup_key]) */
export function geoLookup(plugin: PluginCall): Table {
  const [tableNode, shapeNode, longitude, latitude] = plugin.positional;
  if (!tableNode || !isTabular(tableNode, plugin.scope)) throw plugin.error('the first argument must be a table.');
  const table = bindTable(tableNode, plugin.scope);
  const shape = plugin.inputColumn(shapeNode, table);
  const radius = plugin.given(4, 'radius') ?? plugin.named.get('Radius');
  const unmatched = plugin.given(5, 'return_unmatched');
  const keyNode = plugin.given(7, 'return_lookup_key');
  const withKey = keyNode !== undefined && plugin.literal(keyNode).value === true;
  // The radius of the lookup area (7th) only steers the reference's search.
  const others = withKey ? table.columns : table.columns.filter((column) => column.id !== shape.id);
  if (plugin.results.length !== plugin.input.columns.length + others.length) {
    throw plugin.refused('this combination of arguments');
  }
  return plugin.procedure({
    values: [use(plugin.inputColumn(longitude)), use(plugin.inputColumn(latitude)), ...plugin.input.columns.map(use)],
    constants: [
      radius ? bindScalar(radius, plugin.scope) : literal('real', null),
      unmatched ? bindScalar(unmatched, plugin.scope) : literal('bool', false),
    ],
    more: [plugin.computed(table.relation, [use(shape), ...others.map(use)])],
  });
}
