import type { ConnectionRef, ExternalTableEntity } from '../../catalog/model.js';
import {
  connectionRef,
  externalFiles,
  partitionJson,
  requireNotEmpty,
  sampleUris,
  type CommandProperties,
} from '../../external/index.js';
import type { CommandResult } from '../command.js';
import { checkName, makeAdmin, notFound } from '../entities.js';
import { schema, type CommandContext, type EntityReference } from '../framework/index.js';
import { checkConnection, storageAccess } from '../storage-access.js';
import { EXTERNAL_TABLE, EXTERNAL_TABLE_FULL, externalTableRow, fullRow } from './results.js';

export function externalTableScope(name: string): EntityReference {
  return { kind: 'externalTable', name };
}

export const VERBS = { Create: 'create', Alter: 'alter', CreateOrAlter: 'create-or-alter' } as const;

export interface Built {
  readonly table: ExternalTableEntity;
  readonly command: CommandProperties;
}

/** Sealed, and checked against identities and the callout policy. */
export function storageConnection(text: string, context: CommandContext): ConnectionRef {
  const connection = connectionRef(text, (clear) => context.secrets.seal(clear));
  if (connection.credential === 'managed_identity') context.authorize('AllDatabasesAdmin');
  checkConnection(connection, context);
  return connection;
}

export type Mode = 'Create' | 'Alter' | 'CreateOrAlter';

/** Keeps what `build` makes of a command's arguments, given the table that is there already, and answers as the mode does. */
export async function putTable(
  name: string,
  context: CommandContext,
  mode: Mode,
  build: (existing: ExternalTableEntity | undefined) => Built | Promise<Built>,
): Promise<CommandResult> {
  checkName(name, context.spanOf('table'));
  const known = context.catalog.snapshot().byName('externalTable', context.database.id, name);
  if (mode === 'Alter' && known === undefined) throw notFound('externalTable', name, context.spanOf('table'));
  const { table, command } = await build(mode === 'Create' ? undefined : known);
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
