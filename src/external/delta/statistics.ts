import {
  datetimeString,
  parseDatetime,
  type ColumnSchema,
  type ColumnStatistics,
  type KustoValue,
} from '../../values/index.js';
import type { ColumnCondition } from '../pruning.js';

/** Columns that have bounds; the others have their nulls counted only. The protocol's own default. */
const INDEXED_COLUMNS = 32;
/** Characters of a text that stand for it. */
const STATISTICS_TEXT = 32;
/** Other writers cut the bounds of timestamps down to milliseconds. */
const MILLISECOND = 10_000n;

/** The `stats` of an add action. */
export function statisticsJson(
  columns: readonly ColumnSchema[],
  statistics: readonly ColumnStatistics[],
  rows: number,
): string {
  const minValues: string[] = [];
  const maxValues: string[] = [];
  const nullCount: Record<string, number> = {};
  columns.forEach(({ name, type }, index) => {
    const one = statistics[index];
    if (one === undefined) return;
    nullCount[name] = one.nullCount;
    if (index >= INDEXED_COLUMNS) return;
    const [min, max] = [boundJson(type, one.min, 'min'), boundJson(type, one.max, 'max')];
    if (min === undefined || max === undefined) return;
    minValues.push(`${JSON.stringify(name)}:${min}`);
    maxValues.push(`${JSON.stringify(name)}:${max}`);
  });
  return `{"numRecords":${rows},"minValues":{${minValues.join(',')}},"maxValues":{${maxValues.join(',')}},"nullCount":${JSON.stringify(nullCount)}}`;
}

/** JSON text, since a long may have more digits than a number of JavaScript. Undefined: no bound can be told. */
function boundJson(type: ColumnSchema['type'], value: KustoValue, end: 'min' | 'max'): string | undefined {
  if (value === null) return undefined;
  switch (type) {
    case 'int':
    case 'long':
    case 'timespan':
    case 'decimal':
      return String(value);
    case 'real':
      return Number.isFinite(value) ? JSON.stringify(value) : undefined;
    case 'datetime':
      // Files hold microseconds.
      return typeof value === 'bigint' ? `"${datetimeString(value).slice(0, 26)}Z"` : undefined;
    case 'string': {
      const characters = [...String(value)];
      if (characters.length <= STATISTICS_TEXT) return JSON.stringify(value);
      // An upper bound has to stand above every text that begins with it.
      const cut = characters.slice(0, STATISTICS_TEXT).join('');
      return JSON.stringify(end === 'min' ? cut : `${cut}\u{10FFFF}`);
    }
    case 'bool':
    case 'guid':
    case 'dynamic':
      return undefined;
  }
}

/** False when no row of a file with these `stats` can fulfil the condition on this column. */
export function statisticsMayMatch(stats: unknown, column: ColumnSchema, condition: ColumnCondition): boolean {
  const [min, max] = [boundOf(stats, 'minValues', column), boundOf(stats, 'maxValues', column)];
  if (min === undefined || max === undefined) return true;
  if (condition.kind === 'range') {
    return (
      (condition.to === undefined || compare(min, condition.to) <= 0) &&
      (condition.from === undefined || compare(condition.from, max) <= 0)
    );
  }
  return condition.values.some((value) => {
    // Of an empty string a file may hold a null, which no bound tells of.
    if (value === null || value === '' || typeof value === 'boolean') return true;
    const sought = typeof value === 'number' ? BigInt(Math.trunc(value)) : value;
    return typeof sought !== typeof min || (compare(min, sought) <= 0 && compare(sought, max) <= 0);
  });
}

/** A bound in a form that compares: undefined for types whose bounds prove nothing here. */
function boundOf(stats: unknown, end: 'minValues' | 'maxValues', { name, type }: ColumnSchema) {
  const value = (stats as Partial<Record<typeof end, Record<string, unknown>>> | null)?.[end]?.[name];
  if (type === 'string') return typeof value === 'string' ? value : undefined;
  if (type === 'int' || type === 'long') {
    // Beyond, the digits that the JSON has are lost.
    return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
  }
  if (type !== 'datetime' || typeof value !== 'string') return undefined;
  const ticks = parseDatetime(value);
  return ticks === undefined ? undefined : end === 'maxValues' ? ticks + MILLISECOND : ticks;
}

/** Texts by their code points, as every writer of a log compares them. */
function compare(a: bigint | string, b: bigint | string): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
