import { DYNAMIC_MACROS } from './scalars/dynamic-macros.js';

/**
 * SQL macros that the dialect's rows call, created in the engine when it opens. A macro where a rule is used by many
 * rows; plain SQL in the row where it is used once.
 */
export const MACROS: readonly string[] = [
  // Arithmetic of long wraps around in the reference engine.
  `kql_wrap(x) AS CAST(((CAST(x AS HUGEINT) + 9223372036854775808) % 18446744073709551616 + 18446744073709551616) % 18446744073709551616 - 9223372036854775808 AS BIGINT)`,
  `kql_wrap32(x) AS ((x + 2147483648) % 4294967296 + 4294967296) % 4294967296 - 2147483648`,
  `kql_add(a, b) AS coalesce(try(a + b), kql_wrap(CAST(a AS HUGEINT) + CAST(b AS HUGEINT)))`,
  `kql_subtract(a, b) AS coalesce(try(a - b), kql_wrap(CAST(a AS HUGEINT) - CAST(b AS HUGEINT)))`,
  `kql_multiply(a, b) AS coalesce(try(a * b), kql_wrap(CAST(a AS HUGEINT) * CAST(b AS HUGEINT)))`,
  `kql_modulo(a, b) AS CASE WHEN b = 0 THEN NULL ELSE ((a % b) + abs(b)) % abs(b) END`,
  `kql_datetime_range(ticks) AS CASE WHEN ticks BETWEEN 0 AND 3155378975999999999 THEN ticks END`,
  `kql_equal(a, b) AS CASE WHEN a IS NULL AND b IS NULL THEN NULL ELSE a IS NOT DISTINCT FROM b END`,
  ...DYNAMIC_MACROS,
  // JSON null is Kusto's null.
  `kql_null_json(j) AS CASE WHEN CAST(j AS VARCHAR) = 'null' THEN NULL ELSE CAST(j AS VARCHAR) END`,
  `kql_json_text(j) AS CASE WHEN j[1] = '"' THEN json_extract_string(j, '$') ELSE nullif(CAST(j AS VARCHAR), 'null') END`,
  `kql_dynamic_string(j) AS coalesce(kql_json_text(j), '')`,
  `kql_dynamic_long(j) AS coalesce(TRY_CAST(kql_json_text(j) AS BIGINT), TRY_CAST(trunc(TRY_CAST(kql_json_text(j) AS DOUBLE)) AS BIGINT))`,
  `kql_dynamic_real(j) AS TRY_CAST(kql_json_text(j) AS DOUBLE)`,
  `kql_elements(j) AS CASE json_type(j) WHEN 'ARRAY' THEN CAST(from_json(j, '["JSON"]') AS VARCHAR[]) WHEN 'OBJECT' THEN list_transform(json_keys(j), lambda k: CAST(json_object(k, json_extract(j, '/' || replace(replace(k, '~', '~0'), '/', '~1'))) AS VARCHAR)) ELSE [CAST(j AS VARCHAR)] END`,
  `kql_elements_pairs(j) AS CASE json_type(j) WHEN 'ARRAY' THEN CAST(from_json(j, '["JSON"]') AS VARCHAR[]) WHEN 'OBJECT' THEN list_transform(json_keys(j), lambda k: CAST(json_array(k, json_extract(j, '/' || replace(replace(k, '~', '~0'), '/', '~1'))) AS VARCHAR)) ELSE [CAST(j AS VARCHAR)] END`,
  // Text to numbers: DuckDB's casts take more than the reference does (hex, blanks, underscores).
  `kql_tolong(s) AS CASE WHEN regexp_full_match(trim(s), '[+-]?[0-9]+') THEN TRY_CAST(trim(s) AS BIGINT) WHEN regexp_full_match(trim(s), '0[xX][0-9a-fA-F]+') THEN TRY_CAST(trim(s) AS BIGINT) WHEN regexp_full_match(trim(s), '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(trunc(TRY_CAST(trim(s) AS DOUBLE)) AS BIGINT) END`,
  `kql_toreal(s) AS CASE WHEN regexp_full_match(trim(s), '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?') THEN TRY_CAST(trim(s) AS DOUBLE) WHEN lower(trim(s)) IN ('nan', 'inf', '+inf', '-inf', 'infinity', '-infinity') THEN TRY_CAST(trim(s) AS DOUBLE) END`,
  `kql_tobool(s) AS CASE WHEN lower(trim(s)) IN ('true', 'false') THEN lower(trim(s)) = 'true' WHEN regexp_full_match(trim(s), '[+-]?[0-9]+') THEN TRY_CAST(trim(s) AS BIGINT) <> 0 END`,
  // Text of values, as tostring() gives it; null stays null.
  `kql_datetime_text(ticks) AS strftime(make_timestamp((ticks - 621355968000000000) // 10), '%Y-%m-%dT%H:%M:%S.%f') || (ticks % 10) || 'Z'`,
  `kql_timespan_text(ticks) AS concat(if(ticks < 0, '-', ''), if(abs(CAST(ticks AS HUGEINT)) >= 864000000000, (abs(CAST(ticks AS HUGEINT)) // 864000000000) || '.', ''), strftime(make_timestamp(CAST(abs(CAST(ticks AS HUGEINT)) % 864000000000 // 10 AS BIGINT)), '%H:%M:%S'), if(ticks % 10000000 = 0, '', '.' || lpad(CAST(abs(CAST(ticks AS HUGEINT)) % 10000000 AS VARCHAR), 7, '0'))) || if(ticks IS NULL, NULL, '')`,
  `kql_decimal_text(d) AS rtrim(rtrim(CAST(d AS VARCHAR), '0'), '.')`,
  // Values as JSON, inside dynamic.
  `kql_real_json(x) AS CASE WHEN x IS NULL THEN NULL WHEN isfinite(x) THEN CAST(x AS VARCHAR) WHEN isnan(x) THEN '"NaN"' WHEN x > 0 THEN '"Infinity"' ELSE '"-Infinity"' END`,
  `kql_json_array(items) AS '[' || array_to_string(items, ',') || ']'`,
  `kql_distinct(items) AS list_transform(list_sort(list_distinct(list_transform(list_distinct(items), lambda x: {'p': list_position(items, x), 'x': x}))), lambda e: e.x)`,
  // Nearest rank: the first value at which the weights reach the share.
  `kql_weighted_percentile(rows, share) AS (SELECT r.e.v FROM (SELECT unnest(list_transform(rows, lambda e, i: {'e': e, 'sum': list_sum(list_transform(rows[1:i], lambda o: o.w)), 'all': list_sum(list_transform(rows, lambda o: o.w))})) AS q) AS t(r) WHERE r.sum >= r.all * share ORDER BY r.sum LIMIT 1)`,
  // Arrays among the elements are taken apart, as the reference's make_list and make_set do.
  `kql_flattened(items) AS CASE WHEN len(list_filter(items, lambda x: x[1] = '[')) = 0 THEN items ELSE flatten(list_transform(items, lambda x: CASE WHEN x[1] = '[' THEN CAST(from_json(x, '["JSON"]') AS VARCHAR[]) ELSE [x] END)) END`,
  // A term ends where no letter or digit stands.
  `kql_has(s, t) AS contains(s, t) AND regexp_matches(s, '(^|[^\\p{L}\\p{N}_])' || regexp_escape(t) || '($|[^\\p{L}\\p{N}_])')`,
  `kql_hasprefix(s, t) AS contains(s, t) AND regexp_matches(s, '(^|[^\\p{L}\\p{N}_])' || regexp_escape(t))`,
  `kql_hassuffix(s, t) AS contains(s, t) AND regexp_matches(s, regexp_escape(t) || '($|[^\\p{L}\\p{N}_])')`,
];
