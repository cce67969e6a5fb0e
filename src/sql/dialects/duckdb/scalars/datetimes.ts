import { formatPieces, PERIOD_TICKS } from '../../../../functions/index.js';
import type { KustoType } from '../../../../values/index.js';
import type { LoweredArgument, LoweredCall, ScalarRow } from '../../../dialect.js';
import { sql, value, type Sql } from '../../../tree.js';
import { castTo } from '../cast.js';
import { once, onceAll, onceEach } from '../once.js';
import { decimalCall } from './mathematics.js';

/** Datetimes and timespans are ticks (BIGINT); the calendar is DuckDB's, by way of kql_date and kql_date_ticks. */

/** Types that DuckDB holds as numbers which add up. */
const ADDITIVE: ReadonlySet<string> = new Set(['int', 'long', 'real', 'decimal', 'datetime', 'timespan']);

const isTicks = (arg: LoweredArgument): boolean => arg.type === 'datetime';

/** Start (or end: the tick before the next start) of a period, moved by so many periods. */
function boundary(unit: Unit, end: boolean): ScalarRow {
  return ({ args: [date, offset], lowering }) => {
    if (!isTicks(date!) || (offset && offset.type !== 'int' && offset.type !== 'long')) return undefined;
    if (!offset && !end) return startOf(unit, date!.sql);
    // No date is further away than this; larger offsets would overflow on the way to null.
    const moved = offset ? sql`greatest(least(CAST(${offset.sql} AS BIGINT), 4000000), -4000000)` : value('long', 0n);
    const by = end ? sql`(${moved} + 1)` : moved;
    const start = movedStartOf(unit, date!.sql, by);
    const ticks = end ? sql`(${start} - 1)` : start;
    return once(ticks, lowering, (held) => sql`kql_datetime_range(${held})`);
  };
}

type Unit = 'day' | 'week' | 'month' | 'year';

function startOf(unit: Unit, ticks: Sql): Sql {
  switch (unit) {
    case 'day':
      return sql`(${ticks} // 864000000000 * 864000000000)`;
    case 'week':
      // The first week began before the first day.
      return sql`nullif((((${ticks} // 864000000000 + 1) // 7) * 7 - 1) * 864000000000, -864000000000)`;
    case 'month':
    case 'year':
      return sql`kql_date_ticks(date_trunc(${value('string', unit)}, kql_date(${ticks})))`;
  }
}

function movedStartOf(unit: Unit, ticks: Sql, by: Sql): Sql {
  switch (unit) {
    case 'day':
      return sql`try((${ticks} // 864000000000 + ${by}) * 864000000000)`;
    case 'week':
      return sql`try((((${ticks} // 864000000000 + 1) // 7 + ${by}) * 7 - 1) * 864000000000)`;
    case 'month':
    case 'year':
      return sql`kql_date_ticks(kql_add_months(date_trunc(${value('string', unit)}, kql_date(${ticks})), ${unit === 'year' ? sql`(${by} * 12)` : by}))`;
  }
}

const part =
  (build: (ticks: Sql) => Sql): ScalarRow =>
  ({ args: [date], type }) =>
    isTicks(date!) ? castTo(build(date!.sql), type) : undefined;

const monthOf = part((ticks) => sql`month(kql_date(${ticks}))`);

const PARTS: Readonly<Record<string, (ticks: Sql) => Sql>> = {
  year: (ticks) => sql`year(kql_date(${ticks}))`,
  quarter: (ticks) => sql`quarter(kql_date(${ticks}))`,
  month: (ticks) => sql`month(kql_date(${ticks}))`,
  week_of_year: (ticks) => sql`week(kql_date(${ticks}))`,
  day: (ticks) => sql`day(kql_date(${ticks}))`,
  dayofyear: (ticks) => sql`dayofyear(kql_date(${ticks}))`,
  hour: (ticks) => sql`${ticks} % 864000000000 // 36000000000`,
  minute: (ticks) => sql`${ticks} % 36000000000 // 600000000`,
  second: (ticks) => sql`${ticks} % 600000000 // 10000000`,
  millisecond: (ticks) => sql`${ticks} % 10000000 // 10000`,
  microsecond: (ticks) => sql`${ticks} % 10000000 // 10`,
  nanosecond: (ticks) => sql`${ticks} % 10000000 * 100`,
};

const unitOf = (arg: LoweredArgument | undefined): string | undefined =>
  typeof arg?.literal === 'string' ? arg.literal.toLowerCase() : undefined;

const MONTHS: Readonly<Record<string, bigint>> = { year: 12n, quarter: 3n, month: 1n };
const isWhole = (type: KustoType): boolean => type === 'int' || type === 'long';

