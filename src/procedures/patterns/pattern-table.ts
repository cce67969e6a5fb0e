import type { KustoValue } from '../../values/index.js';

/** A set of rows as values of some columns: `items[c]` is the code of column c's value, or ANY. */
export interface Pattern {
  readonly items: Int32Array;
  /** How many columns are set. */
  readonly size: number;
  /** Weight of the rows that match, by side. */
  readonly weights: readonly number[];
}

export const ANY = -1;

/** A cell that is no value of its column: no pattern can name it. */
export const ABSENT = Symbol('absent');

type Cell = KustoValue | typeof ABSENT;

/** Rows of discrete attributes, equal ones told once with their weight. Patterns may tell two sides apart. */
export class PatternTable {
  readonly columnCount: number;
  /** Weight of all rows, by side. */
  readonly totals: number[];
  private readonly dictionaries: Map<Cell, number>[];
  private readonly values: Cell[][];
  private readonly codes: number[][];
  private readonly weights: number[][];
  private readonly known = new Map<string, number>();

  constructor(columnCount: number, sideCount: number) {
    this.columnCount = columnCount;
    this.totals = new Array<number>(sideCount).fill(0);
    this.dictionaries = Array.from({ length: columnCount }, () => new Map());
    this.values = Array.from({ length: columnCount }, () => []);
    this.codes = Array.from({ length: columnCount }, () => []);
    this.weights = this.totals.map(() => []);
  }

  get rowCount(): number {
    return this.weights[0]!.length;
  }

  add(cells: readonly Cell[], weight: number, side: number): void {
    if (!(weight > 0)) return;
    const row = cells.map((cell, c) => this.code(cell, c));
    const key = row.join();
    let index = this.known.get(key);
    if (index === undefined) {
      index = this.rowCount;
      this.known.set(key, index);
      row.forEach((code, c) => this.codes[c]!.push(code));
      for (const weights of this.weights) weights.push(0);
    }
    this.weights[side]![index]! += weight;
    this.totals[side]! += weight;
  }

  private code(cell: Cell, c: number): number {
    if (cell === ABSENT) return ANY;
    const dictionary = this.dictionaries[c]!;
    let code = dictionary.get(cell);
    if (code === undefined) {
      dictionary.set(cell, (code = this.values[c]!.length));
      this.values[c]!.push(cell);
    }
    return code;
  }

  codeAt(c: number, row: number): number {
    return this.codes[c]![row]!;
  }

  valueOf(c: number, code: number): KustoValue {
    return this.values[c]![code] as KustoValue;
  }

  weightsOf(rows: readonly number[]): number[] {
    return this.weights.map((weights) => rows.reduce((sum, row) => sum + weights[row]!, 0));
  }

  weightAt(row: number, side: number): number {
    return this.weights[side]![row]!;
  }

  /** Rows that match, out of some or of all. */
  matching(items: Int32Array, among?: readonly number[]): number[] {
    const set = [...items.keys()].filter((c) => items[c] !== ANY);
    const matches = (row: number): boolean => set.every((c) => this.codes[c]![row] === items[c]);
    if (among) return among.filter(matches);
    const found: number[] = [];
    for (let row = 0; row < this.rowCount; row++) if (matches(row)) found.push(row);
    return found;
  }

  /** The most specific pattern that all of these rows match. */
  closure(rows: readonly number[]): Pattern {
    const items = new Int32Array(this.columnCount).fill(ANY);
    let size = 0;
    this.codes.forEach((codes, c) => {
      const first = codes[rows[0]!]!;
      if (first === ANY || !rows.every((row) => codes[row] === first)) return;
      items[c] = first;
      size++;
    });
    return { items, size, weights: this.weightsOf(rows) };
  }
}
