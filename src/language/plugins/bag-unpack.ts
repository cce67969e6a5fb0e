import { literal, use, type Assignment, type Scalar } from '../../plan/index.js';
import type { ColumnSchema, KustoType, KustoValue } from '../../values/index.js';
import { call } from '../calls-to.js';
import type { Table } from '../context.js';
import { projected } from '../operators/tables.js';
import { typed } from '../operators/sources.js';
import { columnsText } from '../schema.js';
import { TextNeeded } from '../text-needed.js';
import type { PluginCall } from './plugin.js';

export const BAG_UNPACK_PARAMETERS = ['OutputColumnPrefix', 'columnsConflict', 'ignoredProperties'];

const CONFLICTS = ['error', 'replace_source', 'keep_source'];

interface Options {
  readonly prefix: string;
  readonly conflict: string;
  readonly ignored: ReadonlySet<string>;
}

/** bag_unpack: properties of a bag as columns; the data tells which, unless the text has a schema. */
export function bagUnpack(plugin: PluginCall, schemaAt: number | undefined): Table {
  const bag = plugin.inputColumn(plugin.positional[0]);
  const options = optionsOf(plugin);
  const others = plugin.input.columns.filter((column) => column.id !== bag.id);
  if (schemaAt !== undefined) {
    const shape = plugin.scope.context.column('shape', 'dynamic');
    const value = call(plugin.node, 'bag_shape', [use(bag)], 'dynamic');
    const probe = {
      kind: 'aggregate' as const,
      input: plugin.input.relation,
      keys: [{ column: shape, value }],
      aggregates: [],
      columns: [shape],
    };
    throw new TextNeeded(schemaAt, (rows) => ` : ${columnsText(discovered(plugin, others, options, rows))}`, probe);
  }
  const items = plugin.results.map((result): Assignment => {
    const source = others.find((column) => column.name === result.name);
    if (source && options.conflict !== 'replace_source') return { column: source, value: use(source) };
    const key = literal('string', result.name.slice(options.prefix.length));
    const property: Scalar = call(plugin.node, 'element', [use(bag), key], 'dynamic');
    // A column that the bag does not replace stays.
    if (source && !result.name.startsWith(options.prefix)) return { column: source, value: use(source) };
    const value = typed(plugin.node, property, result.type);
    return { column: plugin.scope.context.column(result.name, result.type), value };
  });
  return projected(plugin.input, items);
}

function optionsOf(plugin: PluginCall): Options {
  let prefix = '';
  let conflict = 'error';
  let ignored = new Set<string>();
  const apply = (name: string, value: Scalar & { kind: 'literal' }): void => {
    if (name === 'OutputColumnPrefix') prefix = String(value.value);
    else if (name === 'columnsConflict') conflict = String(value.value);
    else ignored = new Set((JSON.parse(String(value.value ?? '[]')) as unknown[]).map(String));
  };
  // Optional arguments may come in order, or by name.
  plugin.positional.slice(1).forEach((node, i) => {
    const value = plugin.literal(node);
    apply(value.type === 'dynamic' ? 'ignoredProperties' : BAG_UNPACK_PARAMETERS[i]!, value);
  });
  for (const [name, node] of plugin.named) apply(name, plugin.literal(node));
  if (!CONFLICTS.includes(conflict)) throw plugin.error(`columnsConflict is one of ${CONFLICTS.join(', ')}.`);
  return { prefix, conflict, ignored };
}

/** Columns from the shapes of all bags: by name, of the type that all values of the name have, else dynamic. */
function discovered(
  plugin: PluginCall,
  others: readonly ColumnSchema[],
  options: Options,
  rows: readonly (readonly KustoValue[])[],
): ColumnSchema[] {
  const types = new Map<string, KustoType | undefined>();
  for (const [shape] of rows) {
    if (typeof shape !== 'string') continue;
    for (const [key, type] of JSON.parse(shape) as [string, KustoType | null][]) {
      const known = types.get(key);
      types.set(key, type === null ? known : known === undefined || known === type ? type : 'dynamic');
    }
  }
  const found = new Map(
    [...types]
      .filter(([key]) => !options.ignored.has(key))
      .map(([key, type]) => [options.prefix + key, type ?? ('dynamic' as const)] as const)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  );
  const result = others.map(({ name, type }) => {
    const property = found.get(name);
    if (property === undefined) return { name, type };
    if (options.conflict === 'error') {
      throw plugin.error(
        `the bag has a property '${name}', which is a column of the input already: use columnsConflict, or OutputColumnPrefix.`,
      );
    }
    found.delete(name);
    return { name, type: options.conflict === 'replace_source' ? property : type };
  });
  const columns = [...result, ...[...found].map(([name, type]) => ({ name, type }))];
  if (columns.length === 0) throw plugin.error('the bags have no properties, so that no column is left.');
  return columns;
}
