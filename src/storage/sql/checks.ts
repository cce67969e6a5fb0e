import { KustoError } from '../../errors/index.js';
import type { ColumnSchema, KustoType } from '../../values/index.js';
import { canWrite, type SqlColumn } from './column-kinds.js';
import type { ColumnPair, Dialect, SqlTableDescription } from './session.js';
import { displayTable, progressTableOf, type SqlTableDefinition, type SqlTableName } from './sql-table.js';

type Fits = (type: KustoType, column: SqlColumn) => boolean;

/** Columns of Kusto's against those of a table, by name: the same letters, or the same but for their case where only one is. */
export function pairs(columns: readonly ColumnSchema[], table: readonly SqlColumn[]) {
  const targetOf = ({ name }: ColumnSchema): SqlColumn | undefined => {
    const exact = table.find((column) => column.name === name);
    if (exact !== undefined) return exact;
    const alike = table.filter((column) => column.name.toLowerCase() === name.toLowerCase());
    const isOnly = columns.filter((one) => one.name.toLowerCase() === name.toLowerCase()).length === 1;
    return alike.length === 1 && isOnly ? alike[0] : undefined;
  };
  const found: ColumnPair[] = [];
  const missing: ColumnSchema[] = [];
  for (const source of columns) {
    const target = targetOf(source);
    if (target === undefined) missing.push(source);
    else found.push({ source, target });
  }
  const ofType = (fits: Fits) => found.filter(({ source, target }) => !fits(source.type, target));
  return {
    found,
    faults: (fits: Fits): string[] => [
      ...missing.map(({ name, type }) => `${name} (${type}) is missing`),
      ...ofType(fits).map(
        ({ source, target }) => `${source.name} is ${target.type}, which does not fit ${source.type}`,
      ),
    ],
    /** Columns of the table that need a value and get none. */
    unfilled: (): string[] =>
      table
        .filter((column) => !column.isOptional && !found.some(({ target }) => target === column))
        .map(({ name, type }) => `${name} (${type}) needs a value, and the export has none for it`),
    /** Statements that make the table fit. */
    cure: (dialect: Dialect, name: SqlTableName): string => {
      const quoted = quotedName(dialect, name);
      const statements = [
        ...missing.map(
          (column) =>
            `ALTER TABLE ${quoted} ADD ${dialect.quote(column.name)} ${dialect.columnType(column.type, false)};`,
        ),
        ...ofType(canWrite).map(({ source }) => alterType(dialect, quoted, source)),
      ];
      return `Mend the table (${statements.join(' ') || 'give the columns a default'}), or alter the query and the external table.`;
    },
  };
}

function alterType(dialect: Dialect, table: string, { name, type }: ColumnSchema): string {
  const column = dialect.quote(name);
  const to = dialect.columnType(type, false);
  switch (dialect.name) {
    case 'PostgreSQL':
      return `ALTER TABLE ${table} ALTER COLUMN ${column} TYPE ${to} USING ${column}::${to};`;
    case 'MySQL':
      return `ALTER TABLE ${table} MODIFY ${column} ${to};`;
    case 'SqlServer':
      return `ALTER TABLE ${table} ALTER COLUMN ${column} ${to};`;
  }
}

/** Throws Sql_SchemaMismatch when there is a fault. */
export function checkTable(place: string, faults: readonly string[], cure: string): void {
  if (faults.length === 0) return;
  throw new KustoError('Sql_SchemaMismatch', `${place} does not fit: ${faults.join('; ')}. ${cure}`);
}

/** Throws Sql_ProgressTableUnusable, with the statement to run. */
export function checkProgressTable(
  dialect: Dialect,
  place: string,
  table: SqlTableName,
  found: SqlTableDescription | undefined,
): void {
  const key = found?.primaryKey ?? [];
  const isKeyed = key.length === 2 && ['job_id', 'window_id'].every((name) => key.includes(name));
  if (isKeyed && found?.notTransactional === undefined) return;
  const name = displayTable(progressTableOf(table));
  const fault =
    found === undefined
      ? 'does not exist, or may not be seen'
      : isKeyed
        ? `cannot be used: ${found.notTransactional}`
        : 'has no primary key (job_id, window_id), so that a window could be written twice';
  throw new KustoError(
    'Sql_ProgressTableUnusable',
    `The table '${name}' of ${place} ${fault}. A continuous export writes down in it which windows are in. ` +
      `Create it${found === undefined ? ', or set createifnotexists=true' : ' anew'}: ${progressStatement(dialect, table)};`,
  );
}

export function createStatement(dialect: Dialect, { table, columns, primaryKey }: SqlTableDefinition): string {
  const parts = columns.map(({ name, type }) => {
    const isKey = name === primaryKey;
    return `${dialect.quote(name)} ${dialect.columnType(type, isKey)}${isKey ? ' NOT NULL' : ''}`;
  });
  if (primaryKey !== undefined) parts.push(`PRIMARY KEY (${dialect.quote(primaryKey)})`);
  return `CREATE TABLE ${quotedName(dialect, table)} (${parts.join(', ')})${dialect.tableOptions}`;
}

/** Names in it need no quotes in any dialect. */
export function progressStatement(dialect: Dialect, table: SqlTableName): string {
  const { text, count, time } = dialect.progressTypes;
  return (
    `CREATE TABLE ${quotedName(dialect, progressTableOf(table))} (job_id ${text} NOT NULL, window_id ${text} NOT NULL, ` +
    `row_count ${count} NOT NULL, written_on ${time}, PRIMARY KEY (job_id, window_id))${dialect.tableOptions}`
  );
}

export function quotedName(dialect: Dialect, { schema, name }: SqlTableName): string {
  return schema === undefined ? dialect.quote(name) : `${dialect.quote(schema)}.${dialect.quote(name)}`;
}
