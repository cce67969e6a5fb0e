import {
  datetimeString,
  parseDatetime,
  parseDecimal,
  parseGuid,
  parseTimespan,
  timespanText,
  type KustoType,
  type KustoValue,
} from '../values/index.js';
import { parseJson } from './json-parser.js';
import { realText } from './real-text.js';
import { isArray, isBag, JsonNumber, type Json } from './json-value.js';

export { parseJson } from './json-parser.js';
export { isArray, isBag, JsonNumber, type Json, type JsonBag } from './json-value.js';

/** A number's value, undefined when it is something else. */
export function numberOf(value: Json | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof JsonNumber ? Number(value.text) : undefined;
}

/** A real has the text that tostring() gives it, whatever its text was. */
function realJson(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) ? realText(value) : text;
}

export function writeJson(value: Json): string {
  if (value instanceof JsonNumber) return value.isReal ? realJson(value.text) : value.text;
  if (isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  if (typeof value === 'number' && !Number.isInteger(value)) return realText(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = isBag(value) ? [...value] : Object.entries(value);
  return `{${pairs.map(([key, held]) => `${JSON.stringify(key)}:${writeJson(held)}`).join(',')}}`;
}

/** Text of a dynamic value as a Kusto value: JSON null is null. */
export const dynamicOf = (value: Json | undefined): string | null =>
  value === undefined || value === null ? null : writeJson(value);

/** A Kusto value as it stands inside of a dynamic one. Types that JSON has not are text. */
export function jsonOf(value: KustoValue, type: KustoType): Json {
  if (value === null) return type === 'string' ? '' : null;
  switch (type) {
    case 'dynamic':
      return parseJson(value as string) ?? null;
    case 'long':
      return Number.isSafeInteger(Number(value)) ? Number(value) : new JsonNumber(String(value));
    case 'real':
      return realOf(value as number);
    case 'datetime':
      return datetimeString(value as bigint);
    case 'timespan':
      return timespanText(value as bigint);
    case 'decimal':
      return (value as string).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
    default:
      return value as Json;
  }
}

/** A real inside of a dynamic value; NaN and the infinities are text there. */
export function realOf(value: number): Json {
  if (!Number.isFinite(value)) return realText(value);
  return Number.isInteger(value) ? JsonNumber.ofReal(value) : value;
}

/** Text from which a decimal is read: the shortest of a real, which is not always what tostring() gives. */
export function decimalText(value: Json): string {
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : writeJson(value);
}

/** A dynamic value converted as `tolong()`, `tostring()` and their like do; what does not convert is null (or empty). */
export function scalarOf(value: Json | undefined, type: KustoType): KustoValue {
  if (type === 'dynamic') return dynamicOf(value);
  if (value === undefined || value === null) return type === 'string' ? '' : null;
  const text = typeof value === 'string' ? value : writeJson(value);
  switch (type) {
    case 'string':
      return text;
    case 'bool':
      if (typeof value === 'boolean') return value;
      if (/^(true|false)$/i.test(text)) return /^true$/i.test(text);
      return /^[+-]?\d+$/.test(text) ? Number(text) !== 0 : null;
    case 'int':
    case 'long':
      return integerOf(value, text, type);
    case 'real': {
      if (typeof value === 'boolean') return Number(value);
      const number = Number(text);
      return text.trim() === '' || (Number.isNaN(number) && text !== 'NaN') ? null : number;
    }
    case 'decimal':
      return parseDecimal(decimalText(value)) ?? null;
    case 'datetime':
      return parseDatetime(text) ?? null;
    case 'timespan':
      return parseTimespan(text) ?? null;
    case 'guid':
      return parseGuid(text) ?? null;
  }
}

/** Text must be whole; a number loses what is behind the point. */
function integerOf(value: Json, text: string, type: 'int' | 'long'): KustoValue {
  const trimmed = text.trim();
  let whole: bigint;
  if (/^[+-]?\d+$/.test(trimmed) || /^0x[0-9a-f]+$/i.test(trimmed)) whole = BigInt(trimmed.replace(/^\+/, ''));
  else if (typeof value === 'boolean') whole = BigInt(value);
  else {
    const number = numberOf(value);
    if (number === undefined || !Number.isFinite(number)) return null;
    whole = BigInt(Math.trunc(number));
  }
  if (BigInt.asIntN(type === 'int' ? 32 : 64, whole) !== whole) return null;
  return type === 'int' ? Number(whole) : whole;
}

/** Text by which equal values are equal: bags by their sorted keys, numbers by their value. */
export function canonicalJson(value: Json): string {
  if (value instanceof JsonNumber && value.isReal) return String(Number(value.text));
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isBag(value)) return writeJson(value);
  const pairs = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([key, held]) => `${JSON.stringify(key)}:${canonicalJson(held)}`).join(',')}}`;
}
