import { KustoError } from '../../errors/index.js';
import type { Column } from '../../plan/index.js';
import type { KustoValue } from '../../values/index.js';
import type { Pace } from '../pace.js';
import type { ProcedureCall, Rows } from '../procedure.js';
import { PatternTable, type Pattern } from './pattern-table.js';

/** What the binder of autocluster, basket and diffpatterns hands over; `dimensions` are places among the input's columns. */
export interface SegmentArgs {
  readonly dimensions: readonly number[];
}

/** Rows are `weight, side, columns of the input…`; side is null for rows that belong to none. */
const COLUMNS_AT = 2;

export async function segmentTable(
  { inputs: [input], args }: ProcedureCall,
  sideCount: number,
  pace: Pace,
): Promise<PatternTable> {
  const { dimensions } = args as unknown as SegmentArgs;
  const table = new PatternTable(dimensions.length, sideCount);
  const cells = dimensions.map((place) => input!.cells[COLUMNS_AT + place]!);
  for (let r = 0; r < input!.rowCount; r++) {
    const side = input!.cells[1]![r];
    if (side === null) continue;
    if (pace.isTired(10 * cells.length)) await pace.rest();
    table.add(
      cells.map((column) => column[r]!),
      Number(input!.cells[0]![r] ?? 0),
      Number(side),
    );
  }
  return table;
}

/** One constant of the call: its value, or the default where it is left out. */
export function setting({ inputs }: ProcedureCall, index: number, otherwise: number): number {
  const value = inputs[1]!.cells[index]?.[0] ?? null;
  return value === null ? otherwise : Number(value);
}

export function ratio(call: ProcedureCall, index: number, otherwise: number, name: string, least: number): number {
  const value = setting(call, index, otherwise);
  if (value >= least && value <= 1) return value;
  throw new KustoError('SEM0001', `${name} must be from ${least} to 1, not ${value}.`);
}

export function positive(call: ProcedureCall, index: number, otherwise: number, name: string): number {
  const value = setting(call, index, otherwise);
  if (value >= 1) return value;
  throw new KustoError('SEM0001', `${name} must be at least 1, not ${value}.`);
}

/** The constants from `wildcardsAt` on are wildcards: each for the columns of its type. */
export function segmentRows(
  call: ProcedureCall,
  table: PatternTable,
  patterns: readonly Pattern[],
  figures: (pattern: Pattern) => readonly KustoValue[],
  wildcardsAt: number,
): Rows {
  const { columns } = call;
  const { dimensions } = call.args as unknown as SegmentArgs;
  const wildcards = wildcardsByType(call, wildcardsAt);
  const wildcard = ({ type }: Column): KustoValue => wildcards.get(type) ?? (type === 'string' ? '' : null);
  const rows = patterns.map((pattern, segment) => {
    const head = [BigInt(segment), ...figures(pattern)];
    const row = columns.map((column, i): KustoValue => (i < head.length ? head[i]! : wildcard(column)));
    dimensions.forEach((place, c) => {
      const code = pattern.items[c]!;
      if (code >= 0) row[head.length + place] = table.valueOf(c, code);
    });
    return row;
  });
  return { columns, rowCount: rows.length, cells: columns.map((_, c) => rows.map((row) => row[c]!)) };
}

function wildcardsByType({ inputs: [, constants] }: ProcedureCall, from: number): ReadonlyMap<string, KustoValue> {
  const found = new Map<string, KustoValue>();
  constants!.columns.forEach((column, i) => {
    const value = constants!.cells[i]?.[0] ?? null;
    if (i >= from && value !== null && value !== '~') found.set(column.type, value);
  });
  return found;
}

/** Large and specific patterns first, as the reference orders them: by the product of rows and set columns. */
export const byExtent = (a: Pattern, b: Pattern): number =>
  b.weights[0]! * b.size - a.weights[0]! * a.size || b.weights[0]! - a.weights[0]!;
