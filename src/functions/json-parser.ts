import { JsonNumber, type Json } from './json-value.js';

/** Deeper text is taken for text that is no JSON. */
const MAX_DEPTH = 1000;

class NotJson extends Error {}

/**
 * Parses JSON text; undefined when it is none. So is a number or a bool that the binder let through where a function
 * expects a dynamic value. Not `JSON.parse`, which reorders the keys of a bag that look like
 * numbers, and loses long numbers and the point of 1.0.
 */
export function parseJson(text: string): Json | undefined {
  if (typeof (text as unknown) !== 'string') return undefined;
  try {
    const reader = new Reader(text);
    const value = reader.value(0);
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof NotJson || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Characters by their codes. */
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_BAG = 123;
const CLOSE_BAG = 125;

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw new NotJson();
    const next = this.peek();
    if (next === QUOTE) return this.string();
    if (next === OPEN_BAG) return this.bag(depth);
    if (next === OPEN_ARRAY) return this.array(depth);
    if (next === MINUS || isDigit(next)) return this.number();
    if (this.takes('true')) return true;
    if (this.takes('false')) return false;
    if (this.takes('null')) return null;
    throw new NotJson();
  }

  end(): void {
    if (!Number.isNaN(this.peek())) throw new NotJson();
  }

  /** The next character that is not blank, NaN at the end. */
  private peek(): number {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return code;
      this.at++;
    }
  }

  private bag(depth: number): Json {
    const bag = new Map<string, Json>();
    this.at++;
    if (this.peek() === CLOSE_BAG) {
      this.at++;
      return bag;
    }
    do {
      if (this.peek() !== QUOTE) throw new NotJson();
      const key = this.string();
      if (this.peek() !== COLON) throw new NotJson();
      this.at++;
      bag.set(key, this.value(depth + 1));
    } while (this.continues(CLOSE_BAG));
    return bag;
  }

  private array(depth: number): Json {
    const array: Json[] = [];
    this.at++;
    if (this.peek() === CLOSE_ARRAY) {
      this.at++;
      return array;
    }
    do array.push(this.value(depth + 1));
    while (this.continues(CLOSE_ARRAY));
    return array;
  }

  /** Steps over a comma (true) or the closing bracket (false). */
  private continues(bracket: number): boolean {
    const next = this.peek();
    if (next !== COMMA && next !== bracket) throw new NotJson();
    this.at++;
    return next === COMMA;
  }

  private string(): string {
    const { text } = this;
    const start = this.at + 1;
    let at = start;
    let plain = true;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        plain = false;
        at++;
      } else if (!(code >= 32)) throw new NotJson();
      at++;
    }
    this.at = at + 1;
    return plain ? text.slice(start, at) : (JSON.parse(text.slice(start - 1, at + 1)) as string);
  }

  private takes(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private number(): number | JsonNumber {
    NUMBER.lastIndex = this.at;
    const token = NUMBER.exec(this.text)?.[0];
    if (token === undefined) throw new NotJson();
    this.at += token.length;
    return numberOf(token);
  }
}

/** Longs stay longs and reals stay reals: only 12 and 1.5 are plain numbers, 1.0 and 2^60 are kept by their text. */
function numberOf(token: string): number | JsonNumber {
  const number = Number(token);
  if (token.length < 16 && String(number) === token && !token.includes('e')) return number;
  if (/^-?\d+$/.test(token)) {
    if (Number.isSafeInteger(number) && token !== '-0') return number;
    const whole = BigInt(token);
    if (BigInt.asIntN(64, whole) === whole) return token === '-0' ? 0 : new JsonNumber(token);
  }
  if (!Number.isFinite(number)) return new JsonNumber(token);
  return Number.isInteger(number) ? JsonNumber.ofReal(number) : number;
}
