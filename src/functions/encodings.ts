import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import punycode from 'punycode/punycode.js';
import type { KustoValue } from '../values/index.js';
import { parseJson, scalarOf, type Json } from './json.js';
import type { FunctionCall, ScalarFunction } from './scalar-function.js';
import { textsOf } from './strings.js';

/** Base64, compression, URLs, Unicode and Punycode. What cannot be decoded is the empty string (or null). */

function textual(
  name: string,
  doc: string,
  evaluate: (text: string, call: FunctionCall) => KustoValue,
): ScalarFunction {
  return { name, nulls: 'own', doc, evaluate: (args, call) => evaluate(textsOf(args, call)[0]!, call) };
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes of base64 text; undefined when it is none. */
function base64(text: string): Buffer | undefined {
  const compact = text.replace(/[\r\n\t ]/g, '');
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact)
    ? Buffer.from(compact, 'base64')
    : undefined;
}

function decodeText(text: string): string {
  const bytes = base64(text);
  return (bytes && utf8(bytes)) ?? '';
}

/** .NET's order of a GUID's bytes: the first three parts are little endian. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

export function guidBytes(guid: string): Buffer {
  const written = Buffer.from(guid.replaceAll('-', ''), 'hex');
  return Buffer.from(GUID_ORDER.map((i) => written[i]!));
}

function guidOf(bytes: Buffer): string {
  const hex = Buffer.from(GUID_ORDER.map((i) => bytes[i]!)).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** As the reference packs: text that does not shrink is stored as it is. */
function packed(text: string, pack: (bytes: Buffer, options: { level: number }) => Buffer, frame: number): Buffer {
  const bytes = Buffer.from(text);
  const small = pack(bytes, { level: 6 });
  return small.length - frame + 1 >= bytes.length ? pack(bytes, { level: 0 }) : small;
}

function gzip(text: string): string {
  const bytes = packed(text, gzipSync, 18);
  bytes[8] = 0;
  bytes[9] = 255;
  return bytes.toString('base64');
}

function zlib(text: string): string {
  const bytes = packed(text, deflateSync, 6);
  bytes[1] = 1;
  return bytes.toString('base64');
}

/** Unpacked text is held in memory: a small input must not become gigabytes. */
const MAX_UNPACKED = 64 << 20;

function unpacked(text: string, unpack: (bytes: Buffer, options: { maxOutputLength: number }) => Buffer): string {
  try {
    const bytes = base64(text);
    return (bytes && utf8(unpack(bytes, { maxOutputLength: MAX_UNPACKED }))) ?? '';
  } catch {
    return '';
  }
}

/** Percent encoding as .NET does it: lower-case digits, and `-_.!*()` stay. */
function percentEncoded(text: string, space: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'))
    .replaceAll('~', '%7e')
    .replaceAll("'", '%27')
    .replaceAll('%20', space)
    .replace(/%[0-9A-F]{2}/g, (token) => token.toLowerCase());
}

/** What is no valid escape stays as it is. */
export function percentDecoded(text: string): string {
  return text.replaceAll('+', ' ').replace(/(?:%[0-9a-fA-F]{2})+/g, (token) => {
    const bytes = Buffer.from(token.replaceAll('%', ''), 'hex');
    return utf8(bytes) ?? bytes.toString('utf8');
  });
}

function attempt(text: string, convert: (text: string) => string): string {
  try {
    return convert(text);
  } catch {
    return '';
  }
}

const MAX_CODE_POINT = 0x10ffff;

function fromCodePoints(args: readonly KustoValue[], { argumentTypes }: FunctionCall): string {
  const numbers = args.flatMap((arg, i) => {
    if (argumentTypes[i] !== 'dynamic') return [Number(arg ?? NaN)];
    const held = arg === null ? [] : parseJson(arg as string);
    return (Array.isArray(held) ? (held as Json[]) : [held ?? null]).map((element) =>
      Number(scalarOf(element, 'long') ?? NaN),
    );
  });
  return numbers
    .filter(
      (point) => Number.isInteger(point) && point >= 0 && point <= MAX_CODE_POINT && (point < 0xd800 || point > 0xdfff),
    )
    .map((point) => String.fromCodePoint(point))
    .join('');
}

const encodeToString = (text: string): string => Buffer.from(text).toString('base64');

export const ENCODING_FUNCTIONS: readonly ScalarFunction[] = [
  textual('base64_encode_tostring', 'Base64 of a text.', encodeToString),
  textual('base64_encodestring', 'Older name of base64_encode_tostring.', encodeToString),
  textual('base64_decode_tostring', 'Text of base64; empty when it is no UTF-8 text.', decodeText),
  textual('base64_decodestring', 'Older name of base64_decode_tostring.', decodeText),
  textual('base64_decode_toarray', 'Bytes of base64 as an array of numbers.', (text) => {
    const bytes = base64(text);
    return bytes ? JSON.stringify([...bytes]) : null;
  }),
  {
    name: 'base64_encode_fromarray',
    nulls: 'own',
    doc: 'Base64 of an array of bytes.',
    evaluate: ([bytes]) => {
      const held = bytes === null ? null : parseJson(bytes as string);
      if (!Array.isArray(held)) return '';
      const numbers = held as Json[];
      return numbers.every((byte) => Number.isInteger(byte) && (byte as number) >= 0 && (byte as number) < 256)
        ? Buffer.from(numbers as number[]).toString('base64')
        : '';
    },
  },
  {
    name: 'base64_encode_fromguid',
    nulls: 'propagate',
    doc: 'Base64 of the bytes of a guid.',
    evaluate: ([guid]) => guidBytes(guid as string).toString('base64'),
  },
  textual('base64_decode_toguid', 'Guid of base64; null when it is none.', (text) => {
    const bytes = base64(text);
    return bytes?.length === 16 ? guidOf(bytes) : null;
  }),
  textual('gzip_compress_to_base64_string', 'Base64 of the gzip of a text.', gzip),
  textual('gzip_decompress_from_base64_string', 'Text of the base64 of a gzip.', (text) => unpacked(text, gunzipSync)),
  textual('zlib_compress_to_base64_string', 'Base64 of the zlib form of a text.', zlib),
  textual('zlib_decompress_from_base64_string', 'Text of the base64 of a zlib form.', (text) =>
    unpacked(text, inflateSync),
  ),
  textual('url_encode', 'Percent encoding; a blank becomes +.', (text) => percentEncoded(text, '+')),
  textual('url_encode_component', 'Percent encoding; a blank becomes %20.', (text) => percentEncoded(text, '%20')),
  textual('url_decode', 'Text of a percent encoding.', percentDecoded),
  textual('unicode_codepoints_from_string', 'Array of the code points of a text.', (text) =>
    JSON.stringify([...text].map((character) => character.codePointAt(0))),
  ),
  {
    name: 'unicode_codepoints_to_string',
    nulls: 'own',
    doc: 'Text of code points, single or in arrays.',
    evaluate: fromCodePoints,
  },
  textual('punycode_from_string', 'Punycode of a text.', (text) => attempt(text, punycode.encode)),
  textual('punycode_to_string', 'Text of Punycode.', (text) => attempt(text, punycode.decode)),
  textual('punycode_domain_from_string', 'Domain name with its xn-- labels decoded.', (text) =>
    attempt(text, (domain) => domain.replace(/(?<=^|\.)xn--([^.]*)/gi, (_, label: string) => punycode.decode(label))),
  ),
  textual('punycode_domain_to_string', 'Domain name with its labels as Punycode.', (text) =>
    attempt(text, punycode.toASCII),
  ),
];
