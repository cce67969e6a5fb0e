import { KustoError } from '../errors/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import { isArray, parseJson, scalarOf, writeJson, type Json } from './json.js';
import { quoteRegex, Regex } from './regex.js';
import type { FunctionCall, ScalarFunction } from './scalar-function.js';
import { hasTerm } from './terms.js';
import { stringOf } from './text.js';

/** Functions over strings. Positions and lengths count Unicode code points; arguments of other types become text. */

type Texts = readonly string[];

/** A function whose arguments are all text. */
function textual(
  name: string,
  doc: string,
  evaluate: (texts: Texts, call: FunctionCall) => KustoValue,
): ScalarFunction {
  return { name, nulls: 'own', doc, evaluate: (args, call) => evaluate(textsOf(args, call), call) };
}

export function textsOf(args: readonly KustoValue[], { argumentTypes }: FunctionCall): string[] {
  return args.map((arg, i) => stringOf(arg, argumentTypes[i]!));
}

/** A number from an argument of any number type; undefined for null or an argument that is not there. */
export function numberOf(args: readonly KustoValue[], index: number): number | undefined {
  const arg = args[index];
  return arg === undefined || arg === null ? undefined : Number(arg);
}

/** Elements of a dynamic array as text; a scalar counts as an array of one. */
export function elementsOf(arg: KustoValue, type: KustoType): string[] {
  return type === 'dynamic'
    ? itemsOf(arg).map((element) => scalarOf(element, 'string') as string)
    : [stringOf(arg, type)];
}

/** Elements of a dynamic array, a scalar as an array of one; null has none. */
function itemsOf(arg: KustoValue): readonly Json[] {
  const held = arg === null ? null : (parseJson(arg as string) ?? null);
  return held === null ? [] : isArray(held) ? held : [held];
}

const json = (value: Json): string => writeJson(value);

const isAscii = (text: string): boolean => !/[^\x00-\x7f]/.test(text);
const points = (text: string): string[] => (isAscii(text) ? text.split('') : [...text]);

function substring(source: string, start: number, length: number | undefined): string {
  const characters = isAscii(source) ? source : [...source];
  const from = start < 0 ? Math.max(0, characters.length + start) : start;
  const part = characters.slice(from, length === undefined ? undefined : Math.max(from, from + length));
  return typeof part === 'string' ? part : part.join('');
}

function indexOf(source: string, match: string, start: number, length: number, occurrence: number): number | null {
  if (length < -1 || occurrence < 0) return null;
  const characters = points(source);
  const wanted = points(match);
  const from = start < 0 ? Math.max(0, characters.length + start) : start;
  // The length limits where a match may start (seen: indexof('abcdefg', 'cde', 1, 2) is 2).
  const end = length === -1 ? characters.length : Math.min(characters.length, from + length);
  let left = occurrence;
  for (let i = from; i < end || (i === end && wanted.length === 0); i++) {
    if (wanted.every((character, k) => characters[i + k] === character) && --left <= 0) return i;
  }
  return -1;
}

function overlapping(source: string, search: string): number {
  if (search === '') return 0;
  let count = 0;
  for (let at = source.indexOf(search); at >= 0; at = source.indexOf(search, at + 1)) count++;
  return count;
}

/** Group numbers that extract_all() was asked for: numbers, or names of groups. */
function groupsAsked(asked: KustoValue, regex: Regex): number[] {
  const held = parseJson(asked as string);
  const names = regex.groupNames();
  return (Array.isArray(held) ? (held as Json[]) : [held ?? null]).map((group) => {
    const number = typeof group === 'string' ? names.get(group) : Number(group);
    if (number === undefined || !(number >= 1 && number <= regex.groupCount)) {
      throw new KustoError('SEM0001', `extract_all(): the regular expression has no group ${writeJson(group)}.`);
    }
    return number;
  });
}

function extractAll(pattern: string, asked: KustoValue, source: string): string | null {
  const regex = Regex.of(pattern);
  const groups = asked === null ? Array.from({ length: regex.groupCount }, (_, i) => i + 1) : groupsAsked(asked, regex);
  if (groups.length === 0) {
    throw new KustoError('SEM0001', `extract_all(): the regular expression '${pattern}' has no capture group.`);
  }
  const found = regex.execAll(source);
  if (found.length === 0) return null;
  return json(found.map((match) => (groups.length === 1 ? match[groups[0]!]! : groups.map((group) => match[group]!))));
}

/**
 * Each lookup in turn over what no earlier lookup has replaced. A lookup that is no text is passed over; where the
 * replacement is none, what was found stays.
 */
function replaceStrings(source: string, lookups: readonly Json[], replacements: readonly Json[]): string {
  let pieces: { text: string; done: boolean }[] = [{ text: source, done: false }];
  lookups.forEach((lookup, i) => {
    if (typeof lookup !== 'string' || lookup === '') return;
    const given = replacements[replacements.length === 1 ? 0 : i] ?? '';
    const replacement = typeof given === 'string' ? given : lookup;
    pieces = pieces.flatMap((piece) =>
      piece.done
        ? [piece]
        : piece.text
            .split(lookup)
            .flatMap((text, k) => [...(k === 0 ? [] : [{ text: replacement, done: true }]), { text, done: false }]),
    );
  });
  return pieces.map((piece) => piece.text).join('');
}

