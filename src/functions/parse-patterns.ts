import type { KustoType } from '../values/index.js';
import { scalarOf } from './json.js';
import { keyValues, type KeyValueOptions } from './key-values.js';
import { quoteRegex, Regex } from './regex.js';
import type { ScalarFunction } from './scalar-function.js';

/**
 * What the operators parse, parse-where and parse-kv do with one text. The pattern arrives as JSON: a constant of the
 * query, so the compiled form of the last one is kept.
 */

export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'star' }
  | { readonly kind: 'column'; readonly name: string; readonly type: KustoType };

export type PatternKind = 'simple' | 'relaxed' | 'regex';

interface Compiled {
  readonly pattern: string;
  /** The group and the type of each column. */
  readonly columns: readonly { readonly group: number; readonly type: KustoType }[];
}

/** Spelled out, so that RE2 reads these patterns as Rust's engine does. */
const BLANKS = String.raw`[\t-\r ]*`;
const NUMBER = String.raw`[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?`;
const TYPED: Readonly<Partial<Record<KustoType, string>>> = {
  int: '[+-]?[0-9]+',
  long: '[+-]?[0-9]+',
  real: NUMBER,
  decimal: NUMBER,
  bool: '(?i:true|false)|[01]',
  guid: '[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}',
};

/** How a column's text is found: numbers by their form, the rest up to what follows. */
function columnPattern(type: KustoType, kind: PatternKind, next: PatternPart | undefined): string {
  const typed = TYPED[type];
  if (kind === 'relaxed') return typed && next?.kind === 'star' ? `(?:${typed})?` : '.*?';
  if (typed) return typed;
  return kind === 'regex' ? '.*' : '.*?';
}

function compile(parts: readonly PatternPart[], kind: PatternKind, flags: string): Compiled {
  const columns: { group: number; type: KustoType }[] = [];
  let groups = 0;
  let pattern = kind === 'regex' ? flags && `(?${flags})` : '(?s)';
  pattern += '^';
  parts.forEach((part, i) => {
    switch (part.kind) {
      case 'text':
        pattern += kind === 'regex' ? `(?:${part.text})` : quoteRegex(part.text);
        if (kind === 'regex') groups += Regex.of(part.text).groupCount;
        return;
      case 'star':
        pattern += '.*?';
        return;
      case 'column':
        columns.push({ group: ++groups, type: part.type });
        pattern += `${TYPED[part.type] ? BLANKS : ''}(${columnPattern(part.type, kind, parts[i + 1])})`;
        if (TYPED[part.type] && kind !== 'relaxed') pattern += BLANKS;
        return;
    }
  });
  return { pattern: `${pattern}$`, columns };
}

/** Pattern and columns of a parse that is not of kind regex: RE2 and Rust's engine agree on it for any text. */
export function plainPattern(parts: string, kind: 'simple' | 'relaxed'): Compiled & { readonly matchesEmpty: boolean } {
  const compiled = compile(JSON.parse(parts) as PatternPart[], kind, '');
  return { ...compiled, matchesEmpty: Regex.of(compiled.pattern).exec('') !== null };
}

let last: { key: string; compiled: Compiled } | undefined;

function compiledOf(parts: string, kind: PatternKind, flags: string): Compiled {
  const key = `${kind}\0${flags}\0${parts}`;
  if (last?.key !== key) last = { key, compiled: compile(JSON.parse(parts) as PatternPart[], kind, flags) };
  return last.compiled;
}

/** JSON array of the columns' texts; null when the text does not fit. */
function parsePattern(text: string, parts: string, kind: PatternKind, flags: string): string | null {
  const { pattern, columns } = compiledOf(parts, kind, flags);
  const found = Regex.of(pattern).exec(text);
  if (!found) return null;
  const texts = columns.map(({ group }) => found[group]!);
  const strict = kind !== 'relaxed';
  if (strict && columns.some(({ type }, i) => type !== 'string' && scalarOf(texts[i], type) === null)) return null;
  return JSON.stringify(texts);
}

let lastOptions: { readonly text: string; readonly options: KeyValueOptions } | undefined;

export const PARSE_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'parse_pattern',
    nulls: 'own',
    doc: 'Texts that a pattern of parse finds, as an array (internal).',
    evaluate: ([text, parts, kind, flags]) =>
      parsePattern(text as string, parts as string, kind as PatternKind, flags as string),
  },
  {
    name: 'parse_key_values',
    nulls: 'own',
    doc: 'Texts of the keys that parse-kv asks for, as an array (internal).',
    evaluate: ([text, given]) => {
      const known = lastOptions?.text === given ? lastOptions : undefined;
      const { options } = known ?? { options: JSON.parse(given as string) as KeyValueOptions };
      lastOptions = { text: given as string, options };
      return JSON.stringify(keyValues(text as string, options));
    },
  },
];
