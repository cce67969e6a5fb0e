import { kustoTypeOf, parseDatetime, parseTimespan, type KustoType } from '../../values/index.js';
import {
  matchAt,
  readBalanced,
  readOneString,
  readString,
  skipTrivia,
  syntax,
  type Read,
  type StringLiteral,
} from './text.js';

/** Reads one value at a position without leading trivia; undefined when there is none. `label` is told when it is missing. */
export interface Reader<V> {
  readonly label: string;
  read(text: string, position: number): Read<V> | undefined;
}

/** A name of an entity, in its database where it says so: `T`, `Db.T`, `['a b']`. */
export interface QualifiedName {
  readonly database?: string;
  readonly name: string;
}

/** A column, in its table where it says so. */
export interface ColumnPath {
  readonly database?: string;
  readonly table?: string;
  readonly column: string;
}

const BARE_NAME = /\$?\d*[A-Za-z_]\w*(?![\w])/y;
const WILDCARD_NAME = /[\w*]+/y;
const LONG = /-?(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.])/y;
const REAL = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)/y;
const BARE_TIMESPAN = /-?\d+(?:\.\d+)?[a-z]+(?!\w)|\d+(?:\.\d+)?(?::\d\d){1,2}(?:\.\d+)?/y;
const TIMESPAN_CALL = /(?:timespan|time)\s*\(\s*([^)]*?)\s*\)/y;
const DATETIME_CALL = /(?:datetime|date)\s*\(\s*([^)]*?)\s*\)/y;
const GUID =
  /guid\s*\(\s*[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\s*\)|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w-])/y;
const BOOL = /(?:true|false)(?!\w)|bool\s*\(\s*(?:true|false)\s*\)/iy;
/** A property's bare value: `system`, `per_node`, `a-b`. */
const BARE_WORD = /[A-Za-z_][\w-]*(?!\w)/y;

function byPattern<V>(label: string, pattern: RegExp, value: (match: string) => V | undefined): Reader<V> {
  return {
    label,
    read(text, position) {
      const match = matchAt(pattern, text, position);
      if (match === undefined) return undefined;
      const found = value(match);
      return found === undefined ? undefined : { value: found, end: position + match.length };
    },
  };
}

