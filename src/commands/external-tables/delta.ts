import type { ConnectionRef, ExternalTableEntity, PathElement } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import {
  checkGiven,
  checkProperties,
  DeltaLog,
  inferColumns,
  openConnection,
  requireReadable,
  tableNotFound,
  type DeltaColumns,
  type LogHead,
} from '../../external/index.js';
import { admin, checkColumns, newId } from '../entities.js';
import {
  defineCommand,
  literal,
  name,
  openProperties,
  opt,
  seq,
  type Command,
  type CommandContext,
  type Rule,
} from '../framework/index.js';
import { storageAccess } from '../storage-access.js';
import { columnList } from './grammar.js';
import { externalTableScope, putTable, storageConnection, VERBS, type Built, type Mode } from './put.js';
import { EXTERNAL_TABLE, EXTERNAL_TABLE_FULL } from './results.js';

const deltaDefinition = seq(opt(columnList), 'kind = delta (', literal('connection'), ')', openProperties());

type ArgsOf<R> = R extends Rule<infer A> ? A : never;
type Definition = ArgsOf<typeof deltaDefinition> & { readonly table: string };

/** A table whose log says which files it has, by which columns it is partitioned and, unless a schema is given, its columns. */
export function defineDelta(mode: Mode): Command {
  return defineCommand({
    name: `${mode}DeltaExternalTable`,
    grammar: seq(VERBS[mode], 'external table', name('table'), deltaDefinition),
    permission: (args, context) =>
      mode === 'Create' ? 'DatabaseUser' : admin(context, 'externalTable', args.table, 'ExternalTableAdmin'),
    scope: (args) => externalTableScope(args.table),
    result: mode === 'Create' ? EXTERNAL_TABLE : EXTERNAL_TABLE_FULL,
    operation: `ExternalTable${mode}`,
    run: (args, context) => putTable(args.table, context, mode, (existing) => build(args, context, existing)),
  });
}

async function build(
  args: Definition,
  context: CommandContext,
  existing: ExternalTableEntity | undefined,
): Promise<Built> {
  if (args.columns) checkColumns(args.columns, context.spanOf('columns'));
  const checked = checkProperties(deltaProperties(args.properties, context), 'parquet');
  const connection = storageConnection(args.connection.value, context);
  const { columns, partitions } = await columnsOf(args, connection, context);
  const table: ExternalTableEntity = {
    kind: 'externalTable',
    id: existing?.id ?? newId(),
    databaseId: context.database.id,
    name: args.table,
    tableKind: 'delta',
    columns,
    partitions,
    pathFormat: partitions.flatMap(({ name: column }, index): PathElement[] => [
      { kind: 'separator', text: `${index === 0 ? '' : '/'}${column}=` },
      { kind: 'partition', name: column },
    ]),
    dataFormat: 'parquet',
    connections: [connection],
    properties: checked.properties,
    folder: checked.folder ?? existing?.folder ?? '',
    docString: checked.docString ?? existing?.docString ?? '',
  };
  return { table, command: checked.command };
}

/** Reads the log. A schema may also describe a table that the first export is to make. */
async function columnsOf(args: Definition, connection: ConnectionRef, context: CommandContext): Promise<DeltaColumns> {
  const given = args.columns?.map(({ column, type }) => ({ name: column, type }));
  const head = await headOf(connection, context).catch((error: unknown) => {
    // The caller cannot be impersonated here: who reads and writes as somebody else looks at the log then.
    if (given !== undefined && error instanceof KustoError && error.code === 'OnBehalfOf_NotConfigured')
      return undefined;
    throw error;
  });
  if (head === undefined) {
    if (given === undefined) throw tableNotFound(connection.address);
    return { columns: given, partitions: [] };
  }
  requireReadable(head.snapshot);
  const { metadata } = head.snapshot;
  return given === undefined ? inferColumns(args.table, metadata) : checkGiven(args.table, given, metadata);
}

async function headOf(connection: ConnectionRef, context: CommandContext): Promise<LogHead | undefined> {
  const access = storageAccess('ExternalTable', context.database.id, context);
  const log = new DeltaLog(await openConnection(connection, access), access.checkpoints);
  return log.load({ withFiles: false, signal: context.signal });
}

/** Takes out what exists for Delta tables only, and refuses what has no meaning for them. */
function deltaProperties(given: Definition['properties'], context: CommandContext): Definition['properties'] {
  const entries = Object.entries(given).filter(([written, value]) => {
    const property = written.toLowerCase();
    if (property === 'sampleuris')
      throw refused('sampleUris is for tables of kind=storage: files of a Delta table stand in its log');
    if (property !== 'autoupdateschema') return true;
    if (String(value).toLowerCase() === 'false') return false;
    throw refused(
      'AutoUpdateSchema needs a query acceleration policy, which Calypso does not have. Alter the table when its schema changes',
    );
  });
  return Object.fromEntries(entries);

  function refused(message: string): KustoError {
    const span = context.spanOf('pairs');
    return new KustoError('ExternalTable_InvalidDefinition', `${message}.`, span && { span });
  }
}
