import { KustoError, type Span } from '../../errors/index.js';

/** A string literal of a command, with adjacent literals joined. `hidden` text must never be shown. */
export interface StringLiteral {
  readonly value: string;
  readonly hidden: boolean;
  readonly span: Span;
}

export interface Read<V> {
  readonly value: V;
  readonly end: number;
}

const TRIVIA = /(?:\s|\/\/[^\n]*(?:\n|$))+/y;
const FENCES = ['```', '~~~'] as const;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** Matches a sticky expression at a position. */
export function matchAt(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

/** The position after white space and comments. */
export function skipTrivia(text: string, position: number): number {
  return position + (matchAt(TRIVIA, text, position)?.length ?? 0);
}

interface LiteralPart {
  readonly value: string;
  readonly hidden: boolean;
  readonly end: number;
}

/** One literal, in any of KQL's forms; undefined when there is none here. An unclosed one is an error. */
function readPart(text: string, start: number): LiteralPart | undefined {
  const hidden = /[hH]/.test(text[start] ?? '');
  let at = hidden ? start + 1 : start;
  const fence = FENCES.find((mark) => text.startsWith(mark, at));
  if (fence !== undefined) {
    const close = text.indexOf(fence, at + 3);
    if (close < 0) throw unclosed(start, text.length);
    return { value: text.slice(at + 3, close), hidden, end: close + 3 };
  }
  const verbatim = text[at] === '@';
  if (verbatim) at += 1;
  const quote = text[at];
  if (quote !== "'" && quote !== '"') return undefined;
  let value = '';
  for (at += 1; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === quote) {
      if (!verbatim || text[at + 1] !== quote) return { value, hidden, end: at + 1 };
      at += 1;
    } else if (char === '\n' && !verbatim) {
      break;
    } else if (char === '\\' && !verbatim) {
      const escape = readEscape(text, at + 1);
      value += escape.value;
      at = escape.end - 1;
      continue;
    }
    value += char;
  }
  throw unclosed(start, at);
}

function readEscape(text: string, at: number): Read<string> {
  const hex = matchAt(/u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}/y, text, at);
  if (hex !== undefined) {
    const code = parseInt(hex.slice(1), 16);
    if (code > 0x10ffff) throw syntax('This escape is not a character.', { start: at - 1, end: at + hex.length });
    return { value: String.fromCodePoint(code), end: at + hex.length };
  }
  const char = text[at];
  if (char === undefined) return { value: '', end: at };
  return { value: ESCAPES[char] ?? char, end: at + 1 };
}

export function syntax(message: string, span: Span): KustoError {
  return new KustoError('SYN0002', message, { span });
}

function unclosed(start: number, end: number): KustoError {
  return syntax('This string literal is not closed.', { start, end });
}

/** Adjacent literals are one: `'a' h"b"` is `ab`, and hidden because a part of it is. */
export function readString(text: string, position: number): Read<StringLiteral> | undefined {
  let part = readPart(text, position);
  if (part === undefined) return undefined;
  let { value, hidden, end } = part;
  while ((part = readPart(text, skipTrivia(text, end))) !== undefined) {
    value += part.value;
    hidden ||= part.hidden;
    end = part.end;
  }
  return { value: { value, hidden, span: { start: position, end } }, end };
}

/** A single literal: the one beside it has a meaning of its own. */
export function readOneString(text: string, position: number): Read<string> | undefined {
  return readPart(text, position);
}

/** From an opening bracket to the end of its partner, past strings and comments. Undefined when it never closes. */
export function readBalanced(text: string, position: number, open: string, close: string): Read<string> | undefined {
  if (text[position] !== open) return undefined;
  let depth = 0;
  let at = position;
  while (at < text.length) {
    const past = skipTrivia(text, at);
    if (past > at) {
      at = past;
      continue;
    }
    const inWord = /\w/.test(text[at - 1] ?? '');
    const literal = inWord && /[hH]/.test(text.charAt(at)) ? undefined : readPart(text, at);
    if (literal !== undefined) {
      at = literal.end;
      continue;
    }
    const char = text.charAt(at);
    at += 1;
    if (char === open) depth += 1;
    else if (char === close && (depth -= 1) === 0) return { value: text.slice(position, at), end: at };
  }
  return undefined;
}

interface FoundLiteral {
  readonly start: number;
  readonly end: number;
  readonly hidden: boolean;
  readonly value: string;
}

