import { KustoError, type Span } from '../errors/index.js';
import { literal, type Literal } from '../plan/index.js';
import type { KustoType } from '../values/index.js';
import { parseDatetime, parseDecimal, parseGuid, parseTimespan } from '../values/index.js';

/**
 * Literal values from token text. The official parser's own values are wrong for hex, timespans, null forms, overflow
 * and lose 100 ns of datetimes, so they are never used.
 */

/** The smallest long: its digits alone are no long, so they are read together with the sign. */
export const isSmallestLong = (sign: string, digits: string): boolean => sign === '-' && integer(digits) === 2n ** 63n;

/** Decodes a literal token, e.g. `0x1f`, `2.5h`, `datetime(2020-01-01)`, `real(nan)`, `int(null)`, `'a\n'`. */
export function decodeLiteral(text: string, type: KustoType, span: Span): Literal {
  if (type === 'string') return literal('string', decodeString(text));
  const form = /^([a-z]+)\s*\(([\s\S]*)\)$/i.exec(text.trim());
  const body = form ? form[2]!.trim().replace(/^(["'])([\s\S]*)\1$/, '$2') : text.trim();
  if (form && (body === '' || body.toLowerCase() === 'null')) return literal(type, null);
  const value = decodeBody(body, type);
  if (value === undefined) {
    throw new KustoError('SYN0002', `'${text.trim()}' is not a valid ${type} literal.`, { span });
  }
  return literal(type, value);
}

function decodeBody(body: string, type: Exclude<KustoType, 'string'>): Literal['value'] | undefined {
  switch (type) {
    case 'bool':
      return decodeBool(body);
    case 'int':
      return decodeInt(body);
    case 'long':
      return decodeLong(body);
    case 'real':
      return decodeReal(body);
    case 'decimal':
      return parseDecimal(body);
    case 'datetime':
      // datetime(2025, 6, 14) is the date of its parts; a formatter of KQL writes dates with blanks around the dashes.
      return parseDatetime(
        body.replace(/^(\d{4})(?:\s*,\s*|\s+-\s+)(\d{1,2})(?:\s*,\s*|\s+-\s+)(\d{1,2})$/, '$1-$2-$3'),
      );
    case 'timespan':
      return parseTimespan(body);
    case 'guid':
      return parseGuid(body);
    case 'dynamic':
      return undefined;
  }
}

function decodeBool(body: string): boolean | undefined {
  const lower = body.toLowerCase();
  if (lower === 'true') return true;
  if (lower === 'false') return false;
  return /^[+-]?\d+$/.test(body) ? BigInt(body) !== 0n : undefined;
}

function integer(body: string): bigint | undefined {
  const match = /^([+-]?)(0x[0-9a-f]+|\d+)(?:L|l)?$/i.exec(body);
  if (!match) return undefined;
  const magnitude = BigInt(match[2]!);
  return match[1] === '-' ? -magnitude : magnitude;
}

function decodeLong(body: string): bigint | undefined {
  const value = integer(body);
  if (value === undefined) return undefined;
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

function decodeInt(body: string): number | undefined {
  const value = integer(body);
  if (value === undefined) return undefined;
  return BigInt.asIntN(32, value) === value ? Number(value) : undefined;
}

function decodeReal(body: string): number | undefined {
  const lower = body.toLowerCase();
  if (lower === 'nan') return NaN;
  if (lower === 'inf' || lower === '+inf') return Infinity;
  if (lower === '-inf') return -Infinity;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(body) ? Number(body) : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Any of KQL's string forms: quoted, verbatim `@"…"`, hidden `h"…"`, fenced ``` or ~~~. */
export const decodeString = (token: string): string => decoded(token).replace(LONE_SURROGATE, REPLACEMENT);

/** Half a character: no UTF-8 has it, so that some parts of the line would keep it and others replace it. */
const LONE_SURROGATE = /\p{Surrogate}/gu;
const REPLACEMENT = '\ufffd';
const LAST_CODE_POINT = 0x10ffff;

function decoded(token: string): string {
  let text = token.trim();
  if (/^[hH]["'@`~]/.test(text)) text = text.slice(1);
  if (text.startsWith('```') || text.startsWith('~~~')) return text.slice(3, -3);
  if (text.startsWith('@')) {
    const quote = text[1]!;
    return text.slice(2, -1).replaceAll(quote + quote, quote);
  }
  const body = text.slice(1, -1);
  if (!body.includes('\\')) return body;
  return body.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g,
    (_, u4?: string, u8?: string, x2?: string, octal?: string, single?: string) => {
      const hex = u4 ?? u8 ?? x2;
      if (hex !== undefined) {
        const point = parseInt(hex, 16);
        return point > LAST_CODE_POINT ? REPLACEMENT : String.fromCodePoint(point);
      }
      if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
      return ESCAPES[single!] ?? single!;
    },
  );
}
