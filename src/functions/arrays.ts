import type { KustoType, KustoValue } from '../values/index.js';
import {
  canonicalJson,
  dynamicOf,
  isArray,
  jsonOf,
  numberOf,
  parseJson,
  scalarOf,
  writeJson,
  type Json,
} from './json.js';
import { lastValue } from './last-value.js';
import type { FunctionCall, ScalarFunction } from './scalar-function.js';

/** Functions over arrays. What is no array gives null, unless said otherwise. */

/** The array in an argument of type dynamic. */
export function arrayOf(value: KustoValue | undefined): readonly Json[] | undefined {
  if (value === null || value === undefined) return undefined;
  const held = parseJson(value as string);
  return isArray(held) ? held : undefined;
}

function overArray(
  name: string,
  doc: string,
  evaluate: (array: readonly Json[], args: readonly KustoValue[], call: FunctionCall) => Json,
): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc,
    evaluate: (args, call) => {
      const array = arrayOf(args[0]);
      return array ? dynamicOf(evaluate(array, args, call)) : null;
    },
  };
}

/** Index that may count from the end. */
const fromEnd = (index: number, length: number): number => (index < 0 ? length + index : index);

function rotated(array: readonly Json[], left: number): readonly Json[] {
  if (array.length === 0) return array;
  const start = ((left % array.length) + array.length) % array.length;
  return [...array.slice(start), ...array.slice(0, start)];
}

function shifted(array: readonly Json[], left: number, filling: Json): readonly Json[] {
  return array.map((_, i) => {
    const source = i + left;
    return source >= 0 && source < array.length ? array[source]! : filling;
  });
}

/** What fills the places of shifted elements: the third argument, else null, or the empty string among strings. */
function fillingOf(array: readonly Json[], args: readonly KustoValue[], call: FunctionCall): Json {
  if (args.length > 2) return jsonOf(args[2]!, call.argumentTypes[2]!);
  return array.length > 0 && array.every((element) => typeof element === 'string') ? '' : null;
}

const shift = (name: string, doc: string, direction: 1 | -1): ScalarFunction => ({
  ...overArray(name, doc, (array, args, call) =>
    shifted(array, direction * Number(args[1]), fillingOf(array, args, call)),
  ),
  nulls: 'own',
});

function split(array: readonly Json[], at: Json): Json {
  const indexes = (isArray(at) ? at : [at]).map((index) => fromEnd(numberOf(index) ?? 0, array.length));
  let start = 0;
  const parts = indexes.map((index) => {
    const end = Math.min(Math.max(index, start), array.length);
    const part = array.slice(start, end);
    start = end;
    return part;
  });
  return [...parts, array.slice(start)];
}

/** Tells whether an element equals a value of another type: dates, spans and guids are text inside of arrays. */
/** What `in` searches, most often the same in every row. */
const searched = lastValue((text) => parseJson(text) ?? null);

function equals(value: KustoValue, type: KustoType): (element: Json) => boolean {
  if (type === 'datetime' || type === 'timespan' || type === 'guid' || type === 'decimal') {
    return (element) => scalarOf(element, type) === value;
  }
  const wanted = canonicalJson(jsonOf(value, type));
  return (element) => canonicalJson(element) === wanted;
}

function indexOf(array: readonly Json[], args: readonly KustoValue[], type: KustoType): bigint | null {
  const [start, length, occurrence] = [args[2] ?? 0, args[3] ?? -1, args[4] ?? 1].map(Number) as [
    number,
    number,
    number,
  ];
  if (occurrence < 0 || length < -1) return null;
  const same = equals(args[1]!, type);
  const first = Math.max(fromEnd(start, array.length), 0);
  const end = length === -1 ? array.length : Math.min(first + length, array.length);
  let left = occurrence;
  for (let i = first; i < end; i++) if (same(array[i]!) && --left === 0) return BigInt(i);
  return -1n;
}

