import type { DatabaseEntity, TableEntity } from '../../catalog/model.js';
import type { KustoValue } from '../../values/index.js';
import { clrTypeOf, find, SHOW_PERMISSION, tableOf, tableScope } from '../entities.js';
import {
  defineCommand,
  name,
  NAME,
  oneOf,
  opt,
  properties,
  qualified,
  row,
  schema,
  seq,
  values,
  type CommandContext,
} from '../framework/index.js';
import { authorizedPrincipals, policyText } from '../policies/effective.js';
import { cslRow, schemaRow, TABLE_SCHEMA, tableRow, TABLES } from './results.js';

const someTables = opt('(', values('tables', NAME), ')');

function listed(context: CommandContext, database: DatabaseEntity, names: readonly string[] | undefined) {
  const snapshot = context.catalog.snapshot();
  return names === undefined
    ? snapshot.list('table', database.id)
    : names.map((name) => find(snapshot, 'table', database.id, name, context.spanOf('tables')));
}

export const showTables = defineCommand({
  name: 'ShowTables',
  grammar: seq('show tables', someTables, properties({})),
  permission: SHOW_PERMISSION,
  result: TABLES,
  run({ tables }, context) {
    const { database } = context;
    return listed(context, database, tables).map((table) => tableRow(table, database));
  },
});

const DETAILS = schema(
  'TableName: string, DatabaseName: string, Folder: string, DocString: string, TotalExtents: long, TotalExtentSize: real, TotalOriginalSize: real, TotalRowCount: long, HotExtents: long, HotExtentSize: real, HotOriginalSize: real, HotRowCount: long, AuthorizedPrincipals: string, RetentionPolicy: string, CachingPolicy: string, ShardingPolicy: string, MergePolicy: string, StreamingIngestionPolicy: string, IngestionBatchingPolicy: string, MinExtentsCreationTime: datetime, MaxExtentsCreationTime: datetime, RowOrderPolicy: string, TableId: guid',
);

/** Everything is hot: there is one tier. Sizes are not known by table, and null. */
async function detailsRow(
  context: CommandContext,
  database: DatabaseEntity,
  table: TableEntity,
): Promise<readonly KustoValue[]> {
  const extents = await context.catalog.extents(table.id);
  const count = BigInt(extents.length);
  const rows = extents.reduce((sum, { rowCount }) => sum + BigInt(rowCount), 0n);
  const policy = (name: string): string => policyText(context.catalog.snapshot(), name, [table.id, database.id]);
  return row(DETAILS, {
    TableName: table.name,
    DatabaseName: database.name,
    Folder: table.folder,
    DocString: table.docString,
    TotalExtents: count,
    TotalRowCount: rows,
    HotExtents: count,
    HotRowCount: rows,
    AuthorizedPrincipals: authorizedPrincipals(context.catalog.snapshot(), table.id),
    RetentionPolicy: policy('retention'),
    CachingPolicy: policy('caching'),
    ShardingPolicy: policy('sharding'),
    MergePolicy: policy('merge'),
    StreamingIngestionPolicy: policy('streamingingestion'),
    IngestionBatchingPolicy: policy('ingestionbatching'),
    MinExtentsCreationTime: extents.at(0)?.ingestionTime ?? null,
    MaxExtentsCreationTime: extents.at(-1)?.ingestionTime ?? null,
    RowOrderPolicy: policy('roworder'),
    TableId: table.id,
  });
}

export const showTablesDetails = defineCommand({
  name: 'ShowTablesDetails',
  grammar: seq('show tables', someTables, 'details'),
  permission: SHOW_PERMISSION,
  result: DETAILS,
  run({ tables }, context) {
    const { database } = context;
    return Promise.all(listed(context, database, tables).map((table) => detailsRow(context, database, table)));
  },
});

export const showTableDetails = defineCommand({
  name: 'ShowTableDetails',
  grammar: seq('show table', qualified('table'), 'details'),
  permission: SHOW_PERMISSION,
  scope: (args) => tableScope(args.table),
  result: DETAILS,
  run: async ({ table }, context) => [
    await detailsRow(context, context.databaseOf(table.database), tableOf(context, table, context.spanOf('table'))),
  ],
});

export const showTableCslSchema = defineCommand({
  name: 'ShowTableCslSchema',
  grammar: seq('show table', qualified('table'), oneOf('cslschema', 'kqlschema')),
  permission: SHOW_PERMISSION,
  scope: (args) => tableScope(args.table),
  result: TABLE_SCHEMA,
  run: ({ table }, context) => [
    cslRow(tableOf(context, table, context.spanOf('table')), context.databaseOf(table.database)),
  ],
});

export const showTableSchemaAsJson = defineCommand({
  name: 'ShowTableSchemaAsJson',
  grammar: seq('show table', qualified('table'), 'schema as json'),
  permission: SHOW_PERMISSION,
  scope: (args) => tableScope(args.table),
  result: TABLE_SCHEMA,
  run: ({ table }, context) => [
    schemaRow(tableOf(context, table, context.spanOf('table')), context.databaseOf(table.database)),
  ],
});

const COLUMNS = schema(
  'AttributeName: string, AttributeType: string, ExtentSize: long, CompressionRatio: real, IndexSize: long, IndexSizePercent: real, OriginalSize: long, AttributeId: guid, SharedIndexSize: long, StorageEngineVersion: string',
);

/** A row a column. Sizes by column are not known, and null. */
export const showTable = defineCommand({
  name: 'ShowTable',
  grammar: seq('show table', name('table')),
  permission: SHOW_PERMISSION,
  scope: (args) => tableScope(args.table),
  result: COLUMNS,
  run: ({ table }, context) =>
    tableOf(context, { name: table }, context.spanOf('table')).columns.map((column) =>
      row(COLUMNS, { AttributeName: column.name, AttributeType: clrTypeOf(column.type) }),
    ),
});
