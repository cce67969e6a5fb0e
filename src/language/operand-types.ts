import { KustoError } from '../errors/index.js';
import type { Scalar } from '../plan/index.js';
import type { KustoType } from '../values/index.js';
import type { SyntaxNode } from './parser.js';
import { spanOf } from './syntax.js';

/** Which operands an operator takes, where the official binder lets more pass than the reference engine does. */

const COMPARISONS = new Set(['==', '!=', '<>', '<', '<=', '>', '>=']);
const ARITHMETIC = new Set(['+', '-', '*', '/', '%']);

const NUMBERS: ReadonlySet<KustoType> = new Set(['bool', 'int', 'long', 'real', 'decimal']);
const isTime = (type: KustoType): boolean => type === 'datetime' || type === 'timespan';

/** Source: the page on datetime and timespan arithmetic, and the remainders and quotients that bin() is made of. */
const TIME_ARITHMETIC = new Set([
  'datetime-datetime',
  'datetime+timespan',
  'datetime-timespan',
  'datetime/timespan',
  'datetime%timespan',
  'timespan+datetime',
  'timespan+timespan',
  'timespan-timespan',
  'timespan/timespan',
  'timespan%timespan',
]);

function calculates(operator: string, a: KustoType, b: KustoType): boolean {
  if (!isTime(a) && !isTime(b)) return true;
  // Beside a date or a span a dynamic value is one too.
  if (/^[-+]$/.test(operator) && (a === 'dynamic' || b === 'dynamic')) return true;
  if (operator === '*') return (a === 'timespan' && NUMBERS.has(b)) || (b === 'timespan' && NUMBERS.has(a));
  return TIME_ARITHMETIC.has(`${a}${operator}${b}`) || (operator === '/' && a === 'timespan' && NUMBERS.has(b));
}

function compares(a: KustoType, b: KustoType): boolean {
  if (a === b || a === 'dynamic' || b === 'dynamic' || (NUMBERS.has(a) && NUMBERS.has(b))) return true;
  return [a, b].every((type) => type === 'guid' || type === 'string');
}

const WIDTHS: readonly KustoType[] = ['bool', 'int', 'long', 'real', 'decimal'];

/** The type in which values of two types are looked for among each other. @throws KustoError SEM0001 when there is none */
export function comparedType(node: SyntaxNode, a: KustoType, b: KustoType): KustoType {
  if (a === b || b === 'dynamic') return a;
  if (a === 'dynamic') return b;
  if (!compares(a, b)) {
    const message = `Values of the types ${a} and ${b} cannot be compared. Convert one of them.`;
    throw new KustoError('SEM0001', message, { span: spanOf(node) });
  }
  return NUMBERS.has(a) ? WIDTHS[Math.max(WIDTHS.indexOf(a), WIDTHS.indexOf(b))]! : 'guid';
}

/** @throws KustoError SEM0001 or SEM0064 where the reference engine asks for a conversion */
export function requireOperands(node: SyntaxNode, operator: string, [left, right]: readonly [Scalar, Scalar]): void {
  const [a, b] = [left.type, right.type];
  const isComparison = COMPARISONS.has(operator);
  if (!isComparison && !ARITHMETIC.has(operator)) return;
  const refuse = (message: string, code: 'SEM0001' | 'SEM0064' = 'SEM0001'): never => {
    throw new KustoError(code, message, { span: spanOf(node) });
  };
  // The reference compares and computes with a dynamic value by the type of the other operand.
  if (a === 'dynamic' && b === 'dynamic')
    refuse(
      `'${operator}' cannot be applied to two values of type dynamic. Convert one with tostring(), tolong() or their like.`,
      isComparison ? 'SEM0001' : 'SEM0064',
    );
  if (isComparison && !compares(a, b))
    refuse(`Values of the types ${a} and ${b} cannot be compared. Convert one of them.`);
  if (!isComparison && !calculates(operator, a, b))
    refuse(`'${operator}' cannot be applied to values of the types ${a} and ${b}. Convert one of them.`);
}
