import { KustoError } from '../../errors/index.js';
import { Pace } from '../pace.js';
import { RowBuilder, type ProcedureDefinition } from '../procedure.js';
import { contrasts, percent, share } from './contrast.js';
import { ABSENT, ANY, PatternTable, type Pattern } from './pattern-table.js';
import { positive, ratio, segmentRows, segmentTable, setting } from './segments.js';

/** Constants: threshold, most dimensions, wildcards. Sides: 0 for A, 1 for B. */
const DIFF_PATTERNS: ProcedureDefinition = {
  name: 'diffpatterns',
  async run(call) {
    const threshold = ratio(call, 0, 0.05, 'diffpatterns(): Threshold', 0.015);
    const dimensions = positive(call, 1, Infinity, 'diffpatterns(): MaxDimensions');
    const pace = new Pace(call.signal, 'diffpatterns()');
    const table = await segmentTable(call, 2, pace);
    if (table.totals.includes(0)) {
      throw new KustoError(
        'SEM0001',
        'diffpatterns(): SplitColumn must have rows of both SplitValueA and SplitValueB.',
      );
    }
    const found = await contrasts(table, threshold, dimensions, pace);
    return segmentRows(call, table, found, (pattern) => figures(pattern, table, true), 2);
  },
};

function figures({ weights: [a, b] }: Pattern, { totals }: PatternTable, withDifference: boolean): (bigint | number)[] {
  const [ofA, ofB] = [share(a!, totals[0]!), share(b!, totals[1]!)];
  const difference = withDifference ? [percent(Math.abs(ofA - ofB))] : [];
  return [BigInt(Math.round(a!)), BigInt(Math.round(b!)), percent(ofA), percent(ofB), ...difference];
}

const MOST_TOKENS = 20;

/**
 * Rows `text, condition`; constants: least set tokens, threshold, most tokens. A pattern is a text's beginning: tokens in
 * their places, `*` for any other, and one `*` for what follows the last.
 */
const DIFF_PATTERNS_TEXT: ProcedureDefinition = {
  name: 'diffpatterns_text',
  async run(call) {
    const least = Math.max(1, bounded(call, 0, 1, 200, 'MinTokens'));
    const threshold = ratio(call, 1, 0.05, 'diffpatterns_text(): Threshold', 0.015);
    const most = bounded(call, 2, MOST_TOKENS, MOST_TOKENS, 'MaxTokens') || MOST_TOKENS;
    const [input] = call.inputs;
    const table = new PatternTable(most, 2);
    const pace = new Pace(call.signal, 'diffpatterns_text()');
    for (let r = 0; r < input!.rowCount; r++) {
      if (pace.isTired(10 * most)) await pace.rest();
      const tokens = String(input!.cells[0]![r] ?? '')
        .split(/\s+/)
        .filter((token) => token !== '');
      const cells = Array.from({ length: most }, (_, i) => tokens[i] ?? ABSENT);
      table.add(cells, 1, input!.cells[1]![r] === true ? 0 : 1);
    }
    const found = await contrasts(table, threshold, Infinity, pace, (pattern) => pattern.size >= least);
    const output = new RowBuilder(call.columns);
    for (const pattern of found) output.add([...figures(pattern, table, false), textOf(pattern, table)]);
    return output.build();
  },
};

function bounded(
  call: Parameters<ProcedureDefinition['run']>[0],
  index: number,
  otherwise: number,
  most: number,
  name: string,
): number {
  const value = setting(call, index, otherwise);
  if (value >= 0 && value <= most) return value;
  throw new KustoError('SEM0001', `diffpatterns_text(): ${name} must be from 0 to ${most}, not ${value}.`);
}

function textOf({ items }: Pattern, table: PatternTable): string {
  const last = items.findLastIndex((code) => code !== ANY);
  const tokens = [...items.slice(0, last + 1)].map((code, c) => (code === ANY ? '*' : String(table.valueOf(c, code))));
  return [...tokens, ...(last < items.length - 1 ? ['*'] : [])].join(' ');
}

export const DIFFERENCES: readonly ProcedureDefinition[] = [DIFF_PATTERNS, DIFF_PATTERNS_TEXT];
