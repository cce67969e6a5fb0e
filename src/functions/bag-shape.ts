import { isBag, parseJson, type Json } from './json.js';
import type { ScalarFunction } from './scalar-function.js';
import { typeNameOf } from './dynamic.js';

const COLUMN_TYPES: Readonly<Record<string, string>> = {
  bool: 'bool',
  long: 'long',
  real: 'real',
  string: 'string',
  datetime: 'datetime',
  timespan: 'timespan',
};

const columnType = (value: Json): string | null =>
  value === null ? null : (COLUMN_TYPES[typeNameOf(value)] ?? 'dynamic');

/** For bag_unpack: few distinct shapes stand for many bags. */
export const BAG_SHAPE: ScalarFunction = {
  name: 'bag_shape',
  nulls: 'propagate',
  doc: 'The names and column types of a bag as `[name, type]` pairs in the order of the names (internal).',
  evaluate: ([value]) => {
    const held = parseJson(value as string);
    if (!isBag(held)) return null;
    const pairs = [...held].map(([key, property]): [string, string | null] => [key, columnType(property)]);
    return JSON.stringify(pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  },
};
