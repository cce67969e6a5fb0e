import type { TableEntity } from '../../catalog/model.js';
import { admin, checkColumns, checkName, tableOf, tableScope } from '../entities.js';
import { defineCommand, flag, list, name, properties, seq, type } from '../framework/index.js';
import { changeColumns, createTables, mergedColumns, newTable, type ColumnDeclaration } from './changes.js';
import { schemaRow, TABLE_SCHEMA, tableRow, TABLES } from './results.js';

export const columnList = seq('(', list('columns', seq(name('column'), ':', type('type'))), ')');
export const tableTexts = properties({ docstring: 'string', folder: 'string' });

/** A table that exists already stays as it is, and the command succeeds. */
export const createTable = defineCommand({
  name: 'CreateTable',
  grammar: seq('create table', name('table'), columnList, tableTexts),
  permission: 'DatabaseUser',
  result: TABLE_SCHEMA,
  operation: 'TableCreate',
  async run(args, context) {
    checkName(args.table, context.spanOf('table'));
    checkColumns(args.columns, context.spanOf('columns'));
    const { database } = context;
    const tables = await createTables(context, [newTable(database.id, args.table, args.columns, args.properties)]);
    return tables.map((table) => schemaRow(table, database));
  },
});

export const createTableBasedOn = defineCommand({
  name: 'CreateTableBasedOnAnother',
  grammar: seq(
    'create table',
    name('table'),
    'based-on',
    name('source'),
    flag('ifNotExists', 'ifnotexists'),
    tableTexts,
  ),
  permission: 'DatabaseUser',
  result: TABLE_SCHEMA,
  operation: 'TableCreate',
  async run(args, context) {
    checkName(args.table, context.spanOf('table'));
    const { database } = context;
    const source = tableOf(context, { name: args.source }, context.spanOf('source'));
    const columns = source.columns.map(({ name, type }): ColumnDeclaration => ({ column: name, type }));
    const texts = { folder: source.folder, docstring: source.docString, ...args.properties };
    const tables = await createTables(context, [newTable(database.id, args.table, columns, texts)]);
    return tables.map((table) => schemaRow(table, database));
  },
});

/** Creates the table, or adds the columns that it does not have yet. */
export const createMergeTable = defineCommand({
  name: 'CreateMergeTable',
  grammar: seq('create-merge table', name('table'), columnList, tableTexts),
  permission: (args, context) => admin(context, 'table', args.table, 'TableAdmin'),
  scope: (args) => tableScope(args.table),
  result: TABLE_SCHEMA,
  operation: 'TableCreateMerge',
  async run(args, context) {
    checkName(args.table, context.spanOf('table'));
    checkColumns(args.columns, context.spanOf('columns'));
    const { database } = context;
    const existing = context.catalog.snapshot().byName('table', database.id, args.table);
    const span = context.spanOf('columns');
    const table = await (existing === undefined
      ? createTables(context, [newTable(database.id, args.table, args.columns, args.properties)])
      : Promise.all([changeColumns(context, existing.id, (table) => merged(table, args, span))]));
    return table.map((one) => schemaRow(one, database));
  },
});

function merged(
  table: TableEntity,
  args: {
    readonly columns: readonly ColumnDeclaration[];
    readonly properties: { docstring?: string; folder?: string };
  },
  span?: { start: number; end: number },
): TableEntity {
  return {
    ...table,
    ...mergedColumns(table, args.columns, span),
    folder: args.properties.folder ?? table.folder,
    docString: args.properties.docstring ?? table.docString,
  };
}

/** Only tables that do not exist are created; the others stay as they are. */
export const createManyTables = defineCommand({
  name: 'CreateTables',
  grammar: seq('create tables', list('tables', seq(name('table'), columnList)), tableTexts),
  permission: 'DatabaseUser',
  result: TABLES,
  operation: 'TablesCreate',
  async run(args, context) {
    for (const { table, columns } of args.tables) {
      checkName(table, context.spanOf('tables'));
      checkColumns(columns, context.spanOf('tables'));
    }
    const { database } = context;
    const wanted = args.tables.map(({ table, columns }) => newTable(database.id, table, columns, args.properties));
    return (await createTables(context, wanted)).map((table) => tableRow(table, database));
  },
});

export const createMergeManyTables = defineCommand({
  name: 'CreateMergeTables',
  grammar: seq('create-merge tables', list('tables', seq(name('table'), columnList)), tableTexts),
  permission: 'DatabaseUser',
  result: TABLES,
  operation: 'TablesCreateMerge',
  async run(args, context) {
    const { database } = context;
    const rows = [];
    for (const { table, columns } of args.tables) {
      checkName(table, context.spanOf('tables'));
      checkColumns(columns, context.spanOf('tables'));
      if (context.catalog.snapshot().byName('table', database.id, table))
        context.authorize('TableAdmin', tableScope(table));
    }
    for (const { table, columns } of args.tables) {
      const existing = context.catalog.snapshot().byName('table', database.id, table);
      const change = { columns, properties: args.properties };
      const [done] = await (existing === undefined
        ? createTables(context, [newTable(database.id, table, columns, args.properties)])
        : Promise.all([changeColumns(context, existing.id, (now) => merged(now, change, context.spanOf('tables')))]));
      if (done !== undefined) rows.push(tableRow(done, database));
    }
    return rows;
  },
});

export const alterMergeTable = defineCommand({
  name: 'AlterMergeTable',
  grammar: seq('alter-merge table', name('table'), columnList, tableTexts),
  permission: 'TableAdmin',
  scope: (args) => tableScope(args.table),
  result: TABLE_SCHEMA,
  operation: 'TableAlterMerge',
  async run(args, context) {
    checkColumns(args.columns, context.spanOf('columns'));
    const { id } = tableOf(context, { name: args.table }, context.spanOf('table'));
    const table = await changeColumns(context, id, (now) => merged(now, args, context.spanOf('columns')));
    return [schemaRow(table, context.database)];
  },
});
