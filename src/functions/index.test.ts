import { expect, it } from 'vitest';
import { byName } from './index.js';
import type { ScalarFunction } from './scalar-function.js';

it('a name that two families define keeps the process from starting', () => {
  const twice: ScalarFunction = { name: 'f', nulls: 'own', doc: 'Test.', evaluate: () => null };
  expect(() => byName([[twice], [{ ...twice }]])).toThrow('f()');
  expect(byName([[twice]]).get('f')).toBe(twice);
});
