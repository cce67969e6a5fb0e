import type { ColumnBatch, ColumnSchema } from '../../values/index.js';
import type { SqlCondition } from './conditions.js';
import type { ProgressKey, SqlTableDefinition, SqlTableName } from './sql-table.js';

/** Rows that go into a table together. */
export interface SqlLoad {
  readonly table: SqlTableName;
  readonly columns: readonly ColumnSchema[];
  /** For `createifnotexists`: the table is made, and the progress table beside it, where they are not there. */
  readonly createIfNotExists: { readonly primaryKey: string | undefined } | undefined;
  /** Undefined: the rows go in without a progress row, so that a retry may write them again. */
  readonly progress: ProgressKey | undefined;
  /** Asked for once; cells in the order of `columns`. */
  readonly rows: () => AsyncIterable<ColumnBatch>;
  readonly rowCount: number;
  /** SQL Server: the table's INSERT triggers run. Other databases always run them. */
  readonly fireTriggers: boolean;
  readonly signal: AbortSignal;
}

export interface SqlRead {
  readonly table: SqlTableName;
  /** Columns of the external table; only those in `needed` are read, the others come as null. */
  readonly columns: readonly ColumnSchema[];
  readonly needed: ReadonlySet<string>;
  /** Rows that fulfil none of what is asked may come nevertheless: the reader filters. */
  readonly conditions: readonly SqlCondition[];
  readonly limit: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * A SQL database, with one credential. Each call opens a connection, encrypted and with the server's certificate checked,
 * and closes it. Failures are KustoErrors; nothing is retried here: the caller decides, by `permanent`. Every target
 * passes `tests/storage/sql-target-suite.ts`.
 */
export interface SqlTarget {
  /** Host, database and table as messages and artifacts show it. */
  urlOf(table: SqlTableName): string;
  /** Throws when the table is not there or the columns do not fit, with the exact difference and the statement that mends it. */
  check(definition: SqlTableDefinition, isTracked: boolean, signal: AbortSignal): Promise<void>;
  /**
   * One transaction: the progress row, then the rows. `known` when the progress row was there already: the window is in.
   * A failure leaves nothing, but one whose connection was lost at the commit: with a progress row, the next try finds out.
   */
  load(load: SqlLoad): Promise<'loaded' | 'known'>;
  /** Writes a window's progress row without its rows, so that it can never come in any more. `known`: it is in. */
  fence(table: SqlTableName, progress: ProgressKey, signal: AbortSignal): Promise<'fenced' | 'known'>;
  /** Batches of bounded size, read from the database as they are asked for. */
  read(read: SqlRead): AsyncIterable<ColumnBatch>;
}
