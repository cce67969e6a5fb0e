/** Rules of dynamic values, held as JSON text: an SQL NULL is Kusto's null, the text `null` stands only inside. */
export const DYNAMIC_MACROS: readonly string[] = [
  `kql_is_json_number(j) AS ascii(j) BETWEEN 48 AND 57 OR j[1] = '-'`,
  `kql_is_json_text(j) AS j[1] = '"'`,
  // Where DuckDB's reader takes more than JSON: NaN and Infinity, commas before brackets; and where it would keep
  // integers that are no long.
  `kql_plain_json(s) AS json_valid(s) AND NOT regexp_matches(s, '(^|[\\[:,])\\s*-?(?i:nan|inf)|,\\s*[\\]}]|[0-9]{19}')`,
];
