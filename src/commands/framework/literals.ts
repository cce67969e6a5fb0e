/** Scalar literals of commands as values: ticks of 100 ns for datetime (since 0001-01-01) and timespan. */

const TICKS_PER_MILLISECOND = 10_000n;
const TICKS_AT_UNIX_EPOCH = 621_355_968_000_000_000n;
const MAX_TICKS = 9_223_372_036_854_775_807n;

const UNIT_TICKS: readonly (readonly [RegExp, bigint])[] = [
  [/^(d|days?)$/, 864_000_000_000n],
  [/^(h|hrs?|hours?)$/, 36_000_000_000n],
  [/^(m|minutes?|mins?)$/, 600_000_000n],
  [/^(s|secs?|seconds?)$/, 10_000_000n],
  [/^(ms|millis?|milliseconds?)$/, 10_000n],
  [/^(micros?|microseconds?)$/, 10n],
  [/^(ticks?)$/, 1n],
];

/** `1.5` with the unit's ticks, without going through floating point. */
function scaled(number: string, ticks: bigint): bigint {
  const [whole = '0', fraction = ''] = number.split('.');
  const scale = 10n ** BigInt(fraction.length);
  return (BigInt(whole + fraction) * ticks) / scale;
}

/** `1d`, `1.5h`, `90s`, `1.02:03:04.5`, `02:03`, with an optional sign. Undefined when it is not a timespan. */
export function parseTimespan(text: string): bigint | undefined {
  const trimmed = text.trim();
  const negative = trimmed.startsWith('-');
  const body = negative ? trimmed.slice(1) : trimmed;
  const ticks = unitForm(body) ?? clockForm(body);
  if (ticks === undefined || ticks > MAX_TICKS) return undefined;
  return negative ? -ticks : ticks;
}

function unitForm(text: string): bigint | undefined {
  const match = /^(\d+(?:\.\d+)?)([a-z]+)$/.exec(text);
  const unit = UNIT_TICKS.find(([pattern]) => pattern.test(match?.[2] ?? ''));
  return match?.[1] === undefined || unit === undefined ? undefined : scaled(match[1], unit[1]);
}

function clockForm(text: string): bigint | undefined {
  const match = /^(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d{1,7})?))?$/.exec(text);
  if (match === null) return /^\d+$/.test(text) ? scaled(text, 864_000_000_000n) : undefined;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) >= 60) return undefined;
  return (
    scaled(days, 864_000_000_000n) +
    scaled(hours, 36_000_000_000n) +
    scaled(minutes, 600_000_000n) +
    scaled(seconds, 10_000_000n)
  );
}

/** ISO 8601 (`2024-01-02`, `2024-01-02T03:04:05.1234567Z`, with offset) to ticks; undefined when it is no date. */
export function parseDatetime(text: string): bigint | undefined {
  const match =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(
      text.trim(),
    );
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hours = '0', minutes = '0', seconds = '0', fraction = '', zone] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || Number(hours) > 23 || Number(minutes) > 59) return undefined;
  date.setUTCHours(Number(hours), Number(minutes), Number(seconds));
  const ticks = BigInt(date.getTime()) * TICKS_PER_MILLISECOND + TICKS_AT_UNIX_EPOCH + BigInt(fraction.padEnd(7, '0'));
  if (zone === undefined || zone === 'Z') return ticks;
  const digits = zone.replace(':', '');
  const offset = BigInt(Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5))) * 600_000_000n;
  return zone.startsWith('-') ? ticks + offset : ticks - offset;
}

/** ISO 8601 text with 100 ns of ticks since 0001-01-01. */
export function instantOfTicks(ticks: bigint): string {
  const sinceEpoch = ticks - TICKS_AT_UNIX_EPOCH;
  const second = 10_000_000n;
  const fraction = ((sinceEpoch % second) + second) % second;
  const whole = new Date(Number((sinceEpoch - fraction) / TICKS_PER_MILLISECOND)).toISOString();
  return `${whole.slice(0, -5)}.${String(fraction).padStart(7, '0')}Z`;
}

export function ticksOfDate(date: Date): bigint {
  return BigInt(date.getTime()) * TICKS_PER_MILLISECOND + TICKS_AT_UNIX_EPOCH;
}

export function instantOfDate(date: Date): string {
  return instantOfTicks(ticksOfDate(date));
}

/** `1.02:03:04.5000000`: timespan text as Kusto shows it. */
export function formatTimespan(ticks: bigint): string {
  const negative = ticks < 0n;
  const value = negative ? -ticks : ticks;
  const part = (size: bigint, modulo: bigint): string => String((value / size) % modulo).padStart(2, '0');
  const days = value / 864_000_000_000n;
  const fraction = value % 10_000_000n;
  return (
    (negative ? '-' : '') +
    (days > 0n ? `${days}.` : '') +
    `${part(36_000_000_000n, 24n)}:${part(600_000_000n, 60n)}:${part(10_000_000n, 60n)}` +
    (fraction > 0n ? `.${String(fraction).padStart(7, '0')}` : '')
  );
}
