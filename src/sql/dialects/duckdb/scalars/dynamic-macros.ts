/** Rules of dynamic values, held as JSON text: an SQL NULL is Kusto's null, the text `null` stands only inside. */
export const DYNAMIC_MACROS: readonly string[] = [
  `kql_is_json_number(j) AS ascii(j) BETWEEN 48 AND 57 OR j[1] = '-'`,
  `kql_is_json_real(j) AS kql_is_json_number(j) AND (contains(j, '.') OR contains(lower(j), 'e'))`,
  // A value that is no text, with what may be a real in it.
  `kql_has_real(j) AS j[1] <> '"' AND regexp_matches(j, '[0-9][.eE]')`,
  `kql_is_json_text(j) AS j[1] = '"'`,
  // Where DuckDB's reader takes more than JSON: NaN and Infinity, commas before brackets; and where it would keep
  // integers that are no long.
  `kql_plain_json(s) AS json_valid(s) AND NOT regexp_matches(s, '(^|[\\[:,])\\s*-?(?i:nan|inf)|,\\s*[\\]}]|[0-9]{19}')`,
  // JSON null is Kusto's null.
  `kql_null_json(j) AS CASE WHEN CAST(j AS VARCHAR) = 'null' THEN NULL ELSE CAST(j AS VARCHAR) END`,
  `kql_json_text(j) AS CASE WHEN j[1] = '"' THEN json_extract_string(j, '$') ELSE nullif(CAST(j AS VARCHAR), 'null') END`,
  // A number to be compared with integers: neither rounded as a real would be, nor cut.
  `kql_dynamic_number(j) AS CASE WHEN kql_is_json_real(j) THEN coalesce(TRY_CAST(j AS DECIMAL(38, 12)), CAST(sign(TRY_CAST(j AS DOUBLE)) * 1e25 AS DECIMAL(38, 12))) ELSE CAST(kql_dynamic_long(j) AS DECIMAL(38, 12)) END`,
  // The form in which dates stand inside of dynamic values.
  `kql_is_json_datetime(j) AS regexp_full_match(j, '"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{7}Z"')`,
  `kql_json_datetime(j) AS epoch_us(TRY_CAST(substr(j, 2, 26) AS TIMESTAMP)) * 10 + CAST(substr(j, 28, 1) AS BIGINT) + 621355968000000000`,
  // DuckDB would round 3.7 to 4. Numbers first: the rest costs more.
  `kql_dynamic_long(j) AS CASE WHEN contains(j, '.') OR contains(j, 'e') OR contains(j, 'E') OR contains(j, '"') THEN kql_dynamic_long_of_other(j) ELSE TRY_CAST(j AS BIGINT) END`,
  `kql_dynamic_long_of_other(j) AS CASE WHEN j[1] = '"' THEN kql_tolong(json_extract_string(j, '$')) WHEN j IN ('true', 'false') THEN CAST(j = 'true' AS BIGINT) WHEN kql_is_json_number(j) THEN kql_real_long(TRY_CAST(j AS DOUBLE)) END`,
  `kql_dynamic_real(j) AS coalesce(TRY_CAST(j AS DOUBLE), CASE WHEN j[1] = '"' THEN kql_toreal(json_extract_string(j, '$')) WHEN j IN ('true', 'false') THEN CAST(j = 'true' AS DOUBLE) END)`,
  // A number to be compared with a small whole number, from which every real is told apart.
  `kql_dynamic_near(j) AS coalesce(TRY_CAST(j AS DOUBLE), CASE WHEN j[1] = '"' THEN CAST(kql_tolong(json_extract_string(j, '$')) AS DOUBLE) WHEN j IN ('true', 'false') THEN CAST(j = 'true' AS DOUBLE) END)`,
  `kql_elements(j) AS CASE WHEN starts_with(j, '[') THEN CAST(json_extract(j, '$[*]') AS VARCHAR[]) WHEN starts_with(j, '{') THEN list_transform(json_keys(j), lambda k: CAST(json_object(k, json_extract(j, '/' || replace(replace(k, '~', '~0'), '/', '~1'))) AS VARCHAR)) ELSE [CAST(j AS VARCHAR)] END`,
  // The same as texts, as tostring() gives them.
  `kql_element_texts(j) AS CASE WHEN starts_with(j, '[') THEN json_extract_string(j, '$[*]') WHEN starts_with(j, '{') THEN kql_elements(j) ELSE [kql_json_text(j)] END`,
  `kql_elements_pairs(j) AS CASE WHEN starts_with(j, '[') THEN CAST(json_extract(j, '$[*]') AS VARCHAR[]) WHEN starts_with(j, '{') THEN list_transform(json_keys(j), lambda k: CAST(json_array(k, json_extract(j, '/' || replace(replace(k, '~', '~0'), '/', '~1'))) AS VARCHAR)) ELSE [CAST(j AS VARCHAR)] END`,
  `kql_json_array(items) AS '[' || array_to_string(items, ',') || ']'`,
  // Arrays among the elements are taken apart, as the reference's make_list and make_set do.
  `kql_flattened(items) AS CASE WHEN len(list_filter(items, lambda x: x[1] = '[')) = 0 THEN items ELSE flatten(list_transform(items, lambda x: CASE WHEN x[1] = '[' THEN CAST(from_json(x, '["JSON"]') AS VARCHAR[]) ELSE [x] END)) END`,
  `kql_real_json(x) AS CASE WHEN x IS NULL THEN NULL WHEN isfinite(x) THEN CAST(x AS VARCHAR) WHEN isnan(x) THEN '"NaN"' WHEN x > 0 THEN '"Infinity"' ELSE '"-Infinity"' END`,
];
