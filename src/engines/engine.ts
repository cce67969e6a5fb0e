import type { ColumnBatch, ColumnSchema, KustoValue } from '../values/index.js';

/**
 * The seam between Calypso and a query engine. Behind it: `duckdb/`. Every engine passes
 * `tests/engines/engine-suite.ts`.
 */

/** SQL for this engine, compiled by `sql/dialects/<engine>`, with the KQL type of each result column. */
export interface CompiledSql {
  readonly text: string;
  readonly parameters: readonly KustoValue[];
  readonly columns: readonly ColumnSchema[];
}

/** A finished result, kept where it can spill; paged out batch by batch. Must be closed. */
export interface EngineResult {
  readonly columns: readonly ColumnSchema[];
  readonly rowCount: number;
  batches(): AsyncIterable<ColumnBatch>;
  close(): Promise<void>;
}

/** Storage schema of a table: names are the catalog's column ids (`c<id>`), types Kusto's. */
export interface EngineColumn {
  readonly id: number;
  readonly type: ColumnSchema['type'];
}

/**
 * Rows and table changes that become visible together, with the catalog's commit (see Catalog.transact, publish),
 * or never. Rows are tagged with the number of their extent. One session may serve several tables.
 */
export interface WriteSession {
  /** Makes the session a catalog `EngineWrite`. */
  readonly id: string;
  /** Inserts what the query returns, column by column in the order of `columns`; answers the number of rows. */
  insertQuery(
    table: string,
    columns: readonly EngineColumn[],
    extent: bigint,
    query: CompiledSql,
    signal?: AbortSignal,
  ): Promise<number>;
  insertBatch(table: string, columns: readonly EngineColumn[], extent: bigint, batch: ColumnBatch): Promise<number>;
  deleteExtents(table: string, extents: readonly bigint[]): Promise<void>;
  createTable(table: string, columns: readonly EngineColumn[]): Promise<void>;
  dropTable(table: string): Promise<void>;
  addColumn(table: string, column: EngineColumn): Promise<void>;
  dropColumn(table: string, columnId: number): Promise<void>;
  /** Gives everything up. Safe to call after a commit, then without effect. */
  discard(): Promise<void>;
}

export interface CopyOptions {
  readonly format: 'csv' | 'tsv' | 'json' | 'parquet';
  /** Folder of the server's own, inside the engine's allowed directories. */
  readonly directory: string;
  /** File name for part k (0, 1, …), without a path. */
  readonly fileName: (part: number) => string;
  readonly header: boolean;
  readonly bom: boolean;
  readonly compression: 'none' | 'gzip' | 'snappy' | 'lz4_raw' | 'brotli' | 'zstd';
  /** Begin a new file when the current one holds at least this many bytes before compression. */
  readonly sizeLimit: number;
  readonly rowGroupSize: number;
  readonly signal?: AbortSignal;
}

export interface CopiedFile {
  readonly path: string;
  readonly rowCount: number;
  readonly sizeInBytes: number;
}

export interface Engine {
  /** Runs to the end, then pages: an error never comes after rows. Cancels when the signal fires. */
  run(sql: CompiledSql, signal?: AbortSignal): Promise<EngineResult>;
  beginWrite(): Promise<WriteSession>;
  /** Writes a result to local files. Not one file when there is no row. */
  copyOut(sql: CompiledSql, options: CopyOptions): Promise<readonly CopiedFile[]>;
  /** Local folder that the engine may read files from and write files to. */
  readonly exchangeDirectory: string;
  close(): Promise<void>;
}
