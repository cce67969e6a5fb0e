/**
 * Twenty questions that analysts ask of logs and flights: in KQL, in the SQL that an expert would write for the same
 * answer on DuckDB's own types (TIMESTAMP, JSON), and in the SQL that an expert would write for ClickHouse (own types and
 * functions, table ordered by time).
 */
export interface BenchQuery {
  readonly name: string;
  readonly kql: string;
  readonly duckdb: string;
  readonly clickhouse: string;
  /**
   * Relative difference that estimates (distinct counts, percentiles) may have between the engines; 1e-9 if absent.
   * DuckDB's own estimate of distinct counts is up to 15 % off here, where `dcount` promises 2 %: an expert counts.
   */
  readonly tolerance?: number;
}

/** The terms of `has` and `has_any` with their meaning: words that stand alone, in any case, in the fastest form known. */
const TERM = (word: string): string => `'(^|[^\\p{L}\\p{N}])${word}($|[^\\p{L}\\p{N}])'`;
const duckdbHas = (column: string, word: string): string =>
  `contains(lower(${column}), '${word}') AND regexp_matches(lower(${column}), ${TERM(word)})`;
const duckdbHasAny = (column: string, words: readonly string[]): string =>
  `regexp_matches(lower(${column}), ${TERM(`(${words.join('|')})`)})`;

