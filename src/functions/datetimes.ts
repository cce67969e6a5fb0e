import { KustoError } from '../errors/index.js';
import { TICKS_PER_DAY, TICKS_PER_SECOND, UNIX_EPOCH_TICKS, type KustoValue } from '../values/index.js';
import { addMonths, civilOf, inRange, ticksOfCivil } from './calendar.js';
import { formatDatetime, formatTimespan } from './datetime-format.js';
import type { ScalarFunction } from './scalar-function.js';
import { localToUtc, timeZones, utcToLocal } from './time-zones.js';

/** Functions of datetimes and timespans that SQL does not say, or not for every argument. */

/** Ticks of the periods of a fixed length, by name. Nanoseconds are shorter than a tick. */
export const PERIOD_TICKS: Readonly<Record<string, bigint>> = {
  week: 7n * TICKS_PER_DAY,
  day: TICKS_PER_DAY,
  hour: 36_000_000_000n,
  minute: 600_000_000n,
  second: TICKS_PER_SECOND,
  millisecond: 10_000n,
  microsecond: 10n,
};
const PERIOD_MONTHS: Readonly<Record<string, bigint>> = { year: 12n, quarter: 3n, month: 1n };

function unknownPeriod(name: string, period: string): KustoError {
  return new KustoError('SEM0001', `${name}(): '${period}' is not a period it knows.`);
}

function datetimeAdd(period: string, amount: bigint, ticks: bigint): bigint | null {
  const unit = period.toLowerCase();
  const months = PERIOD_MONTHS[unit];
  if (months !== undefined) return addMonths(ticks, months * amount);
  if (unit === 'nanosecond') return inRange(ticks + amount / 100n);
  const length = PERIOD_TICKS[unit];
  if (length === undefined) throw unknownPeriod('datetime_add', period);
  return inRange(ticks + amount * length);
}

/** Weeks begin on Sunday; 0001-01-01 was a Monday. */
const weekNumber = (ticks: bigint): bigint => (ticks / TICKS_PER_DAY + 1n) / 7n;

/** How many borders of the period lie between two datetimes. */
function datetimeDiff(period: string, a: bigint, b: bigint): bigint {
  const unit = period.toLowerCase();
  const months = PERIOD_MONTHS[unit];
  if (months !== undefined) {
    const index = (ticks: bigint): bigint => {
      const { year, month } = civilOf(ticks);
      return BigInt(year * 12 + month - 1) / months;
    };
    return index(a) - index(b);
  }
  if (unit === 'week') return weekNumber(a) - weekNumber(b);
  // Arithmetic of long wraps around.
  if (unit === 'nanosecond') return BigInt.asIntN(64, (a - b) * 100n);
  const length = PERIOD_TICKS[unit];
  if (length === undefined) throw unknownPeriod('datetime_diff', period);
  return a / length - b / length;
}

const DAY_OF_YEAR = (ticks: bigint): bigint => (ticks - ticksOfCivil(civilOf(ticks).year, 1, 1)!) / TICKS_PER_DAY + 1n;

/** ISO 8601: weeks begin on Monday, the first holds the year's first Thursday. */
function isoWeek(ticks: bigint): bigint {
  const day = ticks / TICKS_PER_DAY;
  const thursday = (day - (day % 7n) + 3n) * TICKS_PER_DAY;
  return (DAY_OF_YEAR(thursday) - 1n) / 7n + 1n;
}

const PARTS: Readonly<Record<string, (ticks: bigint) => bigint>> = {
  year: (ticks) => BigInt(civilOf(ticks).year),
  quarter: (ticks) => BigInt(Math.ceil(civilOf(ticks).month / 3)),
  month: (ticks) => BigInt(civilOf(ticks).month),
  week_of_year: isoWeek,
  weekofyear: isoWeek,
  day: (ticks) => BigInt(civilOf(ticks).day),
  dayofyear: DAY_OF_YEAR,
  hour: (ticks) => (ticks % TICKS_PER_DAY) / PERIOD_TICKS.hour!,
  minute: (ticks) => (ticks % PERIOD_TICKS.hour!) / PERIOD_TICKS.minute!,
  second: (ticks) => (ticks % PERIOD_TICKS.minute!) / TICKS_PER_SECOND,
  millisecond: (ticks) => (ticks % TICKS_PER_SECOND) / 10_000n,
  microsecond: (ticks) => (ticks % TICKS_PER_SECOND) / 10n,
  nanosecond: (ticks) => (ticks % TICKS_PER_SECOND) * 100n,
};

function datetimePart(part: string, ticks: bigint): bigint {
  const read = PARTS[part.toLowerCase()];
  if (!read) throw new KustoError('SEM0001', `datetime_part(): '${part}' is not a part of a datetime.`);
  return read(ticks);
}

