import { JsonNumber, parseJson, scalarOf, writeJson, type Json } from './json.js';
import type { ScalarFunction } from './scalar-function.js';

/** Reading and making dynamic values, held as JSON text. */
export const DYNAMIC_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'element',
    nulls: 'propagate',
    doc: 'A property of a bag by name, or an element of an array by index (negative: from the end).',
    evaluate: ([container, key], { argumentTypes }) => {
      const held = parseJson(container as string);
      if (Array.isArray(held))
        return argumentTypes[1] === 'string' ? null : scalarOf(held.at(Number(key)) as Json, 'dynamic');
      if (typeof held !== 'object' || held === null || held instanceof JsonNumber) return null;
      return scalarOf((held as Record<string, Json>)[String(key)], 'dynamic');
    },
  },
  {
    name: 'tuple_item',
    nulls: 'propagate',
    doc: 'One of the outputs of a function that has several (internal).',
    evaluate: ([tuple, index], { type }) => {
      const held = parseJson(tuple as string);
      return Array.isArray(held) ? scalarOf(held[Number(index)] as Json, type) : type === 'string' ? '' : null;
    },
  },
  {
    name: 'merge_bags',
    nulls: 'propagate',
    doc: 'The bags of an array as one; the first value of a key stays (internal, make_bag).',
    evaluate: ([array]) => {
      const merged = new Map<string, Json>();
      for (const bag of parseJson(array as string) as readonly Json[]) {
        if (!isBag(bag)) continue;
        for (const [key, held] of Object.entries(bag)) if (!merged.has(key)) merged.set(key, held);
      }
      return writeJson(Object.fromEntries(merged));
    },
  },
];

export function isBag(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}
