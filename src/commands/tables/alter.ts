import type { TableEntity } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import { checkColumns, tableOf, tableScope } from '../entities.js';
import { defineCommand, list, name, seq, text, type CommandContext } from '../framework/index.js';
import { changeColumns, replacedColumns } from './changes.js';
import { columnList, tableTexts } from './create.js';
import { schemaRow, TABLE_SCHEMA } from './results.js';

/** Columns that are not declared are dropped, with their data. */
export const alterTable = defineCommand({
  name: 'AlterTable',
  grammar: seq('alter table', name('table'), columnList, tableTexts),
  permission: 'TableAdmin',
  scope: (args) => tableScope(args.table),
  result: TABLE_SCHEMA,
  operation: 'TableAlter',
  async run(args, context) {
    checkColumns(args.columns, context.spanOf('columns'));
    const { id } = tableOf(context, { name: args.table }, context.spanOf('table'));
    const table = await changeColumns(context, id, (now) => ({
      ...now,
      ...replacedColumns(now, args.columns, context.spanOf('columns')),
      folder: args.properties.folder ?? now.folder,
      docString: args.properties.docstring ?? now.docString,
    }));
    return [schemaRow(table, context.database)];
  },
});

/** A change that the engine has no part in. */
export async function describeTable(
  context: CommandContext,
  table: string,
  change: (table: TableEntity) => TableEntity,
): Promise<TableEntity> {
  const { value } = await context.catalog.transact((tx) => {
    const now = tx.byName('table', context.database.id, table);
    if (now === undefined) throw new KustoError('BadRequest_EntityNotFound', `There is no table '${table}'.`);
    const after = change(now);
    tx.put(after);
    return after;
  });
  return value;
}

export const alterTableDocString = defineCommand({
  name: 'AlterTableDocString',
  grammar: seq('alter table', name('table'), 'docstring', text('docString')),
  permission: 'TableAdmin',
  scope: (args) => tableScope(args.table),
  result: TABLE_SCHEMA,
  async run({ table, docString }, context) {
    return [schemaRow(await describeTable(context, table, (now) => ({ ...now, docString })), context.database)];
  },
});

export const alterTableFolder = defineCommand({
  name: 'AlterTableFolder',
  grammar: seq('alter table', name('table'), 'folder', text('folder')),
  permission: 'TableAdmin',
  scope: (args) => tableScope(args.table),
  result: TABLE_SCHEMA,
  async run({ table, folder }, context) {
    return [schemaRow(await describeTable(context, table, (now) => ({ ...now, folder })), context.database)];
  },
});

const docStrings = seq('(', list('columns', seq(name('column'), ':', text('docString'))), ')');

/** `keep`: columns that are not named keep their texts (alter-merge), or lose them (alter). */
function withDocStrings(
  table: TableEntity,
  texts: readonly { readonly column: string; readonly docString: string }[],
  keep: boolean,
): TableEntity {
  for (const { column } of texts) {
    if (!table.columns.some(({ name }) => name === column)) {
      throw new KustoError('BadRequest_EntityNotFound', `Table '${table.name}' has no column '${column}'.`);
    }
  }
  const columns = table.columns.map((column) => {
    const found = texts.find((one) => one.column === column.name);
    return { ...column, docString: found?.docString ?? (keep ? column.docString : '') };
  });
  return { ...table, columns };
}

export const alterTableColumnDocStrings = defineCommand({
  name: 'AlterTableColumnDocStrings',
  grammar: seq('alter table', name('table'), 'column-docstrings', docStrings),
  permission: 'TableAdmin',
  scope: (args) => tableScope(args.table),
  result: TABLE_SCHEMA,
  async run({ table, columns }, context) {
    const { id } = tableOf(context, { name: table }, context.spanOf('table'));
    const after = await changeColumns(context, id, (now) => withDocStrings(now, columns, false));
    return [schemaRow(after, context.database)];
  },
});

export const alterMergeTableColumnDocStrings = defineCommand({
  name: 'AlterMergeTableColumnDocStrings',
  grammar: seq('alter-merge table', name('table'), 'column-docstrings', docStrings),
  permission: 'TableAdmin',
  scope: (args) => tableScope(args.table),
  result: TABLE_SCHEMA,
  async run({ table, columns }, context) {
    const { id } = tableOf(context, { name: table }, context.spanOf('table'));
    const after = await changeColumns(context, id, (now) => withDocStrings(now, columns, true));
    return [schemaRow(after, context.database)];
  },
});
