import {
  credentialProvider,
  fetchSql,
  openSqlConnection,
  sqlTableOf,
  tokensFor,
  type FileTable,
  type PartitionPredicate,
} from '../external/index.js';
import { sqlServerOf } from '../storage/index.js';
import { code, list, sql, value, type Sql } from '../sql/tree.js';
import type { ScanNeeds } from './external-needs.js';
import type { ExternalTablesParts } from './external-reader.js';
import type { RequestContext } from './query-service.js';

/** Rows of a table of kind=sql, asked of the database as far as they are needed, as a query of the engine. */
export async function readSqlTable(
  { engine, security, secrets, store, maxScanBytes }: ExternalTablesParts,
  table: FileTable,
  databaseId: string,
  needs: ScanNeeds & { readonly conditions: PartitionPredicate },
  context: RequestContext,
): Promise<{ readonly scan: Sql; release(): Promise<void> }> {
  const [connection] = table.connections;
  if (connection === undefined) throw new Error('a SQL table has one connection');
  const { address, credential } = connection;
  const bearsToken = credential !== 'sql_password';
  security.requireCallout({ type: 'sql', address: sqlServerOf(address), bearsToken });
  const facts = sqlTableOf(table);
  const unseal = (sealed: typeof connection.sealed): string => secrets.open(sealed);
  const tokenFor = tokensFor(security, { databaseId, impersonate: { caller: context.caller } });
  const target = await openSqlConnection(connection, facts.dialect, {
    unseal,
    credentialFor: credentialProvider({ unseal, tokenFor }),
    usage: 'ExternalTable',
    store,
  });
  const { columns } = table;
  const rows = await fetchSql(target, {
    table: facts.table,
    columns,
    needed: needs.columns,
    conditions: needs.conditions,
    limit: needs.limit,
    directory: engine.exchangeDirectory,
    maxBytes: maxScanBytes,
    signal: context.signal,
  });
  if (rows.rowCount === 0) {
    await rows.release();
    const none = sql`SELECT ${list(columns.map((column) => value(column.type, null)))} WHERE false`;
    return { scan: none, release: () => Promise.resolve() };
  }
  try {
    const compiled = await engine.scanFiles(
      {
        files: [{ path: rows.path, location: target.urlOf(facts.table) }],
        format: 'json',
        gzip: false,
        skipFirstRecord: false,
        columns: columns.map((column, i) => ({ ...column, source: { kind: 'path', steps: [`c${i}`] } })),
      },
      context.signal,
    );
    return { scan: code(compiled.text), release: rows.release };
  } catch (error) {
    await rows.release();
    throw error;
  }
}
