import { Regex } from './regex.js';

export interface KeyValueOptions {
  readonly keys: readonly string[];
  /** Empty: any character that is no letter, digit or underscore. */
  readonly pairDelimiter: string;
  readonly keyDelimiter: string;
  /** Opening and closing characters; one character is both. */
  readonly quotes: readonly string[];
  readonly escapes: readonly string[];
  readonly greedy: boolean;
  /** Two groups: key and value. */
  readonly regex: string;
}

/** The text of each key's first value; null where the key does not appear. */
export function keyValues(text: string, options: KeyValueOptions): (string | null)[] {
  const found = new Map<string, string>();
  for (const [key, value] of options.regex ? pairsByRegex(text, options.regex) : pairs(text, options)) {
    if (!found.has(key)) found.set(key, value);
  }
  return options.keys.map((key) => found.get(key) ?? null);
}

function pairsByRegex(text: string, pattern: string): [string, string][] {
  return Regex.of(pattern)
    .execAll(text)
    .map((groups) => [groups[1]!.trim(), groups[2]!.trim()]);
}

const WORD = /[\p{L}\p{N}_]/u;

function* pairs(text: string, options: KeyValueOptions): Generator<[string, string]> {
  let at = 0;
  while (at < text.length) {
    at = skipDelimiters(text, at, options);
    const key = token(text, at, options.keyDelimiter, options);
    if (key.end >= text.length) return;
    // A key that meets the end of its pair first has no value: `[INFO] ThreadId:1`.
    const cut = key.quoted ? -1 : lastPairDelimiter(text.slice(at, key.end), options);
    const name = key.quoted ? key.text : text.slice(at + cut + 1, key.end).trim();
    let start = key.end;
    if (!isAt(text, start, options.keyDelimiter)) {
      at = start + 1;
      continue;
    }
    start += options.keyDelimiter.length || 1;
    while (text[start] === ' ' && options.pairDelimiter !== ' ') start++;
    const value = options.greedy
      ? greedyValue(text, start, options)
      : token(text, start, options.pairDelimiter, options);
    yield [name, value.text];
    at = value.end;
  }
}

function skipDelimiters(text: string, at: number, { pairDelimiter }: KeyValueOptions): number {
  let position = at;
  const delimited = (): boolean =>
    pairDelimiter === ''
      ? !WORD.test(text[position]!) && !/['"(\[{]/.test(text[position]!)
      : text.startsWith(pairDelimiter, position);
  while (position < text.length && (/\s/.test(text[position]!) || delimited())) {
    position += /\s/.test(text[position]!) ? 1 : pairDelimiter.length || 1;
  }
  return position;
}

function lastPairDelimiter(text: string, { pairDelimiter }: KeyValueOptions): number {
  if (pairDelimiter !== '') {
    const cut = text.lastIndexOf(pairDelimiter);
    return cut < 0 ? -1 : cut + pairDelimiter.length - 1;
  }
  for (let i = text.length - 1; i >= 0; i--) if (!WORD.test(text[i]!)) return i;
  return -1;
}

const isAt = (text: string, at: number, delimiter: string): boolean =>
  delimiter === '' ? at < text.length && !WORD.test(text[at]!) : text.startsWith(delimiter, at);

/** A quoted or bare token up to a delimiter; `end` is where the delimiter stands. */
function token(text: string, at: number, delimiter: string, options: KeyValueOptions) {
  const quote = options.quotes.find((pair) => text.startsWith(pair[0]!, at));
  if (quote !== undefined) {
    const close = quote[1] ?? quote[0]!;
    let held = '';
    for (let i = at + 1; i < text.length; i++) {
      if (options.escapes.includes(text[i]!) && i + 1 < text.length) held += text[++i]!;
      else if (text[i] === close) return { text: held, end: i + 1, quoted: true };
      else held += text[i]!;
    }
  }
  let end = at;
  while (end < text.length && !isAt(text, end, delimiter)) end++;
  return { text: text.slice(at, end).trim(), end, quoted: false };
}

/** Up to the pair delimiter before the next known key, or the end. */
function greedyValue(text: string, at: number, options: KeyValueOptions) {
  const quoted = token(text, at, options.pairDelimiter, options);
  if (quoted.quoted) return quoted;
  let end = text.length;
  for (const key of options.keys) {
    const next = text.indexOf(`${options.pairDelimiter}${key}${options.keyDelimiter}`, at);
    if (next >= 0 && next < end) end = next;
  }
  return { text: text.slice(at, end).trim(), end, quoted: false };
}
