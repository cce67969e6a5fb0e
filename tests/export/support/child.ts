/**
 * A server's part in export, in a process of its own, to be killed: ingests the ids from 0 on in slices, while a job
 * exports them, three files a window. Opened again on the same folder it goes on where the catalog says; with other
 * addresses, the external table has been moved meanwhile. Its last line is what it did.
 *
 * Arguments: root folder, number of slices, records a slice, connection strings; or `delta` and one connection string, of
 * a Delta table that is partitioned by label. In the environment, for a SQL target: TEST_SQL_DIALECT, and TEST_SQL_CA, a
 * file.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KustoError } from '../../../src/errors/index.js';
import { connectionRef } from '../../../src/external/index.js';
import { columnName, tableName } from '../../../src/sql/dialects/duckdb/layout.js';
import { createExternalTable, createJob, createTables, DATABASE, ingest, jobOf, openBench } from './bench.js';

const [root = '', slicesText, sizeText, ...targets] = process.argv.slice(2);
const isDelta = targets[0] === 'delta';
const addresses = isDelta ? targets.slice(1) : targets;
const [slices, size] = [Number(slicesText), Number(sizeText)];

const bench = await openBench({
  folder: join(root, 'data'),
  targets: root,
  scheduler: { maxWindowRows: size * 2, backoff: { first: 20, most: 50 } },
  ...(process.env['TEST_SQL_CA'] === undefined
    ? {}
    : {
        store: { certificateAuthority: readFileSync(process.env['TEST_SQL_CA'], 'utf8') },
        callouts: [{ CalloutType: 'sql', CalloutUriRegex: '^tcp://(127\\.0\\.0\\.1|localhost):', CanCall: true }],
      }),
});

const snapshot = bench.catalog.snapshot();
if (snapshot.byName('table', DATABASE, 'T') === undefined) await createTables(bench, 'T');
const connections = addresses.map((text) => connectionRef(text, (clear) => bench.secrets.seal(clear)));
const dialect = process.env['TEST_SQL_DIALECT'];
await createExternalTable(bench, [], {
  connections,
  ...(dialect !== undefined
    ? {
        tableKind: 'sql' as const,
        dataFormat: null,
        properties: { sqlDialect: dialect, table: 'exported', createifnotexists: true, primarykey: 'id' },
      }
    : isDelta
      ? {
          tableKind: 'delta',
          dataFormat: 'parquet',
          columns: [
            { name: 'id', type: 'long' },
            { name: 'at', type: 'datetime' },
          ],
          partitions: [{ name: 'label', type: 'string', function: { kind: 'value' } }],
        }
      : {
          partitions: [{ name: 'Label', type: 'string', source: 'label', function: { kind: 'value' } }],
          pathFormat: [{ kind: 'partition', name: 'Label' }],
        }),
});
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
for (let slice = ingested / size; slice < slices; slice++) {
  await ingest(bench, 'T', slice * size, slice * size + size, (id) => `l${id % 3}`);
}
while (
  jobOf(bench).cursor !== bench.catalog.currentCursor().toString() ||
  bench.services.journal.entries().length > 0
) {
  // Passing faults are tried again; what lasts is told.
  await bench.scheduler.runNow('job', new AbortController().signal).catch((error: unknown) => {
    if (!(error instanceof KustoError) || error.permanent) throw error;
  });
}
const artifacts = await bench.catalog.artifacts('job');
const files = artifacts.map(({ path, numRecords }) => [path, numRecords]);
const failures = await bench.catalog.failures('job');
await bench.close();
console.log(JSON.stringify({ files, failures: failures.map((one) => one.details) }));
