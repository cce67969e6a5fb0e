import type { ColumnBatch, ColumnSchema, ColumnStatistics, KustoType, KustoValue } from '../values/index.js';

/**
 * The seam between Calypso and a query engine. Behind it: `duckdb/`. Every engine passes
 * `tests/engines/engine-suite.ts`.
 */

/**
 * SQL for this engine, compiled by `sql/dialects/<engine>`, with the KQL type of each result column. A parameter arrives
 * by its JavaScript type: bigint as BIGINT, number as DOUBLE, string as VARCHAR; the text casts to anything else.
 */
export interface CompiledSql {
  readonly text: string;
  readonly parameters: readonly KustoValue[];
  readonly columns: readonly ColumnSchema[];
  /** Tables of the caller's own that the text reads. */
  readonly inputs?: readonly InputTable[];
  /** The text yields few rows, which need no table that can spill; `likely` means that it may be otherwise. */
  readonly fewRows?: 'surely' | 'likely';
  /** JavaScript functions that the text calls: made known to the engine before it runs. */
  readonly functions?: readonly EngineFunction[];
}

/**
 * A scalar function that SQL calls by `name` and JavaScript answers, row by row. The name stands for one meaning and
 * one list of types for the life of the engine. decimal and guid cross as text.
 */
export interface EngineFunction {
  readonly name: string;
  readonly parameterTypes: readonly KustoType[];
  readonly type: KustoType;
  /** Called again for the same arguments: the result may differ. */
  readonly volatile: boolean;
  /** With `propagate`, a null argument gives null (or the empty string) without a call. */
  readonly nulls: 'propagate' | 'own';
  evaluate(args: readonly KustoValue[]): KustoValue;
}

/** Rows held in memory that SQL may read, as the table `name` with the columns `c0`, `c1`, … in storage types. */
export interface InputTable {
  readonly name: string;
  readonly types: readonly KustoType[];
  readonly batches: readonly ColumnBatch[];
}

/** A finished result, kept where it can spill; paged out batch by batch. Must be closed. */
export interface EngineResult {
  readonly columns: readonly ColumnSchema[];
  readonly rowCount: number;
  batches(): AsyncIterable<ColumnBatch>;
  /** Where the engine can write the rows itself, which is worth its while for many. */
  readonly written?: WrittenRows;
  close(): Promise<void>;
}

export interface WrittenRows {
  /** The first `rowCount` rows as answers write them. */
  json(rowCount: number): AsyncIterable<JsonRows>;
  /** How many rows, from the first on, come to at most so many bytes of values, and how many bytes these are. */
  rowsWithin(bytes: number): Promise<{ readonly rowCount: number; readonly bytes: number }>;
}

/** JSON arrays, one a row, parted by a comma and a tab; the rows of several pieces are counted by the last of them. */
export interface JsonRows {
  readonly json: Uint8Array;
  readonly rowCount: number;
}

/** A result that can be written out, whole or by partition, without running its query again. */
export interface StagedResult extends EngineResult {
  /** The distinct tuples of the `partitionBy` columns, with their rows; without `partitionBy` one entry, if there are rows. */
  readonly partitions: readonly StagedPartition[];
  /**
   * Writes local files, not one when there is no row. `columns` are the positions to write (default: all), so that
   * partition columns can stay out of the files.
   */
  copyOut(
    options: CopyOptions,
    part?: { readonly partition?: StagedPartition; readonly columns?: readonly number[] },
  ): Promise<readonly CopiedFile[]>;
}

export interface StagedPartition {
  /** In the order of `partitionBy`. */
  readonly values: readonly KustoValue[];
  readonly firstRow: number;
  readonly rowCount: number;
}

/** Storage schema of a table: names are the catalog's column ids (`c<id>`), types Kusto's. */
export interface EngineColumn {
  readonly id: number;
  readonly type: ColumnSchema['type'];
}

/**
 * The tables that a write touches. Appends go side by side; a change (schema, drop, delete of extents) is alone on its
 * table. Tables that the session creates need not be named. Taken before the session's snapshot and held until commit
 * or discard, so never begin a write inside a catalog transaction.
 */
