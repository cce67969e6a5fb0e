import { Pace } from '../pace.js';
import type { ProcedureDefinition } from '../procedure.js';
import { ANY, type Pattern, type PatternTable } from './pattern-table.js';
import { byExtent, positive, ratio, segmentRows, segmentTable } from './segments.js';

/** A segment worth less than this share of the best one tells nothing beside it. */
const WORTH = 0.25;

/**
 * Constants: size weight, number of seeds, wildcards. Segments are local optima of a score, the weighted geometric mean of
 * the share of rows and the share of information (entropy of the set columns): each seed, the heaviest row that no segment
 * holds yet, gives up values, or takes them back, as long as that makes the score better.
 */
export const AUTOCLUSTER: ProcedureDefinition = {
  name: 'autocluster',
  async run(call) {
    const sizeWeight = ratio(call, 0, 0.5, 'autocluster(): SizeWeight', 0);
    const seeds = positive(call, 1, 25, 'autocluster(): NumSeeds');
    const pace = new Pace(call.signal, 'autocluster()');
    const table = await segmentTable(call, 1, pace);
    const [total] = table.totals as [number];
    const score = scoring(table, sizeWeight);
    const found = await expandSeeds(table, seeds, score, pace);
    const best = found.reduce((most, pattern) => Math.max(most, score(pattern)), 0);
    return segmentRows(
      call,
      table,
      found.filter((pattern) => score(pattern) >= WORTH * best).sort(byExtent),
      ({ weights: [weight] }) => [BigInt(Math.round(weight!)), (100 * weight!) / total],
      2,
    );
  },
};

type Score = (pattern: Pattern) => number;

function scoring(table: PatternTable, sizeWeight: number): Score {
  const information = Array.from({ length: table.columnCount }, (_, c) => entropy(table, c));
  const all = information.reduce((sum, one) => sum + one, 0);
  return ({ items, weights }) => {
    const told = information.reduce((sum, one, c) => (items[c] === ANY ? sum : sum + one), 0);
    const share = all > 0 ? told / all : 1;
    return (weights[0]! / table.totals[0]!) ** sizeWeight * share ** (1 - sizeWeight);
  };
}

/** Bits of a column's value. */
function entropy(table: PatternTable, c: number): number {
  const weights = new Map<number, number>();
  for (let row = 0; row < table.rowCount; row++) {
    const code = table.codeAt(c, row);
    weights.set(code, (weights.get(code) ?? 0) + table.weightAt(row, 0));
  }
  const total = table.totals[0]!;
  return [...weights.values()].reduce((sum, weight) => sum - (weight / total) * Math.log2(weight / total), 0);
}

async function expandSeeds(table: PatternTable, seeds: number, score: Score, pace: Pace): Promise<Pattern[]> {
  const free = new Set(Array.from({ length: table.rowCount }, (_, row) => row));
  const heaviest = [...free].sort((a, b) => table.weightAt(b, 0) - table.weightAt(a, 0));
  const found = new Map<string, Pattern>();
  let sown = 0;
  for (const seed of heaviest) {
    if (sown === seeds) break;
    if (!free.has(seed)) continue;
    sown++;
    const segment = await climb(table, seed, score, pace);
    free.delete(seed);
    // One row alone is no pattern.
    if (segment.size === 0 || segment.weights[0]! <= 1) continue;
    found.set(segment.items.join(), segment);
    for (const row of table.matching(segment.items)) free.delete(row);
  }
  return [...found.values()];
}

async function climb(table: PatternTable, seed: number, score: Score, pace: Pace): Promise<Pattern> {
  const whole = Int32Array.from({ length: table.columnCount }, (_, c) => table.codeAt(c, seed));
  let best = table.closure(table.matching(whole));
  for (;;) {
    let better: Pattern | undefined;
    for (let c = 0; c < table.columnCount; c++) {
      if (pace.isTired(2 * table.rowCount)) await pace.rest();
      const items = best.items.slice();
      items[c] = items[c] === ANY ? whole[c]! : ANY;
      const rows = table.matching(items);
      const candidate = table.closure(rows);
      if (score(candidate) > score(better ?? best)) better = candidate;
    }
    if (!better) return best;
    best = better;
  }
}
