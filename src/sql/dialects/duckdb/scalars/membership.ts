import { KustoError } from '../../../../errors/index.js';
import { isArray, JsonNumber, parseJson, scalarOf, scalarFunction, type Json } from '../../../../functions/index.js';
import type { KustoType, KustoValue } from '../../../../values/index.js';
import type { LoweredArgument, LoweredCall, ScalarRow } from '../../../dialect.js';
import { list, sql, value, type Sql } from '../../../tree.js';
import { commonType, comparand, isComparable } from './operators.js';

/** `in`, `!in`, `in~` and `!in~` over values and arrays. */

function membership(negated: boolean, caseInsensitive: boolean): ScalarRow {
  return (call) => {
    const [needle, ...given] = call.args as [LoweredArgument, ...LoweredArgument[]];
    const strange = given.find((arg) => !isComparable(needle.type, arg.type) && arg.literal !== null);
    if (strange) {
      const message = `${call.name}: a value of type ${strange.type} cannot be compared with one of type ${needle.type}. Convert it first.`;
      throw new KustoError('SEM0001', message, { span: call.span });
    }
    const candidates = given
      .filter((arg) => arg.literal !== null)
      .flatMap((arg) => elementsOfLiteral(arg, needle.type));
    const isArray = (arg: LoweredArgument): boolean => arg.type === 'dynamic';
    const tests = candidates.filter(isArray).map((array) => inArray(needle, array, caseInsensitive, call));
    const values = candidates.filter((arg) => !isArray(arg));
    if (values.length > 0) tests.push(inValues(needle, values, caseInsensitive, call));
    if (tests.length === 0) return value('bool', negated);
    const test = tests.length === 1 ? tests[0]! : sql`(${list(tests, ' OR ')})`;
    return negated ? sql`(NOT ${test})` : test;
  };
}

const folded = (inner: Sql, caseInsensitive: boolean): Sql => (caseInsensitive ? sql`lower(${inner})` : inner);

function inValues(
  needle: LoweredArgument,
  values: readonly LoweredArgument[],
  caseInsensitive: boolean,
  { lowering }: LoweredCall,
): Sql {
  const type = values.reduce((t, arg) => commonType(t, arg.type), needle.type);
  const lower = caseInsensitive && (type === 'string' || type === 'dynamic');
  const elements = values.map((arg) => folded(comparand(arg, type, lowering), lower));
  const test = sql`(${folded(comparand(needle, type, lowering), lower)} IN (${list(elements)}))`;
  // Without the guard DuckDB looks at the statistics and the dictionary of a column first.
  return [needle, ...values].every((arg) => arg.type === 'string') ? test : sql`coalesce(${test}, false)`;
}

/** An array that the row holds; lower-casing its JSON text lower-cases its elements. */
function inArray(needle: LoweredArgument, array: LoweredArgument, caseInsensitive: boolean, call: LoweredCall): Sql {
  const args = [array, needle].map((arg) => ({ ...arg, sql: folded(arg.sql, caseInsensitive) }));
  const name = 'in_array';
  const test = call.lowering.viaFunction(scalarFunction(name)!, { ...call, name, args, type: 'bool' });
  return sql`coalesce(${test}, false)`;
}

/**
 * `in (dynamic([…]))` means the array's elements, as values that the needle can be compared with. A needle that is
 * dynamic itself is like an element of its own kind only.
 */
function elementsOfLiteral(arg: LoweredArgument, needle: KustoType): LoweredArgument[] {
  if (arg.type !== 'dynamic' || typeof arg.literal !== 'string' || needle === 'dynamic') return [arg];
  const held = parseJson(arg.literal) ?? null;
  return (isArray(held) ? held : [held]).flatMap((element) => {
    const type = typeOfElement(element, needle);
    if (!type) return [];
    const literal: KustoValue = scalarOf(element, type);
    return [{ type, literal, sql: value(type, literal) }];
  });
}

/** Types that JSON has no form for are read from its text. */
const FROM_TEXT: ReadonlySet<KustoType> = new Set(['datetime', 'timespan', 'guid', 'decimal']);

/** The type of an element, undefined when no value of the needle's type is like it (as in_array() has it). */
function typeOfElement(element: Json, needle: KustoType): KustoType | undefined {
  if (FROM_TEXT.has(needle)) return typeof element === 'string' || isNumber(element) ? needle : undefined;
  if (typeof element === 'boolean') return needle === 'bool' ? 'bool' : undefined;
  if (!isNumber(element)) return needle === 'string' ? 'string' : undefined;
  if (needle === 'bool' || needle === 'string') return undefined;
  if (element instanceof JsonNumber) return element.isReal ? 'real' : 'long';
  return Number.isInteger(element) ? 'long' : 'real';
}

const isNumber = (element: Json): element is number | JsonNumber =>
  typeof element === 'number' || element instanceof JsonNumber;

export const MEMBERSHIP_ROWS: Readonly<Record<string, ScalarRow>> = {
  in: membership(false, false),
  '!in': membership(true, false),
  'in~': membership(false, true),
  '!in~': membership(true, true),
};
