import type { KustoValue } from '../values/index.js';
import { RowBuilder, type ProcedureDefinition } from './procedure.js';
import { ascending, idsByBin, minus, plus, steps, times, Timeline, type Point, type Slice } from './timeline.js';

/** Plugins that count distinct ids along a timeline. All take rows `id, time, dimensions…`; see each for its constants. */

const within = (slice: Slice, start: Point, end: Point): Slice['appearances'] =>
  slice.appearances.filter(({ at }) => at >= start && at <= end);

function common(ids: ReadonlySet<KustoValue>, others: ReadonlySet<KustoValue>): number {
  let count = 0;
  for (const id of ids) if (others.has(id)) count++;
  return count;
}

const NONE: ReadonlySet<KustoValue> = new Set();

/** Constants: start, end, step. Each window against all windows before it. */
const ACTIVITY_COUNTS: ProcedureDefinition = {
  name: 'activity_counts_metrics',
  run(call) {
    const timeline = new Timeline(call);
    const [start, end] = [timeline.constant(0, 'Start'), timeline.constant(1, 'End')];
    const step = timeline.step(2, 'Window');
    const output = new RowBuilder(call.columns);
    for (const slice of timeline.slices) {
      const appearances = within(slice, start, end);
      const counts = new Map<number, number>();
      for (const { at } of appearances) {
        const bin = steps(at, step, start);
        counts.set(bin, (counts.get(bin) ?? 0) + 1);
      }
      const bins = idsByBin(appearances, (at) => steps(at, step, start));
      const seen = new Set<KustoValue>();
      for (const bin of ascending(bins.keys())) {
        const ids = bins.get(bin)!;
        const before = seen.size;
        ids.forEach((id) => seen.add(id));
        output.add([
          timeline.value(plus(start, times(bin, step))),
          ...slice.dimensions,
          BigInt(counts.get(bin)!),
          BigInt(ids.size),
          BigInt(seen.size - before),
          BigInt(seen.size),
        ]);
      }
    }
    return output.build();
  },
};

/** Constants: start, end, window. Each window against the one before it. */
const ACTIVITY_METRICS: ProcedureDefinition = {
  name: 'activity_metrics',
  run(call) {
    const timeline = new Timeline(call);
    const [start, end] = [timeline.constant(0, 'Start'), timeline.constant(1, 'End')];
    const step = timeline.step(2, 'Window');
    const output = new RowBuilder(call.columns);
    for (const slice of timeline.slices) {
      const bins = idsByBin(within(slice, start, end), (at) => steps(at, step, start));
      for (const bin of ascending(bins.keys())) {
        const ids = bins.get(bin)!;
        const previous = bins.get(bin - 1) ?? NONE;
        const returned = common(ids, previous);
        output.add([
          timeline.value(plus(start, times(bin, step))),
          ...slice.dimensions,
          BigInt(ids.size),
          BigInt(ids.size - returned),
          returned / previous.size,
          (previous.size - returned) / previous.size,
        ]);
      }
    }
    return output.build();
  },
};

/** Constants: start, end, inner window, outer window. */
const ACTIVITY_ENGAGEMENT: ProcedureDefinition = {
  name: 'activity_engagement',
  run(call) {
    const timeline = new Timeline(call);
    const [start, end] = [timeline.constant(0, 'Start'), timeline.constant(1, 'End')];
    const [inner, outer] = [timeline.step(2, 'InnerActivityWindow'), timeline.step(3, 'OuterActivityWindow')];
    const width = timeline.bounded(Math.max(1, steps(outer, inner, minus(outer, outer))));
    const output = new RowBuilder(call.columns);
    for (const slice of timeline.slices) {
      const bins = idsByBin(within(slice, start, end), (at) => steps(at, inner, start));
      const ordered = ascending(bins.keys());
      const window = new SlidingIds(bins);
      for (const bin of ordered) {
        const count = window.moveTo(bin - width + 1, bin);
        const ids = bins.get(bin)!.size;
        output.add([
          timeline.value(plus(start, times(bin, inner))),
          ...slice.dimensions,
          BigInt(ids),
          BigInt(count),
          ids / count,
        ]);
      }
    }
    return output.build();
  },
};

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

/** Constants: start, end, lookback window, bin. A window of bins ends at each bin that has rows in its window. */
const SLIDING_WINDOW_COUNTS: ProcedureDefinition = {
  name: 'sliding_window_counts',
  run(call) {
    const timeline = new Timeline(call);
    const [start, end] = [timeline.constant(0, 'Start'), timeline.constant(1, 'End')];
    const [lookback, step] = [timeline.step(2, 'LookbackWindow'), timeline.step(3, 'Bin')];
    const width = Math.max(1, steps(lookback, step, minus(lookback, lookback)));
    const last = timeline.bounded(steps(end, step, start));
    const output = new RowBuilder(call.columns);
    for (const slice of timeline.slices) {
      const binOf = (at: Point): number => steps(at, step, start);
      const appearances = slice.appearances.filter(({ at }) => binOf(at) > -width && at <= end);
      const counts = new Map<number, number>();
      for (const { at } of appearances) counts.set(binOf(at), (counts.get(binOf(at)) ?? 0) + 1);
      const window = new SlidingIds(idsByBin(appearances, binOf));
      for (let bin = 0; bin <= last; bin++) {
        const distinct = window.moveTo(bin - width + 1, bin);
        if (distinct === 0) continue;
        let count = 0;
        for (let k = bin - width + 1; k <= bin; k++) count += counts.get(k) ?? 0;
        output.add([
          timeline.value(plus(start, times(bin, step))),
          ...slice.dimensions,
          BigInt(count),
          BigInt(distinct),
        ]);
      }
    }
    return output.build();
  },
};

