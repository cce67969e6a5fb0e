import { columnName, EXTENT_COLUMN, tableName } from '../../sql/dialects/duckdb/layout.js';
import { failpoint, type ColumnBatch } from '../../values/index.js';
import { KustoError } from '../../errors/index.js';
import type { CompiledSql, EngineColumn, WriteSession } from '../engine.js';
import type { EngineConnection } from './connection.js';
import { createInputs, dropInputs } from './inputs.js';
import { columnDefinition, stored } from './types.js';

/** An open DuckDB transaction that holds the locks of its tables. */
export class DuckDbWriteSession implements WriteSession {
  private open = true;

  private constructor(
    readonly id: string,
    private readonly connection: EngineConnection,
    private readonly unlock: () => void,
  ) {}

  /** The locks must be held already: DuckDB's snapshot is taken here. */
  static async begin(id: string, connection: EngineConnection, unlock: () => void): Promise<DuckDbWriteSession> {
    // The snapshot of a database is taken by the first statement that reads it, not by BEGIN.
    await connection.run('BEGIN', [], { urgent: true });
    await connection.run('SELECT version FROM catalog.migration LIMIT 1', [], { urgent: true });
    return new DuckDbWriteSession(id, connection, unlock);
  }

  async insertQuery(
    table: string,
    columns: readonly EngineColumn[],
    extent: bigint,
    query: CompiledSql,
    signal?: AbortSignal,
  ): Promise<number> {
    this.assertOpen();
    await createInputs(this.connection, query.inputs);
    const targets = columns.map((column) => columnName(column.id));
    const values = columns.map((column, c) => stored(`k${c}`, column.type));
    const names = query.columns.map((_, c) => `k${c}`).join(', ');
    const inserted = await this.connection.run(
      `INSERT INTO ${tableName(table)} (${[...targets, EXTENT_COLUMN].join(', ')})
       SELECT ${[...values, extent.toString()].join(', ')} FROM (${query.text}) AS q(${names})`,
      query.parameters,
      { signal },
    );
    await dropInputs(this.connection, query.inputs);
    return inserted.rowsChanged;
  }

  insertBatch(table: string, columns: readonly EngineColumn[], extent: bigint, batch: ColumnBatch): Promise<number> {
    const types = columns.map((column) => column.type);
    return this.insertQuery(table, columns, extent, {
      text: 'SELECT * FROM temp.main.batch',
      parameters: [],
      columns: columns.map((column) => ({ name: columnName(column.id), type: column.type })),
      inputs: [{ name: 'batch', types, batches: [batch] }],
    });
  }

  async deleteExtents(table: string, extents: readonly bigint[]): Promise<number> {
    if (extents.length === 0) return 0;
    const deleted = await this.change(
      `DELETE FROM ${tableName(table)} WHERE ${EXTENT_COLUMN} IN (${extents.join(', ')})`,
    );
    return deleted.rowsChanged;
  }

  async createTable(table: string, columns: readonly EngineColumn[]): Promise<void> {
    const definitions = columns.map((column) => columnDefinition(columnName(column.id), column.type));
    await this.change(`CREATE TABLE ${tableName(table)} (${[...definitions, `${EXTENT_COLUMN} BIGINT`].join(', ')})`);
  }

  async dropTable(table: string): Promise<void> {
    await this.change(`DROP TABLE ${tableName(table)}`);
  }

  async addColumn(table: string, column: EngineColumn): Promise<void> {
    await this.change(
      `ALTER TABLE ${tableName(table)} ADD COLUMN ${columnDefinition(columnName(column.id), column.type)}`,
    );
  }

  async dropColumn(table: string, columnId: number): Promise<void> {
    await this.change(`ALTER TABLE ${tableName(table)} DROP COLUMN ${columnName(columnId)}`);
  }

  async discard(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    await this.end();
  }

  /** Adds the catalog's own changes to the transaction and commits both; all is given up if that fails. */
  async commit(withChanges: (connection: EngineConnection) => Promise<void>): Promise<void> {
    this.assertOpen();
    this.open = false;
    try {
      await withChanges(this.connection);
      failpoint('engine.before-commit');
      await this.connection.run('COMMIT', [], { urgent: true });
    } finally {
      await this.end();
    }
  }

  private change(sql: string) {
    this.assertOpen();
    return this.connection.run(sql);
  }

  /** Closing the connection rolls back what is not committed. */
  private async end(): Promise<void> {
    await this.connection.close();
    this.unlock();
  }

  private assertOpen(): void {
    if (!this.open) throw new KustoError('General_InternalServerError', 'A write that has ended was used again.');
  }
}
