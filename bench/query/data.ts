import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * What the peers are measured on: generated log records (a week of a small cloud service, by a hash of the row's number,
 * so that each run has the same) and three million real flights, as Parquet files that each engine loads its own way.
 */
export interface BenchData {
  readonly files: string;
  readonly logs: readonly string[];
  readonly flights: string;
}

const FLIGHTS = fileURLToPath(new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url));
const ROWS_A_FILE = 1_000_000;
/** Raised when the generated records change: older files are made anew. */
const VERSION = 1;

/** Columns of the log table as KQL declares them. */
export const LOGS_SCHEMA =
  'Timestamp: datetime, Level: string, Service: string, Node: string, UserId: long, RequestId: guid, DurationMs: real, Bytes: long, Message: string, Properties: dynamic';
export const FLIGHTS_SCHEMA = 'Date: datetime, Delay: long, Distance: long, Origin: string, Destination: string';

/** Makes the files in the folder, or finds them there from an earlier run. */
export async function prepareData(folder: string, rows: number): Promise<BenchData> {
  const files = join(folder, `files-${VERSION}-${rows}`);
  const done = join(files, 'done');
  const logs = Array.from({ length: Math.ceil(rows / ROWS_A_FILE) }, (_, i) => join(files, `logs-${i}.parquet`));
  const flights = join(files, 'flights.parquet');
  if (!existsSync(done)) {
    await rm(files, { recursive: true, force: true });
    await mkdir(files, { recursive: true });
    await generate(logs, flights, rows);
    await writeFile(`${done}.new`, '');
    await rename(`${done}.new`, done);
  }
  return { files, logs, flights };
}

async function generate(logs: readonly string[], flights: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    for (const macro of MACROS) await connection.run(`CREATE MACRO ${macro}`);
    for (const [i, file] of logs.entries()) {
      const [from, to] = [i * ROWS_A_FILE, Math.min((i + 1) * ROWS_A_FILE, rows)];
      await connection.run(`COPY (${logRecords(from, to, rows)}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
    }
    await connection.run(
      `COPY (SELECT CAST(date AS TIMESTAMP) AS "Date", CAST(delay AS BIGINT) AS "Delay", CAST(distance AS BIGINT) AS "Distance",
        origin AS "Origin", destination AS "Destination" FROM read_parquet('${FLIGHTS}')) TO '${flights}' (FORMAT parquet, COMPRESSION zstd)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A number from 0 to n - 1 that depends on the row and on what it is for, and on nothing else. */
const MACROS = [
  'draw(i, salt, n) AS CAST(hash(i * 1000003 + salt) % CAST(n AS UBIGINT) AS BIGINT)',
  "hex(i, salt, digits) AS lpad(printf('%x', draw(i, salt, CAST(pow(16, digits) AS BIGINT))), digits, '0')",
];

/** Seven days in order of time; a few users and services do most of it. */
const logRecords = (from: number, to: number, rows: number): string => `
  SELECT make_timestamp(1704067200000000 + CAST(i * (604800000000.0 / ${rows}) AS BIGINT)) AS "Timestamp",
    CASE WHEN level < 2 THEN 'Critical' WHEN level < 40 THEN 'Error' WHEN level < 140 THEN 'Warning'
         WHEN level < 800 THEN 'Information' ELSE 'Verbose' END AS "Level",
    ['gateway', 'orders', 'payments', 'catalog', 'search', 'identity', 'mail', 'reports',
     'billing', 'inventory', 'shipping', 'audit'][1 + CAST(floor(12 * pow(draw(i, 2, 1000) / 1000.0, 1.6)) AS BIGINT)] AS "Service",
    'node-' || lpad(CAST(draw(i, 3, 64) AS VARCHAR), 3, '0') AS "Node",
    CAST(floor(200000 * pow(draw(i, 4, 1000000) / 1000000.0, 2)) AS BIGINT) AS "UserId",
    concat(hex(i, 11, 8), '-', hex(i, 12, 4), '-', hex(i, 13, 4), '-', hex(i, 14, 4), '-', hex(i, 15, 6), hex(i, 16, 6)) AS "RequestId",
    CASE WHEN draw(i, 5, 50) > 0 THEN round(exp(draw(i, 6, 100000) / 100000.0 * 9) / 10, 3) END AS "DurationMs",
    draw(i, 7, 65536) * draw(i, 8, 32) AS "Bytes",
    CASE draw(i, 9, 12)
      WHEN 0 THEN printf('GET /api/v1/orders/%d completed with status %d in %d ms', draw(i, 20, 1000000), [200, 200, 200, 201, 304, 404, 500, 503][1 + draw(i, 21, 8)], draw(i, 22, 9000))
      WHEN 1 THEN printf('POST /api/v1/payments/%d completed with status %d in %d ms', draw(i, 20, 1000000), [200, 201, 202, 400, 409, 500][1 + draw(i, 21, 6)], draw(i, 22, 9000))
      WHEN 2 THEN printf('Connection to db-%d refused after %d attempts', draw(i, 20, 16), 1 + draw(i, 21, 5))
      WHEN 3 THEN printf('User %d signed in from 10.%d.%d.%d', draw(i, 20, 200000), draw(i, 21, 256), draw(i, 22, 256), draw(i, 23, 256))
      WHEN 4 THEN printf('Timeout while calling %s after %d ms', ['payments', 'catalog', 'search', 'mail'][1 + draw(i, 20, 4)], 1000 + draw(i, 21, 30000))
      WHEN 5 THEN printf('Cache miss for key user:%d:profile', draw(i, 20, 200000))
      WHEN 6 THEN printf('Disconnected from queue orders-%d, reconnecting in %d seconds', draw(i, 20, 8), draw(i, 21, 60))
      WHEN 7 THEN printf('Queued job %s for worker %d', hex(i, 20, 8), draw(i, 21, 40))
      WHEN 8 THEN printf('Exception System.InvalidOperationException: item %d is not in state %s', draw(i, 20, 1000000), ['Ready', 'Open', 'Paid'][1 + draw(i, 21, 3)])
      WHEN 9 THEN printf('Read %d bytes from blob container-%d/part-%s.parquet', draw(i, 20, 10000000), draw(i, 21, 20), hex(i, 22, 6))
      WHEN 10 THEN printf('Permission denied for user %d on resource /billing/invoices/%d', draw(i, 20, 200000), draw(i, 21, 100000))
      ELSE printf('Heartbeat of worker %d, load 0.%d, %d timeouts since start', draw(i, 20, 40), draw(i, 21, 100), draw(i, 22, 10))
    END AS "Message",
    printf('{"region":"%s","http":{"method":"%s","status":%d},"tags":[%s],"tenant":%d,"latency":%d.%d}',
      ['westeurope', 'northeurope', 'eastus', 'westus', 'southeastasia'][1 + draw(i, 30, 5)],
      ['GET', 'POST', 'PUT', 'DELETE'][1 + draw(i, 31, 4)], [200, 200, 200, 201, 304, 404, 500, 503][1 + draw(i, 32, 8)],
      ['"canary"', '"canary","blue"', '"green"', '"green","internal","batch"', ''][1 + draw(i, 33, 5)], draw(i, 34, 300), draw(i, 35, 2000), draw(i, 36, 100)) AS "Properties"
  FROM (SELECT i, draw(i, 1, 1000) AS level FROM range(${from}, ${to}) AS r(i))`;