const datetimeAdd: ScalarRow = onceEach(({ args: [period, amount, date], lowering }) => {
  const unit = unitOf(period);
  if (unit === undefined || !isTicks(date!) || !isWhole(amount!.type)) return undefined;
  const length = PERIOD_TICKS[unit];
  if (length !== undefined) {
    const moved = sql`try(${date!.sql} + CAST(${amount!.sql} AS BIGINT) * ${value('long', length)})`;
    return once(moved, lowering, (ticks) => sql`kql_datetime_range(${ticks})`);
  }
  const months = MONTHS[unit];
  if (months === undefined) return undefined;
  const moved = sql`kql_date_ticks(kql_add_months(kql_date(${date!.sql}), try(CAST(${amount!.sql} AS BIGINT) * ${value('long', months)})))`;
  return once(sql`(${moved} + ${date!.sql} % 864000000000)`, lowering, (ticks) => sql`kql_datetime_range(${ticks})`);
});

const datetimeDiff: ScalarRow = ({ args: [period, a, b], type }) => {
  const unit = unitOf(period);
  if (unit === undefined || !isTicks(a!) || !isTicks(b!)) return undefined;
  const length = PERIOD_TICKS[unit];
  if (length === undefined || unit === 'week') return undefined;
  const by = value('long', length);
  return castTo(sql`(${a!.sql} // ${by} - ${b!.sql} // ${by})`, type);
};

const datetimePart: ScalarRow = (call) => {
  const build = PARTS[unitOf(call.args[0]) ?? ''];
  return build && part(build)({ ...call, args: call.args.slice(1) });
};

/** Rounding down to a multiple; ticks count from 0001-01-01, a Monday. */
function bin(call: LoweredCall): Sql | undefined {
  const [held, size] = call.args as [LoweredArgument, LoweredArgument | undefined];
  if (!size) return call.type === 'real' ? sql`floor(${castTo(held.sql, 'real')})` : held.sql;
  if (held.type === 'dynamic' || size.type === 'dynamic' || call.type === 'decimal') {
    return call.type === 'decimal' && held.type !== 'dynamic' && size.type !== 'dynamic'
      ? decimalCall('decimal_bin', call)
      : undefined;
  }
  if (call.type === 'real') return sql`kql_bin_real(${castTo(held.sql, 'real')}, ${castTo(size.sql, 'real')})`;
  const { lowering } = call;
  if (call.type === 'datetime') {
    // No datetime is negative, and none becomes larger.
    if (typeof size.literal === 'bigint' && size.literal > 0n) {
      const by = value('long', size.literal);
      return sql`(${held.sql} // ${by} * ${by})`;
    }
    const binned = once(held.sql, lowering, (x) =>
      once(sql`CAST(${size.sql} AS BIGINT)`, lowering, (by) => sql`kql_bin(${x}, ${by})`),
    );
    return once(binned, lowering, (ticks) => sql`kql_datetime_range(${ticks})`);
  }
  return castTo(
    onceAll([held.sql, size.sql], lowering, ([x, by]) => sql`kql_bin(${x!}, ${by!})`),
    call.type,
  );
}

const binAt: ScalarRow = ({ args: [held, size, fixed], type }) => {
  if ([held!, size!, fixed!].some((arg) => arg.type === 'dynamic' || arg.type === 'decimal')) return undefined;
  if (isTicks(held!) && size!.type !== 'timespan') return undefined;
  if (type === 'real') {
    const [x, by, at] = [held!, size!, fixed!].map((arg) => castTo(arg.sql, 'real')) as [Sql, Sql, Sql];
    return sql`(${at} + kql_bin_real(${x} - ${at}, ${by}))`;
  }
  const binned = sql`try(${fixed!.sql} + kql_bin(${held!.sql} - ${fixed!.sql}, ${size!.sql}))`;
  return type === 'datetime' ? sql`kql_datetime_range(${binned})` : castTo(binned, type);
};

/** Specifiers of format_datetime() that DuckDB's strftime has too. */
const STRFTIME: Readonly<Record<string, string>> = {
  yyyy: '%Y',
  yy: '%y',
  MM: '%m',
  M: '%-m',
  dd: '%d',
  d: '%-d',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  tt: '%p',
  fff: '%g',
  ffffff: '%f',
};

const formatDatetime: ScalarRow = ({ args: [date, format], lowering }) => {
  if (!isTicks(date!) || typeof format!.literal !== 'string') return undefined;
  const pieces = formatPieces('format_datetime', format!.literal).map(({ token, isDelimiter }) =>
    isDelimiter ? token : STRFTIME[token],
  );
  if (pieces.includes(undefined)) return undefined;
  const text = sql`strftime(make_timestamp((${date!.sql} - 621355968000000000) // 10), ${value('string', pieces.join(''))})`;
  return lowering.emptyForNull(text, 'string');
};