export const ARRAY_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'array_length',
    nulls: 'propagate',
    doc: 'Number of elements of an array.',
    evaluate: ([value]) => {
      const array = arrayOf(value);
      return array ? BigInt(array.length) : null;
    },
  },
  {
    name: 'strcat_array',
    nulls: 'propagate',
    doc: "Text of an array's elements, with a delimiter between them.",
    evaluate: ([array, delimiter]) =>
      (arrayOf(array) ?? []).map((element) => scalarOf(element, 'string')).join(delimiter as string),
  },
  {
    name: 'array_iff',
    nulls: 'own',
    doc: 'Elements of one array or of another, as an array of conditions says.',
    evaluate: (args, { argumentTypes }) => {
      const conditions = arrayOf(args[0]);
      if (!conditions) return null;
      const [whenTrue, whenFalse] = [1, 2].map((i) => jsonOf(args[i]!, argumentTypes[i]!)) as [Json, Json];
      const pick = (from: Json, i: number): Json => (isArray(from) ? (from[i] ?? null) : from);
      return writeJson(
        conditions.map((condition, i) => {
          const test = typeof condition === 'boolean' ? Number(condition) : numberOf(condition);
          return test === undefined ? null : pick(test === 0 ? whenFalse : whenTrue, i);
        }),
      );
    },
  },
  {
    name: 'array_concat',
    nulls: 'own',
    doc: 'One array of the elements of several; what is no array adds nothing.',
    evaluate: (args) => writeJson(args.flatMap((arg) => arrayOf(arg) ?? [])),
  },
  overArray('array_reverse', 'The elements in reverse order.', (array) => [...array].reverse()),
  overArray('array_rotate_left', 'The elements, moved around to the left.', (array, args) =>
    rotated(array, Number(args[1])),
  ),
  overArray('array_rotate_right', 'The elements, moved around to the right.', (array, args) =>
    rotated(array, -Number(args[1])),
  ),
  shift('array_shift_left', 'The elements, moved to the left.', 1),
  shift('array_shift_right', 'The elements, moved to the right.', -1),
  overArray(
    'array_slice',
    'The elements from an index to another, both included; negative ones count from the end.',
    (array, args) => {
      const [start, end] = [args[1], args[2]].map((index) => fromEnd(Number(index), array.length)) as [number, number];
      return array.slice(Math.max(start, 0), Math.max(end + 1, 0));
    },
  ),
  overArray('array_split', 'The array cut at an index, or at several.', (array, args, call) =>
    split(array, jsonOf(args[1]!, call.argumentTypes[1]!)),
  ),
  {
    name: 'array_sum',
    nulls: 'propagate',
    doc: 'Sum of numbers; null when there is none, or when an element is something else.',
    evaluate: ([value]) => {
      const numbers = arrayOf(value)?.map(numberOf);
      if (!numbers || numbers.length === 0 || numbers.includes(undefined)) return null;
      return (numbers as number[]).reduce((sum, number) => sum + number, 0);
    },
  },
  {
    name: 'array_index_of',
    nulls: 'propagate',
    doc: 'Index of an element, -1 when it is not there.',
    evaluate: (args, { argumentTypes }) => {
      const array = arrayOf(args[0]);
      return array ? indexOf(array, args, argumentTypes[1]!) : null;
    },
  },
  {
    name: 'set_has_element',
    nulls: 'propagate',
    doc: 'Whether an array holds a value.',
    evaluate: ([value, element], { argumentTypes }) =>
      arrayOf(value)?.some(equals(element!, argumentTypes[1]!)) ?? null,
  },
  {
    name: 'in_array',
    nulls: 'propagate',
    doc: 'Whether a value is an element of an array, or equal to what is no array (internal, `in`).',
    evaluate: ([value, element], { argumentTypes }) => {
      const held = searched(value as string);
      return (isArray(held) ? held : [held]).some(equals(element!, argumentTypes[1]!));
    },
  },
  {
    name: 'zip',
    nulls: 'own',
    doc: 'An array of the first elements of several arrays, one of the second ones, and so on.',
    evaluate: (args) => {
      const arrays = args.map(arrayOf);
      if (arrays.includes(undefined)) return null;
      const count = Math.max(...arrays.map((array) => array!.length));
      return writeJson(Array.from({ length: count }, (_, i) => arrays.map((array) => array![i] ?? null)));
    },
  },
];
