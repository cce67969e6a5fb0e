import type { KustoValue } from '../values/index.js';
import { Pace } from './pace.js';
import { RowBuilder, type ProcedureDefinition } from './procedure.js';
import {
  ascending,
  byId,
  idsByBin,
  minus,
  plus,
  steps,
  times,
  Timeline,
  type Appearance,
  type Point,
  type Slice,
} from './timeline.js';

/** Plugins that count distinct ids along a timeline. All take rows `id, time, dimensions…`; see each for its constants. */

/** A row of an analysis: points of the timeline, then (behind the slice's dimensions) figures. */
interface Row {
  readonly at: readonly Point[];
  readonly figures: readonly (bigint | number)[];
}

/** What one row may cost: comparisons of ids, mostly. */
const STEPS_A_ROW = 1_000;

/** An analysis of each slice by itself: `prepare` reads the constants and gives what yields the rows of a slice. */
function analysis(name: string, prepare: (timeline: Timeline) => (slice: Slice) => Iterable<Row>): ProcedureDefinition {
  return {
    name,
    async run(call) {
      const pace = new Pace(call.signal, `${name}()`);
      const timeline = await Timeline.read(call, pace);
      const rowsOf = prepare(timeline);
      const output = new RowBuilder(call.columns);
      for (const slice of timeline.slices) {
        for (const { at, figures } of rowsOf(slice)) {
          if (pace.isTired(STEPS_A_ROW)) await pace.rest();
          output.add([...at.map((point) => timeline.value(point)), ...slice.dimensions, ...figures]);
        }
      }
      return output.build();
    },
  };
}

/** Bins from the start of an analysis to its end; the first two constants are these. */
class Axis {
  readonly start: Point;
  readonly end: Point;

  constructor(
    timeline: Timeline,
    readonly step: Point,
  ) {
    this.start = timeline.constant(0, 'Start');
    this.end = timeline.constant(1, 'End');
  }

  readonly binOf = (at: Point): number => steps(at, this.step, this.start);

  pointOf(bin: number): Point {
    return plus(this.start, times(bin, this.step));
  }

  holds(at: Point): boolean {
    return at >= this.start && at <= this.end;
  }

  within(slice: Slice): Appearance[] {
    return slice.appearances.filter(({ at }) => this.holds(at));
  }

  /** Distinct ids of the bins that have any. */
  idsOf(slice: Slice): ReadonlyMap<number, Set<KustoValue>> {
    return idsByBin(this.within(slice), this.binOf);
  }
}

function common(ids: ReadonlySet<KustoValue>, others: ReadonlySet<KustoValue>): number {
  let count = 0;
  for (const id of ids) if (others.has(id)) count++;
  return count;
}

function tally(bins: Iterable<number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const bin of bins) counts.set(bin, (counts.get(bin) ?? 0) + 1);
  return counts;
}

/** Bins of one step in a window. */
const widthOf = (window: Point, step: Point): number => Math.max(1, steps(window, step, minus(window, window)));

const NONE: ReadonlySet<KustoValue> = new Set();

/** Constants: start, end, step. Each window against all windows before it. */
const ACTIVITY_COUNTS = analysis('activity_counts_metrics', (timeline) => {
  const axis = new Axis(timeline, timeline.step(2, 'Window'));
  return function* (slice) {
    const counts = tally(axis.within(slice).map(({ at }) => axis.binOf(at)));
    const bins = axis.idsOf(slice);
    const seen = new Set<KustoValue>();
    for (const bin of ascending(bins.keys())) {
      const ids = bins.get(bin)!;
      const before = seen.size;
      ids.forEach((id) => seen.add(id));
      const figures = [counts.get(bin)!, ids.size, seen.size - before, seen.size].map(BigInt);
      yield { at: [axis.pointOf(bin)], figures };
    }
  };
});

