/**
 * `tsx tests/clients/delta/run.ts PYTHON`: Delta tables between Calypso and the `deltalake` package, which shares nothing with it:
 * each reads, and appends to, what the other has written. Leaves with 1 when something differs.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { runJob } from '../../../src/export/index.js';
import { datetimeString } from '../../../src/values/index.js';
import { createJob, createTables, ingest, jobOf, openBench } from '../../export/support/bench.js';

const python = process.argv[2] ?? 'python3';
const script = fileURLToPath(new URL('table.py', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'calypso-deltalake-'));
const bench = await openBench({ folder: join(folder, 'data'), targets: folder });
let failed = 0;

async function theirs(verb: string, table = ''): Promise<Record<string, unknown>[]> {
  const { stdout } = await promisify(execFile)(python, [script, verb, join(folder, table)], { maxBuffer: 1 << 26 });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function same(what: string, found: unknown, expected: unknown): void {
  const isSame = isDeepStrictEqual(found, expected);
  console.log(`${isSame ? 'ok' : 'NOT OK'}: ${what}`);
  if (isSame) return;
  failed++;
  console.log({ found, expected });
}

/** The rows of a query as Python prints them: every value but numbers and booleans as text, an empty string as null. */
async function ours(query: string, columns: readonly string[]): Promise<Record<string, unknown>[]> {
  const rows = await bench.query(
    `${query} | project ${columns.map((name) => `['${name}']`).join(', ')} | order by id asc`,
  );
  return rows.map((row) =>
    Object.fromEntries(
      columns.map((name, index) => {
        const value = row[index] ?? null;
        if (['at', 'day', 'on'].includes(name)) return [name, value === null ? null : datetimeString(value as bigint)];
        if (name === 'list') return [name, JSON.parse(String(value))];
        if (typeof value === 'bigint') return [name, Number(value)];
        return [name, value === '' ? null : value];
      }),
    ),
  );
}

const COLUMNS = ['id', 'label', 'at'];
const expected = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({
    id: from + index,
    label: labelOf(from + index) === '' ? null : labelOf(from + index),
    at: datetimeString(638_000_000_000_000_000n + BigInt(from + index) * 600_000_000n),
  }));
const labelOf = (id: number) => ['', 'a b', 'x/y:z=%20', 'Größe 🎈', 'l'.repeat(300)][id % 5]!;

async function exportNext(query = 'T'): Promise<void> {
  if (jobOf(bench).query !== query) throw new Error('another query');
  for (let isBehind = true; isBehind;) {
    const outcome = await runJob(bench.services, 'job', { maxRows: 10, signal: AbortSignal.timeout(60_000) });
    if (outcome.kind === 'failed') throw outcome.error;
    isBehind = outcome.isBehind;
  }
}

try {
  await createTables(bench, 'T');
  await theirs('write');

  await bench.run(`.create external table Theirs kind=delta ('file://${folder}/theirs')`);
  const read = await theirs('read', 'theirs');
  const names = Object.keys(read[0]!);
  const numbers = read.map((one) => ({ ...one, price: String(Number(one['price'])) }));
  same(
    'their table, partitioned, with a checkpoint and deleted rows, reads as they read it',
    (await ours("external_table('Theirs')", names)).map((one) => ({ ...one, price: String(Number(one['price'])) })),
    numbers,
  );
  same(
    'a filter on partitions and statistics leaves the right rows',
    (
      await ours("external_table('Theirs') | where part == 1 and id between (11 .. 33) and at > datetime(2024-01-20)", [
        'id',
      ])
    ).map((one) => one['id']),
    read.map((one) => Number(one['id'])).filter((id) => id % 2 === 1 && id >= 19 && id <= 33),
  );

  await bench.run(
    `.create external table Target (id:long, label:string, at:datetime) kind=delta ('file://${folder}/ours')`,
  );
  await createJob(bench);
  for (let from = 0; from < 30; from += 10) await ingest(bench, 'T', from, from + 10, labelOf);
  await exportNext();
  const emptied = (rows: Record<string, unknown>[]): Record<string, unknown>[] =>
    rows.map((one) => ({ ...one, label: one['label'] === '' ? null : one['label'] }));
  same(
    'a table that Calypso has made reads as it was exported',
    emptied(await theirs('read', 'ours')),
    expected(0, 30),
  );
  same('its statistics leave their reader the right files', await theirs('pruned', 'ours'), [
    { ids: [26, 27, 28, 29], files: 1, all: 3 },
  ]);
  await theirs('append', 'ours');
  await ingest(bench, 'T', 30, 40, labelOf);
  await exportNext();
  const both = emptied(await theirs('read', 'ours'));
  same(
    'both append to it, over their checkpoint',
    both.map((one) => one['id']),
    [...Array.from({ length: 40 }, (_, id) => id), ...Array.from({ length: 10 }, (_, id) => 1000 + id)],
  );
  same('and Calypso reads it so', await ours("external_table('Target')", COLUMNS), both);

  await bench.run(`.create external table Partitioned kind=delta ('file://${folder}/partitioned')`);
  await bench.run('.export to table Partitioned <| T');
  same(
    'their partitioned table has what Calypso appended',
    (await theirs('read', 'partitioned')).map(({ id, label, at }) => ({ id, label, at })),
    expected(0, 40),
  );
  same('and Calypso reads it so', await ours("external_table('Partitioned')", COLUMNS), expected(0, 40));
} catch (error) {
  failed++;
  console.log(error);
} finally {
  await bench.close();
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failed === 0 ? 0 : 1;
