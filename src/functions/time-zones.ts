import { KustoError } from '../errors/index.js';
import { UNIX_EPOCH_TICKS } from '../values/index.js';

/** Time zones by their IANA names. */

const formats = new Map<string, Intl.DateTimeFormat>();
/** Offsets in seconds by zone and quarter of an hour: no zone changes more often. */
const offsets = new Map<string, Map<number, number>>();
const MAX_REMEMBERED = 100_000;

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    } catch {
      throw new KustoError('SEM0001', `'${zone}' is not a time zone; datetime_list_timezones() lists them.`);
    }
    formats.set(zone, format);
  }
  return format;
}

/** Seconds that local time is ahead of UTC at a UTC time in seconds since 1970. */
function offsetAt(zone: string, seconds: number): number {
  const quarter = Math.floor(seconds / 900);
  let known = offsets.get(zone);
  if (!known || known.size > MAX_REMEMBERED) offsets.set(zone, (known = new Map<number, number>()));
  let offset = known.get(quarter);
  if (offset === undefined) {
    const parts = formatOf(zone).formatToParts(quarter * 900_000);
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
    const match = /GMT([+-\u2212])(\d{2}):(\d{2})(?::(\d{2}))?/.exec(name);
    offset = match
      ? (match[1] === '+' ? 1 : -1) * (Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0))
      : 0;
    known.set(quarter, offset);
  }
  return offset;
}

const secondsOf = (ticks: bigint): number => Math.floor(Number((ticks - UNIX_EPOCH_TICKS) / 10_000n) / 1000);

export function utcToLocal(ticks: bigint, zone: string): bigint {
  return ticks + BigInt(offsetAt(zone, secondsOf(ticks))) * 10_000_000n;
}

/** A local time that is skipped or comes twice is read with the offset that holds after the change. */
export function localToUtc(ticks: bigint, zone: string): bigint {
  const local = secondsOf(ticks);
  const after = offsetAt(zone, local + 86_400);
  const before = offsetAt(zone, local - 86_400);
  for (const offset of [after, before]) {
    if (offsetAt(zone, local - offset) === offset) return ticks - BigInt(offset) * 10_000_000n;
  }
  return ticks - BigInt(after) * 10_000_000n;
}

let names: readonly string[] | undefined;

export function timeZones(): readonly string[] {
  names ??= [...Intl.supportedValuesOf('timeZone')].sort();
  return names;
}
