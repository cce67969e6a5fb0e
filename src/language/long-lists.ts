import { randomBytes } from 'node:crypto';
import { KustoError } from '../errors/index.js';
import type { Literal } from '../plan/index.js';
import type { KustoType } from '../values/index.js';
import { decodeLiteral } from './literals.js';
import type { SyntaxNode } from './parser.js';

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

interface Element {
  readonly start: number;
  readonly end: number;
  readonly value: Literal | KustoError;
}

export class LongLists {
  private readonly lists: (readonly Element[])[] = [];

  /** The text as the official parser is to see it. */
  readonly text: string;

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
    return this.lists[Number(number)]!.map(({ value }) => {
      if (value instanceof KustoError) throw value;
      return value;
    });
  }

  private shortened(text: string): string {
    const pieces: string[] = [];
    let done = 0;
    for (const { from, close, columns } of openedLists(text)) {
      if (from < done) continue;
      const list = plainLiterals(text, from, close);
      if (!list || list.elements.length < LONG) continue;
      const replaced = this.replacement(text.slice(from, list.end), from, list.elements, columns);
      pieces.push(text.slice(done, from), replaced);
      done = list.end;
    }
    return pieces.join('') + text.slice(done);
  }

  /** What stands for a list: its first row and the mark, or, where the last row is not full, enough to see that. */
  private replacement(list: string, from: number, elements: readonly Element[], columns: number): string {
    const full = elements.length % columns === 0;
    const kept = [...elements.slice(0, columns), ...(full ? [] : [elements.at(-1)!])];
    const mark = full ? `${MARK}${this.lists.length}\n` : '';
    let replaced = '';
    kept.forEach(({ start, end }, i) => {
      replaced =
        replaced.padEnd(start - from - (i > 0 ? 1 : 0)) + (i > 0 ? ',' : '') + list.slice(start - from, end - from);
    });
    if (replaced.length + mark.length > list.length) return list;
    this.lists.push(elements);
    return replaced.padEnd(list.length - mark.length) + mark;
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

function* openedLists(text: string): Iterable<{ from: number; close: ']' | ')'; columns: number }> {
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

/** Forms of a literal, each of one type. What the official lexer reads otherwise, or not at all, matches none of them. */
const FORMS: readonly { readonly type: KustoType | undefined; readonly form: string }[] = [
  {
    type: 'string',
    form: `[hH]?(?:"[^"\\\\\\r\\n]*(?:${ESCAPE}[^"\\\\\\r\\n]*)*"|'[^'\\\\\\r\\n]*(?:${ESCAPE}[^'\\\\\\r\\n]*)*')`,
  },
  { type: 'string', form: `[hH]?(?:${VERBATIM}|${FENCED})` },
  { type: 'timespan', form: String.raw`-?\d+(?:\.\d+)?(?:d|h|m|s|ms|ticks?)(?![\w.])` },
  { type: 'real', form: String.raw`-?\d+(?:\.\d*(?:[eE][+-]?\d+)?|[eE][+-]?\d+)(?![\w.])` },
  { type: 'long', form: String.raw`-?(?:0x[0-9a-fA-F]+|\d+)(?![\w.])` },
  { type: 'bool', form: String.raw`(?:true|false|True|False|TRUE|FALSE)(?![\w(])` },
  // Of a type by name; datetime() is the time of the request, and not a literal.
  {
    type: undefined,
    form: String.raw`(?:datetime|date|timespan|time|guid|int|long|real|double|decimal|bool)\([^()"'~\x60\/\r\n]*[^()"'~\x60\/\s][^()"'~\x60\/\r\n]*\)`,
  },
];

const LITERAL = new RegExp(FORMS.map(({ form }) => `(${form})`).join('|'), 'y');
const BLANKS = new RegExp(`(?:\\s|${COMMENT})*`, 'y');
const TYPES_BY_NAME: Readonly<Record<string, KustoType>> = { date: 'datetime', time: 'timespan', double: 'real' };

/** The elements up to the bracket, whose place is `end`; undefined when there is anything else. */
function plainLiterals(text: string, from: number, close: ']' | ')') {
  const elements: Element[] = [];
  for (let at = skipped(text, from); ;) {
    LITERAL.lastIndex = at;
    const match = LITERAL.exec(text);
    if (!match) return undefined;
    const end = LITERAL.lastIndex;
    const { type } = FORMS[match.findIndex((group, i) => i > 0 && group !== undefined) - 1]!;
    elements.push({ start: at, end, value: valueOf(match[0], type ?? typeNamed(match[0]), at) });
    at = skipped(text, end);
    if (text[at] === ',') {
      at = skipped(text, at + 1);
      if (text[at] !== close) continue;
      // A datatable may end with a comma.
      return close === ']' ? { elements, end: at } : undefined;
    }
    return text[at] === close ? { elements, end: at } : undefined;
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

function valueOf(text: string, type: KustoType, start: number): Literal | KustoError {
  try {
    return decodeLiteral(text, type, { start, end: start + text.length });
  } catch (error) {
    if (error instanceof KustoError) return error;
    throw error;
  }
}
