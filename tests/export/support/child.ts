/**
 * A server's part in export, in a process of its own, to be killed: ingests the ids from 0 on in slices, while a job
 * exports them. Opened again on the same folder it goes on where the catalog says. Its last line is what it did.
 *
 * Arguments: root folder, number of slices, records a slice, number of addresses.
 */
import { join } from 'node:path';
import { columnName, tableName } from '../../../src/sql/dialects/duckdb/layout.js';
import { createExternalTable, createJob, createTables, DATABASE, ingest, jobOf, openBench } from './bench.js';

const [root = '', slices = 0, size = 0, addresses = 1] = [process.argv[2], ...process.argv.slice(3).map(Number)];

const bench = await openBench({
  folder: join(root, 'data'),
  targets: root,
  scheduler: { maxWindowRows: size * 2, backoff: { first: 20, most: 50 } },
});

const snapshot = bench.catalog.snapshot();
if (snapshot.byName('table', DATABASE, 'T') === undefined) await createTables(bench, 'T');
if (snapshot.get('externalTable', 'target') === undefined) {
  const connections = Array.from({ length: addresses }, (_, index) => ({
    address: `file://${root}/target/${index}`,
    credential: 'none' as const,
  }));
  await createExternalTable(bench, connections);
}
if (snapshot.get('continuousExport', 'job') === undefined) await createJob(bench, { intervalTicks: '100000' });

const counted = await bench.engine.run({
  text: `SELECT count(${columnName(0)}) FROM ${tableName('t')}`,
  parameters: [],
  columns: [{ name: 'n', type: 'long' }],
});
let ingested = 0;
for await (const batch of counted.batches()) ingested = Number(batch.columns[0]?.[0] ?? 0);
await counted.close();

await bench.scheduler.start();
console.log('started');
for (let slice = ingested / size; slice < slices; slice++) await ingest(bench, 'T', slice * size, slice * size + size);
while (
  jobOf(bench).cursor !== bench.catalog.currentCursor().toString() ||
  bench.services.journal.entries().length > 0
) {
  await bench.scheduler.runNow('job', new AbortController().signal).catch(() => undefined);
}
const artifacts = await bench.catalog.artifacts('job');
const files = artifacts.map(({ path, numRecords }) => [path, numRecords]);
const failures = await bench.catalog.failures('job');
await bench.close();
console.log(JSON.stringify({ files, failures: failures.length }));