function translate(search: string, replacement: string, source: string): string {
  const from = points(search);
  const to = points(replacement);
  return points(source)
    .map((character) => {
      const at = from.indexOf(character);
      return at < 0 ? character : (to[Math.min(at, to.length - 1)] ?? '');
    })
    .join('');
}

const UNITS = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];

function formatBytes(size: number, precision: number, unit: string): string {
  let power = UNITS.findIndex((name) => name.toLowerCase() === unit.toLowerCase());
  if (power < 0) {
    if (unit !== '') throw new KustoError('SEM0001', `format_bytes(): '${unit}' is not a unit.`);
    power = 0;
    while (power < UNITS.length - 1 && Math.abs(size) >= 1024 ** (power + 1)) power++;
  }
  const digits = Math.min(15, Math.max(0, precision));
  const rounded = Number((size / 1024 ** power).toFixed(digits));
  return `${rounded} ${UNITS[power]}`;
}

const MAX_REPEAT = 1024;

export const STRING_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'substring',
    nulls: 'own',
    doc: 'Part of a string from a position (negative: from the end), of a length.',
    evaluate: (args, call) => {
      const start = numberOf(args, 1);
      if (start === undefined || (args.length > 2 && args[2] === null)) return '';
      return substring(stringOf(args[0]!, call.argumentTypes[0]!), start, numberOf(args, 2));
    },
  },
  {
    name: 'indexof',
    nulls: 'own',
    doc: 'Position of a text, -1 when it is not there: (source, match, start, length, occurrence).',
    evaluate: (args, call) => {
      if (args.slice(2).includes(null)) return null;
      const [source, match] = textsOf(args.slice(0, 2), call) as [string, string];
      const position = indexOf(source, match, numberOf(args, 2) ?? 0, numberOf(args, 3) ?? -1, numberOf(args, 4) ?? 1);
      return position === null ? null : BigInt(position);
    },
  },
  {
    name: 'indexof_regex',
    nulls: 'own',
    doc: 'Position of what a regular expression matches, -1 when nothing: (source, regex, start, length, occurrence).',
    evaluate: (args, call) => {
      if (args.slice(2).includes(null)) return null;
      const [source, pattern] = textsOf(args.slice(0, 2), call) as [string, string];
      const [start, length, occurrence] = [numberOf(args, 2) ?? 0, numberOf(args, 3) ?? -1, numberOf(args, 4) ?? 1];
      if (start < 0 || length < -1 || occurrence < 0) return null;
      const characters = points(source);
      if (start > characters.length) return -1n;
      const searched = characters.slice(start, length === -1 ? undefined : start + length).join('');
      const found = Regex.of(pattern).positions(searched)[Math.max(occurrence, 1) - 1];
      return found ? BigInt(start + points(searched.slice(0, found.start)).length) : -1n;
    },
  },
  textual('countof', 'How often a text (overlapping) or a regular expression is found.', ([source, search, kind]) => {
    if (kind !== undefined && kind !== 'normal' && kind !== 'regex') {
      throw new KustoError('SEM0001', `countof(): the kind is 'normal' or 'regex', not '${kind}'.`);
    }
    return BigInt(kind === 'regex' ? Regex.of(search!).count(source!) : overlapping(source!, search!));
  }),
  textual('reverse', 'Text in reverse.', ([source]) => points(source!).reverse().join('')),
  textual('trim', 'Without a match of a regular expression at both ends.', ([pattern, source]) =>
    Regex.of(`(?:${pattern})$`).replaceFirst(Regex.of(`^(?:${pattern})`).replaceFirst(source!, ''), ''),
  ),
  textual('trim_start', 'Without a match of a regular expression at the start.', ([pattern, source]) =>
    Regex.of(`^(?:${pattern})`).replaceFirst(source!, ''),
  ),
  textual('trim_end', 'Without a match of a regular expression at the end.', ([pattern, source]) =>
    Regex.of(`(?:${pattern})$`).replaceFirst(source!, ''),
  ),
  textual('replace_string', 'Replaces every occurrence of a text.', ([source, lookup, replacement]) =>
    lookup === '' ? source! : source!.replaceAll(lookup!, () => replacement!),
  ),
  {
    name: 'replace_strings',
    nulls: 'own',
    doc: 'Replaces many texts at once.',
    evaluate: ([source, lookups, replacements], { argumentTypes: [type] }) =>
      replaceStrings(stringOf(source!, type!), itemsOf(lookups!), itemsOf(replacements!)),
  },
  textual(
    'replace_regex',
    'Replaces what a regular expression matches; \\1 is a group.',
    ([source, pattern, replacement]) => Regex.of(pattern!).replaceAll(source!, replacement!),
  ),
  textual('replace', 'The older order of replace_regex: (regex, rewrite, source).', ([pattern, replacement, source]) =>
    Regex.of(pattern!).replaceAll(source!, replacement!),
  ),
  {
    name: 'extract',
    nulls: 'own',
    doc: 'A group of the first match of a regular expression, converted to a type.',
    evaluate: ([pattern, group, source], { argumentTypes, type }) => {
      if (group === null) return type === 'string' ? '' : null;
      const regex = Regex.of(stringOf(pattern!, argumentTypes[0]!));
      const found = regex.exec(stringOf(source!, argumentTypes[2]!))?.[Number(group)];
      if (type === 'string') return found ?? '';
      return found === undefined ? null : scalarOf(found, type);
    },
  },
  {
    name: 'extract_all',
    nulls: 'own',
    doc: 'Groups of all matches of a regular expression; null when there is none.',
    evaluate: (args, { argumentTypes }) => {
      const source = stringOf(args.at(-1)!, argumentTypes.at(-1)!);
      return extractAll(stringOf(args[0]!, argumentTypes[0]!), args.length > 2 ? args[1]! : null, source);
    },
  },
  textual('matches regex', 'Whether a regular expression matches somewhere.', ([source, pattern]) =>
    Regex.of(pattern!).test(source!),
  ),
  {
    name: 'split',
    nulls: 'own',
    doc: 'Array of the parts between delimiters, or the part at an index.',
    evaluate: (args, call) => {
      const [source, delimiter] = textsOf(args.slice(0, 2), call) as [string, string];
      const parts = delimiter === '' ? [source] : source.split(delimiter);
      if (args.length < 3) return json(parts);
      const index = numberOf(args, 2);
      if (index === undefined) return null;
      const part = parts.at(index);
      return json(part === undefined ? [] : [part]);
    },
  },
  textual('strcmp', '-1, 0 or 1 as the first text is before, equal to or after the second.', ([a, b]) =>
    BigInt(Buffer.compare(Buffer.from(a!), Buffer.from(b!))),
  ),
  {
    name: 'strrep',
    nulls: 'own',
    doc: 'A value repeated, with a delimiter between: (value, count, delimiter).',
    evaluate: (args, { argumentTypes }) => {
      const count = numberOf(args, 1);
      if (count === undefined || count <= 0) return '';
      const text = stringOf(args[0]!, argumentTypes[0]!);
      const delimiter = args.length > 2 ? stringOf(args[2]!, argumentTypes[2]!) : '';
      return new Array<string>(Math.min(MAX_REPEAT, count)).fill(text).join(delimiter);
    },
  },
  textual('translate', 'Replaces characters of one list by those of another.', ([search, replacement, source]) =>
    translate(search!, replacement!, source!),
  ),
  {
    name: 'format_bytes',
    nulls: 'own',
    doc: 'A number of bytes as text with a unit: (size, precision, unit).',
    evaluate: (args) => {
      const size = numberOf(args, 0);
      return size === undefined ? '' : formatBytes(size, numberOf(args, 1) ?? 0, (args[2] as string | undefined) ?? '');
    },
  },
  {
    name: 'tohex',
    nulls: 'propagate',
    doc: 'Hexadecimal text of a number, at least so many digits.',
    evaluate: (args, { argumentTypes }) => {
      const bits = argumentTypes[0] === 'int' ? 32 : 64;
      const text = BigInt.asUintN(bits, BigInt(args[0] as number | bigint)).toString(16);
      return text.padStart(Math.min(16, numberOf(args, 1) ?? 1), '0');
    },
  },
  textual('regex_quote', 'A text as a regular expression that matches it.', ([source]) => quoteRegex(source!)),
  textual('isascii', 'Whether every character is ASCII.', ([source]) => isAscii(source!)),
  textual('isutf8', 'Whether the text is valid UTF-8.', ([source]) => !/\ufffd|[\ud800-\udfff]/u.test(source!)),
  {
    name: 'has_any_index',
    nulls: 'own',
    doc: 'Index of the first of an array of terms that the text has, or -1.',
    evaluate: ([source, terms], { argumentTypes }) => {
      const text = stringOf(source!, argumentTypes[0]!);
      return BigInt(
        terms === null ? -1 : elementsOf(terms!, argumentTypes[1]!).findIndex((term) => hasTerm(text, term)),
      );
    },
  },
  {
    name: 'has_any',
    nulls: 'own',
    doc: 'Whether the text has one of the terms.',
    evaluate: (args, { argumentTypes }) => {
      const text = stringOf(args[0]!, argumentTypes[0]!);
      return args.slice(1).some((arg, i) => elementsOf(arg, argumentTypes[i + 1]!).some((term) => hasTerm(text, term)));
    },
  },
  {
    name: 'has_all',
    nulls: 'own',
    doc: 'Whether the text has all of the terms.',
    evaluate: (args, { argumentTypes }) => {
      const text = stringOf(args[0]!, argumentTypes[0]!);
      return args
        .slice(1)
        .every((arg, i) => elementsOf(arg, argumentTypes[i + 1]!).every((term) => hasTerm(text, term)));
    },
  },
];
