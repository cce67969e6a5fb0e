import { KustoError } from '../../errors/index.js';
import type { ColumnSchema } from '../../values/index.js';

/** A table of a SQL database. Without a schema it is looked for where the database looks by default. */
export interface SqlTableName {
  readonly schema?: string;
  readonly name: string;
}

/** A table as Calypso would make it. */
export interface SqlTableDefinition {
  readonly table: SqlTableName;
  readonly columns: readonly ColumnSchema[];
  /** Name of the column; undefined: the table has no primary key. */
  readonly primaryKey: string | undefined;
}

/** `T` or `schema.T`. Throws Sql_InvalidName. */
export function parseTableName(text: string): SqlTableName {
  if (!/^[\p{L}\p{Nd} _.-]+$/u.test(text)) {
    throw new KustoError(
      'Sql_InvalidName',
      `'${text}' is no name of a SQL table: it may hold letters, digits, spaces, underscores, dots and hyphens.`,
    );
  }
  const parts = text.split('.');
  const [first = '', second] = parts;
  if (parts.length > 2 || parts.some((part) => part.trim() === '')) {
    throw new KustoError(
      'Sql_InvalidName',
      `'${text}' is no name of a SQL table: write the table, or ['schema.table']; the database stands in the connection string.`,
    );
  }
  return second === undefined ? { name: first } : { schema: first, name: second };
}

export function displayTable({ schema, name }: SqlTableName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

/** Where the windows that are in are written down: beside the table. */
export const PROGRESS_TABLE = 'calypso_progress';

export function progressTableOf({ schema }: SqlTableName): SqlTableName {
  return schema === undefined ? { name: PROGRESS_TABLE } : { schema, name: PROGRESS_TABLE };
}

/** A window of a job, as its progress row names it. The pair is that table's primary key. */
export interface ProgressKey {
  readonly job: string;
  readonly window: string;
}
