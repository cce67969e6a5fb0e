import { realJson } from '../values/index.js';
import { JsonNumber, type Json } from './json.js';

/** Deeper text is taken for text that is no JSON. */
const MAX_DEPTH = 1000;

class NotJson extends Error {}

/**
 * Parses JSON text; undefined when it is none. Not `JSON.parse`, which reorders the keys of a bag that look like
 * numbers, and loses long numbers and the point of 1.0.
 */
export function parseJson(text: string): Json | undefined {
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

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): Json {
    if (depth > MAX_DEPTH) throw new NotJson();
    switch (this.peek()) {
      case '{':
        return this.bag(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  end(): void {
    if (this.peek() !== '') throw new NotJson();
  }

  /** The next character that is not blank, '' at the end. */
  private peek(): string {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return this.text.charAt(this.at);
      this.at++;
    }
  }

  private bag(depth: number): Json {
    const bag = new Map<string, Json>();
    this.at++;
    if (this.peek() === '}') {
      this.at++;
      return bag;
    }
    for (;;) {
      if (this.peek() !== '"') throw new NotJson();
      const key = this.string();
      if (this.peek() !== ':') throw new NotJson();
      this.at++;
      bag.set(key, this.value(depth + 1));
      if (this.closes('}')) return bag;
    }
  }

  private array(depth: number): Json {
    const array: Json[] = [];
    this.at++;
    if (this.peek() === ']') {
      this.at++;
      return array;
    }
    for (;;) {
      array.push(this.value(depth + 1));
      if (this.closes(']')) return array;
    }
  }

  private closes(bracket: string): boolean {
    const next = this.peek();
    if (next !== ',' && next !== bracket) throw new NotJson();
    this.at++;
    return next === bracket;
  }

  private string(): string {
    const start = this.at++;
    let plain = true;
    for (;;) {
      const code = this.text.charCodeAt(this.at++);
      if (code === 34) break;
      if (code === 92) {
        plain = false;
        this.at++;
      } else if (!(code >= 32)) throw new NotJson();
    }
    const { text, at } = this;
    return plain ? text.slice(start + 1, at - 1) : (JSON.parse(text.slice(start, at)) as string);
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw new NotJson();
    this.at += word.length;
    return value;
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
  if (/^-?\d+$/.test(token)) {
    if (Number.isSafeInteger(number) && token !== '-0') return number;
    const whole = BigInt(token);
    if (BigInt.asIntN(64, whole) === whole) return token === '-0' ? 0 : new JsonNumber(token);
  }
  if (!Number.isFinite(number)) return new JsonNumber(token);
  return Number.isInteger(number) ? new JsonNumber(realJson(number)) : number;
}
