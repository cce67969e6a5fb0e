/**
 * `npm run bench -- export [--rounds N] [--rows N] [--data FOLDER] [--json FILE]`: what a run of a continuous export, and an
 * ingestion, take beside engines that write and read the same files. Ratios are Calypso's time over the other's. Exit code
 * 1 when a bar is missed.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { createLocalJWKSet } from 'jose';
import { openChdb, type ChdbSession } from './chdb/session.js';
import { FLIGHTS_SCHEMA, LOGS_SCHEMA, prepareData } from './query/data.js';
import { bar, finish, type Measurement } from './support/report.js';
import { BenchServer } from './support/server.js';
import { median } from './support/statistics.js';
import { startTestStorage } from '../tests/support/azurite/index.js';

/** Of the peers' speed: a run may take 1 / 0.85 of DuckDB's time. */
const BARS = { copy: 1 / 0.85, azurite: 1 / 0.9, clickHouse: 1, ingestion: 1 / 0.8, megabytes: 1024 };
const ROW_GROUP = 100_000;

/** Milliseconds that the work takes. */
async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Times the works in turn, so that what else the machine does falls on all alike; medians by name. */
async function inTurn<N extends string>(
  rounds: number,
  works: Readonly<Record<N, () => unknown>>,
): Promise<Record<N, number>> {
  const times = Object.fromEntries(Object.keys(works).map((name) => [name, []])) as unknown as Record<N, number[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const name of Object.keys(works) as N[]) {
      const time = await timed(works[name]);
      // The first round fills caches.
      if (round > 0) times[name].push(time);
    }
  }
  return Object.fromEntries(Object.entries<number[]>(times).map(([name, all]) => [name, median(all)])) as Record<
    N,
    number
  >;
}

const milliseconds = (name: string, time: number): Measurement => ({ name, value: `${time.toFixed(0)} ms` });

/** A job over a table, with a target of its own; each `run` exports the whole table once more. */
class Job {
  constructor(
    private readonly server: BenchServer,
    private readonly name: string,
    private readonly start: string,
  ) {}

  static async create(server: BenchServer, table: string, schema: string, target: string): Promise<Job> {
    const name = `To${table}${target.startsWith('http') ? 'Blob' : 'Folder'}`;
    await server.command(
      `.create external table ${name}Target (${schema}) kind=storage dataformat=parquet (h@'${target}') with (compressed=true, compressionType='snappy')`,
    );
    // It runs when it is told to.
    await server.command(
      `.create-or-alter continuous-export ${name} over (${table}) to table ${name}Target with (intervalBetweenRuns=1d, sizeLimit=1073741824) <| ${table}`,
    );
    return new Job(server, name, '');
  }

  async run(): Promise<void> {
    await this.server.command(`.set continuous-export ${this.name} cursor to '${this.start}'`);
    await this.server.command(`.run continuous-export ${this.name}`);
  }
}

async function peakMegabytes<T>(pid: number, work: () => Promise<T>): Promise<number> {
  let most = 0;
  const look = async (): Promise<void> => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    most = Math.max(most, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  };
  const timer = setInterval(() => void look(), 20);
  try {
    await work();
    return most;
  } finally {
    clearInterval(timer);
  }
}

async function rowsOf(connection: DuckDBConnection, folder: string): Promise<number> {
  const result = await connection.runAndReadAll(`SELECT count(*) FROM read_parquet('${folder}/**/*.parquet')`);
  return Number(result.getRows()[0]![0]);
}

