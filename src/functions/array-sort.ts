import { parseDatetime, parseGuid, parseTimespan, type KustoValue } from '../values/index.js';
import { arrayOf } from './arrays.js';
import { JsonNumber, numberOf, writeJson, type Json } from './json.js';
import type { FunctionCall, ScalarFunction } from './scalar-function.js';

/**
 * array_sort_asc and array_sort_desc: the first array is sorted, the others follow it. Several arrays yield an array of
 * the sorted ones, for `tuple_item` to take apart.
 */

/** Numbers, dates and spans come first, then text, then guids, then the rest; within a kind by value. */
interface SortKey {
  readonly kind: 0 | 1 | 2 | 3;
  readonly value: number | bigint | string;
}

function keyOf(element: Json): SortKey {
  if (element instanceof JsonNumber && !element.isReal) return { kind: 0, value: BigInt(element.text) };
  const number = numberOf(element);
  if (number !== undefined) return { kind: 0, value: number };
  if (typeof element !== 'string') return { kind: 3, value: writeJson(element) };
  if (/^\d{4}-\d\d-\d\dT/.test(element)) return timeKey(element, parseDatetime(element));
  if (/^-?(?:\d+\.)?\d\d:\d\d:\d\d/.test(element)) return timeKey(element, parseTimespan(element));
  if (element.length === 36 && parseGuid(element) !== undefined) return { kind: 2, value: element.toLowerCase() };
  return { kind: 1, value: element };
}

const timeKey = (text: string, ticks: bigint | undefined): SortKey =>
  ticks === undefined ? { kind: 1, value: text } : { kind: 0, value: ticks };

function compare(a: SortKey, b: SortKey): number {
  if (a.kind !== b.kind) return a.kind - b.kind;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

function sorted(args: readonly KustoValue[], call: FunctionCall, descending: boolean): KustoValue {
  const last = call.argumentTypes.length - 1;
  const flagged = last > 0 && call.argumentTypes[last] === 'bool';
  const nullsLast = flagged ? args[last] !== false : true;
  const arrays = (flagged ? args.slice(0, last) : args).map(arrayOf);
  const [first] = arrays;
  if (!first) return arrays.length === 1 ? null : writeJson(arrays.map(() => null));
  const keys = first.map((element) => (element === null ? undefined : keyOf(element)));
  const order = first.map((_, i) => i);
  order.sort((i, j) => {
    const [a, b] = [keys[i], keys[j]];
    if (a && b) return descending ? compare(b, a) : compare(a, b);
    if (!a && !b) return 0;
    return !a === nullsLast ? 1 : -1;
  });
  const results = arrays.map((array) => (array?.length === first.length ? order.map((i) => array[i]!) : null));
  return writeJson(results.length === 1 ? results[0]! : results);
}

const sort = (name: string, doc: string, descending: boolean): ScalarFunction => ({
  name,
  nulls: 'own',
  doc,
  evaluate: (args, call) => sorted(args, call, descending),
});

export const ARRAY_SORT_FUNCTIONS: readonly ScalarFunction[] = [
  sort('array_sort_asc', 'Arrays, ordered by the first of them.', false),
  sort('array_sort_desc', 'Arrays, ordered by the first of them, the greatest in front.', true),
];
