import { KustoError } from '../errors/index.js';
import { parseJson, scalarOf, writeJson } from '../functions/json.js';
import { stringOf } from '../functions/text.js';
import { parseTimespan, type KustoType, type KustoValue } from '../values/index.js';
import { Pace } from './pace.js';
import { RowBuilder, type ProcedureCall, type ProcedureDefinition } from './procedure.js';
import { byId, minus, plus, steps, times, Timeline, type Appearance, type Point } from './timeline.js';

/** An appearance whose dimension is the id's state. */
interface Visit {
  readonly at: Point;
  readonly state: KustoValue;
}

/** Visits of each id in time order, those at the same time as they came. Rows are `id, time, state`. */
function visitsById(timeline: Timeline, start: Point, end: Point): Map<KustoValue, Visit[]> {
  const appearances = timeline.slices.flatMap(({ dimensions, appearances: own }) =>
    own.map((appearance): Appearance & Visit => ({ ...appearance, state: dimensions[0]! })),
  );
  return byId(appearances.filter(({ at }) => at >= start && at <= end));
}

/** The values of a dynamic array, as values of a type. */
function array(value: KustoValue, type: KustoType, what: string): KustoValue[] {
  const parsed = parseJson((value as string | null) ?? 'null');
  if (!Array.isArray(parsed) || parsed.length === 0) {
    throw new KustoError('SEM0001', `${what} must be an array with values.`);
  }
  return parsed.map((one) => (type === 'string' ? stringOf(writeJson(one), 'dynamic') : scalarOf(one, type)));
}

/** A stay in one state: visits of the same state that follow each other. */
interface Stay {
  readonly state: KustoValue;
  readonly from: Point;
  to: Point;
}

function staysOf(visits: readonly Visit[]): Stay[] {
  const stays: Stay[] = [];
  for (const { at, state } of visits) {
    const last = stays.at(-1);
    if (last?.state === state) last.to = at;
    else stays.push({ state, from: at, to: at });
  }
  return stays;
}

const MAX_SAMPLES = 128;

/**
 * Constants: start, end, longest time between two steps, bin, sequence. `args.neighbours` are those that tell groups apart:
 * the state before the sequence (`prev`), the state after it (`next`). Rows follow each bin's largest groups.
 */
const FUNNEL_SEQUENCE: ProcedureDefinition = {
  name: 'funnel_sequence',
  async run(call) {
    const timeline = await Timeline.read(call, new Pace(call.signal, 'funnel_sequence()'));
    const [start, end] = [timeline.constant(0, 'Start'), timeline.constant(1, 'End')];
    const [window, step] = [timeline.step(2, 'MaxSequenceStepWindow'), timeline.step(3, 'Step')];
    const type = call.inputs[0]!.columns[2]!.type;
    const sequence = array(call.inputs[1]!.cells[4]![0]!, type, 'Sequence');
    const neighbours = call.args.neighbours as readonly ('prev' | 'next')[];
    const missing = type === 'string' ? '' : null;
    const groups = new Map<string, { bin: number; states: KustoValue[]; ids: Set<KustoValue> }>();
    for (const [id, visits] of visitsById(timeline, start, end)) {
      if (timeline.pace.isTired(10 * visits.length)) await timeline.pace.rest();
      const stays = staysOf(visits);
      stays.forEach((first, i) => {
        if (!isSequence(stays, i, sequence, window)) return;
        const bin = steps(first.from, step, start);
        const around = { prev: stays[i - 1], next: stays[i + sequence.length] };
        const states = neighbours.map((one) => around[one]?.state ?? missing);
        const key = [bin, ...states.map((state) => `${typeof state}:${String(state)}`)].join('\0');
        const group = groups.get(key) ?? { bin, states, ids: new Set() };
        groups.set(key, group);
        group.ids.add(id);
      });
    }
    const output = new RowBuilder(call.columns);
    for (const { bin, states, ids } of [...groups.values()].sort((a, b) => a.bin - b.bin || b.ids.size - a.ids.size)) {
      output.add([timeline.value(plus(start, times(bin, step))), ...states, BigInt(ids.size), samples(ids, call)]);
    }
    return output.build();
  },
};