/** Constants: start, end, window. Each window against the one before it. */
const ACTIVITY_METRICS = analysis('activity_metrics', (timeline) => {
  const axis = new Axis(timeline, timeline.step(2, 'Window'));
  return function* (slice) {
    const bins = axis.idsOf(slice);
    for (const bin of ascending(bins.keys())) {
      const ids = bins.get(bin)!;
      const previous = bins.get(bin - 1) ?? NONE;
      const returned = common(ids, previous);
      yield {
        at: [axis.pointOf(bin)],
        figures: [
          BigInt(ids.size),
          BigInt(ids.size - returned),
          returned / previous.size,
          (previous.size - returned) / previous.size,
        ],
      };
    }
  };
});

/** Constants: start, end, inner window, outer window. */
const ACTIVITY_ENGAGEMENT = analysis('activity_engagement', (timeline) => {
  const axis = new Axis(timeline, timeline.step(2, 'InnerActivityWindow'));
  const width = timeline.bounded(widthOf(timeline.step(3, 'OuterActivityWindow'), axis.step));
  return function* (slice) {
    const bins = axis.idsOf(slice);
    const window = new SlidingIds(bins);
    for (const bin of ascending(bins.keys())) {
      const count = window.moveTo(bin - width + 1, bin);
      const ids = bins.get(bin)!.size;
      yield { at: [axis.pointOf(bin)], figures: [BigInt(ids), BigInt(count), ids / count] };
    }
  };
});

/** Distinct ids in a range of bins that only moves forward. */
class SlidingIds {
  private readonly holders = new Map<KustoValue, number>();
  private readonly ordered: readonly number[];
  private first = 0;
  private next = 0;

  constructor(private readonly bins: ReadonlyMap<number, ReadonlySet<KustoValue>>) {
    this.ordered = ascending(bins.keys());
  }

  moveTo(from: number, to: number): number {
    for (; this.next < this.ordered.length && this.ordered[this.next]! <= to; this.next++) {
      for (const id of this.bins.get(this.ordered[this.next]!)!) {
        this.holders.set(id, (this.holders.get(id) ?? 0) + 1);
      }
    }
    for (; this.first < this.next && this.ordered[this.first]! < from; this.first++) {
      for (const id of this.bins.get(this.ordered[this.first]!)!) {
        const left = this.holders.get(id)! - 1;
        if (left === 0) this.holders.delete(id);
        else this.holders.set(id, left);
      }
    }
    return this.holders.size;
  }
}

/** Sum of the counts in a range of bins that only moves forward by one. */
class MovingSum {
  private sum = 0;
  private isPlaced = false;

  constructor(private readonly counts: ReadonlyMap<number, number>) {}

  moveTo(from: number, to: number): number {
    if (!this.isPlaced) {
      for (const [bin, count] of this.counts) if (bin >= from && bin <= to) this.sum += count;
    } else {
      this.sum += (this.counts.get(to) ?? 0) - (this.counts.get(from - 1) ?? 0);
    }
    this.isPlaced = true;
    return this.sum;
  }
}

/** Constants: start, end, lookback window, bin. A window of bins ends at each bin that has rows in its window. */
const SLIDING_WINDOW_COUNTS = analysis('sliding_window_counts', (timeline) => {
  const axis = new Axis(timeline, timeline.step(3, 'Bin'));
  const width = widthOf(timeline.step(2, 'LookbackWindow'), axis.step);
  const last = timeline.bounded(axis.binOf(axis.end));
  return function* (slice) {
    const appearances = slice.appearances.filter(({ at }) => axis.binOf(at) > -width && at <= axis.end);
    const counts = tally(appearances.map(({ at }) => axis.binOf(at)));
    const inWindow = new MovingSum(counts);
    const window = new SlidingIds(idsByBin(appearances, axis.binOf));
    for (let bin = 0; bin <= last; bin++) {
      const distinct = window.moveTo(bin - width + 1, bin);
      const count = inWindow.moveTo(bin - width + 1, bin);
      if (distinct > 0) yield { at: [axis.pointOf(bin)], figures: [BigInt(count), BigInt(distinct)] };
    }
  };
});

