import type { ColumnBatch } from '../../values/index.js';
import type { CompiledSql, EngineResult } from '../engine.js';
import type { EngineConnection } from './connection.js';
import { createInputs } from './inputs.js';
import { readable } from './staged-result.js';
import { readResult } from './values.js';

/** Where rows that are likely to be few turn out to be more, they are computed once more, into a table. */
const MOST = 5_000;

/**
 * Runs SQL that yields few rows and reads them at once, in one statement. Takes the connection over. Undefined where the
 * rows are not few.
 */
export async function runFew(
  connection: EngineConnection,
  sql: CompiledSql,
  signal?: AbortSignal,
): Promise<EngineResult | undefined> {
  try {
    await createInputs(connection, sql.inputs);
    const names = sql.columns.map((_, c) => `k${c}`).join(', ');
    const result = await connection.run(
      `SELECT ${sql.columns.map(readable).join(', ')} FROM (${sql.text}) AS q(${names})${sql.fewRows === 'likely' ? ` LIMIT ${MOST + 1}` : ''}`,
      sql.parameters,
      { signal },
    );
    const batch = readResult(result, sql.columns);
    if (sql.fewRows === 'likely' && batch.rowCount > MOST) return undefined;
    return {
      columns: sql.columns,
      rowCount: batch.rowCount,
      batches: async function* (): AsyncGenerator<ColumnBatch> {
        if (batch.rowCount > 0) yield batch;
      },
      close: () => Promise.resolve(),
    };
  } finally {
    await connection.close();
  }
}
