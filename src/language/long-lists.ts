import { randomBytes } from 'node:crypto';
import { KustoError, type Span } from '../errors/index.js';
import type { Literal } from '../plan/index.js';
import type { KustoType } from '../values/index.js';
import { decodeLiteral } from './literals.js';
import type { SyntaxNode } from './parser.js';
import { TextNeeded } from './text-needed.js';

/**
 * Long lists of plain literals (`datatable(…)[…]`, `in (…)`, `has_any (…)`), which the official parser takes a
 * hundredth of a millisecond an element for, during which nothing else is answered. They are read here instead: the
 * parser sees a text of the same length in which blanks stand for most of the elements. It holds no element's type
 * against its list, so it finds the same errors. A list with anything but plain literals in it stays as it is.
 */

/** Elements from which on a list is long. */
const LONG = 1000;

/** In a comment before the bracket that ends a shortened list, with the list's number; nobody can write it by chance. */
const MARK = `//${randomBytes(12).toString('hex')}:`;
const MARKED = new RegExp(`${MARK}(\\d+)\n`);

export class LongLists {
  private readonly lists: { readonly values: List['values']; readonly shortened: string; readonly whole: string }[] =
    [];

  /** The text as the official parser is to see it. */
  readonly text: string;
  /** Characters of the text that are here, and not the parser's to read. */
  length = 0;

  constructor(text: string) {
    this.text = text.length < 2 * LONG ? text : this.shortened(text);
  }

  /**
   * The elements of a list that was shortened.
   *
   * @param close the bracket that ends the list
   * @throws KustoError for the first element that has no value
   */
  elements(close: (SyntaxNode & { readonly Trivia?: string }) | undefined): Literal[] | undefined {
    const number = MARKED.exec(close?.Trivia ?? '')?.[1];
    if (number === undefined) return undefined;
    return this.lists[Number(number)]!.values.map((value) => {
      if (value instanceof KustoError) throw value;
      return value;
    });
  }

  /** Runs what reads the tree. Text that it takes from there, to be put into the query's, has the lists as they were. */
  whole<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof TextNeeded)) throw error;
      const { at, probe, end } = error;
      throw new TextNeeded(at, (rows) => this.restored(error.textOf(rows)), probe, end);
    }
  }

  private restored(text: string): string {
    if (!text.includes(MARK)) return text;
    return this.lists.reduce((all, { shortened, whole }) => all.split(shortened).join(whole), text);
  }

  private shortened(text: string): string {
    const pieces: string[] = [];
    let done = 0;
    for (const opened of openedLists(text)) {
      if (opened.from < done) continue;
      const list = plainLiterals(text, opened);
      if (!list || list.values.length < LONG) continue;
      pieces.push(text.slice(done, opened.from), this.replacement(text, opened, list));
      done = list.end;
    }
    return pieces.join('') + text.slice(done);
  }

  /** What stands for a list: its first row and the mark, or, where the last row is not full, enough to see that. */
  private replacement(text: string, { from, columns }: Opened, { values, first, last, end }: List): string {
    const isFull = values.length % columns === 0;
    const mark = isFull ? `${MARK}${this.lists.length}\n` : '';
    let replaced = '';
    for (const { start, end } of isFull ? first : [...first, last]) {
      const separator = replaced === '' ? '' : ',';
      replaced = replaced.padEnd(start - from - separator.length) + separator + text.slice(start, end);
    }
    const length = end - from;
    if (replaced.length + mark.length > length) return text.slice(from, end);
    const shortened = replaced.padEnd(length - mark.length) + mark;
    this.lists.push({ values, shortened, whole: text.slice(from, end) });
    this.length += length;
    return shortened;
  }
}

const QUOTED = String.raw`"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"|'[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'`;
const VERBATIM = String.raw`@"[^"\r\n]*(?:""[^"\r\n]*)*"|@'[^'\r\n]*(?:''[^'\r\n]*)*'`;
const FENCED = '```[\\s\\S]*?```|~~~[\\s\\S]*?~~~';
const COMMENT = String.raw`\/\/[^\r\n]*`;

/** What may hold anything, then what opens a list. */
const OPENING = new RegExp(
  `${VERBATIM}|${QUOTED}|${FENCED}|${COMMENT}|` +
    String.raw`\bdatatable\s*\((?<schema>(?:[^()"'\/]|"[^"\\\r\n]*"|'[^'\\\r\n]*')*)\)\s*\[|` +
    String.raw`(?<word>\b(?:in~?|has_any|has_all)\s*\()`,
  'g',
);

