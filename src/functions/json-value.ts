/** A dynamic value. What is parsed holds its bags as maps, in the order of the text; plain objects may be written. */
export type Json =
  null | boolean | number | string | JsonNumber | readonly Json[] | JsonBag | { readonly [key: string]: Json };

export type JsonBag = ReadonlyMap<string, Json>;

/** A number by its text, where a JavaScript number would lose something: long integers, and reals such as 1.0. */
export class JsonNumber {
  constructor(readonly text: string) {}

  /** A whole number that is a real: its text has a point or an exponent. */
  static ofReal(value: number): JsonNumber {
    const text = String(value);
    return new JsonNumber(text.includes('e') ? text : `${text}.0`);
  }

  get isReal(): boolean {
    return /[.eE]/.test(this.text);
  }
}

export const isBag = (value: Json | undefined): value is JsonBag => value instanceof Map;

export const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
