/**
 * Datetimes and timespans as text, exact to the tick (100 ns). Forms are .NET's, which clients of the reference
 * service parse: seen in the recorded answers that the official Python and Go clients carry as test data.
 */

export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_DAY = 864_000_000_000n;
/** 9999-12-31T23:59:59.9999999Z. */
export const MAX_DATETIME_TICKS = 3_155_378_975_999_999_999n;
/** Ticks of 1970-01-01T00:00:00Z. */
export const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;

const TWO_DIGITS: readonly string[] = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
const two = (n: number): string => TWO_DIGITS[n] as string;

/** Date part of day `day` (0 = 0001-01-01). Hinnant's civil-from-days, on years that begin in March. */
function dayText(day: number): string {
  const z = day + 306;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const date = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  return `${two(Math.floor(year / 100))}${two(year % 100)}-${two(month)}-${two(date)}`;
}

let lastDay = -1;
let lastDayText = '';

function dateAndTime(ticks: bigint): { readonly text: string; readonly fraction: number } {
  if (ticks < 0n || ticks > MAX_DATETIME_TICKS) throw new RangeError(`${ticks} ticks are not a datetime`);
  const day = Number(ticks / TICKS_PER_DAY);
  const rest = Number(ticks % TICKS_PER_DAY);
  // Rows come mostly in order of time: one remembered day saves most of the work.
  if (day !== lastDay) {
    lastDay = day;
    lastDayText = dayText(day);
  }
  const seconds = Math.floor(rest / 1e7);
  const text = `${lastDayText}T${clock(seconds)}`;
  return { text, fraction: rest - seconds * 1e7 };
}

const clock = (seconds: number): string =>
  `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;

const sevenDigits = (fraction: number): string => String(fraction + 1e7).slice(1);

/** As answers write it in JSON: `2020-01-01T00:00:00Z`, `…:00.5Z`: no trailing zeros. RangeError outside of years 1 to 9999. */
export function datetimeText(ticks: bigint): string {
  const { text, fraction } = dateAndTime(ticks);
  if (fraction === 0) return `${text}Z`;
  let digits = sevenDigits(fraction);
  let end = 7;
  while (digits.charCodeAt(end - 1) === 48) end--;
  digits = digits.slice(0, end);
  return `${text}.${digits}Z`;
}

/** As `tostring()` writes it: always seven digits. RangeError outside of years 1 to 9999. */
export function datetimeString(ticks: bigint): string {
  const { text, fraction } = dateAndTime(ticks);
  return `${text}.${sevenDigits(fraction)}Z`;
}

/** `[-][d.]hh:mm:ss[.fffffff]`: in answers and from `tostring()` alike. */
export function timespanText(ticks: bigint): string {
  const sign = ticks < 0n ? '-' : '';
  const size = ticks < 0n ? -ticks : ticks;
  const days = size / TICKS_PER_DAY;
  const rest = Number(size % TICKS_PER_DAY);
  const seconds = Math.floor(rest / 1e7);
  const fraction = rest - seconds * 1e7;
  return `${sign}${days === 0n ? '' : `${days}.`}${clock(seconds)}${fraction === 0 ? '' : `.${sevenDigits(fraction)}`}`;
}

/** A real as answers write it in JSON: what JSON has no number for is a string. */
export function realJson(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  if (Number.isFinite(value)) return Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : String(value);
  return Number.isNaN(value) ? '"NaN"' : value > 0 ? '"Infinity"' : '"-Infinity"';
}

/** Ticks of a JavaScript date; whole milliseconds. */
export function ticksOfDate(date: Date): bigint {
  return UNIX_EPOCH_TICKS + BigInt(date.getTime()) * 10_000n;
}
