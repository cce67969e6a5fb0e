import { MAX_DATETIME_TICKS, UNIX_EPOCH_TICKS, type KustoType } from '../../values/index.js';

/** Longest text of a value; what is longer is cut (string) or dropped (dynamic), as the reference does. */
const MAX_TEXT = 1_048_576;
const FIRST_MICROSECOND = -UNIX_EPOCH_TICKS / 10n;
const LAST_MICROSECOND = (MAX_DATETIME_TICKS - UNIX_EPOCH_TICKS) / 10n;

/**
 * SQL that reads text as a type the way ingestion does: what cannot be read is NULL. DuckDB's own casts take too much
 * (`1.5` as an integer, `epoch` as a time), so the form is checked first where that matters.
 */
export function fromText(text: string, type: KustoType): string {
  switch (type) {
    case 'string':
      return `coalesce(if(strlen(${text}) > ${MAX_TEXT}, left(${text}, ${MAX_TEXT}), ${text}), '')`;
    case 'bool':
      return `CASE lower(trim(${text})) WHEN 'true' THEN true WHEN 'false' THEN false ELSE ${integer(text, 'BIGINT')} != 0 END`;
    case 'int':
      return integer(text, 'INTEGER');
    case 'long':
      return integer(text, 'BIGINT');
    case 'real':
      return `if(contains(${text}, '_'), NULL, TRY_CAST(${text} AS DOUBLE))`;
    case 'decimal':
      return `if(contains(${text}, '_'), NULL, TRY_CAST(${text} AS DECIMAL(38,18)))`;
    case 'guid':
      return `coalesce(TRY_CAST(${text} AS UUID), TRY_CAST(trim(${text}) AS UUID))`;
    case 'datetime':
      return datetime(text);
    case 'timespan':
      return timespan(text);
    case 'dynamic':
      // Text that is not JSON is kept as a JSON string.
      return `CASE WHEN ${text} IS NULL OR strlen(${text}) > ${MAX_TEXT} OR ${text} = 'null' THEN NULL
        WHEN json_valid(${text}) THEN ${text} ELSE CAST(to_json(${text}) AS VARCHAR) END`;
  }
}

const integer = (text: string, as: string) =>
  `if(regexp_full_match(${text}, '\\s*[-+]?([0-9]+|0[xX][0-9a-fA-F]+)\\s*'), TRY_CAST(trim(${text}) AS ${as}), NULL)`;

/** SQL for ticks of a BIGINT of microseconds since 1970, NULL outside of the years 1 to 9999. */
export function ticksOfMicroseconds(microseconds: string, hundredNanoseconds = '0'): string {
  return `CASE WHEN ${microseconds} BETWEEN ${FIRST_MICROSECOND} AND ${LAST_MICROSECOND}
    THEN ${microseconds} * 10 + ${UNIX_EPOCH_TICKS} + ${hundredNanoseconds} END`;
}

const RFC_DAYS = ['%a, %-d %b', '%A, %d-%b-', '%-d %b', '%d-%b-'];
const RFC_TIMES = ['%H:%M:%S', '%H:%M', '%H:%M:%S GMT', '%H:%M GMT'];
/** The formats beside ISO 8601 that the reference documents: RFC 822, RFC 850; and the American one that it takes too. */
const OTHER_FORMATS = [
  ...RFC_DAYS.flatMap((day) =>
    RFC_TIMES.flatMap((time) =>
      (day.endsWith('-') ? ['%y', '%Y'] : [' %y', ' %Y']).map((year) => `${day}${year} ${time}`),
    ),
  ),
  '%m/%d/%Y %H:%M:%S',
  '%m/%d/%Y %I:%M:%S %p',
  '%m/%d/%Y %H:%M',
  '%m/%d/%Y',
];

/**
 * ISO 8601 goes by DuckDB's own cast, which knows no seventh digit, no zone after minutes, and reads `GMT` as a name.
 * What begins with no digit is looked at more closely: the cast takes words such as `epoch`.
 */