function inside(call: RegExp, match: string): string {
  call.lastIndex = 0;
  const text = call.exec(match)?.[1] ?? '';
  return /^(['"]).*\1$/.test(text) ? text.slice(1, -1) : text;
}

export const LITERAL: Reader<StringLiteral> = { label: 'a string literal', read: readString };

export const STRING: Reader<string> = {
  label: 'a string literal',
  read(text, position) {
    const literal = readString(text, position);
    return literal && { value: literal.value.value, end: literal.end };
  },
};

/** A literal that another one may follow: adjacent literals are not joined. */
export const ONE_STRING: Reader<string> = { label: 'a string literal', read: readOneString };

/** An identifier, or any text as `['…']` or `["…"]`. */
export const NAME: Reader<string> = {
  label: 'a name',
  read(text, position) {
    const bare = matchAt(BARE_NAME, text, position);
    if (bare !== undefined) return { value: bare, end: position + bare.length };
    return readBracketed(text, position);
  },
};

function readBracketed(text: string, position: number): Read<string> | undefined {
  if (text[position] !== '[') return undefined;
  const literal = readString(text, skipTrivia(text, position + 1));
  if (literal === undefined) return undefined;
  const close = skipTrivia(text, literal.end);
  if (text[close] !== ']') return undefined;
  if (literal.value.value === '') throw syntax('A name cannot be empty.', { start: position, end: close + 1 });
  return { value: literal.value.value, end: close + 1 };
}

/** A name that may hold `*`. */
export const WILDCARD: Reader<string> = {
  label: 'a name',
  read(text, position) {
    const match = matchAt(WILDCARD_NAME, text, position);
    return match === undefined ? readBracketed(text, position) : { value: match, end: position + match.length };
  },
};

function readDotted(text: string, position: number, most: number): Read<readonly string[]> | undefined {
  const first = NAME.read(text, position);
  if (first === undefined) return undefined;
  const names = [first.value];
  let end = first.end;
  while (names.length < most && text[skipTrivia(text, end)] === '.') {
    const next = NAME.read(text, skipTrivia(text, skipTrivia(text, end) + 1));
    if (next === undefined) return undefined;
    names.push(next.value);
    end = next.end;
  }
  return { value: names, end };
}

export const QUALIFIED_NAME: Reader<QualifiedName> = {
  label: 'a name',
  read(text, position) {
    const dotted = readDotted(text, position, 2);
    if (dotted === undefined) return undefined;
    const [first = '', second] = dotted.value;
    return { value: second === undefined ? { name: first } : { database: first, name: second }, end: dotted.end };
  },
};

export const COLUMN_PATH: Reader<ColumnPath> = {
  label: 'a column (Table.Column)',
  read(text, position) {
    const dotted = readDotted(text, position, 3);
    if (dotted === undefined) return undefined;
    const [column = '', table, database] = [...dotted.value].reverse();
    return {
      value: { column, ...(table === undefined ? {} : { table }), ...(database === undefined ? {} : { database }) },
      end: dotted.end,
    };
  },
};

export const LONG_VALUE: Reader<bigint> = byPattern('a whole number', LONG, (match) =>
  match.startsWith('-') ? -BigInt(match.slice(1)) : BigInt(match),
);

export const REAL_VALUE: Reader<number> = byPattern('a number', REAL, Number);

/** Ticks. Also as a string, as the reference takes it. */
export const TIMESPAN: Reader<bigint> = {
  label: 'a timespan (such as 1h)',
  read(text, position) {
    const call = matchAt(TIMESPAN_CALL, text, position);
    const bare = call === undefined ? matchAt(BARE_TIMESPAN, text, position) : undefined;
    const string = call === undefined && bare === undefined ? readString(text, position) : undefined;
    const source = call === undefined ? (bare ?? string?.value.value) : inside(TIMESPAN_CALL, call);
    const value = source === undefined ? undefined : parseTimespan(source);
    if (value === undefined) return undefined;
    return { value, end: string?.end ?? position + (call ?? bare ?? '').length };
  },
};

/** Ticks since 0001-01-01. */
export const DATETIME: Reader<bigint> = {
  label: 'a datetime',
  read(text, position) {
    const call = matchAt(DATETIME_CALL, text, position);
    const string = call === undefined ? readString(text, position) : undefined;
    const value = parseDatetime(call === undefined ? (string?.value.value ?? '') : inside(DATETIME_CALL, call));
    return value === undefined ? undefined : { value, end: string?.end ?? position + (call ?? '').length };
  },
};

/** Lower case. */
export const GUID_VALUE: Reader<string> = byPattern(
  'a guid',
  GUID,
  (match) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(match.toLowerCase())?.[0],
);

export const BOOLEAN: Reader<boolean> = byPattern('true or false', BOOL, (match) => /true/i.test(match));

export const BARE: Reader<string> = byPattern('a word', BARE_WORD, (match) => match);

/** The type of a column. A word that is no type is told at once: no other reading could make sense of it. */
export const TYPE: Reader<KustoType> = {
  label: 'a type',
  read(text, position) {
    const word = matchAt(/[A-Za-z_]\w*/y, text, position);
    if (word === undefined) return undefined;
    const type = kustoTypeOf(word);
    if (type !== undefined) return { value: type, end: position + word.length };
    throw syntax(
      `'${word}' is not a type. The types are bool, int, long, real, decimal, datetime, timespan, string, guid and dynamic.`,
      { start: position, end: position + word.length },
    );
  },
};

/** `( … )` as written. */
export const PARENTHESES: Reader<string> = {
  label: "'('",
  read: (text, position) => readBalanced(text, position, '(', ')'),
};

/** `{ … }` as written. */
export const BRACES: Reader<string> = {
  label: "'{'",
  read: (text, position) => readBalanced(text, position, '{', '}'),
};

/** `[ … ]` around a record of CSV, without the brackets; a closing bracket inside of double quotes is data. */
export const BRACKETED_RECORD: Reader<string> = {
  label: "'['",
  read(text, position) {
    if (text[position] !== '[') return undefined;
    let isQuoted = false;
    for (let at = position + 1; at < text.length; at += 1) {
      if (text[at] === '"') isQuoted = !isQuoted;
      else if (text[at] === ']' && !isQuoted) return { value: text.slice(position + 1, at), end: at + 1 };
    }
    return undefined;
  },
};