export const QUERIES: readonly BenchQuery[] = [
  {
    name: 'count by level',
    kql: `Logs | summarize count() by Level`,
    duckdb: `SELECT Level, count(*) FROM Logs GROUP BY Level`,
    clickhouse: `SELECT Level, count() FROM Logs GROUP BY Level`,
  },
  {
    name: 'errors of a day',
    kql: `Logs | where Timestamp between (datetime(2024-01-03) .. datetime(2024-01-04)) and Level == 'Error' | summarize n = count(), bytes = sum(Bytes) by Service`,
    duckdb: `SELECT Service, count(*), sum(Bytes) FROM Logs WHERE Timestamp BETWEEN TIMESTAMP '2024-01-03' AND TIMESTAMP '2024-01-04' AND Level = 'Error' GROUP BY Service`,
    clickhouse: `SELECT Service, count(), sum(Bytes) FROM Logs WHERE Timestamp BETWEEN '2024-01-03 00:00:00' AND '2024-01-04 00:00:00' AND Level = 'Error' GROUP BY Service`,
  },
  {
    name: 'has one word',
    kql: `Logs | where Message has 'timeout' | count`,
    duckdb: `SELECT count(*) FROM Logs WHERE ${duckdbHas('Message', 'timeout')}`,
    clickhouse: `SELECT count() FROM Logs WHERE hasTokenCaseInsensitive(Message, 'timeout')`,
  },
  {
    name: 'contains',
    kql: `Logs | where Message contains 'connect' | summarize count() by Service`,
    duckdb: `SELECT Service, count(*) FROM Logs WHERE contains(lower(Message), 'connect') GROUP BY Service`,
    clickhouse: `SELECT Service, count() FROM Logs WHERE positionCaseInsensitive(Message, 'connect') > 0 GROUP BY Service`,
  },
  {
    name: 'has_any of three words',
    kql: `Logs | where Message has_any ('refused', 'denied', 'exception') | summarize count() by bin(Timestamp, 1d)`,
    duckdb: `SELECT date_trunc('day', Timestamp), count(*) FROM Logs WHERE ${duckdbHasAny('Message', ['refused', 'denied', 'exception'])} GROUP BY ALL`,
    clickhouse: `SELECT toStartOfDay(Timestamp), count() FROM Logs WHERE hasTokenCaseInsensitive(Message, 'refused') OR hasTokenCaseInsensitive(Message, 'denied') OR hasTokenCaseInsensitive(Message, 'exception') GROUP BY 1`,
  },
  {
    name: 'in a list, by hour',
    kql: `Logs | where Service in ('payments', 'billing', 'mail') and Level in ('Error', 'Critical') | summarize n = count() by bin(Timestamp, 1h), Service`,
    duckdb: `SELECT date_trunc('hour', Timestamp), Service, count(*) FROM Logs WHERE Service IN ('payments', 'billing', 'mail') AND Level IN ('Error', 'Critical') GROUP BY ALL`,
    clickhouse: `SELECT toStartOfHour(Timestamp), Service, count() FROM Logs WHERE Service IN ('payments', 'billing', 'mail') AND Level IN ('Error', 'Critical') GROUP BY 1, 2`,
  },
  {
    name: 'bins of five minutes',
    kql: `Logs | summarize n = count(), slow = countif(DurationMs > 500), mean = avg(DurationMs), top = max(Bytes) by bin(Timestamp, 5m)`,
    duckdb: `SELECT time_bucket(INTERVAL 5 minutes, Timestamp), count(*), count(*) FILTER (DurationMs > 500), avg(DurationMs), max(Bytes) FROM Logs GROUP BY ALL`,
    clickhouse: `SELECT toStartOfFiveMinutes(Timestamp), count(), countIf(DurationMs > 500), avg(DurationMs), max(Bytes) FROM Logs GROUP BY 1`,
  },
  {
    name: 'top users by bytes',
    kql: `Logs | summarize bytes = sum(Bytes), requests = count() by UserId | top 10 by bytes`,
    duckdb: `SELECT UserId, sum(Bytes) AS bytes, count(*) FROM Logs GROUP BY UserId ORDER BY bytes DESC LIMIT 10`,
    clickhouse: `SELECT UserId, sum(Bytes) AS bytes, count() FROM Logs GROUP BY UserId ORDER BY bytes DESC LIMIT 10`,
  },
  {
    name: 'latest slow records',
    kql: `Logs | where DurationMs > 700 and Level != 'Verbose' | top 20 by Timestamp desc | project Timestamp, Service, Message`,
    duckdb: `SELECT Timestamp, Service, Message FROM Logs WHERE DurationMs > 700 AND Level <> 'Verbose' ORDER BY Timestamp DESC LIMIT 20`,
    clickhouse: `SELECT Timestamp, Service, Message FROM Logs WHERE DurationMs > 700 AND Level <> 'Verbose' ORDER BY Timestamp DESC LIMIT 20`,
  },
  {
    name: 'distinct users by service',
    kql: `Logs | summarize users = dcount(UserId) by Service`,
    duckdb: `SELECT Service, count(DISTINCT UserId) FROM Logs GROUP BY Service`,
    clickhouse: `SELECT Service, uniq(UserId) FROM Logs GROUP BY Service`,
    tolerance: 0.1,
  },
  {
    name: 'percentiles',
    kql: `Logs | summarize percentiles(DurationMs, 50, 95, 99) by Service`,
    duckdb: `SELECT Service, q[1], q[2], q[3] FROM (SELECT Service, approx_quantile(DurationMs, [0.5, 0.95, 0.99]) AS q FROM Logs GROUP BY Service)`,
    clickhouse: `SELECT Service, q[1], q[2], q[3] FROM (SELECT Service, quantilesTDigest(0.5, 0.95, 0.99)(DurationMs) AS q FROM Logs GROUP BY Service)`,
    tolerance: 0.05,
  },
  {
    name: 'join of two filters',
    kql: `Logs | where Level == 'Critical' | summarize criticals = count() by UserId | join kind=inner (Logs | where Service == 'payments' | summarize paid = sum(Bytes) by UserId) on UserId | summarize users = count(), bytes = sum(paid), criticals = sum(criticals)`,
    duckdb: `SELECT count(*), sum(paid), sum(criticals) FROM (SELECT UserId, count(*) AS criticals FROM Logs WHERE Level = 'Critical' GROUP BY UserId) JOIN (SELECT UserId, sum(Bytes) AS paid FROM Logs WHERE Service = 'payments' GROUP BY UserId) USING (UserId)`,
    clickhouse: `SELECT count(), sum(paid), sum(criticals) FROM (SELECT UserId, count() AS criticals FROM Logs WHERE Level = 'Critical' GROUP BY UserId) AS a INNER JOIN (SELECT UserId, sum(Bytes) AS paid FROM Logs WHERE Service = 'payments' GROUP BY UserId) AS b USING (UserId)`,
  },
  {
    name: 'dynamic access',
    kql: `Logs | where Timestamp between (datetime(2024-01-02) .. datetime(2024-01-04)) and Properties.http.status == 500 | summarize count() by region = tostring(Properties.region)`,
    duckdb: `SELECT Properties->>'$.region' AS region, count(*) FROM Logs WHERE Timestamp BETWEEN TIMESTAMP '2024-01-02' AND TIMESTAMP '2024-01-04' AND CAST(Properties->>'$.http.status' AS BIGINT) = 500 GROUP BY region`,
    clickhouse: `SELECT Properties.region::String AS region, count() FROM Logs WHERE Timestamp BETWEEN '2024-01-02 00:00:00' AND '2024-01-04 00:00:00' AND Properties.http.status::Int64 = 500 GROUP BY region`,
  },
  {
    name: 'mv-expand of tags',
    kql: `Logs | where Timestamp between (datetime(2024-01-02) .. datetime(2024-01-03)) | mv-expand tag = Properties.tags to typeof(string) | summarize count() by tag`,
    duckdb: `SELECT tag, count(*) FROM (SELECT unnest(tags) AS tag FROM (SELECT from_json(Properties->'$.tags', '["VARCHAR"]') AS tags FROM Logs WHERE Timestamp BETWEEN TIMESTAMP '2024-01-02' AND TIMESTAMP '2024-01-03')) GROUP BY tag`,
    clickhouse: `SELECT tag, count() FROM (SELECT arrayJoin(tags) AS tag FROM (SELECT Properties.tags::Array(String) AS tags FROM Logs WHERE Timestamp BETWEEN '2024-01-02 00:00:00' AND '2024-01-03 00:00:00')) GROUP BY tag`,
  },
  {
    name: 'make-series',
    kql: `Logs | where Level == 'Error' | make-series n = count() default = 0 on Timestamp from datetime(2024-01-01) to datetime(2024-01-08) step 1h by Service | project Service, total = series_sum(n), hours = array_length(n)`,
    duckdb: `SELECT Service, list_sum(n), len(n) FROM (SELECT s.Service, list(coalesce(c.n, 0) ORDER BY h.hour) AS n FROM (SELECT DISTINCT Service FROM Logs WHERE Level = 'Error') AS s CROSS JOIN (SELECT unnest(generate_series(TIMESTAMP '2024-01-01', TIMESTAMP '2024-01-07 23:00:00', INTERVAL 1 hour)) AS hour) AS h LEFT JOIN (SELECT Service, date_trunc('hour', Timestamp) AS hour, count(*) AS n FROM Logs WHERE Level = 'Error' GROUP BY ALL) AS c ON c.Service = s.Service AND c.hour = h.hour GROUP BY s.Service)`,
    clickhouse: `SELECT Service, arraySum(n), length(n) FROM (SELECT Service, groupArray(c) AS n FROM (SELECT Service, toStartOfHour(Timestamp) AS hour, count() AS c FROM Logs WHERE Level = 'Error' GROUP BY Service, hour ORDER BY Service, hour WITH FILL FROM toDateTime('2024-01-01 00:00:00') TO toDateTime('2024-01-08 00:00:00') STEP 3600) GROUP BY Service)`,
  },
  {
    name: 'parse',
    kql: `Logs | where Timestamp between (datetime(2024-01-02) .. datetime(2024-01-04)) and Message startswith 'Connection' | parse Message with 'Connection to ' target:string ' refused after ' attempts:long ' attempts' | summarize refused = count(), attempts = sum(attempts) by target`,
    duckdb: `SELECT m.target, count(*), sum(TRY_CAST(m.attempts AS BIGINT)) FROM (SELECT regexp_extract(Message, '^Connection to (.*?) refused after (.*?) attempts', ['target', 'attempts']) AS m FROM Logs WHERE Timestamp BETWEEN TIMESTAMP '2024-01-02' AND TIMESTAMP '2024-01-04' AND starts_with(lower(Message), 'connection')) GROUP BY m.target`,
    clickhouse: `SELECT m[1] AS target, count(), sum(toInt64OrNull(m[2])) FROM (SELECT extractGroups(Message, '^Connection to (.*?) refused after (.*?) attempts') AS m FROM Logs WHERE Timestamp BETWEEN '2024-01-02 00:00:00' AND '2024-01-04 00:00:00' AND startsWith(lower(Message), 'connection')) GROUP BY target`,
  },
  {
    name: 'sessions by gaps (prev)',
    kql: `Logs | where Timestamp between (datetime(2024-01-03) .. datetime(2024-01-04)) and UserId < 20000 | sort by UserId asc, Timestamp asc | extend isNew = UserId != prev(UserId) or Timestamp - prev(Timestamp) > 5m | summarize records = count(), sessions = countif(isNew)`,
    duckdb: `SELECT count(*), count(*) FILTER (before IS NULL OR Timestamp - before > INTERVAL 5 minutes) FROM (SELECT Timestamp, lag(Timestamp) OVER (PARTITION BY UserId ORDER BY Timestamp) AS before FROM Logs WHERE Timestamp BETWEEN TIMESTAMP '2024-01-03' AND TIMESTAMP '2024-01-04' AND UserId < 20000)`,
    clickhouse: `SELECT count(), countIf(before = toDateTime64(0, 6) OR Timestamp - before > 300) FROM (SELECT Timestamp, lagInFrame(Timestamp) OVER (PARTITION BY UserId ORDER BY Timestamp ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before FROM Logs WHERE Timestamp BETWEEN '2024-01-03 00:00:00' AND '2024-01-04 00:00:00' AND UserId < 20000)`,
  },
  {
    name: 'regular expression',
    kql: `Logs | where Level == 'Warning' | extend id = extract(@'user (\\d+) on', 1, Message, typeof(long)) | where isnotnull(id) | summarize denied = count(), users = dcount(id) by Service`,
    duckdb: `SELECT Service, count(*), count(DISTINCT id) FROM (SELECT Service, TRY_CAST(regexp_extract(Message, 'user (\\d+) on', 1) AS BIGINT) AS id FROM Logs WHERE Level = 'Warning') WHERE id IS NOT NULL GROUP BY Service`,
    clickhouse: `SELECT Service, count(), uniq(id) FROM (SELECT Service, toInt64OrNull(extract(Message, 'user (\\\\d+) on')) AS id FROM Logs WHERE Level = 'Warning') WHERE id IS NOT NULL GROUP BY Service`,
    tolerance: 0.1,
  },
  {
    name: 'flights: late by weekday and hour',
    kql: `Flights | summarize flights = count(), late = 100.0 * countif(Delay > 15) / count() by weekday = toint(dayofweek(Date) / 1d), hour = hourofday(Date)`,
    duckdb: `SELECT dayofweek(Date), hour(Date), count(*), 100.0 * count(*) FILTER (Delay > 15) / count(*) FROM Flights GROUP BY ALL`,
    clickhouse: `SELECT toDayOfWeek(Date) % 7, toHour(Date), count(), 100.0 * countIf(Delay > 15) / count() FROM Flights GROUP BY 1, 2`,
  },
  {
    name: 'flights: busiest routes and their worst',
    kql: `Flights | summarize flights = count(), mean = avg(Delay), worst = max(Delay) by route = strcat(Origin, '-', Destination) | top 10 by flights`,
    duckdb: `SELECT Origin || '-' || Destination AS route, count(*) AS flights, avg(Delay), max(Delay) FROM Flights GROUP BY route ORDER BY flights DESC LIMIT 10`,
    clickhouse: `SELECT concat(Origin, '-', Destination) AS route, count() AS flights, avg(Delay), max(Delay) FROM Flights GROUP BY route ORDER BY flights DESC LIMIT 10`,
  },
];