/** `from` is the place behind the bracket; a row has so many columns. */
interface Opened {
  readonly from: number;
  readonly close: ']' | ')';
  readonly columns: number;
}

function* openedLists(text: string): Iterable<Opened> {
  for (const match of text.matchAll(OPENING)) {
    const { schema, word } = match.groups!;
    const from = match.index + match[0].length;
    if (word !== undefined) yield { from, close: ')', columns: 1 };
    else if (schema !== undefined) {
      yield { from, close: ']', columns: schema.replace(/"[^"]*"|'[^']*'/g, '').split(',').length };
    }
  }
}

const ESCAPE = String.raw`\\(?:[\\'"ntrabfv0-7]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})`;

interface Form {
  readonly pattern: RegExp;
  /** Undefined: the type that its text names. */
  readonly type?: KustoType;
}

const form = (pattern: string, type?: KustoType): Form => ({
  pattern: new RegExp(pattern, 'y'),
  ...(type && { type }),
});

/** Forms of a literal, each of one type. What the official lexer reads otherwise, or not at all, matches none of them. */
const TEXTS: readonly Form[] = [
  form(String.raw`[hH]?(?:"[^"\\\r\n]*(?:${ESCAPE}[^"\\\r\n]*)*"|'[^'\\\r\n]*(?:${ESCAPE}[^'\\\r\n]*)*')`, 'string'),
  form(`[hH]?(?:${VERBATIM}|${FENCED})`, 'string'),
];
const NUMBERS: readonly Form[] = [
  form(String.raw`-?(?:0x[0-9a-fA-F]+|\d+)(?![\w.])`, 'long'),
  form(String.raw`-?\d+(?:\.\d*(?:[eE][+-]?\d+)?|[eE][+-]?\d+)(?![\w.])`, 'real'),
  form(String.raw`-?\d+(?:\.\d+)?(?:d|h|m|s|ms|ticks?)(?![\w.])`, 'timespan'),
];
const WORDS: readonly Form[] = [
  form(String.raw`(?:true|false|True|False|TRUE|FALSE)(?![\w(])`, 'bool'),
  // Not without anything between the brackets: datetime() is the time of the request.
  form(
    String.raw`(?:datetime|date|timespan|time|guid|int|long|real|double|decimal|bool)\([^()"'~\x60\/\r\n]*[^()"'~\x60\/\s][^()"'~\x60\/\r\n]*\)`,
  ),
];

const formsAt = (text: string, at: number): readonly Form[] => {
  const first = text[at] ?? '';
  return /[-\d]/.test(first) ? NUMBERS : /[^\w]|[hH]/.test(first) ? TEXTS : WORDS;
};

const BLANKS = new RegExp(String.raw`(?:\s|${COMMENT})*`, 'y');
const TYPES_BY_NAME: Readonly<Record<string, KustoType>> = { date: 'datetime', time: 'timespan', double: 'real' };

interface List {
  readonly values: readonly (Literal | KustoError)[];
  /** Places of the elements of the first row, and of the last element. */
  readonly first: readonly Span[];
  readonly last: Span;
  /** Place of the bracket. */
  readonly end: number;
}

/** The list up to the bracket; undefined when there is anything but plain literals in it. */
function plainLiterals(text: string, { from, close, columns }: Opened): List | undefined {
  const values: (Literal | KustoError)[] = [];
  const first: Span[] = [];
  for (let start = skipped(text, from); ;) {
    const found = formsAt(text, start).find(({ pattern }) => {
      pattern.lastIndex = start;
      return pattern.test(text);
    });
    if (!found) return undefined;
    const span = { start, end: found.pattern.lastIndex };
    const literal = text.slice(span.start, span.end);
    values.push(valueOf(literal, found.type ?? typeNamed(literal), span));
    if (first.length < columns) first.push(span);
    let next = skipped(text, span.end);
    const goesOn = text[next] === ',';
    if (goesOn) next = skipped(text, next + 1);
    // A datatable may end with a comma.
    if (text[next] === close) return goesOn && close === ')' ? undefined : { values, first, last: span, end: next };
    if (!goesOn) return undefined;
    start = next;
  }
}

function skipped(text: string, at: number): number {
  BLANKS.lastIndex = at;
  BLANKS.exec(text);
  return BLANKS.lastIndex;
}

function typeNamed(text: string): KustoType {
  const type = text.slice(0, text.indexOf('('));
  return TYPES_BY_NAME[type] ?? (type as KustoType);
}

function valueOf(text: string, type: KustoType, span: Span): Literal | KustoError {
  try {
    return decodeLiteral(text, type, span);
  } catch (error) {
    if (error instanceof KustoError) return error;
    throw error;
  }
}
