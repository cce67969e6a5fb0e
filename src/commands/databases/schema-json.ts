import type { DatabaseEntity, FunctionEntity } from '../../catalog/model.js';
import type { CatalogSnapshot } from '../../catalog/catalog.js';
import { visibleColumns } from '../../external/index.js';
import { clrTypeOf, orderedColumns, SHOW_PERMISSION } from '../entities.js';
import {
  defineCommand,
  NAME,
  name,
  oneOf,
  opt,
  properties,
  schema,
  seq,
  values,
  type Command,
  type CommandContext,
  type Properties,
} from '../framework/index.js';
import { parseParameters } from './parameters.js';
import { databaseScope } from './schema-rows.js';

const SCHEMA = schema('DatabaseSchema: string');

const ENTITIES = { Tables: 'bool', ExternalTables: 'bool', MaterializedViews: 'bool', Functions: 'bool' } as const;
type Wanted = Properties<typeof ENTITIES>;

/** The document that editors of KQL take their completions from. */
function document(database: DatabaseEntity, snapshot: CatalogSnapshot, wanted: Wanted): object {
  const all = Object.values(wanted).every((one) => one !== true);
  const byName = <E extends { readonly name: string }>(
    isWanted: boolean | undefined,
    some: readonly E[],
    of: (one: E) => object,
  ) => Object.fromEntries(all || isWanted === true ? some.map((one) => [one.name, of(one)]) : []);
  return {
    Name: database.name,
    Tables: byName(wanted.Tables, snapshot.list('table', database.id), (table) => ({
      Name: table.name,
      Folder: table.folder,
      DocString: table.docString,
      OrderedColumns: orderedColumns(table.columns),
    })),
    ExternalTables: byName(wanted.ExternalTables, snapshot.list('externalTable', database.id), (table) => ({
      Name: table.name,
      Folder: table.folder,
      DocString: table.docString,
      OrderedColumns: orderedColumns(visibleColumns(table)),
    })),
    MaterializedViews: {},
    EntityGroups: {},
    MajorVersion: 1,
    MinorVersion: 0,
    Functions: byName(wanted.Functions, snapshot.list('function', database.id), functionDocument),
    DatabaseAccessMode: 'ReadWrite',
    PrettyName: database.prettyName === '' ? null : database.prettyName,
  };
}

function functionDocument(one: FunctionEntity): object {
  return {
    Name: one.name,
    InputParameters: parseParameters(one.parameters).map(({ name, type, columns, defaultValue }) => ({
      Name: name,
      ...(columns === undefined
        ? { Type: clrTypeOf(type ?? 'dynamic'), CslType: type ?? 'dynamic' }
        : { Columns: orderedColumns(columns) }),
      ...(defaultValue === undefined ? {} : { CslDefaultValue: defaultValue }),
    })),
    Body: one.body,
    Folder: one.folder,
    DocString: one.docString,
    FunctionKind: 'Unknown',
    OutputColumns: [],
  };
}

function result(databases: readonly DatabaseEntity[], context: CommandContext, wanted: Wanted) {
  const snapshot = context.catalog.snapshot();
  const documents = databases.map((database) => [database.name, document(database, snapshot, wanted)]);
  return [[JSON.stringify({ Databases: Object.fromEntries(documents) as object })]];
}

const showDatabaseSchemaAsJson = defineCommand({
  name: 'ShowDatabaseSchemaAsJson',
  grammar: seq('show database', opt(name('database')), 'schema as json', properties(ENTITIES)),
  permission: SHOW_PERMISSION,
  scope: (args) => databaseScope(args.database),
  result: SCHEMA,
  run: ({ database, properties: wanted }, context) => result([context.databaseOf(database)], context, wanted),
});

const showDatabasesSchemaAsJson = defineCommand({
  name: 'ShowDatabasesSchemaAsJson',
  grammar: seq(
    'show databases (',
    values('databases', NAME),
    ') schema',
    opt('details'),
    'as json',
    properties(ENTITIES),
  ),
  permission: SHOW_PERMISSION,
  scope: (args) => args.databases.map(databaseScope),
  result: SCHEMA,
  run: ({ databases, properties: wanted }, context) =>
    result(
      databases.map((one) => context.databaseOf(one)),
      context,
      wanted,
    ),
});

/** Of all databases that the caller may see. */
const showSchemaAsJson = defineCommand({
  name: 'ShowSchemaAsJson',
  grammar: seq('show', oneOf(seq(opt('cluster'), 'schema'), 'databases schema'), 'as json', properties(ENTITIES)),
  permission: 'Anyone',
  result: SCHEMA,
  run({ properties: wanted }, context) {
    const { security, catalog, request } = context;
    return result(security.authorization.visibleDatabases(catalog.snapshot(), request.caller), context, wanted);
  },
});

export const SCHEMA_JSON: readonly Command[] = [showDatabaseSchemaAsJson, showDatabasesSchemaAsJson, showSchemaAsJson];
