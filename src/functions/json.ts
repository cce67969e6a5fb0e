import {
  parseDatetime,
  parseDecimal,
  parseGuid,
  parseTimespan,
  type KustoType,
  type KustoValue,
} from '../values/index.js';

/**
 * Dynamic values are JSON text. Long numbers and reals such as 1.0 must survive a round trip, so numbers that JavaScript
 * would change are kept as `JsonNumber`.
 */
export type Json = null | boolean | number | string | JsonNumber | readonly Json[] | { readonly [key: string]: Json };

/** A number by its text. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** Numbers whose text says more than the number: integers beyond 2^53, and reals that end in .0 or have an exponent. */
const DELICATE = /(?<![\w"\\])-?\d+(?:\.\d*0(?!\d)|\.\d{16,}|\d{16,})|\d[eE]/;

/** Parses JSON text; undefined when it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    if (!DELICATE.test(text)) return JSON.parse(text) as Json;
    return unwrap(
      JSON.parse(text.replace(TOKENS, (token) => (/^[-\d]/.test(token) ? `{"\\u0000n":"${token}"}` : token))),
    );
  } catch {
    return undefined;
  }
}

/** A string (kept as it is) or a number. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function unwrap(value: unknown): Json {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== 'object' || value === null) return value as Json;
  const record = value as Record<string, unknown>;
  const number = record['\0n'];
  if (typeof number === 'string') return String(Number(number)) === number ? Number(number) : new JsonNumber(number);
  return Object.fromEntries(Object.entries(record).map(([key, held]) => [key, unwrap(held)]));
}

export function writeJson(value: Json): string {
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(writeJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, held]) => `${JSON.stringify(key)}:${writeJson(held as Json)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

/** An element of a dynamic value as a scalar of a type; what is not one is null (or the empty string). */
export function scalarOf(value: Json | undefined, type: KustoType): KustoValue {
  if (type === 'dynamic') return value === undefined || value === null ? null : writeJson(value);
  if (value === undefined || value === null) return type === 'string' ? '' : null;
  const text = typeof value === 'string' ? value : writeJson(value);
  switch (type) {
    case 'string':
      return text;
    case 'bool':
      return typeof value === 'boolean' ? value : /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : null;
    case 'int':
    case 'long': {
      if (/^[+-]?\d+$/.test(text)) {
        const whole = BigInt(text);
        const bits = type === 'int' ? 32 : 64;
        if (BigInt.asIntN(bits, whole) !== whole) return null;
        return type === 'int' ? Number(whole) : whole;
      }
      const number = Number(text);
      if (text.trim() === '' || !Number.isFinite(number)) return null;
      return type === 'int' ? Math.trunc(number) : BigInt(Math.trunc(number));
    }
    case 'real': {
      const number = Number(text);
      return text.trim() === '' || (Number.isNaN(number) && text !== 'NaN') ? null : number;
    }
    case 'decimal':
      return parseDecimal(text) ?? null;
    case 'datetime':
      return parseDatetime(text) ?? null;
    case 'timespan':
      return parseTimespan(text) ?? null;
    case 'guid':
      return parseGuid(text) ?? null;
  }
}
