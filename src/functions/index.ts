import { DYNAMIC_FUNCTIONS } from './dynamic.js';
import { MAKE_SERIES_FUNCTIONS } from './make-series.js';
import { TEXT_FUNCTIONS } from './text.js';
import type { ScalarFunction } from './scalar-function.js';

export type { FunctionCall, ScalarFunction } from './scalar-function.js';
export { isWindowFunction } from './windows.js';

/** Every function that has an evaluation of its own, by name. A new family is a line here. */
const FUNCTIONS: ReadonlyMap<string, ScalarFunction> = new Map(
  [...MAKE_SERIES_FUNCTIONS, ...TEXT_FUNCTIONS, ...DYNAMIC_FUNCTIONS].map((definition) => [
    definition.name,
    definition,
  ]),
);

export function scalarFunction(name: string): ScalarFunction | undefined {
  return FUNCTIONS.get(name);
}

export function scalarFunctions(): readonly ScalarFunction[] {
  return [...FUNCTIONS.values()];
}
