import type { KustoValue } from '../values/index.js';
import { Pace } from './pace.js';
import { RowBuilder, type ProcedureDefinition } from './procedure.js';
import { ascending, steps, times, Timeline, minus } from './timeline.js';

/** Rows `value, index, dimensions…`; constants: percentile, bin size, bins in a window. */
export const ROLLING_PERCENTILE: ProcedureDefinition = {
  name: 'rolling_percentile',
  async run(call) {
    const pace = new Pace(call.signal, 'rolling_percentile()');
    const timeline = await Timeline.read(call, pace);
    const percent = Number(call.inputs[1]!.cells[0]?.[0] ?? 0);
    const step = timeline.step(1, 'BinSize');
    const width = Number(call.inputs[1]!.cells[2]?.[0] ?? 1);
    const output = new RowBuilder(call.columns);
    const origin = minus(step, step);
    const binned = timeline.slices.map(({ dimensions, appearances }) => {
      const bins = new Map<number, KustoValue[]>();
      for (const { id, at } of appearances) {
        const bin = steps(at, step, origin);
        const values = bins.get(bin);
        if (values) values.push(id);
        else bins.set(bin, [id]);
      }
      return { dimensions, bins };
    });
    const last = binned.reduce((most, { bins }) => Math.max(most, ascending(bins.keys()).at(-1)!), -Infinity);
    for (const { dimensions, bins } of binned) {
      const first = ascending(bins.keys())[0]!;
      timeline.bounded(last - first);
      for (let bin = first; bin <= last; bin++) {
        const values: KustoValue[] = [];
        for (let k = bin - width + 1; k <= bin; k++) for (const value of bins.get(k) ?? []) values.push(value);
        if (pace.isTired(width + 30 * values.length)) await pace.rest();
        if (values.length === 0) continue;
        values.sort((a, b) => (a! < b! ? -1 : a! > b! ? 1 : 0));
        // Nearest rank, as percentile() has it.
        const rank = Math.min(values.length, Math.max(1, Math.ceil((percent / 100) * values.length)));
        output.add([timeline.value(times(bin, step)), ...dimensions, values[rank - 1]!]);
      }
    }
    return output.build();
  },
};