function datetime(text: string): string {
  const iso = (sql: string) => `epoch_us(TRY_CAST(${sql} AS TIMESTAMPTZ))`;
  const tidy = `regexp_replace(regexp_replace(trim(${text}), '\\s*(GMT|UTC)$', 'Z'), '([T ]\\d{1,2}:\\d{2})(Z|[+-]\\d{2}:?\\d{2})?$', '\\1:00\\2')`;
  const other = `epoch_us(try_strptime(trim(${text}), [${OTHER_FORMATS.map((format) => `'${format}'`).join(', ')}]))`;
  const digit = `ascii(substring(${text}, 27, 1))`;
  const seventh = `if(strlen(${text}) > 26, if(substring(${text}, 20, 1) = '.' AND ${digit} BETWEEN 48 AND 57, ${digit} - 48,
    coalesce(TRY_CAST(regexp_extract(${text}, '\\.\\d{6}(\\d)', 1) AS BIGINT), 0)), 0)`;
  // Two steps, so that the common form is cast once or twice, not by each part of a long expression.
  return `CASE WHEN ${text} GLOB '[0-9]*' AND ${iso(text)} IS NOT NULL THEN ${ticksOfMicroseconds(iso(text), seventh)}
    WHEN regexp_matches(${text}, '\\d') THEN coalesce(${ticksOfMicroseconds(iso(tidy), seventh)}, ${ticksOfMicroseconds(other)}) END`;
}

/** `[-][d.]hh:mm[:ss[.fffffff]]`, a number of days, or a number with a unit (`1.5h`). */
function timespan(text: string): string {
  const clock = '^\\s*(-?)(?:(\\d{1,8})\\.)?(\\d{1,2}:\\d{1,2}(?::\\d{1,2}(?:\\.\\d{1,6}(\\d)?)?)?)\\s*$';
  const part = (group: number) => `regexp_extract(${text}, '${clock}', ${group})`;
  const number = (group: number) => `CAST('0' || ${part(group)} AS HUGEINT)`;
  const time = `nullif(epoch_us(TRY_CAST(${part(3)} AS TIME)), 86400000000)`;
  const ofClock = `if(${part(1)} = '-', -1, 1) * (${number(2)} * 864000000000 + ${time} * 10 + ${number(4)})`;
  const unit = '^\\s*(-?\\d+(?:\\.\\d+)?)\\s*(d|h|m|s|ms|microsecond|tick)?\\s*$';
  const factor = `CASE regexp_extract(${text}, '${unit}', 2) WHEN 'h' THEN 36000000000 WHEN 'm' THEN 600000000
    WHEN 's' THEN 10000000 WHEN 'ms' THEN 10000 WHEN 'microsecond' THEN 10 WHEN 'tick' THEN 1 ELSE 864000000000 END`;
  const ofUnit = `TRY_CAST(regexp_extract(${text}, '${unit}', 1) AS DECIMAL(26,7)) * ${factor}`;
  // A time of day in whole seconds, the most common form, goes without the long pattern.
  return `CASE WHEN regexp_full_match(${text}, '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]') THEN epoch_us(CAST(${text} AS TIME)) * 10
    WHEN contains(${text}, ':') THEN TRY_CAST(${ofClock} AS BIGINT)
    WHEN regexp_matches(${text}, '${unit}') THEN TRY_CAST(${ofUnit} AS BIGINT) END`;
}

const UNITS_A_SECOND = { seconds: 1n, milliseconds: 1_000n, microseconds: 1_000_000n, nanoseconds: 1_000_000_000n };

/** SQL for the ticks of a number since 1970, given as text. */
export function fromUnixTime(text: string, unit: keyof typeof UNITS_A_SECOND): string {
  const number = `TRY_CAST(${text} AS DECIMAL(29,7))`;
  const units = UNITS_A_SECOND[unit];
  const ticks = units > 10_000_000n ? `${number} / ${units / 10_000_000n}` : `${number} * ${10_000_000n / units}`;
  const whole = `CAST(floor(${ticks}) AS HUGEINT) + ${UNIX_EPOCH_TICKS}`;
  return `CAST(if(${whole} BETWEEN 0 AND ${MAX_DATETIME_TICKS}, ${whole}, NULL) AS BIGINT)`;
}
