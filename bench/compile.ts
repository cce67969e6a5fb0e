/**
 * `npm run bench -- compile [--rounds N] [--rows N] [--only compile|http|wire] [--json FILE]`: what it takes to get from
 * KQL to SQL, what a small query costs over HTTP beside `/health`, and large answers (wire.ts). Exit code 1 when a bar
 * is missed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KustoError } from '../src/errors/index.js';
import { bind } from '../src/language/bind.js';
import type { RequestFacts } from '../src/language/context.js';
import type { Schema } from '../src/language/schema.js';
import { compile } from '../src/sql/compile.js';
import { DUCKDB } from '../src/sql/dialects/duckdb/index.js';
import { NO_FACTS } from '../tests/support/request-facts.js';
import { queriesToCompile } from './support/queries.js';
import { bar, finish, type Measurement } from './support/report.js';
import { BenchServer } from './support/server.js';
import { median, percentile } from './support/statistics.js';
import { wire } from './wire.js';

const BARS = { p50: 5, p95: 15, health: 3 };
const CLIENTS = 8;

const DATABASE = { id: 'db', name: 'db', tables: [], functions: [], externalTables: [] };
const SCHEMA: Schema = { databases: [DATABASE], current: 'db' };
/** Nothing of a text's tree is kept when the text is another each time. */
let texts = 0;
const FACTS: RequestFacts = { ...NO_FACTS, now: 638_000_000_000_000_000n };

/** Milliseconds from a text that was not seen before to SQL; undefined where it is refused, or needs data first. */
const cold = (text: string): number | undefined => compiled(`${text}\n// ${++texts}`);

function compiled(text: string): number | undefined {
  const began = performance.now();
  try {
    const { results } = bind(text, SCHEMA, FACTS);
    for (const { relation } of results) {
      compile(relation, DUCKDB, () => {
        throw new KustoError('CAL0001', 'There are no external tables here.');
      });
    }
  } catch {
    return undefined;
  }
  return performance.now() - began;
}

function compilation(rounds: number): Measurement[] {
  const { source, queries } = queriesToCompile();
  // A server runs for longer than the JIT takes.
  for (const query of queries) cold(query);
  const measured = queries.flatMap((query) => {
    const used = process.cpuUsage();
    const times = Array.from({ length: rounds }, () => cold(query)).filter((time) => time !== undefined);
    const { user, system } = process.cpuUsage(used);
    const work = (user + system) / 1000 / rounds;
    compiled(query);
    const again = compiled(query);
    return times.length === 0 || again === undefined ? [] : [{ query, time: median(times), work, again }];
  });
  const times = measured.map(({ time }) => time);
  const again = measured.map((each) => each.again);
  const slowest = measured.reduce((a, b) => (a.time > b.time ? a : b));
  return [
    { name: `queries compiled (${source})`, value: `${measured.length} of ${queries.length}` },
    bar('compile, p50 ms', percentile(times, 0.5), BARS.p50),
    bar('compile, p95 ms', percentile(times, 0.95), BARS.p95),
    // Unlike the clock, this does not count what other programs on the machine take.
    {
      name: 'of that this program at work, p50 ms',
      value: percentile(
        measured.map(({ work }) => work),
        0.5,
      ).toFixed(2),
    },
    {
      name: 'of that this program at work, p95 ms',
      value: percentile(
        measured.map(({ work }) => work),
        0.95,
      ).toFixed(2),
    },
    { name: 'compile, seen before, p50 ms', value: percentile(again, 0.5).toFixed(2) },
    { name: 'compile, seen before, p95 ms', value: percentile(again, 0.95).toFixed(2) },
    { name: `slowest: ${slowest.query.slice(0, 40).replaceAll('\n', ' ')}…`, value: `${slowest.time.toFixed(1)} ms` },
    { name: 'a sum of 50 terms', value: `${longSum(50).toFixed(1)} ms` },
  ];
}

const longSum = (terms: number): number =>
  compiled(
    `range x from 1 to 9 step 1 | extend y = ${Array.from({ length: terms }, (_, i) => `x * ${i}`).join(' + ')}`,
  ) ?? NaN;

interface Load {
  readonly p50: number;
  readonly perSecond: number;
}

/** Eight clients, each asking again as soon as it has its answer, on connections that stay. */
async function load(url: string, body: string | undefined, perClient: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const once = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length };
      request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
        response.resume().once('end', resolve).once('error', reject);
      })
        .once('error', reject)
        .end(body);
    });
  const times: number[] = [];
  const began = performance.now();
  const client = async (): Promise<void> => {
    for (let i = 0; i < perClient; i++) {
      const asked = performance.now();
      await once();
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
  return { p50: median(times), perSecond: (1000 * times.length) / (performance.now() - began) };
}

async function http(rounds: number): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'calypso-bench-'));
  const server = await BenchServer.start(folder);
  try {
    const body = JSON.stringify({ db: 'NetDefaultDB', csl: 'print 1' });
    const print = (): Promise<Load> => load(`${server.endpoint}/v2/rest/query`, body, 200);
    const health = (): Promise<Load> => load(`${server.endpoint}/health`, undefined, 200);
    // Until the server's own code is compiled: it serves for days.
    for (let round = 0; round < 10; round++) {
      await health();
      await print();
    }
    const pairs: { readonly print: Load; readonly health: Load }[] = [];
    for (let round = 0; round < rounds; round++) pairs.push({ health: await health(), print: await print() });
    const one = median(Array.from({ length: 50 }, () => compiled('print 1') ?? NaN));
    const of = (kind: 'print' | 'health', what: keyof Load): number => median(pairs.map((pair) => pair[kind][what]));
    return [
      {
        name: '/health, 8 clients: p50, a second',
        value: `${of('health', 'p50').toFixed(2)} ms, ${of('health', 'perSecond').toFixed(0)}`,
      },
      {
        name: 'print 1 over v2, 8 clients: p50, a second',
        value: `${of('print', 'p50').toFixed(2)} ms, ${of('print', 'perSecond').toFixed(0)}`,
      },
      { name: 'compile time of print 1', value: `${one.toFixed(2)} ms` },
      bar(
        'print 1, p50 ms, against 3 × /health + compile',
        of('print', 'p50'),
        BARS.health * of('health', 'p50') + one,
      ),
    ];
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string', default: '1000000' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const parts: Readonly<Record<string, () => Measurement[] | Promise<Measurement[]>>> = {
  compile: () => compilation(rounds),
  http: () => http(rounds),
  wire: () => wire(Number(values.rows), rounds),
};
const measured: Measurement[] = [];
for (const [name, part] of Object.entries(parts))
  if (values.only === '' || values.only === name) measured.push(...(await part()));
finish(measured, values.json);
