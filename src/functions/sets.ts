import type { KustoValue } from '../values/index.js';
import { arrayOf } from './arrays.js';
import { canonicalJson, writeJson, type Json } from './json.js';
import type { ScalarFunction } from './scalar-function.js';

/** Arrays as sets: distinct elements in the order in which they first come. */

type Elements = ReadonlyMap<string, Json>;

function setsOf(args: readonly KustoValue[]): Elements[] | undefined {
  const sets: Elements[] = [];
  for (const arg of args) {
    const array = arrayOf(arg);
    if (!array) return undefined;
    const set = new Map<string, Json>();
    for (const element of array) {
      const key = canonicalJson(element);
      if (!set.has(key)) set.set(key, element);
    }
    sets.push(set);
  }
  return sets;
}

function setFunction(
  name: string,
  doc: string,
  combine: (sets: readonly Elements[]) => Iterable<Json>,
): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: (args) => {
      const sets = setsOf(args);
      return sets ? writeJson([...combine(sets)]) : null;
    },
  };
}

/** Elements of the first set that a test keeps. */
function kept(
  [first, ...others]: readonly Elements[],
  keep: (key: string, others: readonly Elements[]) => boolean,
): Json[] {
  return [...first!].filter(([key]) => keep(key, others)).map(([, element]) => element);
}

const intersection = (sets: readonly Elements[]): Json[] =>
  kept(sets, (key, others) => others.every((set) => set.has(key)));

function unionOf(sets: readonly Elements[]): Json[] {
  const all = new Map<string, Json>();
  for (const set of sets) for (const [key, element] of set) if (!all.has(key)) all.set(key, element);
  return [...all.values()];
}

export const SET_FUNCTIONS: readonly ScalarFunction[] = [
  setFunction('set_union', 'Elements that are in any of the arrays.', unionOf),
  setFunction('set_intersect', 'Elements that are in all of the arrays.', intersection),
  setFunction('set_difference', 'Elements of the first array that are in none of the others.', (sets) =>
    kept(sets, (key, others) => !others.some((set) => set.has(key))),
  ),
  {
    name: 'set_equals',
    nulls: 'propagate',
    doc: 'Whether arrays hold the same elements.',
    evaluate: (args) => {
      const sets = setsOf(args);
      if (!sets) return null;
      const [first, ...others] = sets as [Elements, ...Elements[]];
      return others.every((set) => set.size === first.size && [...set.keys()].every((key) => first.has(key)));
    },
  },
  {
    name: 'jaccard_index',
    nulls: 'propagate',
    doc: 'Size of the intersection of two sets, over the size of their union.',
    evaluate: (args) => {
      const sets = setsOf(args);
      return sets ? intersection(sets).length / unionOf(sets).length : null;
    },
  },
];