/** Constants: start, end, lookback window, period, number of periods, bin. */
const ACTIVE_USERS_COUNT = analysis('active_users_count', (timeline) => {
  const axis = new Axis(timeline, timeline.step(5, 'Bin'));
  const [lookback, period] = [timeline.step(2, 'LookbackWindow'), timeline.step(3, 'Period')];
  const needed = timeline.number(4);
  return function* (slice) {
    const active: Appearance[] = [];
    for (const own of byId(slice.appearances).values()) {
      let first = 0;
      /** Appearances in the lookback, by period. */
      const periods = new Map<number, number>();
      const change = (at: Point, by: number): void => {
        const key = steps(at, period, axis.start);
        const count = (periods.get(key) ?? 0) + by;
        if (count === 0) periods.delete(key);
        else periods.set(key, count);
      };
      for (const appearance of own) {
        const { at } = appearance;
        change(at, 1);
        // The lookback ends with the appearance itself and leaves out its own beginning.
        for (; own[first]!.at <= minus(at, lookback); first++) change(own[first]!.at, -1);
        if (axis.holds(at) && periods.size >= needed) active.push(appearance);
      }
    }
    const bins = idsByBin(active, axis.binOf);
    for (const bin of ascending(bins.keys())) yield { at: [axis.pointOf(bin)], figures: [BigInt(bins.get(bin)!.size)] };
  };
});

/** Constants: start, end, bin, lookback window. A session begins where the id was not seen within the lookback. */
const SESSION_COUNT = analysis('session_count', (timeline) => {
  const axis = new Axis(timeline, timeline.step(2, 'Bin'));
  const lookback = timeline.step(3, 'LookBackWindow');
  const origin = minus(axis.start, axis.start);
  return function* (slice) {
    const begun: number[] = [];
    for (const own of byId(slice.appearances).values()) {
      own.forEach(({ at }, i) => {
        const previous = own[i - 1];
        if (!axis.holds(at) || (previous && minus(at, previous.at) < lookback)) return;
        begun.push(steps(at, axis.step, origin));
      });
    }
    const sessions = tally(begun);
    for (const bin of ascending(sessions.keys())) {
      yield { at: [times(bin, axis.step)], figures: [BigInt(sessions.get(bin)!)] };
    }
  };
});

/**
 * Constants: start, end, window, cohort (null: all). A third input holds ids that are not new. A cohort is the ids
 * first seen in a window; it is held against every later window.
 */
const NEW_ACTIVITY_METRICS = analysis('new_activity_metrics', (timeline) => {
  const axis = new Axis(timeline, timeline.step(2, 'Window'));
  const cohort = timeline.optional(3);
  const only = cohort === null ? undefined : axis.binOf(cohort);
  const known = timeline.knownIds();
  const last = timeline.bounded(axis.binOf(axis.end));
  return function* (slice) {
    const bins = axis.idsOf(slice);
    const seen = new Set<KustoValue>(known);
    for (const from of ascending(bins.keys())) {
      const fresh = new Set([...bins.get(from)!].filter((id) => !seen.has(id)));
      fresh.forEach((id) => seen.add(id));
      if (fresh.size === 0 || (only !== undefined && only !== from)) continue;
      for (let to = from; to <= last; to++) {
        const ids = bins.get(to) ?? NONE;
        const retained = common(fresh, ids);
        const appeared = to === from ? fresh.size : ids.size - common(ids, seen);
        yield {
          at: [axis.pointOf(from), axis.pointOf(to)],
          figures: [
            BigInt(appeared),
            BigInt(retained),
            BigInt(fresh.size - retained),
            retained / fresh.size,
            (fresh.size - retained) / fresh.size,
          ],
        };
      }
    }
  };
});

export const ACTIVITY: readonly ProcedureDefinition[] = [
  ACTIVITY_COUNTS,
  ACTIVITY_METRICS,
  ACTIVITY_ENGAGEMENT,
  SLIDING_WINDOW_COUNTS,
  ACTIVE_USERS_COUNT,
  SESSION_COUNT,
  NEW_ACTIVITY_METRICS,
];
