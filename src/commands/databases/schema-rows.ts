import type { DatabaseEntity } from '../../catalog/model.js';
import type { KustoValue } from '../../values/index.js';
import { clrTypeOf, SHOW_PERMISSION } from '../entities.js';
import { cslRow, TABLE_SCHEMA } from '../tables/results.js';
import {
  defineCommand,
  NAME,
  name,
  oneOf,
  opt,
  row,
  schema,
  seq,
  values,
  type Command,
  type CommandContext,
  type EntityReference,
} from '../framework/index.js';
import { DATABASE_VERSION } from './results.js';

const SCHEMA = schema(
  'DatabaseName: string, TableName: string, ColumnName: string, ColumnType: string, IsDefaultTable: bool, IsDefaultColumn: bool, PrettyName: string, Version: string, Folder: string, DocString: string',
);

/** A row for the database, one for each table, one for each column. */
function schemaRows(database: DatabaseEntity, context: CommandContext): readonly (readonly KustoValue[])[] {
  const none = { IsDefaultTable: false, IsDefaultColumn: false, DatabaseName: database.name };
  const tables = context.catalog.snapshot().list('table', database.id);
  return [
    row(SCHEMA, { ...none, PrettyName: database.prettyName, Version: DATABASE_VERSION }),
    ...tables.flatMap(({ name: TableName, folder, docString, columns }) => [
      row(SCHEMA, { ...none, TableName, Folder: folder, DocString: docString }),
      ...columns.map((column) =>
        row(SCHEMA, {
          ...none,
          TableName,
          ColumnName: column.name,
          ColumnType: clrTypeOf(column.type),
          DocString: column.docString,
        }),
      ),
    ]),
  ];
}

export function databaseScope(name: string | undefined): EntityReference {
  return { kind: 'database', ...(name === undefined ? {} : { name }) };
}

const showDatabaseSchema = defineCommand({
  name: 'ShowDatabaseSchema',
  grammar: seq('show database', opt(name('database')), 'schema', opt('details')),
  permission: SHOW_PERMISSION,
  scope: (args) => databaseScope(args.database),
  result: SCHEMA,
  run: ({ database }, context) => schemaRows(context.databaseOf(database), context),
});

const showDatabasesSchema = defineCommand({
  name: 'ShowDatabasesSchema',
  grammar: seq('show databases', '(', values('databases', NAME), ')', 'schema', opt('details')),
  permission: SHOW_PERMISSION,
  scope: (args) => args.databases.map(databaseScope),
  result: SCHEMA,
  run: ({ databases }, context) => databases.flatMap((one) => schemaRows(context.databaseOf(one), context)),
});

/** Of all databases that the caller may see. */
const showSchema = defineCommand({
  name: 'ShowSchema',
  grammar: seq('show', oneOf(seq(opt('cluster'), 'schema'), 'databases schema'), opt('details')),
  permission: 'Anyone',
  result: SCHEMA,
  run: (_, context) =>
    context.security.authorization
      .visibleDatabases(context.catalog.snapshot(), context.request.caller)
      .flatMap((database) => schemaRows(database, context)),
});

const showDatabaseCslSchema = defineCommand({
  name: 'ShowDatabaseCslSchema',
  grammar: seq('show database', opt(name('database')), oneOf('cslschema', 'kqlschema')),
  permission: SHOW_PERMISSION,
  scope: (args) => databaseScope(args.database),
  result: TABLE_SCHEMA,
  run({ database: called }, context) {
    const database = context.databaseOf(called);
    return context.catalog
      .snapshot()
      .list('table', database.id)
      .map((table) => cslRow(table, database));
  },
});

export const SCHEMA_ROWS: readonly Command[] = [
  showDatabaseSchema,
  showDatabasesSchema,
  showSchema,
  showDatabaseCslSchema,
];
