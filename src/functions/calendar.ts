import { MAX_DATETIME_TICKS, TICKS_PER_DAY } from '../values/index.js';

/** The proleptic Gregorian calendar over ticks. */

const DAYS_TO_UNIX_EPOCH = 719_162;

export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** Ticks since midnight. */
  readonly time: bigint;
}

export function civilOf(ticks: bigint): Civil {
  const day = Number(ticks / TICKS_PER_DAY);
  const date = new Date((day - DAYS_TO_UNIX_EPOCH) * 86_400_000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    time: ticks % TICKS_PER_DAY,
  };
}

/** Ticks of a date; null when there is no such date between the years 1 and 9999. */
export function ticksOfCivil(year: number, month: number, day: number, time = 0n): bigint | null {
  if (![year, month, day].every(Number.isInteger) || year < 1 || year > 9999 || month < 1 || month > 12) return null;
  if (day < 1 || day > daysInMonth(year, month)) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return inRange(BigInt(date.getTime() / 86_400_000 + DAYS_TO_UNIX_EPOCH) * TICKS_PER_DAY + time);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

export const inRange = (ticks: bigint): bigint | null => (ticks < 0n || ticks > MAX_DATETIME_TICKS ? null : ticks);

/** The same day of another month, or that month's last day. */
export function addMonths(ticks: bigint, months: bigint): bigint | null {
  const { year, month, day, time } = civilOf(ticks);
  const index = BigInt(year * 12 + month - 1) + months;
  if (index < 12n || index >= 120_000n) return null;
  const target = { year: Math.floor(Number(index) / 12), month: (Number(index) % 12) + 1 };
  return ticksOfCivil(target.year, target.month, Math.min(day, daysInMonth(target.year, target.month)), time);
}
