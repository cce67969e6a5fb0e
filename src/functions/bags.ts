import type { KustoValue } from '../values/index.js';
import { arrayOf } from './arrays.js';
import { isBag, jsonOf, parseJson, writeJson, type Json, type JsonBag } from './json.js';
import { atPath, keyPath, withProperty } from './json-path.js';
import type { FunctionCall, ScalarFunction } from './scalar-function.js';

/** Functions over property bags. What is no bag gives null. */

function bagOf(value: KustoValue | undefined): JsonBag | undefined {
  if (value === null || value === undefined) return undefined;
  const held = parseJson(value as string);
  return isBag(held) ? held : undefined;
}

/** The properties of several bags; of a key that several have, the first value stays. */
function merged(bags: readonly JsonBag[]): JsonBag {
  const all = new Map<string, Json>();
  for (const bag of bags) for (const [key, held] of bag) if (!all.has(key)) all.set(key, held);
  return all;
}

/** Keys and values by turns; of a key that comes twice the last value counts. */
function packed(args: readonly KustoValue[], call: FunctionCall): Map<string, Json> {
  const bag = new Map<string, Json>();
  for (let i = 0; i + 1 < args.length; i += 2) {
    const key = jsonOf(args[i]!, call.argumentTypes[i]!);
    bag.set(typeof key === 'string' ? key : writeJson(key), jsonOf(args[i + 1]!, call.argumentTypes[i + 1]!));
  }
  return bag;
}

export const BAG_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'bag_pack',
    nulls: 'own',
    doc: 'A property bag of names and values.',
    evaluate: (args, call) => writeJson(packed(args, call)),
  },
  {
    name: 'bag_pack_without_nulls',
    nulls: 'own',
    doc: 'pack_all(true): a property bag without the values that are null or empty (internal).',
    evaluate: (args, call) => {
      const bag = packed(args, call);
      for (const [key, value] of bag) if (value === null || value === '') bag.delete(key);
      return writeJson(bag);
    },
  },
  {
    name: 'pack_array',
    nulls: 'own',
    doc: 'An array of values.',
    evaluate: (args, { argumentTypes }) => writeJson(args.map((arg, i) => jsonOf(arg, argumentTypes[i]!))),
  },
  {
    name: 'bag_keys',
    nulls: 'propagate',
    doc: 'Names of the properties of a bag.',
    evaluate: ([value]) => {
      const bag = bagOf(value);
      return bag ? writeJson([...bag.keys()]) : null;
    },
  },
  {
    name: 'bag_has_key',
    nulls: 'propagate',
    doc: 'Whether a bag has a property, by name or JSONPath.',
    evaluate: ([value, key]) => {
      const bag = bagOf(value);
      const path = keyPath(key as string);
      return bag !== undefined && path !== undefined && atPath(bag, path) !== undefined;
    },
  },
  {
    name: 'bag_merge',
    nulls: 'own',
    doc: 'One bag of the properties of several; the leftmost value counts.',
    evaluate: (args) => {
      const bags = args.map(bagOf).filter((bag) => bag !== undefined);
      return bags.length === 0 ? null : writeJson(merged(bags));
    },
  },
  {
    name: 'merge_bags',
    nulls: 'propagate',
    doc: 'The bags of an array as one, of a number of properties at most; the first value of a key stays (internal, make_bag).',
    evaluate: ([array, most]) => {
      const whole = merged((arrayOf(array) ?? []).filter(isBag));
      return writeJson(new Map([...whole].slice(0, Number(most))));
    },
  },
  {
    name: 'bag_remove_keys',
    nulls: 'propagate',
    doc: 'A bag without some properties, named by an array of names and JSONPaths.',
    evaluate: ([value, keys]) => {
      let bag = bagOf(value);
      const names = arrayOf(keys);
      if (!bag || !names) return null;
      for (const name of names) {
        const path = typeof name === 'string' ? keyPath(name) : undefined;
        if (path) bag = withProperty(bag, path, undefined);
      }
      return writeJson(bag);
    },
  },
  {
    name: 'bag_set_key',
    nulls: 'own',
    doc: 'A bag in which a property is set, by name or JSONPath.',
    evaluate: ([value, key, property], { argumentTypes }) => {
      const bag = bagOf(value);
      const path = keyPath(key as string);
      if (!bag || !path || path.length === 0) return null;
      return writeJson(withProperty(bag, path, jsonOf(property!, argumentTypes[2]!)));
    },
  },
  {
    name: 'bag_zip',
    nulls: 'own',
    doc: 'A bag of an array of names and an array of values; names that are no text are left out.',
    evaluate: ([keys, values]) => {
      const names = arrayOf(keys);
      if (!names) return null;
      const held = arrayOf(values) ?? [];
      const bag = new Map<string, Json>();
      names.forEach((name, i) => {
        if (typeof name === 'string') bag.set(name, held[i] ?? null);
      });
      return writeJson(bag);
    },
  },
];
