import type { ExternalTableEntity } from '../../catalog/model.js';
import { checkDefinition, checkProperties } from '../../external/index.js';
import { admin, checkColumns, newId } from '../entities.js';
import { defineCommand, name, seq, type Command, type CommandContext, type Rule } from '../framework/index.js';
import { defineDelta } from './delta.js';
import { defineSql } from './define-sql.js';
import { partitionColumn, pathElementOf, storageDefinition } from './grammar.js';
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

export const DEFINE_COMMANDS: readonly Command[] = (['Create', 'Alter', 'CreateOrAlter'] as const).flatMap((mode) => [
  define(mode),
  defineDelta(mode),
  defineSql(mode),
]);