/** Ticks of the time of day; null when it is none. */
function timeOfDay(hour: number, minute: number, second: number): bigint | null {
  if (!(hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60)) return null;
  const ticks = BigInt(Math.round(second * 1e7));
  return ticks >= 600_000_000n ? null : BigInt(hour * 3600 + minute * 60) * TICKS_PER_SECOND + ticks;
}

function makeDatetime(args: readonly KustoValue[]): bigint | null {
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = args.map(Number) as [number, ...number[]];
  const time = timeOfDay(hour, minute, second);
  return time === null ? null : ticksOfCivil(year, month, day, time);
}

/** (day, hour, minute, second); without days: (hour, minute[, second]). */
function makeTimespan(args: readonly KustoValue[]): bigint | null {
  const numbers = args.map(Number);
  const [day, hour, minute, second] = (args.length === 4 ? numbers : [0, ...numbers, 0]) as [
    number,
    number,
    number,
    number,
  ];
  const time = timeOfDay(hour, minute, second);
  if (time === null || !Number.isInteger(day) || day < 0) return null;
  const ticks = BigInt(day) * TICKS_PER_DAY + time;
  return BigInt.asIntN(64, ticks) === ticks ? ticks : null;
}

/** A number of units since 1970 as a datetime. */
function unixTime(name: string, ticksPerUnit: number, unitsPerTick = 1): ScalarFunction {
  return {
    name,
    nulls: 'propagate',
    doc: 'Datetime of a Unix time.',
    evaluate: ([units]) => {
      if (typeof units === 'bigint') {
        return inRange(UNIX_EPOCH_TICKS + (units * BigInt(ticksPerUnit)) / BigInt(unitsPerTick));
      }
      const ticks = Math.trunc((Number(units) * ticksPerUnit) / unitsPerTick);
      return Number.isFinite(ticks) ? inRange(UNIX_EPOCH_TICKS + BigInt(ticks)) : null;
    },
  };
}

export const DATETIME_FUNCTIONS: readonly ScalarFunction[] = [
  {
    name: 'datetime_add',
    nulls: 'propagate',
    doc: 'A datetime moved by so many periods.',
    evaluate: ([period, amount, ticks]) =>
      datetimeAdd(
        period as string,
        typeof amount === 'bigint' ? amount : BigInt(Math.trunc(Number(amount))),
        ticks as bigint,
      ),
  },
  {
    name: 'datetime_diff',
    nulls: 'propagate',
    doc: 'How many borders of a period lie between two datetimes.',
    evaluate: ([period, a, b], { type }) => {
      const count = datetimeDiff(period as string, a as bigint, b as bigint);
      return type === 'real' ? Number(count) : count;
    },
  },
  {
    name: 'datetime_part',
    nulls: 'propagate',
    doc: 'A part of a datetime by name.',
    evaluate: ([part, ticks], { type }) => {
      const value = datetimePart(part as string, ticks as bigint);
      return type === 'int' ? Number(value) : value;
    },
  },
  {
    name: 'format_datetime',
    nulls: 'propagate',
    doc: 'Text of a datetime in a format.',
    evaluate: ([ticks, format]) => formatDatetime(ticks as bigint, format as string),
  },
  {
    name: 'format_timespan',
    nulls: 'propagate',
    doc: 'Text of a timespan in a format.',
    evaluate: ([ticks, format]) => formatTimespan(ticks as bigint, format as string),
  },
  {
    name: 'make_datetime',
    nulls: 'propagate',
    doc: 'Datetime of its parts; null when there is none.',
    evaluate: makeDatetime,
  },
  {
    name: 'make_timespan',
    nulls: 'propagate',
    doc: 'Timespan of its parts; null when there is none.',
    evaluate: makeTimespan,
  },
  unixTime('unixtime_seconds_todatetime', 1e7),
  unixTime('unixtime_milliseconds_todatetime', 1e4),
  unixTime('unixtime_microseconds_todatetime', 10),
  unixTime('unixtime_nanoseconds_todatetime', 1, 100),
  {
    name: 'datetime_utc_to_local',
    nulls: 'propagate',
    doc: 'The local time in a time zone.',
    evaluate: ([ticks, zone]) => inRange(utcToLocal(ticks as bigint, zone as string)),
  },
  {
    name: 'datetime_local_to_utc',
    nulls: 'propagate',
    doc: 'The UTC time of a local time in a time zone.',
    evaluate: ([ticks, zone]) => inRange(localToUtc(ticks as bigint, zone as string)),
  },
  {
    name: 'datetime_list_timezones',
    nulls: 'own',
    doc: 'Array of the names of all time zones.',
    evaluate: () => JSON.stringify(timeZones()),
  },
];