const TICKS_PER_DAY = 864_000_000_000n;

/** Spans that are whole days, by their SQL: `dayofweek(d) / 1d` is how weekdays are counted. */
const days = new WeakMap<Sql, Sql>();

function daysOf(count: Sql): Sql {
  const span = sql`(${count} * ${value('long', TICKS_PER_DAY)})`;
  days.set(span, count);
  return span;
}

/** Reals that are such a number of days, by their SQL. */
const counts = new WeakMap<Sql, Sql>();

/** A span by one day as a real, where it is known to be a whole number. */
export function wholeDays(span: LoweredArgument, by: LoweredArgument): Sql | undefined {
  const count = by.type === 'timespan' && by.literal === TICKS_PER_DAY ? days.get(span.sql) : undefined;
  if (!count) return undefined;
  const real = castTo(count, 'real');
  counts.set(real, count);
  return real;
}

/** The whole number (BIGINT) that a real is known to be. */
export const wholeReal = (real: Sql): Sql | undefined => counts.get(real);

export const DATETIME_ROWS: Readonly<Record<string, ScalarRow>> = {
  startofday: boundary('day', false),
  startofweek: boundary('week', false),
  startofmonth: boundary('month', false),
  startofyear: boundary('year', false),
  endofday: boundary('day', true),
  endofweek: boundary('week', true),
  endofmonth: boundary('month', true),
  endofyear: boundary('year', true),
  dayofweek: onceEach(({ args: [date] }) => {
    if (!isTicks(date!)) return undefined;
    return daysOf(sql`kql_weekday(${date!.sql})`);
  }),
  dayofmonth: part(PARTS.day!),
  dayofyear: part(PARTS.dayofyear!),
  monthofyear: monthOf,
  getmonth: monthOf,
  getyear: part(PARTS.year!),
  hourofday: part(PARTS.hour!),
  week_of_year: part(PARTS.week_of_year!),
  // The older function's first week is the one with the year's first Wednesday; its weeks begin on Sunday.
  weekofyear: onceEach(part((ticks) => sql`kql_wednesday_week(${ticks})`)),
  format_datetime: formatDatetime,
  datetime_add: datetimeAdd,
  datetime_diff: datetimeDiff,
  datetime_part: datetimePart,
  datetime_list_timezones: () =>
    sql`(SELECT CAST(to_json(list(DISTINCT z.name ORDER BY z.name)) AS VARCHAR) FROM pg_timezone_names() AS z WHERE NOT kql_not_iana(z.name))`,
  bin,
  floor: bin,
  bin_at: onceEach(binAt),
  around: onceEach(({ args: [held, center, delta] }) => {
    if ([held!, center!, delta!].some((arg) => !ADDITIVE.has(arg.type))) return undefined;
    return sql`(${held!.sql} BETWEEN try(${center!.sql} - ${delta!.sql}) AND try(${center!.sql} + ${delta!.sql}))`;
  }),
  make_datetime: ({ args }) => (args.length === 1 && isTicks(args[0]!) ? args[0]!.sql : undefined),
};

export const DATETIME_MACROS: readonly string[] = [
  `kql_date(ticks) AS DATE '0001-01-01' + CAST(ticks // 864000000000 AS INTEGER)`,
  `kql_date_ticks(d) AS CAST(CAST(d AS DATE) - DATE '0001-01-01' AS BIGINT) * 864000000000`,
  // Beyond what a date can be there is no month to count to.
  `kql_add_months(d, months) AS CASE WHEN months BETWEEN -120000 AND 120000 THEN d + to_months(CAST(months AS INTEGER)) END`,
  // ICU knows names that the time zone database does not.
  `kql_not_iana(zone) AS regexp_full_match(zone, 'SystemV/.*|US/Pacific-New|Canada/East-Saskatchewan|Factory|A[CEGRS]T|BET|BST|C[ANS]T|CTT|E[AC]T|I[ES]T|JST|MIT|N[ES]T|P[LNRS]T|SST|VST')`,
  `kql_bin(x, size) AS CASE WHEN size > 0 THEN CASE WHEN x >= 0 THEN x - x % size ELSE try(x - ((x % size) + size) % size) END END`,
  `kql_bin_real(x, size) AS CASE WHEN size > 0 THEN floor(x / size) * size END`,
  // The reference has no answer in the year's last week that ends after 9999-12-31.
  `kql_weekday(ticks) AS CASE WHEN ticks < 3155373792000000000 THEN (ticks // 864000000000 + 1) % 7 END`,
  `kql_wednesday(ticks) AS (((ticks // 864000000000 + 1) // 7) * 7 + 2) * 864000000000`,
  `kql_wednesday_week(ticks) AS (dayofyear(kql_date(kql_wednesday(ticks))) - 1) // 7 + 1`,
];