/** What looks like a hidden literal in a comment: a line may be put out of use with its secret in it. */
const HIDDEN_IN_COMMENT = /(?<!\w)[hH](?:@?(['"])[^\n]*?(?:\1|(?=\n|$))|(?:```|~~~)[^\n]*)/g;

/** Every literal of a text, and the hidden ones of its comments; one that never closes reaches to the end. */
function* literalsOf(text: string): Iterable<FoundLiteral> {
  for (let at = 0; at < text.length;) {
    const past = skipTrivia(text, at);
    for (const match of text.slice(at, past).matchAll(HIDDEN_IN_COMMENT)) {
      const start = at + match.index;
      const value = match[0].replace(/^[hH]@?(?:```|~~~|['"])/, '').replace(/(?:```|~~~|['"])$/, '');
      yield { start, end: start + match[0].length, hidden: true, value };
    }
    const inWord = past === at && /\w/.test(text[at - 1] ?? '') && /[hH]/.test(text.charAt(at));
    const part = past > at || inWord ? undefined : tryPart(text, at);
    if (part !== undefined) yield { start: at, ...part };
    else if (past === at && !inWord && matchAt(/[hH](?:@?['"]|```|~~~)/y, text, at) !== undefined) {
      yield { start: at, end: text.length, hidden: true, value: text.slice(at + 2) };
      return;
    }
    at = part?.end ?? Math.max(past, at + 1);
  }
}

/** The text with every hidden literal (`h'…'`) blotted out, and what it hides wherever it stands: what may be logged. */
export function obfuscate(text: string): string {
  let shown = '';
  let at = 0;
  for (const { start, end, hidden } of literalsOf(text)) {
    if (!hidden) continue;
    shown += `${text.slice(at, start)}h'****'`;
    at = end;
  }
  return withoutValues(shown + text.slice(at), hiddenValues(text));
}

/** What the hidden literals of a text hide. */
export function hiddenValues(text: string): readonly string[] {
  return [...literalsOf(text)].filter(({ hidden }) => hidden).map(({ value }) => value);
}

/** Shorter secrets than this are none, and would blot out the words of a message. */
const SHORTEST_SECRET = 3;

export function withoutValues(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .reduce((shown, secret) => shown.replaceAll(secret, '****'), text);
}

function tryPart(text: string, at: number): LiteralPart | undefined {
  try {
    return readPart(text, at);
  } catch {
    return undefined;
  }
}

/**
 * The commands of a script: each begins with a dot at the start of a line, outside of brackets and strings. Comments
 * between them belong to none. Throws SYN0002 when the script begins with something else.
 */
export function splitScript(text: string): readonly { readonly text: string; readonly offset: number }[] {
  const commands: { start: number; end: number }[] = [];
  let depth = 0;
  let isLineStart = true;
  for (let at = 0; at < text.length;) {
    const past = skipTrivia(text, at);
    if (past > at) {
      isLineStart ||= text.slice(at, past).includes('\n');
      at = past;
      continue;
    }
    if (isLineStart && depth === 0 && matchAt(/\.\s*[A-Za-z]/y, text, at) !== undefined)
      commands.push({ start: at, end: at });
    const current = commands.at(-1);
    if (current === undefined)
      throw syntax('A script begins with a command: a dot at the start of a line.', { start: at, end: at + 1 });
    const char = text.charAt(at);
    const inWord = /\w/.test(text[at - 1] ?? '') && /[hH]/.test(char);
    if (char === '{' || char === '(') depth += 1;
    else if (char === '}' || char === ')') depth -= 1;
    at = (inWord ? undefined : tryPart(text, at)?.end) ?? at + 1;
    current.end = at;
    isLineStart = false;
  }
  return commands.map(({ start, end }) => ({ text: text.slice(start, end), offset: start }));
}

/** An expression as written, up to a comma or a closing bracket that is not its own. */
export function readExpression(text: string, position: number): Read<string> | undefined {
  let depth = 0;
  let end = position;
  for (let at = position; at < text.length;) {
    const past = skipTrivia(text, at);
    const char = text.charAt(past);
    if (depth === 0 && (char === ',' || char === ')' || char === '')) break;
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    at = readPart(text, past)?.end ?? past + 1;
    end = at;
  }
  return end === position ? undefined : { value: text.slice(position, end), end };
}
