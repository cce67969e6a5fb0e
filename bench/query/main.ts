/**
 * `npm run bench -- query [--rows N] [--rounds N] [--only TEXT] [--json FILE] [--data FOLDER]`: twenty questions to
 * Calypso (KQL over HTTP), DuckDB and ClickHouse (SQL of an expert, in process), side by side in one run, answers
 * compared. Exit code 1 if answers differ or a bar is missed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { difference } from './answers.js';
import { prepareData } from './data.js';
import { openCalypso, openClickHouse, openDuckDb, type Peer } from './peers.js';
import { QUERIES, type BenchQuery } from './queries.js';
import { geometricMean, median } from '../support/statistics.js';

const WARM_UP = 3;
const BARS = { geometricMean: 1.1, most: 1.5 };

interface Measured {
  readonly query: BenchQuery;
  /** Median milliseconds of each peer, in their order. */
  readonly times: readonly number[];
  /** Medians of the ratios within a round: what loads the machine for a while loads all of a round. */
  readonly overDuckDb: number;
  readonly overClickHouse: number;
  readonly differences: readonly string[];
}

async function measure(query: BenchQuery, peers: readonly Peer[], rounds: number): Promise<Measured> {
  const answers: (readonly (readonly unknown[])[])[] = [];
  for (const peer of peers) answers.push(await peer.rows(peer.text(query)));
  const differences = peers.slice(1).flatMap((peer, i) => {
    const found = difference(answers[0]!, answers[i + 1]!, query.tolerance ?? 1e-9);
    return found === undefined ? [] : [`${query.name}: ${peers[0]!.name} and ${peer.name}: ${found}`];
  });
  // A process that has just begun runs code that is not compiled yet.
  for (let round = 0; round < WARM_UP; round++) for (const peer of peers) await peer.rows(peer.text(query));
  const times: number[][] = peers.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [p, peer] of peers.entries()) {
      const text = peer.text(query);
      const began = performance.now();
      await peer.rows(text);
      times[p]!.push(performance.now() - began);
    }
  }
  const ratio = (other: number): number => median(times[0]!.map((time, round) => time / times[other]![round]!));
  return { query, times: times.map(median), overDuckDb: ratio(1), overClickHouse: ratio(2), differences };
}

function report(results: readonly Measured[], peers: readonly Peer[]): boolean {
  const table = new Table({
    head: ['query', ...peers.map((peer) => `${peer.name} ms`), 'KQL / DuckDB', 'KQL / ClickHouse'],
  });
  for (const { query, times, overDuckDb, overClickHouse } of results) {
    table.push([query.name, ...times.map((time) => time.toFixed(1)), overDuckDb.toFixed(2), overClickHouse.toFixed(2)]);
  }
  console.log(table.toString());
  const duckDb = geometricMean(results.map((result) => result.overDuckDb));
  const clickHouse = geometricMean(results.map((result) => result.overClickHouse));
  const worst = results.reduce((a, b) => (a.overDuckDb > b.overDuckDb ? a : b));
  console.log(
    `KQL / DuckDB SQL: geometric mean ${duckDb.toFixed(3)} (bar ${BARS.geometricMean}), worst ${worst.overDuckDb.toFixed(2)} '${worst.query.name}' (bar ${BARS.most})`,
  );
  console.log(
    `KQL / ClickHouse SQL: geometric mean ${clickHouse.toFixed(3)}; slower in: ${
      results
        .filter((result) => result.overClickHouse > 1)
        .map((result) => result.query.name)
        .join(', ') || 'none'
    }`,
  );
  const differences = results.flatMap((result) => result.differences);
  console.log(differences.length === 0 ? 'All answers agree.' : `Answers differ:\n${differences.join('\n')}`);
  return differences.length === 0 && duckDb <= BARS.geometricMean && worst.overDuckDb <= BARS.most;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '10000000' },
      rounds: { type: 'string', default: '7' },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      data: { type: 'string', default: join(import.meta.dirname, '../../.bench') },
    },
  });
  const data = await prepareData(values.data, Number(values.rows));
  const peers: Peer[] = [];
  try {
    for (const open of [openCalypso, openDuckDb, openClickHouse]) peers.push(await open(data));
    const results: Measured[] = [];
    for (const query of QUERIES.filter(({ name }) => new RegExp(values.only).test(name))) {
      const measured = await measure(query, peers, Number(values.rounds));
      results.push(measured);
      console.error(
        `${query.name}: ${measured.overDuckDb.toFixed(2)} ${measured.overClickHouse.toFixed(2)} [${measured.times.map((time) => time.toFixed(0)).join(' ')}] ${measured.differences.join(' ').slice(0, 300)}`,
      );
    }
    if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results, null, 1));
    return report(results, peers) ? 0 : 1;
  } finally {
    for (const peer of peers) await peer.close();
  }
}

process.exitCode = await main();
