import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { FLIGHTS_SCHEMA, LOGS_SCHEMA, type BenchData } from './data.js';
import type { BenchQuery } from './queries.js';
import { openChdb } from '../chdb/session.js';
import { BenchServer } from '../support/server.js';

/** An engine that holds the same records and answers the same question in its own language. */
export interface Peer {
  readonly name: string;
  text(query: BenchQuery): string;
  /** The whole answer, in the process of the benchmark: rows of cells as JSON has them. */
  rows(text: string): Promise<readonly (readonly unknown[])[]>;
  close(): Promise<void>;
}

/** Makes what an earlier run has not left whole: a folder that holds the file `done` is complete. */
async function once(folder: string, make: () => Promise<void>): Promise<void> {
  const done = join(folder, 'done');
  if (existsSync(done)) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await make();
  await writeFile(`${done}.new`, '');
  await rename(`${done}.new`, done);
}

/** A Calypso server of its own process, asked over HTTP as every client asks it. */
export async function openCalypso(data: BenchData): Promise<Peer> {
  const folder = join(data.files, 'calypso');
  await once(folder, async () => {
    const server = await BenchServer.start(join(folder, 'data'), [data.files]);
    await server.command(`.create table Logs (${LOGS_SCHEMA})`);
    await server.command(`.create table Flights (${FLIGHTS_SCHEMA})`);
    for (const file of data.logs) await server.command(`.ingest into table Logs (h@'${file}') with (format='parquet')`);
    await server.command(`.ingest into table Flights (h@'${data.flights}') with (format='parquet')`);
    await server.stop();
  });
  const server = await BenchServer.start(join(folder, 'data'));
  return {
    name: 'KQL (Calypso)',
    text: (query) => query.kql,
    rows: (text) => server.query(text),
    close: () => server.stop(),
  };
}

/** SQL on DuckDB in this process, over a database file, on the types that an expert would choose. */
export async function openDuckDb(data: BenchData): Promise<Peer> {
  const folder = join(data.files, 'duckdb');
  const file = join(folder, 'bench.duckdb');
  await once(folder, async () => {
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run(
      `CREATE TABLE Logs (Timestamp TIMESTAMP, Level VARCHAR, Service VARCHAR, Node VARCHAR, UserId BIGINT, RequestId UUID, DurationMs DOUBLE, Bytes BIGINT, Message VARCHAR, Properties JSON)`,
    );
    for (const path of data.logs) await connection.run(`INSERT INTO Logs FROM read_parquet('${path}')`);
    await connection.run(`CREATE TABLE Flights AS FROM read_parquet('${data.flights}')`);
    await connection.run('CHECKPOINT');
    connection.closeSync();
    instance.closeSync();
  });
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection: DuckDBConnection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    name: 'SQL (DuckDB)',
    text: (query) => query.duckdb,
    rows: async (text) => (await connection.runAndReadAll(text)).getRowsJson(),
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** SQL on the real ClickHouse engine in this process (chdb). */
export async function openClickHouse(data: BenchData): Promise<Peer> {
  const folder = join(data.files, 'clickhouse');
  const path = join(folder, 'session');
  const columns = `Timestamp DateTime64(6, 'UTC'), Level LowCardinality(String), Service LowCardinality(String), Node LowCardinality(String), UserId Int64, RequestId UUID, DurationMs Nullable(Float64), Bytes Int64, Message String, Properties JSON`;
  await once(folder, async () => {
    const session = await openChdb(path);
    session.query(`CREATE DATABASE bench ENGINE = Atomic`);
    session.query(`CREATE TABLE bench.Logs (${columns}) ENGINE = MergeTree ORDER BY Timestamp`);
    session.query(
      `CREATE TABLE bench.Flights (Date DateTime64(6, 'UTC'), Delay Int64, Distance Int64, Origin LowCardinality(String), Destination LowCardinality(String)) ENGINE = MergeTree ORDER BY Date`,
    );
    const from = (file: string): string => `SELECT * FROM file('${file}', Parquet)`;
    for (const file of data.logs) session.query(`INSERT INTO bench.Logs ${from(file)}`);
    session.query(`INSERT INTO bench.Flights ${from(data.flights)}`);
    session.query('OPTIMIZE TABLE bench.Logs FINAL');
    session.query('OPTIMIZE TABLE bench.Flights FINAL');
    session.close();
  });
  const session = await openChdb(path);
  session.query('USE bench');
  return {
    name: 'SQL (ClickHouse)',
    text: (query) => query.clickhouse,
    rows: async (text) =>
      session
        .query(text, 'JSONCompactEachRow')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown[]),
    close: async () => session.close(),
  };
}
