import type { ExternalTableEntity } from '../../catalog/model.js';
import { externalFiles, partitionJson, visibleColumns } from '../../external/index.js';
import { cslSchema, find, orderedColumns, removeEntity, SHOW_PERMISSION } from '../entities.js';
import {
  defineCommand,
  flag,
  LONG_VALUE,
  name,
  oneOf,
  opt,
  properties,
  schema,
  seq,
  text,
  value,
  word,
  type CommandContext,
} from '../framework/index.js';
import { storageAccess } from '../storage-access.js';
import { externalTableScope } from './put.js';
import { EXTERNAL_TABLE, EXTERNAL_TABLE_FULL, externalTableRow, fullRow } from './results.js';

export function externalTableOf(context: CommandContext, table: string): ExternalTableEntity {
  return find(context.catalog.snapshot(), 'externalTable', context.database.id, table, context.spanOf('table'));
}

export const showExternalTables = defineCommand({
  name: 'ShowExternalTables',
  grammar: seq('show external tables', properties({})),
  permission: SHOW_PERMISSION,
  result: EXTERNAL_TABLE,
  run: (_, context) => context.catalog.snapshot().list('externalTable', context.database.id).map(externalTableRow),
});

export const showExternalTable = defineCommand({
  name: 'ShowExternalTable',
  grammar: seq('show external table', name('table'), properties({})),
  permission: SHOW_PERMISSION,
  scope: (args) => externalTableScope(args.table),
  result: EXTERNAL_TABLE,
  run: ({ table }, context) => [externalTableRow(externalTableOf(context, table))],
});

const SCHEMA = schema('TableName: string, Schema: string, DatabaseName: string, Folder: string, DocString: string');

/** Virtual columns of the path are columns of the table. */
export const showExternalTableSchema = defineCommand({
  name: 'ShowExternalTableSchema',
  grammar: seq(
    'show external table',
    name('table'),
    oneOf(seq('schema as', word('form', 'json', 'csl', 'kql')), 'cslschema', 'kqlschema'),
  ),
  permission: SHOW_PERMISSION,
  scope: (args) => externalTableScope(args.table),
  result: SCHEMA,
  run({ table: called, form }, context) {
    const table = externalTableOf(context, called);
    const { folder, docString } = table;
    const columns = visibleColumns(table);
    const document = {
      Name: table.name,
      Folder: folder,
      DocString: docString,
      OrderedColumns: orderedColumns(columns),
    };
    const shown = form === 'json' ? JSON.stringify(document) : cslSchema(columns);
    return [[table.name, shown, context.database.name, folder, docString]];
  },
});

/** Reads the storage in the name that the connection strings say. */
export const showExternalTableArtifacts = defineCommand({
  name: 'ShowExternalTableArtifacts',
  grammar: seq('show external table', name('table'), 'artifacts', opt('limit', value('limit', LONG_VALUE))),
  permission: 'DatabaseUser',
  scope: (args) => externalTableScope(args.table),
  result: schema('Uri: string, Size: long, Partition: dynamic'),
  async run({ table: called, limit }, context) {
    const table = externalTableOf(context, called);
    const access = storageAccess('ExternalTable', table.databaseId, context);
    const most = limit === undefined ? Infinity : Math.max(0, Number(limit));
    const rows = [];
    for await (const file of externalFiles(table, access, { limit: most, signal: context.signal })) {
      rows.push([file.uri, BigInt(file.size), partitionJson(table, file)]);
    }
    return rows;
  },
});

export const dropExternalTable = defineCommand({
  name: 'DropExternalTable',
  grammar: seq('drop external table', name('table'), flag('ifExists', 'ifexists')),
  permission: 'ExternalTableAdmin',
  scope: (args) => externalTableScope(args.table),
  result: EXTERNAL_TABLE_FULL,
  operation: 'ExternalTableDrop',
  async run({ table: called, ifExists }, context) {
    const { database } = context;
    const { value: dropped } = await context.catalog.transact((tx) => {
      const table = ifExists
        ? tx.byName('externalTable', database.id, called)
        : find(tx, 'externalTable', database.id, called, context.spanOf('table'));
      if (table === undefined) return [];
      removeEntity(tx, 'externalTable', table.id, database.id);
      return [table];
    });
    return dropped.map(fullRow);
  },
});

async function describe(called: string, change: Partial<ExternalTableEntity>, context: CommandContext) {
  const { value: table } = await context.catalog.transact((tx) => {
    const found = find(tx, 'externalTable', context.database.id, called, context.spanOf('table'));
    const after = { ...found, ...change };
    tx.put(after);
    return after;
  });
  return [fullRow(table)];
}

export const alterExternalTableDocString = defineCommand({
  name: 'AlterExternalTableDocString',
  grammar: seq('alter external table', name('table'), 'docstring', text('docString')),
  permission: 'ExternalTableAdmin',
  scope: (args) => externalTableScope(args.table),
  result: EXTERNAL_TABLE_FULL,
  run: ({ table, docString }, context) => describe(table, { docString }, context),
});

export const alterExternalTableFolder = defineCommand({
  name: 'AlterExternalTableFolder',
  grammar: seq('alter external table', name('table'), 'folder', text('folder')),
  permission: 'ExternalTableAdmin',
  scope: (args) => externalTableScope(args.table),
  result: EXTERNAL_TABLE_FULL,
  run: ({ table, folder }, context) => describe(table, { folder }, context),
});
