import { DATETIME_FUNCTIONS } from './datetimes.js';
import { DYNAMIC_FUNCTIONS } from './dynamic.js';
import { ENCODING_FUNCTIONS } from './encodings.js';
import { GEO_FUNCTIONS } from './geo/index.js';
import { HASH_FUNCTIONS } from './hashes.js';
import { MATH_FUNCTIONS } from './mathematics.js';
import { PARSE_FUNCTIONS } from './parse-patterns.js';
import { SERIES_FUNCTIONS } from './series/index.js';
import { STRING_FUNCTIONS } from './strings.js';
import { TEXT_PARSING_FUNCTIONS } from './text-parsing.js';
import { MAKE_SERIES_FUNCTIONS } from './make-series.js';
import { TEXT_FUNCTIONS } from './text.js';
import { UNIT_FUNCTIONS } from './units.js';
import { XML_FUNCTIONS } from './xml.js';
import type { ScalarFunction } from './scalar-function.js';
import { ARRAY_FUNCTIONS } from './arrays.js';
import { ARRAY_SORT_FUNCTIONS } from './array-sort.js';
import { BAG_FUNCTIONS } from './bags.js';
import { SET_FUNCTIONS } from './sets.js';
import { IP_FUNCTIONS } from './ip.js';
import { IP_SEARCH_FUNCTIONS } from './ip-search.js';
import { BAG_SHAPE } from './bag-shape.js';
import { BUILD_SCHEMA } from './buildschema.js';
import { HLL_FUNCTIONS } from './hll.js';
import { TDIGEST_FUNCTIONS } from './tdigest.js';

export type { KeyValueOptions } from './key-values.js';
export { isArray, JsonNumber, parseJson, scalarOf, type Json } from './json.js';
export type { FunctionCall, ScalarFunction } from './scalar-function.js';
export { formatPieces } from './datetime-format.js';
export { plainPattern } from './parse-patterns.js';
export { PERIOD_TICKS } from './datetimes.js';
export { asciiRe2 } from './regex.js';
export { elementsOf } from './strings.js';
export { isWindowFunction } from './windows.js';

/** Every function that has an evaluation of its own, by name. A new family is a line here. */
const FAMILIES: readonly (readonly ScalarFunction[])[] = [
  MAKE_SERIES_FUNCTIONS,
  TEXT_FUNCTIONS,
  DYNAMIC_FUNCTIONS,
  ARRAY_FUNCTIONS,
  ARRAY_SORT_FUNCTIONS,
  BAG_FUNCTIONS,
  SET_FUNCTIONS,
  IP_FUNCTIONS,
  IP_SEARCH_FUNCTIONS,
  [BAG_SHAPE, BUILD_SCHEMA],
  TDIGEST_FUNCTIONS,
  HLL_FUNCTIONS,
  STRING_FUNCTIONS,
  TEXT_PARSING_FUNCTIONS,
  PARSE_FUNCTIONS,
  ENCODING_FUNCTIONS,
  HASH_FUNCTIONS,
  DATETIME_FUNCTIONS,
  MATH_FUNCTIONS,
  UNIT_FUNCTIONS,
  XML_FUNCTIONS,
  SERIES_FUNCTIONS,
  GEO_FUNCTIONS,
];

const FUNCTIONS = byName(FAMILIES);

/** Two definitions of one name are an error: the later would stand for the earlier without a word. */
export function byName(families: readonly (readonly ScalarFunction[])[]): ReadonlyMap<string, ScalarFunction> {
  const found = new Map<string, ScalarFunction>();
  for (const definition of families.flat()) {
    if (found.has(definition.name)) throw new Error(`The function ${definition.name}() is defined twice.`);
    found.set(definition.name, definition);
  }
  return found;
}

export function scalarFunction(name: string): ScalarFunction | undefined {
  return FUNCTIONS.get(name);
}

export function scalarFunctions(): readonly ScalarFunction[] {
  return [...FUNCTIONS.values()];
}
