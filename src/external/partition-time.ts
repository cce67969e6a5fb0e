import type { PartitionColumn } from '../catalog/model.js';
import { MAX_DATETIME_TICKS, parseDatetime, TICKS_PER_DAY, TICKS_PER_SECOND, datetimeString } from '../values/index.js';
import { UNITS, type Unit } from './datetime-pattern.js';

/** Ticks, `from` inclusive, `before` exclusive. */
export interface TimeRange {
  readonly from: bigint;
  readonly before: bigint;
}

const SPAN: Readonly<Record<Exclude<Unit, 'year' | 'month'>, bigint>> = {
  day: TICKS_PER_DAY,
  hour: TICKS_PER_SECOND * 3600n,
  minute: TICKS_PER_SECOND * 60n,
  second: TICKS_PER_SECOND,
  fraction: 1n,
};

type TimeFunction = PartitionColumn['function'];

/** Start of the function's period that holds an instant. A virtual column's periods are single ticks. */
export function periodStart(by: TimeFunction, ticks: bigint): bigint {
  switch (by.kind) {
    case 'startofday':
      return ticks - (ticks % TICKS_PER_DAY);
    case 'startofweek': {
      // 0001-01-01 was a Monday; weeks begin on Sunday.
      const day = ticks / TICKS_PER_DAY;
      return (day - ((day + 1n) % 7n)) * TICKS_PER_DAY;
    }
    case 'startofmonth':
      return startOf('month', ticks);
    case 'startofyear':
      return startOf('year', ticks);
    case 'bin': {
      const size = BigInt(by.ticks);
      return ticks - (ticks % size);
    }
    case 'value':
    case 'hash':
      return ticks;
  }
}

/** Start of the period after the one that holds an instant. */
export function nextPeriod(by: TimeFunction, ticks: bigint): bigint {
  const start = periodStart(by, ticks);
  switch (by.kind) {
    case 'startofday':
      return start + TICKS_PER_DAY;
    case 'startofweek':
      return start + 7n * TICKS_PER_DAY;
    case 'startofmonth':
      return after('month', start);
    case 'startofyear':
      return after('year', start);
    case 'bin':
      return start + BigInt(by.ticks);
    case 'value':
    case 'hash':
      return start + 1n;
  }
}

/**
 * The instants whose rendering has these digits; undefined when they name no place in time: no year, or no such day.
 * A gap (a day without a month) ends what is known.
 */
export function rangeOfDigits(digits: ReadonlyMap<Unit, string>): TimeRange | undefined {
  const known: string[] = [];
  let smallest: Unit | undefined;
  for (const unit of UNITS) {
    const text = digits.get(unit);
    if (text === undefined) break;
    known.push(unit === 'fraction' ? text.padEnd(7, '0') : text.padStart(2, '0'));
    smallest = unit;
  }
  if (smallest === undefined) return undefined;
  const [year, month = '01', day = '01', hour = '00', minute = '00', second = '00', fraction = '0'] = known;
  const from = parseDatetime(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction}Z`);
  if (from === undefined) return undefined;
  if (smallest === 'year' || smallest === 'month') return { from, before: after(smallest, from) };
  const width = digits.get('fraction')?.length ?? 7;
  return { from, before: from + SPAN[smallest] * (smallest === 'fraction' ? 10n ** BigInt(7 - width) : 1n) };
}

function startOf(unit: 'month' | 'year', ticks: bigint): bigint {
  const text = datetimeString(ticks);
  return parseDatetime(unit === 'month' ? `${text.slice(0, 7)}-01` : `${text.slice(0, 4)}-01-01`) ?? 0n;
}

/** The last period of time ends with it. */
function after(unit: 'month' | 'year', start: bigint): bigint {
  const [year = 1, month = 1] = datetimeString(start).split('-').map(Number);
  const months = year * 12 + (month - 1) + (unit === 'month' ? 1 : 12);
  const text = `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}-01`;
  return parseDatetime(text) ?? MAX_DATETIME_TICKS + 1n;
}
