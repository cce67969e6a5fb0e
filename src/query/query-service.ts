import type { Caller } from '../security/caller.js';
import type { CompiledSql, JsonRows } from '../engines/engine.js';
import type { ColumnBatch, ColumnSchema, KustoValue } from '../values/index.js';

/** The properties bag of a request, by the reference's option names, already checked for type. */
export type RequestOptions = Readonly<Record<string, unknown>>;

export interface RequestContext {
  readonly database: string;
  readonly caller: Caller;
  readonly options: RequestOptions;
  /** Query parameters: KQL literals as text. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly clientRequestId: string;
  readonly activityId: string;
  readonly application: string;
  readonly user: string;
  readonly signal: AbortSignal;
}

/** A result table; its rows may be read once, by either way. */
export interface ResultTable {
  readonly name: string;
  readonly columns: readonly ColumnSchema[];
  readonly rowCount: number;
  batches(): AsyncIterable<ColumnBatch>;
  /** The rows as answers write them, where there are many. */
  json?(): AsyncIterable<JsonRows>;
}

export interface QueryResult {
  /** One a tabular statement (fork, several statements), in order. */
  readonly tables: readonly ResultTable[];
  /** Content of `render`, if the query ends with one; e.g. {"Visualization":"timechart","Title":…}. */
  readonly visualization: Readonly<Record<string, unknown>> | null;
  /** `{"Cursor":"…"}` is told when the query uses cursor functions. */
  readonly cursor: string | null;
  /** Set when record or size truncation cut the result: told as a partial failure. */
  readonly truncation: { readonly code: 'E_QUERY_RESULT_SET_TOO_LARGE'; readonly message: string } | null;
  close(): Promise<void>;
}

/** A fact table's window of a continuous export: the extents that the query may see. */
export interface ScopedTable {
  readonly databaseId: string;
  readonly tableId: string;
  readonly extents: readonly bigint[];
}

export interface TableUse {
  readonly databaseId: string;
  readonly databaseName: string;
  readonly tableId: string;
  readonly tableName: string;
}

/** A bound query, before it runs. */
export interface PreparedQuery {
  readonly columns: readonly ColumnSchema[];
  readonly tables: readonly TableUse[];
  readonly externalTables: readonly { readonly databaseId: string; readonly name: string }[];
  /** The whole query as SQL for the engine, with the tables narrowed to the extents given. */
  compile(scope?: readonly ScopedTable[]): Promise<{ readonly sql: CompiledSql; release(): Promise<void> }>;
}

/** A table in memory: cells are Kusto values, row by row. */
export interface MemoryTable {
  readonly columns: readonly ColumnSchema[];
  readonly rows: readonly (readonly KustoValue[])[];
}

export interface QueryService {
  /** Authorizes, binds, runs. Throws KustoError. The result must be closed. */
  run(text: string, context: RequestContext): Promise<QueryResult>;
  /** Authorizes and binds a single tabular query, for commands and exports. */
  prepare(text: string, context: RequestContext): Promise<PreparedQuery>;
  /**
   * Runs the operators of `tail` (KQL after a `|`, such as `where … | project …`) over a table in memory: the result of
   * a command. Spans in errors count from the start of `tail`.
   */
  runOver(table: MemoryTable, tail: string, context: RequestContext): Promise<MemoryTable>;
}
