import { KustoError } from '../../errors/index.js';
import type { Pace } from '../pace.js';
import { ANY, type Pattern, type PatternTable } from './pattern-table.js';

/** Patterns that one analysis may hold. */
const MAX_PATTERNS = 50_000;

/**
 * All frequent patterns that are as specific as their rows allow (what a value implies belongs to its pattern), level by
 * level as Apriori does: a pattern of level n follows from n values. `isFrequent` must not hold for a pattern when it does
 * not hold for a more general one.
 */
export async function closedPatterns(
  table: PatternTable,
  isFrequent: (weights: readonly number[]) => boolean,
  levels: number,
  pace: Pace,
): Promise<Pattern[]> {
  if (table.rowCount === 0) return [];
  const all = Array.from({ length: table.rowCount }, (_, row) => row);
  const root = table.closure(all);
  const known = new Map<string, Pattern>([[root.items.join(), root]]);
  let level = [root];
  for (let depth = 0; depth < levels && level.length > 0; depth++) {
    const next: Pattern[] = [];
    for (const pattern of level) {
      const rows = table.matching(pattern.items, all);
      for (let c = 0; c < table.columnCount; c++) {
        if (pattern.items[c] !== ANY) continue;
        if (pace.isTired(all.length + rows.length * table.columnCount)) await pace.rest();
        for (const some of rowsByValue(table, c, rows)) {
          if (!isFrequent(table.weightsOf(some))) continue;
          const closed = table.closure(some);
          const key = closed.items.join();
          if (known.has(key)) continue;
          known.set(key, closed);
          next.push(closed);
          if (known.size > MAX_PATTERNS) throw tooMany();
        }
      }
    }
    level = next;
  }
  return [...known.values()].filter((pattern) => pattern.size > 0);
}

function rowsByValue(table: PatternTable, c: number, rows: readonly number[]): Iterable<number[]> {
  const found = new Map<number, number[]>();
  for (const row of rows) {
    const code = table.codeAt(c, row);
    if (code === ANY) continue;
    const some = found.get(code);
    if (some) some.push(row);
    else found.set(code, [row]);
  }
  return found.values();
}

const tooMany = (): KustoError =>
  new KustoError(
    'E_RUNAWAY_QUERY',
    `There are more than ${MAX_PATTERNS} patterns: raise the threshold, lower the number of dimensions, or project fewer columns.`,
  );
