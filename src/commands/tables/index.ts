import type { Command } from '../framework/index.js';
import * as alter from './alter.js';
import * as columns from './columns.js';
import * as create from './create.js';
import * as drop from './drop.js';
import * as rename from './rename.js';
import * as show from './show.js';

export const TABLE_COMMANDS: readonly Command[] = [
  create.createTable,
  create.createTableBasedOn,
  create.createMergeTable,
  create.createManyTables,
  create.createMergeManyTables,
  create.alterMergeTable,
  alter.alterTable,
  alter.alterTableDocString,
  alter.alterTableFolder,
  alter.alterTableColumnDocStrings,
  alter.alterMergeTableColumnDocStrings,
  rename.renameTable,
  rename.renameManyTables,
  columns.alterColumnType,
  columns.renameColumn,
  columns.renameManyColumns,
  columns.dropColumn,
  columns.dropTableColumns,
  drop.dropTable,
  drop.dropManyTables,
  drop.clearTableData,
  show.showTables,
  show.showTablesDetails,
  show.showTableDetails,
  show.showTableCslSchema,
  show.showTableSchemaAsJson,
  show.showTable,
];
