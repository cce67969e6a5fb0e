import { KustoError } from '../errors/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import type { Pace } from './pace.js';
import type { ProcedureCall, Rows } from './procedure.js';

/** A point of a timeline: bigint for datetime, timespan, long and int columns, number for real ones. */
export type Point = bigint | number;

/** Bins that one analysis may have. */
const MAX_BINS = 100_000;

const asNumber = (point: Point): number => point as number; // The operators below mean the same for both.

export const plus = (a: Point, b: Point): Point => asNumber(a) + asNumber(b);
export const minus = (a: Point, b: Point): Point => asNumber(a) - asNumber(b);

/** Number of whole steps from `origin` to `at`, rounded down. */
export function steps(at: Point, step: Point, origin: Point): number {
  const distance = minus(at, origin);
  if (typeof distance === 'number') return Math.floor(distance / asNumber(step));
  const size = step as bigint;
  const quotient = distance / size;
  return Number(distance < 0n && quotient * size !== distance ? quotient - 1n : quotient);
}

export const times = (count: number, step: Point): Point =>
  typeof step === 'bigint' ? BigInt(count) * step : count * step;

/** One appearance of an id. */
export interface Appearance {
  readonly id: KustoValue;
  readonly at: Point;
}

/** Appearances of one combination of dimension values. */
export interface Slice {
  readonly dimensions: readonly KustoValue[];
  readonly appearances: readonly Appearance[];
}

/** Reads a timeline analysis: rows are `id, time, dimensions…`, constants are points of the same timeline. */
export class Timeline {
  private constructor(
    private readonly call: ProcedureCall,
    private readonly timeType: KustoType,
    readonly pace: Pace,
  ) {}

  slices: readonly Slice[] = [];

  static async read(call: ProcedureCall, pace: Pace): Promise<Timeline> {
    const timeline = new Timeline(call, call.inputs[0]!.columns[1]!.type, pace);
    timeline.slices = await timeline.sliced(call.inputs[0]!);
    return timeline;
  }

  point(value: KustoValue): Point | null {
    if (value === null) return null;
    if (this.timeType === 'real') return Number(value);
    if (typeof value === 'bigint') return value;
    if (typeof value === 'number') return BigInt(Math.trunc(value));
    throw new KustoError('SEM0001', `A ${this.timeType} column cannot be a timeline.`);
  }

  /** A value of the timeline's own type. */
  value(point: Point): KustoValue {
    return this.timeType === 'int' ? Number(point) : point;
  }

  constant(index: number, what: string): Point {
    const value = this.optional(index);
    if (value === null) throw new KustoError('SEM0001', `${what} must not be null.`);
    return value;
  }

  step(index: number, what: string): Point {
    const value = this.constant(index, what);
    if (asNumber(value) <= 0) throw new KustoError('SEM0001', `${what} must be greater than zero.`);
    return value;
  }

  /** A constant that is a point, or null where it is left out. */
  optional(index: number): Point | null {
    return this.point(this.call.inputs[1]!.cells[index]?.[0] ?? null);
  }

  /** A constant that is no point of the timeline. */
  number(index: number): number {
    return Number(this.call.inputs[1]!.cells[index]?.[0] ?? 0);
  }

  /** Ids of a third input, which an analysis holds for known. */
  knownIds(): readonly KustoValue[] {
    return this.call.inputs[2]?.cells[0] ?? [];
  }

  bounded(bins: number): number {
    if (bins > MAX_BINS) throw new KustoError('E_RUNAWAY_QUERY', `The analysis has more than ${MAX_BINS} bins.`);
    return bins;
  }

  private async sliced(input: Rows): Promise<Slice[]> {
    const slices = new Map<string, { dimensions: KustoValue[]; appearances: Appearance[] }>();
    const [ids, at] = [input.cells[0]!, input.cells[1]!];
    for (let r = 0; r < input.rowCount; r++) {
      const point = this.point(at[r]!);
      const id = ids[r]!;
      if (point === null || id === null) continue;
      if (this.pace.isTired(10)) await this.pace.rest();
      const dimensions = input.cells.slice(2).map((cells) => cells[r]!);
      const key = dimensions.map((value) => `${typeof value}:${String(value)}`).join('\0');
      let slice = slices.get(key);
      if (!slice) slices.set(key, (slice = { dimensions, appearances: [] }));
      slice.appearances.push({ id, at: point });
    }
    return [...slices.values()];
  }
}

/** Distinct ids by bin. */
export function idsByBin(
  appearances: readonly Appearance[],
  binOf: (at: Point) => number,
): ReadonlyMap<number, Set<KustoValue>> {
  const bins = new Map<number, Set<KustoValue>>();
  for (const { id, at } of appearances) {
    const bin = binOf(at);
    const ids = bins.get(bin);
    if (ids) ids.add(id);
    else bins.set(bin, new Set([id]));
  }
  return bins;
}

export const ascending = (bins: Iterable<number>): number[] => [...bins].sort((a, b) => a - b);

const byTime = (a: { readonly at: Point }, b: { readonly at: Point }): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : 0;

/** What belongs to each id, in time order. */
export function byId<T extends Appearance>(appearances: Iterable<T>): Map<KustoValue, T[]> {
  const found = new Map<KustoValue, T[]>();
  for (const appearance of appearances) {
    const own = found.get(appearance.id);
    if (own) own.push(appearance);
    else found.set(appearance.id, [appearance]);
  }
  for (const own of found.values()) own.sort(byTime);
  return found;
}