export interface WriteScope {
  readonly append?: readonly string[];
  readonly change?: readonly string[];
}

/**
 * Rows and table changes that become visible together, with the catalog's commit (see Catalog.transact, publish),
 * or never. Rows are tagged with the number of their extent. One session may serve several tables. A session that has
 * failed can only be discarded. Changes of columns and deletions of one table belong in different sessions.
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
  /** Answers the number of rows. */
  deleteExtents(table: string, extents: readonly bigint[]): Promise<number>;
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
  /** Tell what is in each file. */
  readonly statistics?: boolean;
  readonly signal?: AbortSignal;
}

export interface CopiedFile {
  readonly path: string;
  readonly rowCount: number;
  readonly sizeInBytes: number;
  /** Of each column, in order, if they were asked for. Bounds of bool, guid and dynamic are not told. */
  readonly statistics?: readonly ColumnStatistics[];
}

/** Local files of one format, read as one table. */
export interface FileScan {
  /** `path` is inside the exchange directory; `location` is what the caller calls the file. */
  readonly files: readonly { readonly path: string; readonly location: string }[];
  readonly format:
    | 'csv'
    | 'tsv'
    | 'psv'
    | 'scsv'
    | 'sohsv'
    | 'tsve'
    /** A line a record; empty lines are skipped. */
    | 'txt'
    /** The whole file is one value. */
    | 'raw'
    /** An object a line; lines that are not are skipped. */
    | 'json'
    /** Objects one after the other, or in an array. */
    | 'multijson'
    | 'parquet';
  readonly gzip: boolean;
  /** Leaves out the first record of each file (text formats). */
  readonly skipFirstRecord: boolean;
  readonly columns: readonly FileColumn[];
}

/** A column of a scan. A value that cannot be read as the type becomes null (a string: empty). */
export interface FileColumn extends ColumnSchema {
  readonly source: FileField;
  /** The field is a number since 1970 in this unit, the column a datetime or its text. */
  readonly unixTime?: 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';
}

export type FileField =
  /** Position in a delimited record, from 0. */
  | { readonly kind: 'ordinal'; readonly ordinal: number }
  /** Names and positions from the record down; none: the whole record. */
  | { readonly kind: 'path'; readonly steps: readonly (string | number)[] }
  | { readonly kind: 'constant'; readonly text: string }
  | { readonly kind: 'sourceLocation' }
  /** Number of the record in the scan, from 1. */
  | { readonly kind: 'sourceLineNumber' };

export interface FileDescription {
  readonly columns?: readonly ColumnSchema[];
  readonly width?: number;
}

export interface Engine {
  /** Runs to the end, then pages: an error never comes after rows. Cancels when the signal fires. */
  run(sql: CompiledSql, signal?: AbortSignal): Promise<EngineResult>;
  /** Like `run`, for a result that is written out; `partitionBy` are positions of columns. */
  stage(
    sql: CompiledSql,
    options?: { readonly partitionBy?: readonly number[]; readonly signal?: AbortSignal },
  ): Promise<StagedResult>;
  /**
   * Makes functions known ahead of a write: a write session sees only those that were there when it began. Other ways
   * to run SQL register what it calls by themselves.
   */
  register(functions: readonly EngineFunction[]): void;
  /** Waits for the tables of the scope. */
  beginWrite(scope: WriteScope, signal?: AbortSignal): Promise<WriteSession>;
  /** Writes a result to local files. Not one file when there is no row. */
  copyOut(sql: CompiledSql, options: CopyOptions): Promise<readonly CopiedFile[]>;
  /** The query that reads files, for `insertQuery` or inside another. Errors name the line: Stream_…, BadRequest_…. */
  scanFiles(scan: FileScan, signal?: AbortSignal): Promise<CompiledSql>;
  /** What the files say of their columns; delimited text says how many there are, other text nothing. */
  describeFiles(scan: Omit<FileScan, 'columns'>, signal?: AbortSignal): Promise<FileDescription>;
  /** Local folder that the engine may read files from and write files to. */
  readonly exchangeDirectory: string;
  close(): Promise<void>;
}
