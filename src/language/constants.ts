import type { Scalar } from '../plan/index.js';

/** The value of a condition over literals; undefined when it is not known when the query is bound. */
export function constantBool(scalar: Scalar): boolean | undefined {
  if (scalar.kind === 'literal') return typeof scalar.value === 'boolean' ? scalar.value : undefined;
  if (scalar.kind !== 'call') return undefined;
  const [left, right] = scalar.args;
  switch (scalar.name) {
    case 'not': {
      const held = constantBool(left!);
      return held === undefined ? undefined : !held;
    }
    case 'and':
    case 'or': {
      const [a, b] = [constantBool(left!), constantBool(right!)];
      if (a === undefined || b === undefined) return undefined;
      return scalar.name === 'and' ? a && b : a || b;
    }
    default:
      return compared(scalar.name, left, right);
  }
}

function compared(operator: string, left: Scalar | undefined, right: Scalar | undefined): boolean | undefined {
  if (left?.kind !== 'literal' || right?.kind !== 'literal' || left.value === null || right.value === null)
    return undefined;
  const [a, b] = [left.value, right.value];
  const numbers = [a, b].every((value) => typeof value === 'number' || typeof value === 'bigint');
  if (!numbers && typeof a !== typeof b) return undefined;
  switch (operator) {
    case '==':
      // A long and a real of the same value are equal: 1 == 1.0.
      return numbers ? !(a < b || a > b) : a === b;
    case '!=':
      return numbers ? a < b || a > b : a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return undefined;
  }
}
