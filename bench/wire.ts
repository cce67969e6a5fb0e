/**
 * `npm run bench -- wire [--rows N] [--rounds N] [--json FILE]`: a large answer over v2 against DuckDB's own JSON of the
 * same rows. Exit code 1 when a bar is missed. `bench/compile.ts` runs this too.
 */
import { createReadStream, rmSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { bar, finish, isMain, type Measurement } from './support/report.js';
import { BenchServer } from './support/server.js';
import { median } from './support/statistics.js';

const BARS = { ratio: 1.5, growth: 300 };
const MEGABYTE = 1 << 20;

/** The same rows for both: in KQL, and in SQL with DuckDB's own types. */
const KQL = (rows: number): string => `range i from 0 to ${rows - 1} step 1 | project
  Id = i, Code = toint(i % 1000), Value = i * 1.25 + 0.1, Name = strcat("name ", i % 5000, ' "quoted"'),
  Time = datetime(2024-01-01) + i * 12345678 * 1tick, Took = (i * 1234567) % 8640000000000 * 1tick, Flag = i % 3 == 0,
  Key = toguid(hash_md5(tostring(i))), Bag = parse_json(strcat('{"a":', i, ',"b":"x', i % 10, '"}')), Price = todecimal(i) / decimal(100)`;
const SQL = (
  rows: number,
): string => `SELECT i AS Id, CAST(i % 1000 AS INTEGER) AS Code, i * 1.25::DOUBLE + 0.1 AS Value,
  'name ' || (i % 5000) || ' "quoted"' AS Name, TIMESTAMP '2024-01-01' + to_microseconds(i * 12345678 // 10) AS Time,
  to_microseconds((i * 1234567) % 8640000000000 // 10) AS Took, i % 3 = 0 AS Flag, CAST(md5(CAST(i AS VARCHAR)) AS UUID) AS Key,
  CAST('{"a":' || i || ',"b":"x' || (i % 10) || '"}' AS JSON) AS Bag, CAST(CAST(i AS DECIMAL(38, 18)) / 100 AS DECIMAL(38, 18)) AS Price
  FROM range(${rows}) AS r(i)`;

/** DuckDB's JSON of its own table: as a file, and as that file sent over HTTP. */
class Peer {
  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly file: string,
    private readonly server: Server,
  ) {}

  static async open(folder: string, rows: number): Promise<Peer> {
    const connection = await (await DuckDBInstance.create(join(folder, 'peer.duckdb'))).connect();
    await connection.run(`CREATE TABLE wide AS ${SQL(rows)}`);
    const file = join(folder, 'peer.json');
    const server = createServer((_request, response) => {
      copy(connection, file).then(
        () => createReadStream(file, { highWaterMark: MEGABYTE }).pipe(response),
        (error: unknown) => response.destroy(error as Error),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Peer(connection, file, server);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  toFile(): Promise<void> {
    return copy(this.connection, this.file);
  }

  close(): void {
    this.server.close();
    this.connection.closeSync();
  }
}

async function copy(connection: DuckDBConnection, file: string): Promise<void> {
  rmSync(file, { force: true });
  await connection.run(`COPY wide TO '${file}' (FORMAT json)`);
}

interface Download {
  readonly milliseconds: number;
  readonly bytes: number;
  /** The first and the last of the text. */
  readonly head: string;
  readonly tail: string;
}

/** Reads an answer to its end and keeps nothing of it. `bytesPerTick`: no faster than so many bytes in 10 ms. */
async function download(url: string, body: string, bytesPerTick = Infinity): Promise<Download> {
  const began = performance.now();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    request(url, { method: 'POST', headers, agent: false }, resolve).once('error', reject).end(body);
  });
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
  let bytes = 0;
  let head = '';
  let tail = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (head.length < 4000) head += chunk.toString('latin1');
    tail = (tail + chunk.subarray(-4000).toString('latin1')).slice(-4000);
    bytes += chunk.length;
    if (bytesPerTick !== Infinity)
      await new Promise((resolve) => setTimeout(resolve, (10 * chunk.length) / bytesPerTick));
  }
  return { milliseconds: performance.now() - began, bytes, head, tail };
}

/** Most memory that a process came to hold while the work ran, beyond what it held before; megabytes. */
async function growth<T>(pid: number, work: () => Promise<T>): Promise<{ readonly value: T; readonly grown: number }> {
  const resident = async (): Promise<number> =>
    Number((await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1]) / 256;
  const before = await resident();
  let most = before;
  const timer = setInterval(
    () =>
      void resident().then(
        (now) => (most = Math.max(most, now)),
        () => undefined,
      ),
    20,
  );
  try {
    return { value: await work(), grown: most - before };
  } finally {
    clearInterval(timer);
  }
}

export async function wire(rows: number, rounds: number): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'calypso-bench-'));
  const data = join(folder, 'data');
  try {
    const loading = await BenchServer.start(data);
    await loading.command(`.set-or-replace Wide <| ${KQL(rows)}`);
    await loading.stop();
    const peer = await Peer.open(folder, rows);
    // A fresh server: memory is counted from what it holds before its first large answer.
    const server = await BenchServer.start(data);
    try {
      const url = `${server.endpoint}/v2/rest/query`;
      const body = JSON.stringify({ db: 'NetDefaultDB', csl: 'set notruncation; Wide' });
      await server.query('print 1');
      const first = await growth(server.pid, () => download(url, body));
      check(first.value, rows);
      const times: Record<'calypso' | 'http' | 'file', number[]> = { calypso: [], http: [], file: [] };
      for (let round = 0; round < rounds; round++) {
        times.calypso.push((await download(url, body)).milliseconds);
        times.http.push((await download(peer.endpoint, '')).milliseconds);
        const began = performance.now();
        await peer.toFile();
        times.file.push(performance.now() - began);
      }
      const slow = await growth(server.pid, () => download(url, body, MEGABYTE / 4));
      const ratio = (other: 'http' | 'file'): number => median(times.calypso.map((time, i) => time / times[other][i]!));
      const milliseconds = (values: number[]): string => `${median(values).toFixed(0)} ms`;
      return [
        { name: `${rows} rows × 10 columns through v2`, value: milliseconds(times.calypso) },
        { name: "DuckDB's COPY to JSON, the file sent over HTTP", value: milliseconds(times.http) },
        { name: "DuckDB's COPY to JSON, the file alone", value: milliseconds(times.file) },
        bar('v2 / DuckDB over HTTP', ratio('http'), BARS.ratio),
        bar('v2 / DuckDB file alone', ratio('file'), BARS.ratio),
        bar('memory growth, MB', first.grown, BARS.growth),
        bar('memory growth with a slow reader, MB', slow.grown, BARS.growth),
      ];
    } finally {
      await server.stop();
      peer.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The answer holds all of the rows, as KQL writes them. */
function check({ head, tail }: Download, rows: number): void {
  const first = '[0,0,0.1,"name 0 \\"quoted\\"","2024-01-01T00:00:00Z","00:00:00",true,';
  if (!head.includes(first)) throw new Error(`The first row is not there: ${head.slice(-3000)}`);
  if (!new RegExp(`\\[${rows - 1},[^\\]]*\\]\\]`).test(tail)) throw new Error(`The last row is not there: ${tail}`);
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'string' },
    },
  });
  finish(await wire(Number(values.rows), Number(values.rounds)), values.json);
}
