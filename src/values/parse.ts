import { MAX_DATETIME_TICKS, TICKS_PER_DAY, UNIX_EPOCH_TICKS } from './text.js';

/**
 * Text to ticks, in the formats that the datetime and timespan pages of the reference list. Anything else is
 * undefined, which `todatetime()` and `totimespan()` show as null.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const TIME = String.raw`(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?`;
const ZONE = String.raw`\s*(Z|GMT|UTC|[+-]\d{2}:?\d{2})?`;
const WEEKDAY = String.raw`(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,\s*)?`;

const ISO = new RegExp(String.raw`^\s*(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:(?:T|\s+)${TIME}${ZONE})?)?)?\s*$`, 'i');
const RFC = new RegExp(
  String.raw`^\s*${WEEKDAY}(\d{1,2})[ -]([a-z]{3})[ -](\d{2}|\d{4})(?:\s+${TIME}${ZONE})?\s*$`,
  'i',
);
/** Month first, as .NET's invariant culture has it. */
const AMERICAN = new RegExp(
  String.raw`^\s*(\d{1,2})[-/](\d{1,2})[-/](\d{4})(?:\s+${TIME}(?:\s*([AP])M)?${ZONE})?\s*$`,
  'i',
);

type TimeParts = readonly (string | undefined)[];

/** Ticks since 0001-01-01 UTC; undefined when the text is no datetime. Digits beyond 100 ns are dropped. */
export function parseDatetime(text: string): bigint | undefined {
  let m = ISO.exec(text);
  if (m) return build(Number(m[1]), Number(m[2] ?? 1), Number(m[3] ?? 1), m.slice(4, 9));
  m = RFC.exec(text);
  if (m)
    return build(
      fullYear(m[3] as string),
      MONTHS.indexOf((m[2] as string).toLowerCase()) + 1,
      Number(m[1]),
      m.slice(4, 9),
    );
  m = AMERICAN.exec(text);
  if (!m) return undefined;
  const [, month, day, year, hour, minute, second, fraction, half, zone] = m;
  const hourOfDay = half === undefined ? hour : hourOfHalf(Number(hour), half);
  return hourOfDay === null
    ? undefined
    : build(Number(year), Number(month), Number(day), [hourOfDay, minute, second, fraction, zone]);
}

/** The hour of 12 that AM or PM makes whole; null when it is none. */
function hourOfHalf(hour: number, half: string): string | null {
  if (hour < 1 || hour > 12) return null;
  return String((hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0));
}

/** Two-digit years as .NET has them: 00 to 49 are 20xx. */
function fullYear(text: string): number {
  const year = Number(text);
  return text.length === 4 ? year : year < 50 ? 2000 + year : 1900 + year;
}

function build(year: number, month: number, day: number, time: TimeParts): bigint | undefined {
  const [hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = time;
  if (year < 1 || month < 1 || month > 12 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (day < 1 || date.getUTCDate() !== day || date.getUTCMonth() !== month - 1) return undefined;
  const seconds = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const ticks = UNIX_EPOCH_TICKS + BigInt(seconds - zoneSeconds(zone)) * 10_000_000n + fractionTicks(fraction);
  return ticks < 0n || ticks > MAX_DATETIME_TICKS ? undefined : ticks;
}

function zoneSeconds(zone: string): number {
  const m = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (!m) return 0;
  return (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 3600 + Number(m[3]) * 60);
}

const fractionTicks = (digits: string): bigint => BigInt(digits.slice(0, 7).padEnd(7, '0'));

const CLOCK = /^\s*([+-])?(?:(\d{1,8})[.:](?=\d+:\d+:))?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?\s*$/;
const QUANTITY = /^\s*([+-])?(\d{1,19})(?:\.(\d+))?\s*([a-z]*)\s*$/i;
const UNITS: Readonly<Record<string, bigint>> = Object.fromEntries(
  (
    [
      [TICKS_PER_DAY, '', 'd', 'day', 'days'],
      [36_000_000_000n, 'h', 'hr', 'hrs', 'hour', 'hours'],
      [600_000_000n, 'm', 'min', 'minute', 'minutes'],
      [10_000_000n, 's', 'sec', 'second', 'seconds'],
      [10_000n, 'ms', 'milli', 'millis', 'millisec', 'millisecond', 'milliseconds'],
      [10n, 'micro', 'micros', 'microsec', 'microsecond', 'microseconds'],
      [1n, 'tick', 'ticks'],
    ] as const
  ).flatMap(([ticks, ...names]) => names.map((name) => [name, ticks] as const)),
);

/** Ticks of `[-][d.]hh:mm[:ss[.fffffff]]`, `1.5h`, `10 seconds`, or a bare number of days; undefined otherwise. */
export function parseTimespan(text: string): bigint | undefined {
  const c = CLOCK.exec(text);
  if (c) {
    const [, sign, days = '0', hour, minute, second = '0', fraction = ''] = c;
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
    const seconds = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second));
    return signed(sign, BigInt(days) * TICKS_PER_DAY + seconds * 10_000_000n + fractionTicks(fraction));
  }
  const q = QUANTITY.exec(text);
  const unit = q ? UNITS[(q[4] as string).toLowerCase()] : undefined;
  if (!q || unit === undefined) return undefined;
  const fraction = (q[3] ?? '').slice(0, 18);
  const scale = 10n ** BigInt(fraction.length);
  return signed(q[1], (BigInt(q[2] + fraction) * unit) / scale);
}

function signed(sign: string | undefined, size: bigint): bigint | undefined {
  const ticks = sign === '-' ? -size : size;
  return BigInt.asIntN(64, ticks) === ticks ? ticks : undefined;
}