async function exports(rows: number, rounds: number, data: string, work: string): Promise<Measurement[]> {
  const { logs, flights, files } = await prepareData(data, rows);
  const [target, peers] = [join(work, 'target'), join(work, 'peers')];
  const storage = await startTestStorage({ accounts: ['acct'], jwks: createLocalJWKSet({ keys: [] }), issuers: [] });
  const ca = join(work, 'ca.pem');
  await writeFile(ca, storage.certificate.cert);
  const server = await BenchServer.start(join(work, 'calypso'), [files, target], { NODE_EXTRA_CA_CERTS: ca });
  const duckdb = await (await DuckDBInstance.create(join(work, 'peer.duckdb'))).connect();
  const chdb: ChdbSession = await openChdb(join(work, 'clickhouse'));
  try {
    await duckdb.run("SET TimeZone = 'UTC'");
    await duckdb.run(`CREATE TABLE Logs AS FROM read_parquet([${logs.map((file) => `'${file}'`).join(', ')}])`);
    await duckdb.run('CHECKPOINT');
    chdb.query('CREATE DATABASE bench ENGINE = Atomic');
    const [first, ...others] = logs.map((file) => `SELECT * FROM file('${file}', Parquet)`);
    chdb.query(`CREATE TABLE bench.Logs ENGINE = MergeTree ORDER BY tuple() AS ${first}`);
    for (const other of others) chdb.query(`INSERT INTO bench.Logs ${other}`);
    await server.command(`.create table Logs (${LOGS_SCHEMA})`);
    await server.command(`.create table Flights (${FLIGHTS_SCHEMA})`);
    const folder = await Job.create(server, 'Logs', LOGS_SCHEMA, `file://${target}/logs`);
    const flightsJob = await Job.create(server, 'Flights', FLIGHTS_SCHEMA, `file://${target}/flights`);
    const container = storage.container('acct', 'bench');
    await container.create();
    const address = `${storage.addressOf('acct', 'bench')}`;
    const blob = await Job.create(server, 'Logs', LOGS_SCHEMA, `${address};${storage.keyOf('acct')}`);
    for (const file of logs) await server.command(`.ingest into table Logs (h@'${file}') with (format='parquet')`);
    await server.command(`.ingest into table Flights (h@'${flights}') with (format='parquet')`);

    let copies = 0;
    const options = `FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${ROW_GROUP}`;
    await duckdb.run('SET preserve_insertion_order = true');
    const times = await inTurn(rounds, {
      run: () => folder.run(),
      copy: () => duckdb.run(`COPY Logs TO '${peers}-${copies++}.parquet' (${options})`),
      clickHouse: () =>
        chdb.query(
          `INSERT INTO FUNCTION file('${peers}-${copies++}.ch.parquet', Parquet) SELECT * FROM bench.Logs SETTINGS output_format_parquet_compression_method = 'snappy'`,
        ),
    });
    const exported = await rowsOf(duckdb, join(target, 'logs'));
    if (exported !== rows * (rounds + 1)) throw new Error(`${exported} rows at the target, ${rows} a run expected.`);

    const [sent] = await readdir(join(target, 'logs'));
    const client = new ContainerClient(address, new StorageSharedKeyCredential('acct', storage.keyOf('acct')), {
      tlsOptions: { ca: storage.certificate.cert },
    } as object);
    let uploads = 0;
    const toBlob = await inTurn(rounds, {
      run: () => blob.run(),
      sdk: () => client.getBlockBlobClient(`sdk/${uploads++}`).uploadFile(join(target, 'logs', sent!)),
    });
    const peak = await peakMegabytes(server.pid, () => flightsJob.run());
    return [
      milliseconds(`run of ${rows} log records to Parquet in a folder`, times.run),
      milliseconds("DuckDB's COPY of the same rows", times.copy),
      bar('run / COPY', times.run / times.copy, BARS.copy),
      milliseconds('ClickHouse writes the same Parquet', times.clickHouse),
      bar('run / ClickHouse', times.run / times.clickHouse, BARS.clickHouse),
      milliseconds('the same run to Azurite', toBlob.run),
      milliseconds('the storage SDK sends the same bytes', toBlob.sdk),
      bar('run to Azurite / SDK', toBlob.run / toBlob.sdk, BARS.azurite),
      bar('memory of the server, 3 million flights, MB', peak, BARS.megabytes),
    ];
  } finally {
    chdb.close();
    duckdb.closeSync();
    await server.stop();
    await storage.stop();
  }
}

async function ingestions(rows: number, rounds: number, data: string, work: string): Promise<Measurement[]> {
  const { logs, files } = await prepareData(data, rows);
  const csv = join(work, 'logs.csv');
  const server = await BenchServer.start(join(work, 'ingestion'), [files, work]);
  const duckdb = await (await DuckDBInstance.create(join(work, 'ingestion.duckdb'))).connect();
  try {
    await duckdb.run("SET TimeZone = 'UTC'");
    const parquet = logs[0]!;
    await duckdb.run(`COPY (FROM read_parquet('${parquet}')) TO '${csv}' (HEADER)`);
    await duckdb.run(`CREATE TABLE Shape AS FROM read_parquet('${parquet}') LIMIT 0`);
    await server.command(`.create table Logs (${LOGS_SCHEMA})`);
    let tables = 0;
    const ingest = (file: string, properties: string) => () =>
      server.command(`.ingest into table Logs (h@'${file}') with (${properties})`);
    const load = (from: string) => async () => {
      const table = `t${tables++}`;
      await duckdb.run(`CREATE TABLE ${table} AS FROM Shape`);
      await duckdb.run(`INSERT INTO ${table} FROM ${from}`);
    };
    const times = await inTurn(rounds, {
      parquet: ingest(parquet, `format='parquet'`),
      loadParquet: load(`read_parquet('${parquet}')`),
      csv: ingest(csv, `format='csv', ignoreFirstRecord=true`),
      loadCsv: load(`read_csv('${csv}', header = true)`),
    });
    return [
      milliseconds('ingestion of a million records from Parquet', times.parquet),
      milliseconds("DuckDB's INSERT from the same file", times.loadParquet),
      bar('Parquet: ingestion / DuckDB', times.parquet / times.loadParquet, BARS.ingestion),
      milliseconds('ingestion of the same from CSV', times.csv),
      milliseconds("DuckDB's INSERT from the same file", times.loadCsv),
      bar('CSV: ingestion / DuckDB', times.csv / times.loadCsv, BARS.ingestion),
    ];
  } finally {
    duckdb.closeSync();
    await server.stop();
  }
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '1000000' },
    only: { type: 'string', default: '' },
    data: { type: 'string', default: fileURLToPath(new URL('../.bench', import.meta.url)) },
    json: { type: 'string' },
  },
});
const work = await mkdtemp(join(tmpdir(), 'calypso-bench-'));
try {
  const [rows, rounds] = [Number(values.rows), Number(values.rounds)];
  const parts = { exports, ingestions };
  const measured: Measurement[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (values.only === '' || values.only === name) measured.push(...(await part(rows, rounds, values.data, work)));
  }
  finish(measured, values.json);
} finally {
  await rm(work, { recursive: true, force: true });
}
