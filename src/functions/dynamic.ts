import type { ScalarFunction } from './scalar-function.js';

/** Reading and making dynamic values, held as JSON text. */
export const DYNAMIC_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'element',
    nulls: 'propagate',
    doc: 'A property of a bag by name, or an element of an array by index (negative: from the end).',
    evaluate: ([container, key], { argumentTypes }) => {
      const held: unknown = JSON.parse(container as string);
      if (typeof held !== 'object' || held === null) return null;
      const found: unknown = Array.isArray(held)
        ? argumentTypes[1] === 'string' ? undefined : held.at(Number(key))
        : (held as Record<string, unknown>)[String(key)];
      return found === undefined || found === null ? null : JSON.stringify(found);
    },
  },
];
