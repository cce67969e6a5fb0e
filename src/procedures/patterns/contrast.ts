import type { Pace } from '../pace.js';
import { closedPatterns } from './closed-patterns.js';
import { ANY, type Pattern, type PatternTable } from './pattern-table.js';

/** A pattern whose difference is mostly that of other patterns is left out: this share of it must be its own. */
const OWN_SHARE = 0.25;

/**
 * Patterns whose shares of the rows of two sides differ by the threshold at least, the largest difference first. Of
 * patterns of which one is a case of the other, that with the larger difference stands for both.
 */
export async function contrasts(
  table: PatternTable,
  threshold: number,
  levels: number,
  pace: Pace,
  isWanted: (pattern: Pattern) => boolean = () => true,
): Promise<Pattern[]> {
  const difference = (weights: readonly number[]): number =>
    share(weights[0]!, table.totals[0]!) - share(weights[1]!, table.totals[1]!);
  const isFrequent = (weights: readonly number[]): boolean =>
    weights.some((weight, side) => weight > 0 && weight >= threshold * table.totals[side]!);
  const candidates = (await closedPatterns(table, isFrequent, levels, pace))
    .filter((pattern) => isWanted(pattern) && Math.abs(difference(pattern.weights)) >= threshold)
    .sort((a, b) => Math.abs(difference(b.weights)) - Math.abs(difference(a.weights)) || a.size - b.size);
  const kept: Pattern[] = [];
  /** Rows that a kept pattern tells already, by the sign of its difference. */
  const told = [new Set<number>(), new Set<number>()];
  for (const pattern of candidates) {
    if (kept.some((other) => isCaseOf(pattern, other) || isCaseOf(other, pattern))) continue;
    if (pace.isTired(table.rowCount)) await pace.rest();
    const whole = difference(pattern.weights);
    const sign = whole > 0 ? 0 : 1;
    const rows = table.matching(pattern.items);
    const own = difference(table.weightsOf(rows.filter((row) => !told[sign]!.has(row))));
    if (own / whole < OWN_SHARE) continue;
    kept.push(pattern);
    for (const row of rows) told[sign]!.add(row);
  }
  return kept;
}

export const share = (weight: number, total: number): number => (total > 0 ? weight / total : 0);

/** Percent with two decimals, as the reference gives the figures of a comparison. */
export const percent = (ratio: number): number => Math.round(ratio * 10_000) / 100;

const isCaseOf = (special: Pattern, general: Pattern): boolean =>
  general.items.every((code, c) => code === ANY || code === special.items[c]);
