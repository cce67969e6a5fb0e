import type { TableColumn, TableEntity } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import { checkName, clrTypeOf, tableOf, tableScope } from '../entities.js';
import {
  COLUMN_PATH,
  defineCommand,
  flag,
  list,
  name,
  NAME,
  opt,
  seq,
  type,
  value,
  values,
  type ColumnPath,
  type CommandContext,
  type EntityReference,
} from '../framework/index.js';
import { changeColumns } from './changes.js';
import { COLUMN_CHANGE, schemaRow, TABLE_SCHEMA } from './results.js';

function scopeOf({ database, table = '' }: ColumnPath): EntityReference {
  return tableScope({ name: table, ...(database === undefined ? {} : { database }) });
}

function tableOfColumn(context: CommandContext, path: ColumnPath): TableEntity {
  if (path.table === undefined) {
    throw new KustoError('BadRequest_EntityNotFound', `Say the column's table: Table.${path.column}.`);
  }
  return tableOf(context, { ...path, name: path.table });
}

function columnOf(table: TableEntity, column: string): TableColumn {
  const found = table.columns.find(({ name }) => name === column);
  if (found !== undefined) return found;
  throw new KustoError('BadRequest_EntityNotFound', `Table '${table.name}' has no column '${column}'.`);
}

/** What is in the column becomes null: it is a new column under the old name. */
export const alterColumnType = defineCommand({
  name: 'AlterColumnType',
  grammar: seq('alter column', value('column', COLUMN_PATH), 'type =', type('type')),
  permission: 'TableAdmin',
  scope: (args) => scopeOf(args.column),
  result: COLUMN_CHANGE,
  async run({ column: path, type }, context) {
    const { id, name } = tableOfColumn(context, path);
    await changeColumns(context, id, (table) => {
      const column = columnOf(table, path.column);
      if (column.type === type) return table;
      const columns = table.columns.map((one) => (one === column ? { ...one, id: table.nextColumnId, type } : one));
      return { ...table, columns, nextColumnId: table.nextColumnId + 1 };
    });
    return [[`${name}.${path.column}`, clrTypeOf(type), '']];
  },
});

interface Rename {
  readonly to: string;
  readonly column: ColumnPath;
}

/** All renames of one table at once, so that names can be swapped. */
async function renameColumns(context: CommandContext, renames: readonly Rename[]) {
  const tables = renames.map(({ column }) => tableOfColumn(context, column));
  const [first] = tables;
  for (const { to } of renames) checkName(to, context.spanOf('to'));
  if (first === undefined || tables.some(({ id }) => id !== first.id)) {
    throw new KustoError('BadRequest_InvalidSchema', 'All columns of one .rename columns must be of the same table.');
  }
  // With the table's lock, like any change of columns: two changes at once would lose one.
  const renamed = new Set<number>();
  const after = await changeColumns(context, first.id, (table) => {
    const names = new Map(renames.map(({ to, column }) => [columnOf(table, column.column).id, to]));
    for (const id of names.keys()) renamed.add(id);
    const columns = table.columns.map((column) => ({ ...column, name: names.get(column.id) ?? column.name }));
    const twice = columns.find((column, index) => columns.findIndex(({ name }) => name === column.name) !== index);
    if (twice !== undefined) {
      throw new KustoError(
        'BadRequest_EntityNameAlreadyExists',
        `Table '${table.name}' would have two columns '${twice.name}'. Choose another name.`,
      );
    }
    return { ...table, columns };
  });
  return after.columns
    .filter(({ id }) => renamed.has(id))
    .map(({ name, type }) => [`${after.name}.${name}`, clrTypeOf(type), '']);
}

export const renameColumn = defineCommand({
  name: 'RenameColumn',
  grammar: seq('rename column', value('column', COLUMN_PATH), 'to', name('to')),
  permission: 'TableAdmin',
  scope: (args) => scopeOf(args.column),
  result: COLUMN_CHANGE,
  run: (args, context) => renameColumns(context, [args]),
});

export const renameManyColumns = defineCommand({
  name: 'RenameColumns',
  grammar: seq('rename columns', list('renames', seq(name('to'), '=', value('column', COLUMN_PATH)))),
  permission: 'TableAdmin',
  scope: (args) => args.renames.map(({ column }) => scopeOf(column)),
  result: COLUMN_CHANGE,
  run: (args, context) => renameColumns(context, args.renames),
});

function without(table: TableEntity, names: readonly string[]): TableEntity {
  const columns = table.columns.filter(({ name }) => !names.includes(name));
  if (columns.length === 0) {
    throw new KustoError(
      'BadRequest_InvalidSchema',
      `Table '${table.name}' needs a column: its last cannot be dropped.`,
    );
  }
  return { ...table, columns };
}

export const dropColumn = defineCommand({
  name: 'DropColumn',
  grammar: seq('drop column', value('column', COLUMN_PATH), flag('ifExists', 'ifexists')),
  permission: 'TableAdmin',
  scope: (args) => scopeOf(args.column),
  result: TABLE_SCHEMA,
  async run({ column: path, ifExists }, context) {
    const table = tableOfColumn(context, path);
    const database = context.databaseOf(path.database);
    if (ifExists && !table.columns.some(({ name }) => name === path.column)) return [schemaRow(table, database)];
    columnOf(table, path.column);
    return [schemaRow(await changeColumns(context, table.id, (now) => without(now, [path.column])), database)];
  },
});

export const dropTableColumns = defineCommand({
  name: 'DropTableColumns',
  grammar: seq('drop table', name('table'), 'columns (', values('columns', NAME), ')', opt('ifexists')),
  permission: 'TableAdmin',
  scope: (args) => tableScope(args.table),
  result: TABLE_SCHEMA,
  async run({ table: name, columns }, context) {
    const table = tableOf(context, { name }, context.spanOf('table'));
    for (const column of columns) columnOf(table, column);
    return [schemaRow(await changeColumns(context, table.id, (now) => without(now, columns)), context.database)];
  },
});
