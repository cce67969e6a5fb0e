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
  `kql_add(a, b) AS coalesce(try(a + b), kql_wrap(CAST(a AS HUGEINT) + CAST(b AS HUGEINT)))`,
  `kql_subtract(a, b) AS coalesce(try(a - b), kql_wrap(CAST(a AS HUGEINT) - CAST(b AS HUGEINT)))`,
  `kql_multiply(a, b) AS coalesce(try(a * b), kql_wrap(CAST(a AS HUGEINT) * CAST(b AS HUGEINT)))`,
  // The macros above write their operands twice. Operands that are calculations take these, which do not: else the text
  // of a sum of n terms grows to 2^n terms. Slower over columns, which is why there are two.
  `kql_wrap_bits(x) AS CAST(xor(x & CAST('18446744073709551615' AS HUGEINT), CAST('9223372036854775808' AS HUGEINT)) - CAST('9223372036854775808' AS HUGEINT) AS BIGINT)`,
  `kql_add_nested(a, b) AS kql_wrap_bits(CAST(a AS HUGEINT) + CAST(b AS HUGEINT))`,
  `kql_subtract_nested(a, b) AS kql_wrap_bits(CAST(a AS HUGEINT) - CAST(b AS HUGEINT))`,
  `kql_multiply_nested(a, b) AS kql_wrap_bits(CAST(a AS HUGEINT) * CAST(b AS HUGEINT))`,
  `kql_datetime_range_nested(ticks) AS list_transform([ticks], lambda t: CASE WHEN t BETWEEN 0 AND 3155378975999999999 THEN t END)[1]`,
  `kql_modulo(a, b) AS CASE WHEN b = 0 THEN NULL ELSE ((a % b) + abs(b)) % abs(b) END`,
  `kql_datetime_range(ticks) AS CASE WHEN ticks BETWEEN 0 AND 3155378975999999999 THEN ticks END`,
  `kql_equal(a, b) AS CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE a IS NOT DISTINCT FROM b END`,
  // Reals beyond the integers become the nearest one; what is no number becomes null.
  `kql_real_long(x) AS CASE WHEN NOT isfinite(x) THEN NULL WHEN x >= 9223372036854775807 THEN 9223372036854775807 WHEN x <= -9223372036854775808 THEN CAST('-9223372036854775808' AS BIGINT) ELSE CAST(trunc(x) AS BIGINT) END`,
  `kql_real_int(x) AS CASE WHEN NOT isfinite(x) THEN NULL ELSE CAST(trunc(least(greatest(x, -2147483648), 2147483647)) AS INTEGER) END`,
  `kql_start(s, start) AS CASE WHEN start < 0 THEN greatest(length(s) + start, 0) + 1 ELSE CAST(start AS BIGINT) + 1 END`,
  // Text to numbers: DuckDB's casts take more than the reference does (hex, blanks, underscores).
  `kql_tolong(s) AS CASE WHEN regexp_full_match(s, '\\s*([+-]?[0-9]+|0[xX][0-9a-fA-F]+)\\s*') THEN TRY_CAST(trim(s, E' \\t\\n\\r') AS BIGINT) END`,
  `kql_toreal(s) AS CASE WHEN regexp_full_match(trim(s), '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(trim(s) AS DOUBLE) WHEN lower(trim(s)) IN ('nan', 'inf', '+inf', '-inf', 'infinity', '-infinity') THEN TRY_CAST(trim(s) AS DOUBLE) END`,
  `kql_tobool(s) AS CASE WHEN lower(trim(s)) IN ('true', 'false') THEN lower(trim(s)) = 'true' WHEN regexp_full_match(trim(s), '[+-]?[0-9]+') THEN TRY_CAST(trim(s) AS BIGINT) <> 0 END`,
  // Text of values, as tostring() gives it; null stays null.
  `kql_datetime_text(ticks) AS strftime(make_timestamp((ticks - 621355968000000000) // 10), '%Y-%m-%dT%H:%M:%S.%f') || (ticks % 10) || 'Z'`,
  `kql_timespan_text(ticks) AS concat(if(ticks < 0, '-', ''), if(abs(CAST(ticks AS HUGEINT)) >= 864000000000, (abs(CAST(ticks AS HUGEINT)) // 864000000000) || '.', ''), strftime(make_timestamp(CAST(abs(CAST(ticks AS HUGEINT)) % 864000000000 // 10 AS BIGINT)), '%H:%M:%S'), if(ticks % 10000000 = 0, '', '.' || lpad(CAST(abs(CAST(ticks AS HUGEINT)) % 10000000 AS VARCHAR), 7, '0'))) || if(ticks IS NULL, NULL, '')`,
  `kql_decimal_text(d) AS rtrim(rtrim(CAST(d AS VARCHAR), '0'), '.')`,
  // Distinct values, in the order in which they first come.
  `kql_distinct(items) AS list_transform(list_sort(list_distinct(list_transform(list_distinct(items), lambda x: {'p': list_position(items, x), 'x': x}))), lambda e: e.x)`,
  // Nearest rank: the first value at which the weights reach the share.
  `kql_weighted_percentile(rows, share) AS (SELECT r.e.v FROM (SELECT unnest(list_transform(rows, lambda e, i: {'e': e, 'sum': list_sum(list_transform(rows[1:i], lambda o: o.w)), 'all': list_sum(list_transform(rows, lambda o: o.w))})) AS q) AS t(r) WHERE r.sum >= r.all * share ORDER BY r.sum LIMIT 1)`,
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
