import { JsonNumber, parseJson, scalarOf, type Json } from './json.js';
import type { ScalarFunction } from './scalar-function.js';
import { stringOf } from './text.js';

/** Functions between text or plain values and dynamic ones. */

function typeName(value: Json | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof JsonNumber) return /[.eE]/.test(value.text) ? 'real' : 'long';
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'long' : 'real';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    default:
      return 'dictionary';
  }
}

/** Steps of a path such as `$.a['b'][0]`; undefined when it is none. */
function pathSteps(path: string): (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  const token = /\.([^.[\]]+)|\[\s*(?:(\d+)|'([^']*)'|"([^"]*)")\s*\]/y;
  if (!path.startsWith('$')) return undefined;
  for (token.lastIndex = 1; token.lastIndex < path.length;) {
    const match = token.exec(path);
    if (!match) return undefined;
    steps.push(match[2] !== undefined ? Number(match[2]) : (match[1] ?? match[3] ?? match[4])!);
  }
  return steps;
}

function follow(value: Json | undefined, steps: readonly (string | number)[]): Json | undefined {
  return steps.reduce<Json | undefined>((held, step) => {
    if (typeof step === 'number') return Array.isArray(held) ? (held as Json[])[step] : undefined;
    if (typeof held !== 'object' || held === null || Array.isArray(held) || held instanceof JsonNumber)
      return undefined;
    return Object.hasOwn(held, step) ? (held as Record<string, Json>)[step] : undefined;
  }, value);
}

function distinct(text: string): Set<string> {
  const held = parseJson(text);
  return new Set(Array.isArray(held) ? (held as Json[]).map((element) => JSON.stringify(element)) : []);
}

export const DYNAMIC_TEXT_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'gettype',
    nulls: 'own',
    doc: 'Name of the type of a value; of what a dynamic value holds.',
    evaluate: ([value], { argumentTypes: [type] }) =>
      type === 'dynamic' ? typeName(value === null ? null : parseJson(value as string)) : type!,
  },
  {
    name: 'extract_json',
    nulls: 'own',
    doc: 'The part of a JSON text at a path such as $.a.b[0], as a type.',
    evaluate: ([path, source], { argumentTypes, type }) => {
      const steps = pathSteps(path as string);
      const held = parseJson(stringOf(source!, argumentTypes[1]!));
      return scalarOf(steps && follow(held, steps), type);
    },
  },
  {
    name: 'jaccard_index',
    nulls: 'propagate',
    doc: 'Size of the intersection of two arrays over that of their union.',
    evaluate: ([a, b]) => {
      const [first, second] = [distinct(a as string), distinct(b as string)];
      const shared = [...first].filter((element) => second.has(element)).length;
      return shared / (first.size + second.size - shared);
    },
  },
];
