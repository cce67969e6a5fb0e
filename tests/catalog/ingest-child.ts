/**
 * A process that the crash test kills: it ingests the batches of its arguments, each under its own tag, and says so
 * line by line once the ingestion has answered. Usage: ingest-child <data folder> <first batch> <last batch>
 */
import { writeSync } from 'node:fs';
import { StoredCatalog } from '../../src/catalog/stored-catalog.js';
import { openDuckDb } from '../../src/engines/duckdb/open.js';
import { IngestionService } from '../../src/ingestion/ingestion-service.js';

const [data, first, last] = process.argv.slice(2) as [string, string, string];
const engine = await openDuckDb({ data });
const catalog = await StoredCatalog.open(engine.persistence, () => new Date());
const ingestion = await IngestionService.open({ engine, catalog, localRoots: [] });
if (!catalog.snapshot().byName('table', 'db', 't')) {
  const columns = [
    { name: 'batch', type: 'int' },
    { name: 'n', type: 'long' },
  ] as const;
  const rows = { text: 'SELECT NULL, NULL WHERE false', parameters: [], columns };
  await ingestion.ingestQuery({ databaseId: 'db', table: 't', mode: 'set', columns, rows });
}
await catalog.putOperation({
  id: 'op',
  operation: 'DataIngestPull',
  database: 'db',
  startedOn: '2026-01-01T00:00:00Z',
  lastUpdatedOn: '2026-01-01T00:00:00Z',
  state: 'InProgress',
  status: '',
  shouldRetry: false,
  rootActivityId: '',
  principal: '',
  user: '',
  details: null,
});
writeSync(1, 'ready\n');
for (let batch = Number(first); batch <= Number(last); batch++) {
  const text = Array.from({ length: 100 }, (_, n) => `${batch},${n}`).join('\n');
  const result = await ingestion.ingestInline({
    databaseId: 'db',
    table: 't',
    text,
    tags: [`ingest-by:${batch}`],
    ingestIfNotExists: [String(batch)],
  });
  writeSync(1, `${batch} ${result.skipped ? 'skipped' : result.extents[0]!.cursor}\n`);
}
await catalog.close();
await engine.close();