function isSequence(stays: readonly Stay[], at: number, sequence: readonly KustoValue[], window: Point): boolean {
  return sequence.every((state, k) => {
    const [stay, previous] = [stays[at + k], stays[at + k - 1]];
    return stay?.state === state && (k === 0 || minus(stay!.from, previous!.to) <= window);
  });
}

function samples(ids: ReadonlySet<KustoValue>, { inputs: [input] }: ProcedureCall): string {
  const { type } = input!.columns[0]!;
  const shown = [...ids].slice(0, MAX_SAMPLES).map((id) => {
    if (type === 'long') return String(id);
    return type === 'int' || type === 'real' || type === 'bool'
      ? JSON.stringify(id)
      : JSON.stringify(stringOf(id, type));
  });
  return `[${shown.join(',')}]`;
}

/** Constants: start, end, bin, sequence, longest times from the first step to the last. */
const FUNNEL_SEQUENCE_COMPLETION: ProcedureDefinition = {
  name: 'funnel_sequence_completion',
  async run(call) {
    const timeline = await Timeline.read(call, new Pace(call.signal, 'funnel_sequence_completion()'));
    const [start, end] = [timeline.constant(0, 'Start'), timeline.constant(1, 'End')];
    const step = timeline.step(2, 'BinSize');
    const type = call.inputs[0]!.columns[2]!.type;
    const sequence = array(call.inputs[1]!.cells[3]![0]!, type, 'Sequence');
    const periods = array(call.inputs[1]!.cells[4]![0]!, 'string', 'MaxSequenceStepPeriods').map((text) => {
      const period = parseTimespan(String(text));
      if (period === undefined) {
        throw new KustoError('SEM0001', `MaxSequenceStepPeriods must hold timespans, not '${String(text)}'.`);
      }
      return period;
    });
    /** Ids that reached each state, by bin, period and place in the sequence. */
    const reached = new Map<number, number[][]>();
    for (const visits of visitsById(timeline, start, end).values()) {
      if (timeline.pace.isTired(10 * visits.length * periods.length)) await timeline.pace.rest();
      for (const [bin, own] of byBin(visits, (at) => steps(at, step, start))) {
        const counts = reached.get(bin) ?? periods.map(() => sequence.map(() => 0));
        reached.set(bin, counts);
        periods.forEach((period, p) => {
          const depth = depthOf(own, sequence, period);
          for (let k = 0; k < depth; k++) counts[p]![k]!++;
        });
      }
    }
    const output = new RowBuilder(call.columns);
    for (const [bin, counts] of [...reached].sort(([a], [b]) => a - b)) {
      periods.forEach((period, p) =>
        sequence.forEach((state, k) => {
          const at = timeline.value(plus(start, times(bin, step)));
          output.add([at, stringOf(state, type), period, BigInt(counts[p]![k]!)]);
        }),
      );
    }
    return output.build();
  },
};

function byBin(visits: readonly Visit[], binOf: (at: Point) => number): Map<number, Visit[]> {
  const bins = new Map<number, Visit[]>();
  for (const visit of visits) {
    const own = bins.get(binOf(visit.at));
    if (own) own.push(visit);
    else bins.set(binOf(visit.at), [visit]);
  }
  return bins;
}

/** How many states of the sequence are reached in order, within the period from the first. Other states may lie between. */
function depthOf(visits: readonly Visit[], sequence: readonly KustoValue[], period: Point): number {
  /** The latest begin of a chain that has come to each place. */
  const begun: (Point | undefined)[] = sequence.map(() => undefined);
  const inOrder = [...visits].sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : sequence.indexOf(a.state) - sequence.indexOf(b.state),
  );
  for (const { at, state } of inOrder) {
    // From the end, so that one visit is not two steps.
    for (let k = sequence.length - 1; k >= 0; k--) {
      if (sequence[k] !== state) continue;
      const from = k === 0 ? at : begun[k - 1];
      if (from === undefined || minus(at, from) > period) continue;
      if (begun[k] === undefined || begun[k]! < from) begun[k] = from;
    }
  }
  return begun.findLastIndex((from) => from !== undefined) + 1;
}

export const FUNNEL: readonly ProcedureDefinition[] = [FUNNEL_SEQUENCE, FUNNEL_SEQUENCE_COMPLETION];
