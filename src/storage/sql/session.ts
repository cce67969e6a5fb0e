import type { ColumnBatch, ColumnSchema, KustoType } from '../../values/index.js';
import type { ErrorCode } from '../../errors/index.js';
import type { SqlColumn } from './column-kinds.js';
import type { ConditionDialect } from './conditions.js';
import type { SqlTableName } from './sql-table.js';

/** A column of Kusto's and the column of the database that its values go to or come from. */
export interface ColumnPair {
  readonly source: ColumnSchema;
  readonly target: SqlColumn;
}

export interface SqlTableDescription {
  readonly columns: readonly SqlColumn[];
  /** Its columns; empty where there is none, or where it does not count at once. */
  readonly primaryKey: readonly string[];
  /** Why rows could stay behind when their transaction is rolled back; undefined where they cannot. */
  readonly notTransactional?: string;
}

/** What one dialect knows; the order of things is in `SqlDatabase`. */
export interface Dialect extends ConditionDialect {
  readonly name: 'SqlServer' | 'PostgreSQL' | 'MySQL';
  /** How error messages call it. */
  readonly title: string;
  /** A column type that holds every value of a Kusto type (`key`: as part of a key), for `createifnotexists` and cures. */
  columnType(type: KustoType, isKey: boolean): string;
  /** What follows the list of columns in CREATE TABLE. */
  readonly tableOptions: string;
  /** Types of the progress table: text of 128 characters, long, and a time that is filled in by itself. */
  readonly progressTypes: { readonly text: string; readonly count: string; readonly time: string };
  /** The first `count` rows of a query. */
  limited(columns: string, rest: string, count: number): string;
  createIfMissing(table: SqlTableName, create: string): string;
}

/** An open connection. Failures are whatever the driver throws: `classify` says what they are. */
export interface SqlSession {
  /** Undefined: no such table, or none that the user may see. */
  describe(table: SqlTableName): Promise<SqlTableDescription | undefined>;
  execute(statement: string): Promise<void>;
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Throws SqlValueError for a value that the target's column cannot hold. */
  insert(
    table: SqlTableName,
    columns: readonly ColumnPair[],
    rows: AsyncIterable<ColumnBatch>,
    options: InsertOptions,
  ): Promise<void>;
  /** How a column is read so that `select` yields its values. */
  readable(column: ColumnPair): string;
  select(query: string, columns: readonly ColumnPair[]): AsyncIterable<ColumnBatch>;
  /** Polite where the connection is whole, at once where it is not. Never throws. */
  close(): Promise<void>;
  /** Breaks the connection off, so that every call under way fails. */
  destroy(): void;
}

export interface InsertOptions {
  readonly fireTriggers: boolean;
}

/** What a driver's error means. */
export interface Classified {
  /** `duplicate`: a row with this key is there. */
  readonly code: ErrorCode | 'duplicate';
  /** What the database says, with its code. */
  readonly says: string;
}
