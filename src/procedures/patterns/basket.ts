import { Pace } from '../pace.js';
import type { ProcedureDefinition } from '../procedure.js';
import { closedPatterns } from './closed-patterns.js';
import { byExtent, positive, ratio, segmentRows, segmentTable } from './segments.js';

/** Constants: threshold, most dimensions that do not follow from each other, wildcards. */
export const BASKET: ProcedureDefinition = {
  name: 'basket',
  async run(call) {
    const threshold = ratio(call, 0, 0.05, 'basket(): Threshold', 0.015);
    const dimensions = positive(call, 1, 5, 'basket(): MaxDimensions');
    const pace = new Pace(call.signal, 'basket()');
    const table = await segmentTable(call, 1, pace);
    const [total] = table.totals as [number];
    const patterns = await closedPatterns(table, ([weight]) => weight! >= threshold * total, dimensions, pace);
    return segmentRows(
      call,
      table,
      patterns.sort(byExtent),
      ({ weights: [weight] }) => [BigInt(Math.round(weight!)), (100 * weight!) / total],
      2,
    );
  },
};
