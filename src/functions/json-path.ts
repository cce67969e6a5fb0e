import { isArray, isBag, type Json, type JsonBag } from './json.js';

/** Steps of a JSONPath: names of properties and indexes of elements. */
export type JsonPath = readonly (string | number)[];

const STEP = /\.([^.[\]'"\s]+)|\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\d+))\s*\]/y;

let lastText: string | undefined;
let lastPath: JsonPath | undefined;

/** Steps of `$.a['b c'][0]`; undefined when it is no path that Kusto knows (no wildcards, slices or recursion). */
export function parseJsonPath(text: string): JsonPath | undefined {
  if (text !== lastText) {
    lastText = text;
    lastPath = parse(text.trim());
  }
  return lastPath;
}

function parse(text: string): JsonPath | undefined {
  if (!text.startsWith('$')) return undefined;
  const path: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (!match) return undefined;
    const name = match[1] ?? (match[2] ?? match[3])?.replace(/\\(.)/g, '$1');
    if (match[1] === '*') return undefined;
    path.push(name ?? Number(match[4]));
  }
  return path;
}

/** What stands at a path; undefined when nothing does. */
export function atPath(value: Json | undefined, path: JsonPath): Json | undefined {
  for (const step of path) {
    if (typeof step === 'number') value = isArray(value) ? value[step] : undefined;
    else value = isBag(value) ? value.get(step) : undefined;
  }
  return value;
}

/** The path of a bag function's key: a JSONPath where it begins with `$`, else the name of a property of the root. */
export function keyPath(key: string): readonly string[] | undefined {
  const path = key.startsWith('$') ? parseJsonPath(key) : [key];
  return path?.every((step) => typeof step === 'string') ? path : undefined;
}

/** A copy of the bag in which the property at a path is set, or removed when the value is undefined. */
export function withProperty(bag: JsonBag, [name, ...rest]: readonly string[], value: Json | undefined): JsonBag {
  const copy = new Map(bag);
  if (name === undefined) return copy;
  if (rest.length > 0) {
    const inner = bag.get(name);
    if (isBag(inner)) copy.set(name, withProperty(inner, rest, value));
    else if (value !== undefined) copy.set(name, withProperty(new Map(), rest, value));
  } else if (value === undefined) copy.delete(name);
  else copy.set(name, value);
  return copy;
}
