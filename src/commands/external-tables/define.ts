import type { ExternalTableEntity } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import { checkDefinition, checkProperties } from '../../external/index.js';
import { admin, checkColumns, newId } from '../entities.js';
import {
  defineCommand,
  name,
  opt,
  rest,
  seq,
  word,
  type Command,
  type CommandContext,
  type Rule,
} from '../framework/index.js';
import { defineDelta } from './delta.js';
import { columnList, partitionColumn, pathElementOf, storageDefinition } from './grammar.js';
import { externalTableScope, putTable, storageConnection, VERBS, type Built, type Mode } from './put.js';
import { EXTERNAL_TABLE, EXTERNAL_TABLE_FULL } from './results.js';

type ArgsOf<R> = R extends Rule<infer A> ? A : never;
type Definition = ArgsOf<typeof storageDefinition> & { readonly table: string };

/** The table as it would be kept; refuses everything that is wrong with it before anything is. */
function build(args: Definition, context: CommandContext, existing: ExternalTableEntity | undefined): Built {
  checkColumns(args.columns, context.spanOf('columns'));
  const checked = checkProperties(args.properties, args.format);
  const connections = args.connections.map(({ value }) => storageConnection(value, context));
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

function define(mode: Mode): Command {
  return defineCommand({
    name: `${mode}StorageExternalTable`,
    grammar: seq(VERBS[mode], 'external table', name('table'), storageDefinition),
    permission: (args, context) =>
      mode === 'Create' ? 'DatabaseUser' : admin(context, 'externalTable', args.table, 'ExternalTableAdmin'),
    scope: (args) => externalTableScope(args.table),
    result: mode === 'Create' ? EXTERNAL_TABLE : EXTERNAL_TABLE_FULL,
    operation: `ExternalTable${mode}`,
    run: (args, context) => putTable(args.table, context, mode, (existing) => build(args, context, existing)),
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
      word('kind', 'sql'),
      rest('definition'),
    ),
    permission: 'DatabaseUser',
    result: EXTERNAL_TABLE,
    run({ kind }, context) {
      const span = context.spanOf('kind');
      throw new KustoError(
        'CAL0102',
        `Calypso has no external tables of kind=${kind} yet. Use kind=storage, over files in CSV, TSV, JSON or Parquet, or kind=delta.`,
        span && { span },
      );
    },
  });
}

export const DEFINE_COMMANDS: readonly Command[] = (['Create', 'Alter', 'CreateOrAlter'] as const).flatMap((mode) => [
  define(mode),
  defineDelta(mode),
  refuse(mode),
]);
