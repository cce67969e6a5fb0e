import type { ExternalTableEntity } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import {
  checkDefinition,
  checkProperties,
  connectionRef,
  externalFiles,
  partitionJson,
  requireNotEmpty,
  sampleUris,
  type CommandProperties,
} from '../../external/index.js';
import { admin, checkColumns, checkName, makeAdmin, newId, notFound } from '../entities.js';
import {
  defineCommand,
  name,
  opt,
  rest,
  schema,
  seq,
  word,
  type Command,
  type CommandContext,
  type EntityReference,
  type Rule,
} from '../framework/index.js';
import type { CommandResult } from '../command.js';
import { checkConnection, storageAccess } from '../storage-access.js';
import { columnList, partitionColumn, pathElementOf, storageDefinition } from './grammar.js';
import { EXTERNAL_TABLE, EXTERNAL_TABLE_FULL, externalTableRow, fullRow } from './results.js';

type ArgsOf<R> = R extends Rule<infer A> ? A : never;
type Definition = ArgsOf<typeof storageDefinition> & { readonly table: string };

export function externalTableScope(name: string): EntityReference {
  return { kind: 'externalTable', name };
}

interface Built {
  readonly table: ExternalTableEntity;
  readonly command: CommandProperties;
}

/** The table as it would be kept; refuses everything that is wrong with it before anything is. */
function build(args: Definition, context: CommandContext, existing: ExternalTableEntity | undefined): Built {
  checkName(args.table, context.spanOf('table'));
  checkColumns(args.columns, context.spanOf('columns'));
  const checked = checkProperties(args.properties, args.format);
  const connections = args.connections.map(({ value }) => connectionRef(value, (text) => context.secrets.seal(text)));
  for (const connection of connections) {
    if (connection.credential === 'managed_identity') context.authorize('AllDatabasesAdmin');
    checkConnection(connection, context);
  }
  const table: ExternalTableEntity = {
    kind: 'externalTable',
    id: existing?.id ?? newId(),
    databaseId: context.database.id,
    name: args.table,
    tableKind: 'storage',
    columns: args.columns.map(({ column, type }) => ({ name: column, type })),
    partitions: (args.partitions ?? []).map(partitionColumn),
    pathFormat: (args.path ?? []).map(pathElementOf),
    dataFormat: args.format,
    connections,
    properties: checked.properties,
    folder: checked.folder ?? existing?.folder ?? '',
    docString: checked.docString ?? existing?.docString ?? '',
  };
  checkDefinition(table);
  return { table, command: checked.command };
}

export type Mode = 'Create' | 'Alter' | 'CreateOrAlter';

async function put(args: Definition, context: CommandContext, mode: Mode): Promise<CommandResult> {
  const known = context.catalog.snapshot().byName('externalTable', context.database.id, args.table);
  if (mode === 'Alter' && known === undefined) throw notFound('externalTable', args.table, context.spanOf('table'));
  const { table, command } = build(args, context, mode === 'Create' ? undefined : known);
  if (command.validateNotEmpty) {
    await requireNotEmpty(table, storageAccess('ExternalTable', table.databaseId, context), context.signal);
  }
  if (!command.dryRun) {
    await context.catalog.transact((tx) => {
      const isNew = tx.get('externalTable', table.id) === undefined;
      tx.put(table);
      if (isNew) makeAdmin(tx, context, table.id);
    });
  }
  if (command.sampleUris || command.filesPreview) return preview(table, command, context);
  return mode === 'Create'
    ? { columns: EXTERNAL_TABLE, rows: [externalTableRow(table)] }
    : { columns: EXTERNAL_TABLE_FULL, rows: [fullRow(table)] };
}

const PREVIEW = schema('Uri: string, Size: long, Partition: dynamic');
const MOST_PREVIEWED = 10;

/** Where files are expected (`sampleUris`), or which are there (`filesPreview`). */
async function preview(
  table: ExternalTableEntity,
  { filesPreview }: CommandProperties,
  context: CommandContext,
): Promise<CommandResult> {
  if (!filesPreview) {
    return { columns: schema('Uri: string'), rows: sampleUris(table, context.clock.now()).map((uri) => [uri]) };
  }
  const rows = [];
  const access = storageAccess('ExternalTable', table.databaseId, context);
  for await (const file of externalFiles(table, access, { limit: MOST_PREVIEWED, signal: context.signal })) {
    rows.push([file.uri, BigInt(file.size), partitionJson(table, file)]);
  }
  return { columns: PREVIEW, rows };
}

export const VERBS = { Create: 'create', Alter: 'alter', CreateOrAlter: 'create-or-alter' } as const;

function define(mode: Mode): Command {
  return defineCommand({
    name: `${mode}StorageExternalTable`,
    grammar: seq(VERBS[mode], 'external table', name('table'), storageDefinition),
    permission: (args, context) =>
      mode === 'Create' ? 'DatabaseUser' : admin(context, 'externalTable', args.table, 'ExternalTableAdmin'),
    scope: (args) => externalTableScope(args.table),
    result: mode === 'Create' ? EXTERNAL_TABLE : EXTERNAL_TABLE_FULL,
    operation: `ExternalTable${mode}`,
    run: (args, context) => put(args, context, mode),
  });
}

/** Tables that are no folders of files: recognized, and refused. */
function refuse(mode: Mode): Command {
  return defineCommand({
    name: `${mode}ExternalTableOfOtherKind`,
    grammar: seq(
      VERBS[mode],
      'external table',
      name('table'),
      opt(columnList),
      'kind =',
      word('kind', 'delta'),
      rest('definition'),
    ),
    permission: 'DatabaseUser',
    result: EXTERNAL_TABLE,
    run({ kind }, context) {
      const span = context.spanOf('kind');
      throw new KustoError(
        'CAL0102',
        `Calypso has no external tables of kind=${kind} yet. Use kind=storage, over files in CSV, TSV, JSON or Parquet, or kind=sql.`,
        span && { span },
      );
    },
  });
}

export const DEFINE_COMMANDS: readonly Command[] = (['Create', 'Alter', 'CreateOrAlter'] as const).flatMap((mode) => [
  define(mode),
  refuse(mode),
]);
