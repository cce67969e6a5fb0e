import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * What the data file holds, version by version; a version is never edited once released. All catalog tables only ever
 * get rows: two open transactions that update one row would fail, two that insert do not. The newest `seq` of an entity
 * or operation is its state (`json` NULL: deleted); older ones are removed at the next start.
 */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    'CREATE SCHEMA data',
    'CREATE TABLE catalog.entity (seq BIGINT, kind VARCHAR, id VARCHAR, json VARCHAR)',
    `CREATE TABLE catalog.extent (number BIGINT, id VARCHAR, table_id VARCHAR, cursor BIGINT, ingestion_time BIGINT,
       row_count BIGINT, tags VARCHAR)`,
    // The highest numbers given out, kept when their extents are gone.
    'CREATE TABLE catalog.mark (cursor BIGINT, extent_number BIGINT, ingestion_time BIGINT)',
    'CREATE TABLE catalog.artifact (job_id VARCHAR, timestamp VARCHAR, json VARCHAR)',
    'CREATE TABLE catalog.failure (job_id VARCHAR, timestamp VARCHAR, json VARCHAR)',
    'CREATE TABLE catalog.operation (seq BIGINT, id VARCHAR, timestamp VARCHAR, json VARCHAR)',
  ],
  ['ALTER TABLE catalog.extent ADD COLUMN is_timed BOOLEAN DEFAULT true'],
];

/** Brings the file to this version's layout. Throws when a newer version has written it. */
export async function migrate(connection: DuckDBConnection): Promise<void> {
  await connection.run('CREATE SCHEMA IF NOT EXISTS catalog');
  await connection.run('CREATE TABLE IF NOT EXISTS catalog.migration (version INTEGER, applied_on TIMESTAMPTZ)');
  const result = await connection.run('SELECT coalesce(max(version), 0) FROM catalog.migration');
  const current = Number(result.getChunk(0).getColumnVector(0).getItem(0));
  if (current > MIGRATIONS.length)
    throw new Error(
      `The data folder was written by a newer version of Calypso (layout ${current}, known ${MIGRATIONS.length}).`,
    );
  for (let version = current + 1; version <= MIGRATIONS.length; version++) {
    await connection.run('BEGIN');
    for (const statement of MIGRATIONS[version - 1]!) await connection.run(statement);
    await connection.run(`INSERT INTO catalog.migration VALUES (${version}, now())`);
    await connection.run('COMMIT');
  }
}
