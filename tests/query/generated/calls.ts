import fc from 'fast-check';
import { KUSTO_TYPES, type KustoType } from '../../../src/values/index.js';
import { LITERALS } from './literals.js';
import type { Parameter, Signature } from './signatures.js';

type Draw = fc.GeneratorValue;

export const oneOf = <T>(draw: Draw, items: readonly T[]): T => items[draw(fc.nat, { max: items.length - 1 })]!;
export const chance = (draw: Draw, percent: number): boolean => draw(fc.integer, { min: 0, max: 99 }) < percent;
export const upTo = (draw: Draw, min: number, max: number): number => draw(fc.integer, { min, max });
export const several = <T>(draw: Draw, min: number, max: number, make: (i: number) => T): T[] =>
  Array.from({ length: upTo(draw, min, max) }, (_, i) => make(i));

/** An argument on several rows: the same literal on all, or one a row. */
export interface Argument {
  readonly type: KustoType;
  readonly constant: boolean;
  readonly literals: readonly string[];
}

export interface Call {
  readonly name: string;
  readonly args: readonly Argument[];
  readonly rows: number;
  write(args: readonly string[]): string;
}

const ANYTHING: Parameter = { types: KUSTO_TYPES, constant: false, likely: [] };

export function typeOfLiteral(literal: string): KustoType {
  if (/^["']/.test(literal)) return 'string';
  if (literal.startsWith('dynamic')) return 'dynamic';
  return literal.includes('.') ? 'real' : 'long';
}

/** Literals for a parameter: what it is made for, values of a type that it takes, or of any other one. */
export function argument(draw: Draw, parameter: Parameter | undefined, rows: number): Argument {
  const { types, constant: fixed, likely } = parameter ?? ANYTHING;
  const constant = fixed || chance(draw, 25);
  let type = oneOf(draw, chance(draw, 88) ? types : KUSTO_TYPES);
  let pool = LITERALS[type];
  if (likely.length > 0 && chance(draw, 60)) {
    type = typeOfLiteral(oneOf(draw, likely));
    pool = likely.filter((literal) => typeOfLiteral(literal) === type);
  }
  const first = oneOf(draw, pool);
  const literals = Array.from({ length: rows }, (_, r) => (constant || r === 0 ? first : oneOf(draw, pool)));
  return { type, constant, literals };
}

function callOf(draw: Draw, signature: Signature, write: Call['write']): Call {
  const rows = upTo(draw, 1, 5);
  const args = several(draw, signature.least, signature.most, (i) =>
    argument(draw, signature.parameters[Math.min(i, signature.parameters.length - 1)], rows),
  );
  return { name: signature.name, args, rows, write };
}

/** A call of one of these functions, with arguments for several rows. */
export const calls = (signatures: readonly Signature[]): fc.Arbitrary<Call> =>
  fc.gen().map((draw) => {
    const signature = oneOf(draw, signatures);
    return callOf(draw, signature, (args) => `${signature.name}(${args.join(', ')})`);
  });

const BINARY = ['+', '-', '*', '/', '%', '==', '!=', '<>', '<', '<=', '>', '>=', '=~', '!~', 'and', 'or'];
const TEXT = ['has', 'contains', 'startswith', 'endswith', 'hasprefix', 'hassuffix'].flatMap((o) => [
  o,
  `!${o}`,
  `${o}_cs`,
  `!${o}_cs`,
]);
const LISTS = ['in', '!in', 'in~', '!in~', 'has_any', 'has_all'];

interface Form {
  readonly arity: number;
  readonly write: Call['write'];
  readonly types?: readonly KustoType[];
}

const NUMBERS: readonly KustoType[] = ['int', 'long', 'real', 'decimal'];
const TIMES: readonly KustoType[] = ['datetime', 'timespan'];
const FORMS: Readonly<Record<string, Form>> = {
  ...Object.fromEntries(
    [...BINARY, 'matches regex'].map((o) => [o, { arity: 2, write: ([a, b]) => `${a} ${o} ${b}` }]),
  ),
  ...Object.fromEntries(
    BINARY.slice(0, 12).flatMap((o): [string, Form][] => [
      [`${o} of numbers`, { arity: 2, types: NUMBERS, write: ([a, b]) => `${a} ${o} ${b}` }],
      [`${o} of times`, { arity: 2, types: TIMES, write: ([a, b]) => `${a} ${o} ${b}` }],
    ]),
  ),
  ...Object.fromEntries(
    TEXT.map((o) => [o, { arity: 2, types: ['string', 'dynamic'], write: ([a, b]) => `${a} ${o} ${b}` }]),
  ),
  ...Object.fromEntries(LISTS.map((o) => [o, { arity: 3, write: ([a, ...list]) => `${a} ${o} (${list.join(', ')})` }])),
  between: { arity: 3, types: [...NUMBERS, ...TIMES], write: ([x, low, high]) => `${x} between (${low} .. ${high})` },
  '!between': {
    arity: 3,
    types: [...NUMBERS, ...TIMES],
    write: ([x, low, high]) => `${x} !between (${low} .. ${high})`,
  },
  // The binder takes the negative of an int for an int when it is a literal, for a long when it is a column.
  negative: { arity: 1, types: ['long', 'real', 'decimal', 'timespan', 'dynamic'], write: ([x]) => `-${x}` },
  element: {
    arity: 2,
    types: ['dynamic', 'string', 'long', 'int'],
    write: ([container, key]) => `${container}[${key}]`,
  },
  property: { arity: 1, types: ['dynamic'], write: ([container]) => `${container}.a.b[0]` },
};

/** An operator over operands of types that fit together, or of any. */
export const operations: fc.Arbitrary<Call> = fc.gen().map((draw) => {
  const name = oneOf(draw, Object.keys(FORMS));
  const { arity, write, types = KUSTO_TYPES } = FORMS[name]!;
  // Mostly the same type on all sides: the rest is refused for the greater part.
  const same = [oneOf(draw, types)];
  const parameters = Array.from({ length: arity }, () => ({
    types: chance(draw, 70) ? same : types,
    constant: false,
    likely: [],
  }));
  return callOf(draw, { name, parameters, least: arity, most: arity }, write);
});

/** The call over columns, as a query of one row an argument tuple, in their order. */
export function overColumns(
  call: Call,
  around = (expression: string): string => `project k, x = ${expression} | sort by k asc | project-away k`,
): string {
  const columns = call.args.flatMap((arg, i) => (arg.constant ? [] : [{ name: `c${i}`, ...arg }]));
  const declared = ['k:long', ...columns.map((c) => `${c.name}:${c.type}`)];
  const rows = Array.from({ length: call.rows }, (_, r) =>
    [String(r), ...columns.map((c) => c.literals[r]!)].join(', '),
  );
  const args = call.args.map((arg, i) => (arg.constant ? arg.literals[0]! : `c${i}`));
  return `datatable(${declared.join(', ')})[${rows.join(',\n ')}]\n| ${around(call.write(args))}`;
}

/** The call with the arguments of a row written out. */
const onRow = (call: Call, r: number): string => call.write(call.args.map((arg) => arg.literals[r]!));
const rowsOf = <T>(call: Call, make: (r: number) => T): T[] => Array.from({ length: call.rows }, (_, r) => make(r));

/** The call over literals, a query a row. */
export const asConstants = (call: Call): readonly string[] =>
  rowsOf(call, (r) => `print k = ${r} | project k, x = ${onRow(call, r)} | project-away k`);

/** The call over literals, a column a row. */
export const asOnePrint = (call: Call): string =>
  `print ${rowsOf(call, (r) => `x${r} = ${onRow(call, r)}`).join(', ')}`;
