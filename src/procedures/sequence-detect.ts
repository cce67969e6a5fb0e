import { KustoError } from '../errors/index.js';
import type { KustoValue } from '../values/index.js';
import { Pace } from './pace.js';
import { RowBuilder, type ProcedureDefinition } from './procedure.js';

const MAX_OCCURRENCES = 1_000_000;

/**
 * Rows `time, step conditions…, dimensions…` (`args.steps`: how many conditions); constants: longest time between two steps,
 * longest time in all. Every choice of one time a step, each later than the one before, is an occurrence.
 */
export const SEQUENCE_DETECT: ProcedureDefinition = {
  name: 'sequence_detect',
  async run({ inputs: [input, constants], args, columns, signal }) {
    const stepCount = Number(args.steps);
    const [stepWindow, span] = constants!.cells.map((cells) => cells[0] as bigint | null);
    if (typeof stepWindow !== 'bigint' || typeof span !== 'bigint') {
      throw new KustoError('SEM0001', 'sequence_detect(): MaxSequenceStepWindow and MaxSequenceSpan must not be null.');
    }
    const pace = new Pace(signal, 'sequence_detect()');
    const found: { dimensions: readonly KustoValue[]; times: readonly bigint[] }[] = [];
    for (const { dimensions, times } of timesByStep(input!.cells, input!.rowCount, stepCount)) {
      const follow = async (chosen: readonly bigint[]): Promise<void> => {
        const next = times[chosen.length];
        if (!next) {
          found.push({ dimensions, times: chosen });
          if (found.length > MAX_OCCURRENCES) {
            throw new KustoError(
              'E_RUNAWAY_QUERY',
              `sequence_detect() finds more than ${MAX_OCCURRENCES} occurrences.`,
            );
          }
          return;
        }
        const previous = chosen.at(-1)!;
        const last = least(previous + stepWindow, chosen[0]! + span);
        for (let i = after(next, previous); i < next.length && next[i]! <= last; i++) {
          if (pace.isTired(100)) await pace.rest();
          await follow([...chosen, next[i]!]);
        }
      };
      for (const first of times[0]!) await follow([first]);
    }
    found.sort((a, b) => Number(a.times[0]! - b.times[0]!));
    const output = new RowBuilder(columns);
    for (const { dimensions, times } of found) output.add([...dimensions, ...times, times.at(-1)! - times[0]!]);
    return output.build();
  },
};

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The first place whose time is later. */
function after(times: readonly bigint[], time: bigint): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Sequences {
  readonly dimensions: readonly KustoValue[];
  /** The distinct times at which each step's condition holds, ascending. */
  readonly times: readonly (readonly bigint[])[];
}

function timesByStep(cells: readonly (readonly KustoValue[])[], rowCount: number, stepCount: number): Sequences[] {
  const groups = new Map<string, { dimensions: readonly KustoValue[]; times: Set<bigint>[] }>();
  for (let r = 0; r < rowCount; r++) {
    const time = cells[0]![r] as bigint | null;
    if (time === null) continue;
    const dimensions = cells.slice(1 + stepCount).map((column) => column[r]!);
    const key = dimensions.map((value) => `${typeof value}:${String(value)}`).join('\0');
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { dimensions, times: Array.from({ length: stepCount }, () => new Set()) }));
    for (let k = 0; k < stepCount; k++) if (cells[1 + k]![r] === true) group.times[k]!.add(time);
  }
  return [...groups.values()].map(({ dimensions, times }) => ({
    dimensions,
    times: times.map((set) => [...set].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))),
  }));
}
