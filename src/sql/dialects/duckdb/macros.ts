import { DYNAMIC_MACROS } from './scalars/dynamic-macros.js';
import { DATETIME_MACROS } from './scalars/datetimes.js';

/**
 * SQL macros that the dialect's rows call, created in the engine when it opens. A macro where a rule is used by many
 * rows; plain SQL in the row where it is used once.
 */
export const MACROS: readonly string[] = [
  ...DATETIME_MACROS,
  // Arithmetic of long wraps around in the reference engine.
  `kql_wrap(x) AS CAST(((CAST(x AS HUGEINT) + 9223372036854775808) % 18446744073709551616 + 18446744073709551616) % 18446744073709551616 - 9223372036854775808 AS BIGINT)`,
  `kql_wrap32(x) AS ((x + 2147483648) % 4294967296 + 4294967296) % 4294967296 - 2147483648`,
  `kql_low_int(x) AS CAST(xor(x & 4294967295, 2147483648) - 2147483648 AS INTEGER)`,
  `kql_wrap_bits(x) AS CAST(xor(x & CAST('18446744073709551615' AS HUGEINT), CAST('9223372036854775808' AS HUGEINT)) - CAST('9223372036854775808' AS HUGEINT) AS BIGINT)`,
  // Never negative. Every number divides by -1; DuckDB does not divide the smallest one by it.
  `kql_modulo(a, b) AS CASE WHEN b = 0 THEN NULL WHEN b = -1 THEN (a % 1 + 1) % 1 WHEN a % b >= 0 THEN a % b WHEN b > 0 THEN a % b + b ELSE a % b - b END`,
  `kql_datetime_range(ticks) AS CASE WHEN ticks BETWEEN 0 AND 3155378975999999999 THEN ticks END`,
  `kql_equal(a, b) AS CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE a IS NOT DISTINCT FROM b END`,
  // Reals beyond the integers become the nearest one; what is no number becomes null.
  `kql_real_long(x) AS coalesce(TRY_CAST(trunc(x) AS BIGINT), CASE WHEN NOT isfinite(x) THEN NULL WHEN x > 0 THEN 9223372036854775807 WHEN x < 0 THEN CAST('-9223372036854775808' AS BIGINT) END)`,
  `kql_real_int(x) AS coalesce(TRY_CAST(trunc(x) AS INTEGER), CASE WHEN NOT isfinite(x) THEN NULL WHEN x > 0 THEN 2147483647 WHEN x < 0 THEN CAST('-2147483648' AS INTEGER) END)`,
  `kql_start(s, start) AS CASE WHEN start < 0 THEN greatest(length(s) + start, 0) + 1 ELSE least(CAST(start AS BIGINT), length(s)) + 1 END`,
  // Text to numbers: DuckDB's casts take more than the reference does (hex, blanks, underscores).
  // These name their operand once: for operands that cost more than a pattern.
  `kql_tolong_once(s) AS TRY_CAST(regexp_extract(s, '^\\s*([+-]?[0-9]+|0[xX][0-9a-fA-F]+)\\s*$', 1) AS BIGINT)`,
  // What DuckDB would write the same way is the number: the pattern costs more.
  `kql_tolong(s) AS CASE WHEN CAST(TRY_CAST(s AS BIGINT) AS VARCHAR) = s THEN TRY_CAST(s AS BIGINT) ELSE kql_tolong_once(s) END`,
  `kql_toreal(s) AS TRY_CAST(regexp_extract(s, '^ *([+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?|(?i:nan|[+-]?inf|-?infinity)) *$', 1) AS DOUBLE)`,
  `kql_tobool(s) AS CASE WHEN lower(trim(s)) IN ('true', 'false') THEN lower(trim(s)) = 'true' WHEN regexp_full_match(trim(s), '[+-]?[0-9]+') THEN TRY_CAST(trim(s) AS BIGINT) <> 0 END`,
  // Text of values, as tostring() gives it; null stays null.
  `kql_datetime_text(ticks) AS strftime(make_timestamp((ticks - 621355968000000000) // 10), '%Y-%m-%dT%H:%M:%S.%f') || (ticks % 10) || 'Z'`,
  `kql_timespan_text(ticks) AS concat(if(ticks < 0, '-', ''), if(abs(CAST(ticks AS HUGEINT)) >= 864000000000, (abs(CAST(ticks AS HUGEINT)) // 864000000000) || '.', ''), strftime(make_timestamp(CAST(abs(CAST(ticks AS HUGEINT)) % 864000000000 // 10 AS BIGINT)), '%H:%M:%S'), if(ticks % 10000000 = 0, '', '.' || lpad(CAST(abs(CAST(ticks AS HUGEINT)) % 10000000 AS VARCHAR), 7, '0'))) || if(ticks IS NULL, NULL, '')`,
  `kql_decimal_text(d) AS rtrim(rtrim(CAST(d AS VARCHAR), '0'), '.')`,
  // Distinct values, in the order in which they first come.
  `kql_distinct(items) AS list_transform(list_sort(list_distinct(list_transform(list_distinct(items), lambda x: {'p': list_position(items, x), 'x': x}))), lambda e: e.x)`,
  // A term ends where no letter or digit stands; a term that has none at its own edge needs no end there.
  `kql_term_start(t) AS if(regexp_matches(t, '^[\\p{L}\\p{N}]'), '(^|[^\\p{L}\\p{N}])', '') || regexp_escape(t)`,
  `kql_term_end(t) AS if(regexp_matches(t, '[\\p{L}\\p{N}]$'), '($|[^\\p{L}\\p{N}])', '')`,
  `kql_has(s, t) AS t = '' OR contains(s, t) AND regexp_matches(s, kql_term_start(t) || kql_term_end(t))`,
  `kql_hasprefix(s, t) AS contains(s, t) AND regexp_matches(s, kql_term_start(t))`,
  `kql_hassuffix(s, t) AS contains(s, t) AND regexp_matches(s, regexp_escape(t) || kql_term_end(t))`,
  // The letter whose capital is no single letter stays as it is; DuckDB knows one all the same.
  `kql_upper(s) AS if(contains(s, 'ß'), array_to_string(list_transform(string_split(s, 'ß'), lambda part: upper(part)), 'ß'), upper(s))`,
  ...DYNAMIC_MACROS,
];