/** Constants: start, end, lookback window, period, number of periods, bin. */
const ACTIVE_USERS_COUNT: ProcedureDefinition = {
  name: 'active_users_count',
  run(call) {
    const timeline = new Timeline(call);
    const [start, end] = [timeline.constant(0, 'Start'), timeline.constant(1, 'End')];
    const [lookback, period] = [timeline.step(2, 'LookbackWindow'), timeline.step(3, 'Period')];
    const needed = Number(call.inputs[1]!.cells[4]?.[0] ?? 0);
    const step = timeline.step(5, 'Bin');
    const output = new RowBuilder(call.columns);
    for (const slice of timeline.slices) {
      const active = new Map<number, Set<KustoValue>>();
      for (const [id, points] of byId(slice)) {
        let first = 0;
        points.forEach((at, i) => {
          // The lookback ends with the appearance itself and leaves out its own beginning.
          while (points[first]! <= minus(at, lookback)) first++;
          if (at < start || at > end) return;
          const periods = new Set(points.slice(first, i + 1).map((point) => steps(point, period, start)));
          if (periods.size < needed) return;
          const bin = steps(at, step, start);
          const ids = active.get(bin) ?? new Set();
          active.set(bin, ids.add(id));
        });
      }
      for (const bin of ascending(active.keys())) {
        output.add([timeline.value(plus(start, times(bin, step))), ...slice.dimensions, BigInt(active.get(bin)!.size)]);
      }
    }
    return output.build();
  },
};

/** Appearances of each id in time order. */
function byId(slice: Slice): Map<KustoValue, Point[]> {
  const found = new Map<KustoValue, Point[]>();
  for (const { id, at } of slice.appearances) {
    const points = found.get(id);
    if (points) points.push(at);
    else found.set(id, [at]);
  }
  for (const points of found.values()) points.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return found;
}

/** Constants: start, end, bin, lookback window. A session begins where the id was not seen within the lookback. */
const SESSION_COUNT: ProcedureDefinition = {
  name: 'session_count',
  run(call) {
    const timeline = new Timeline(call);
    const [start, end] = [timeline.constant(0, 'Start'), timeline.constant(1, 'End')];
    const [step, lookback] = [timeline.step(2, 'Bin'), timeline.step(3, 'LookBackWindow')];
    const origin = minus(start, start);
    const output = new RowBuilder(call.columns);
    for (const slice of timeline.slices) {
      const sessions = new Map<number, number>();
      for (const points of byId(slice).values()) {
        points.forEach((at, i) => {
          const previous = points[i - 1];
          if (at < start || at > end || (previous !== undefined && minus(at, previous) < lookback)) return;
          const bin = steps(at, step, origin);
          sessions.set(bin, (sessions.get(bin) ?? 0) + 1);
        });
      }
      for (const bin of ascending(sessions.keys())) {
        output.add([timeline.value(times(bin, step)), ...slice.dimensions, BigInt(sessions.get(bin)!)]);
      }
    }
    return output.build();
  },
};

/**
 * Constants: start, end, window, cohort (null: all). A third input holds ids that are not new. A cohort is the ids
 * first seen in a window; it is held against every later window.
 */
const NEW_ACTIVITY_METRICS: ProcedureDefinition = {
  name: 'new_activity_metrics',
  run(call) {
    const timeline = new Timeline(call);
    const [start, end] = [timeline.constant(0, 'Start'), timeline.constant(1, 'End')];
    const step = timeline.step(2, 'Window');
    const cohort = timeline.point(call.inputs[1]!.cells[3]?.[0] ?? null);
    const only = cohort === null ? undefined : steps(cohort, step, start);
    const known = new Set(call.inputs[2]?.cells[0] ?? []);
    const last = timeline.bounded(steps(end, step, start));
    const output = new RowBuilder(call.columns);
    for (const slice of timeline.slices) {
      const bins = idsByBin(within(slice, start, end), (at) => steps(at, step, start));
      const seen = new Set<KustoValue>(known);
      for (const from of ascending(bins.keys())) {
        const fresh = new Set([...bins.get(from)!].filter((id) => !seen.has(id)));
        fresh.forEach((id) => seen.add(id));
        if (fresh.size === 0 || (only !== undefined && only !== from)) continue;
        for (let to = from; to <= last; to++) {
          const ids = bins.get(to) ?? NONE;
          const retained = common(fresh, ids);
          const appeared = to === from ? fresh.size : ids.size - common(ids, seen);
          output.add([
            timeline.value(plus(start, times(from, step))),
            timeline.value(plus(start, times(to, step))),
            ...slice.dimensions,
            BigInt(appeared),
            BigInt(retained),
            BigInt(fresh.size - retained),
            retained / fresh.size,
            (fresh.size - retained) / fresh.size,
          ]);
        }
      }
    }
    return output.build();
  },
};

export const ACTIVITY: readonly ProcedureDefinition[] = [
  ACTIVITY_COUNTS,
  ACTIVITY_METRICS,
  ACTIVITY_ENGAGEMENT,
  SLIDING_WINDOW_COUNTS,
  ACTIVE_USERS_COUNT,
  SESSION_COUNT,
  NEW_ACTIVITY_METRICS,
];
