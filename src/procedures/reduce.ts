import type { KustoValue } from '../values/index.js';
import { Pace } from './pace.js';
import { RowBuilder, type ProcedureDefinition } from './procedure.js';

/** Pattern of the rows that no other pattern stands for. */
const OTHERS = 'others';

/**
 * reduce: rows `text, columns of the input…`; `args`: threshold, characters that part terms, whether the input's rows are
 * kept (kind=source). After R. Vaarandi, "A Data Clustering Algorithm for Mining Patterns From Event Logs" (2003): a term is
 * a constant when a share of the rows has it in the same place; rows with the same constants are one group. Terms with a
 * digit are never constants. Rows of which too small a share is constant are grouped by their whole text.
 */
export const REDUCE: ProcedureDefinition = {
  name: 'reduce',
  async run({ inputs: [input], args, columns, signal }) {
    const { threshold, characters, keepsRows } = args as unknown as ReduceArgs;
    const texts = input!.cells[0]! as readonly string[];
    const pace = new Pace(signal, 'reduce');
    const lines = await distinctLines(texts, separator(characters), pace);
    const groups = await grouped(lines, texts.length, threshold, pace);
    const output = new RowBuilder(columns);
    if (keepsRows) {
      const patterns = new Map(groups.flatMap(({ pattern, lines: own }) => own.map(({ text }) => [text, pattern])));
      for (let r = 0; r < input!.rowCount; r++) {
        output.add([...input!.cells.slice(1).map((cells): KustoValue => cells[r]!), patterns.get(texts[r]!)!]);
      }
      return output.build();
    }
    for (const { pattern, count, lines: own } of groups) {
      output.add([pattern, BigInt(count), pattern === OTHERS ? '' : own[0]!.text]);
    }
    return output.build();
  },
};

interface ReduceArgs {
  readonly threshold: number;
  readonly characters: string | undefined;
  readonly keepsRows: boolean;
}

interface Line {
  readonly text: string;
  readonly terms: readonly string[];
  /** `gaps[i]` stands before term i, the last behind all terms. */
  readonly gaps: readonly string[];
  count: number;
}

interface Group {
  readonly pattern: string;
  readonly lines: Line[];
  count: number;
}

/** Without characters of its own, whatever is no letter and no digit parts terms. */
const separator = (characters: string | undefined): RegExp =>
  characters === undefined ? /([^\p{L}\p{N}]+)/u : new RegExp(`([${characters.replace(/[\\\]^-]/g, '\\$&')}]+)`, 'u');

async function distinctLines(texts: readonly string[], parts: RegExp, pace: Pace): Promise<Line[]> {
  const lines = new Map<string, Line>();
  for (const text of texts) {
    if (pace.isTired(10 + text.length)) await pace.rest();
    const known = lines.get(text);
    if (known) {
      known.count++;
      continue;
    }
    const pieces = text.split(parts);
    const terms = pieces.filter((_, i) => i % 2 === 0);
    const gaps = ['', ...pieces.filter((_, i) => i % 2 === 1), ''];
    lines.set(text, { text, terms, gaps, count: 1 });
  }
  return [...lines.values()];
}

async function grouped(lines: readonly Line[], rowCount: number, threshold: number, pace: Pace): Promise<Group[]> {
  const frequency = new Map<string, number>();
  const place = (term: string, i: number): string => `${i} ${term}`;
  for (const { terms, count } of lines) {
    if (pace.isTired(10 * terms.length)) await pace.rest();
    terms.forEach((term, i) => frequency.set(place(term, i), (frequency.get(place(term, i)) ?? 0) + count));
  }
  const isConstant = (term: string, i: number): boolean =>
    term !== '' && !/\p{N}/u.test(term) && frequency.get(place(term, i))! >= threshold * rowCount;
  const groups = new Map<string, Group>();
  const others: Group = { pattern: OTHERS, lines: [], count: 0 };
  for (const line of lines) {
    if (pace.isTired(10 * line.terms.length)) await pace.rest();
    const constant = line.terms.map(isConstant);
    const constants = constant.filter(Boolean).length;
    const pattern = patternOf(line, constant);
    const alone = constants / line.terms.filter((term) => term !== '').length < threshold;
    const key = alone ? `${pattern}\0${line.text}` : pattern;
    const group = constants === 0 ? others : (groups.get(key) ?? { pattern, lines: [], count: 0 });
    if (group !== others) groups.set(key, group);
    group.lines.push(line);
    group.count += line.count;
  }
  const kept = [...groups.values()].sort((a, b) => b.count - a.count);
  return others.count > 0 ? [...kept, others] : kept;
}

/** Constants and what stands between them; `*` for the rest, with the separators at it unless they are white space. */
function patternOf({ terms, gaps }: Line, constant: readonly boolean[]): string {
  let pattern = '';
  terms.forEach((term, i) => {
    const shown = term === '' || constant[i]!;
    const gap = gaps[i]!;
    const besideAny = !shown || (i > 0 && terms[i - 1] !== '' && !constant[i - 1]!);
    if (!besideAny || /\s/.test(gap)) pattern += gap;
    pattern += shown ? term : '*';
  });
  return pattern.replace(/\*(?:\s*\*)+/g, '*');
}
