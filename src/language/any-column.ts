import { literal, use, type Column, type Scalar } from '../plan/index.js';
import { call } from './calls-to.js';
import type { SyntaxNode } from './parser.js';

/** A test of any column's text (of all columns' text where the test is a negation). */
export function anyColumn(
  node: SyntaxNode,
  columns: readonly Column[],
  test: (text: Scalar) => Scalar,
  negative = false,
): Scalar {
  const texts = columns.map((column): Scalar =>
    column.type === 'string' ? use(column) : call(node, 'tostring', [use(column)], 'string'),
  );
  return combined(node, texts.map(test), negative);
}

/** One test passes, or all of them where the test is a negation. */
export function combined(node: SyntaxNode, tests: readonly Scalar[], negative: boolean): Scalar {
  if (tests.length === 0) return literal('bool', negative);
  return tests.reduce((a, b) => call(node, negative ? 'and' : 'or', [a, b], 'bool'));
}
