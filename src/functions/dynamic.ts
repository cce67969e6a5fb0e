import type { KustoValue } from '../values/index.js';
import {
  dynamicOf,
  isArray,
  isBag,
  JsonNumber,
  jsonOf,
  numberOf,
  parseJson,
  realOf,
  scalarOf,
  writeJson,
  type Json,
} from './json.js';
import { atPath, parseJsonPath } from './json-path.js';
import type { ScalarFunction } from './scalar-function.js';
import { stringOf } from './text.js';

/** Reading and making dynamic values, held as JSON text. */

/** `['a']`, `['a'][0]`, …: every path once, elements of an array under one index. */
function pathsOf(value: Json, prefix: string, found: Set<string>): Set<string> {
  const children: [string, Json][] = isBag(value)
    ? [...value].map(([key, held]) => [`${prefix}['${key}']`, held])
    : isArray(value)
      ? value.map((held) => [`${prefix}[0]`, held])
      : [];
  for (const [path, held] of children) {
    found.add(path);
    pathsOf(held, path, found);
  }
  return found;
}

/** Name of the type of what a dynamic value holds. */
export function typeNameOf(value: Json): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  if (value instanceof JsonNumber) return value.isReal ? 'real' : 'long';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'real';
  if (typeof value === 'object') return 'dictionary';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

export const DYNAMIC_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'parse_json',
    nulls: 'propagate',
    doc: 'The value of JSON text; text that is no JSON is the value itself.',
    evaluate: ([value], { argumentTypes }) => {
      const type = argumentTypes[0]!;
      if (type === 'dynamic') return value!;
      if (type !== 'string') return dynamicOf(jsonOf(value!, type));
      if (value === '') return null;
      const held = parseJson(value as string);
      return dynamicOf(held === undefined ? (value as string) : held);
    },
  },
  {
    name: 'todynamic_value',
    nulls: 'propagate',
    doc: 'A value as a dynamic one (internal).',
    evaluate: ([value], { argumentTypes: [type] }) => (type === 'dynamic' ? value! : dynamicOf(jsonOf(value!, type!))),
  },
  {
    name: 'extract_json',
    nulls: 'own',
    doc: 'What stands at a JSONPath of a JSON text, as a value of a type.',
    evaluate: ([path, text], { type }) => {
      const steps = parseJsonPath(path as string);
      return scalarOf(steps && atPath(parseJson(text as string), steps), type);
    },
  },
  {
    name: 'dynamic_to_json',
    nulls: 'own',
    doc: 'JSON text of a value, the properties of bags in the order of their names.',
    evaluate: ([value], { argumentTypes }) => {
      if (argumentTypes[0] !== 'dynamic' || value === null) return stringOf(value!, argumentTypes[0]!);
      return sortedText(parseJson(value as string) ?? null);
    },
  },
  {
    name: 'gettype',
    nulls: 'own',
    doc: 'Name of the type of a value.',
    evaluate: ([value], { argumentTypes }) => {
      if (argumentTypes[0] !== 'dynamic') return argumentTypes[0]!;
      return value === null ? 'null' : typeNameOf(parseJson(value as string) ?? null);
    },
  },
  {
    name: 'treepath',
    nulls: 'propagate',
    doc: 'Paths of all that a value holds.',
    evaluate: ([value]) => writeJson([...pathsOf(parseJson(value as string) ?? null, '', new Set())]),
  },
  {
    name: 'element',
    nulls: 'propagate',
    doc: 'A property of a bag by name, or an element of an array by index (negative: from the end).',
    evaluate: ([container, key], { argumentTypes }) => {
      const held = parseJson(container as string);
      const by = jsonOf(key!, argumentTypes[1]!);
      if (isArray(held)) {
        const index = typeof by === 'boolean' ? Number(by) : numberOf(by);
        return dynamicOf(index === undefined ? undefined : held.at(index));
      }
      return dynamicOf(isBag(held) && typeof by === 'string' ? held.get(by) : undefined);
    },
  },
  {
    name: 'tuple_item',
    nulls: 'propagate',
    doc: 'One of the outputs of a function that has several (internal).',
    evaluate: ([tuple, index], { type }) => {
      const held = parseJson(tuple as string);
      return scalarOf(isArray(held) ? held[Number(index)] : undefined, type);
    },
  },
  {
    name: 'repeat',
    nulls: 'own',
    doc: 'An array that holds a value a number of times.',
    evaluate: ([value, count], { argumentTypes }) => {
      if (count === null || Number(count) < 0) return null;
      return writeJson(new Array<Json>(Math.min(Number(count), MAX_ELEMENTS)).fill(jsonOf(value!, argumentTypes[0]!)));
    },
  },
  {
    name: 'range',
    nulls: 'propagate',
    doc: 'An array of values from one to another, both included, with a step between them (1, or an hour).',
    evaluate: (args, { argumentTypes }) => {
      if (argumentTypes.includes('real') || argumentTypes.includes('decimal')) {
        const [from, to, step = 1] = args.map(Number) as [number, number, number?];
        return series(from, to, step, (i) => from + i * step, realOf);
      }
      const timed = argumentTypes[0] === 'datetime' || argumentTypes[0] === 'timespan';
      const [from, to, step = timed ? TICKS_PER_HOUR : 1n] = args.map((arg) => BigInt(arg as bigint)) as [
        bigint,
        bigint,
        bigint?,
      ];
      return series(
        from,
        to,
        step,
        (i) => from + BigInt(i) * step,
        (value) => jsonOf(value, timed ? argumentTypes[0]! : 'long'),
      );
    },
  },
];

/** Longest array of range() and repeat(). */
const MAX_ELEMENTS = 1_048_576;

const TICKS_PER_HOUR = 36_000_000_000n;

function series<T extends number | bigint>(
  from: T,
  to: T,
  step: T,
  at: (i: number) => T,
  json: (value: T) => Json,
): KustoValue {
  if (Number(step) === 0) return null;
  const up = step > 0;
  const values: Json[] = [];
  for (let i = 0, value = from; (up ? value <= to : value >= to) && i < MAX_ELEMENTS; value = at(++i))
    values.push(json(value));
  return writeJson(values);
}

function sortedText(value: Json): string {
  if (isArray(value)) return `[${value.map(sortedText).join(',')}]`;
  if (!isBag(value)) return writeJson(value);
  const pairs = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([key, held]) => `${JSON.stringify(key)}:${sortedText(held)}`).join(',')}}`;
}
