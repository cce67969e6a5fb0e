import type { ExternalTableEntity } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import { checkSqlProperties, connectionRef } from '../../external/index.js';
import { parseTableName } from '../../storage/index.js';
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
import { checkConnection } from '../storage-access.js';
import { externalTableScope, putTable, VERBS, type Mode } from './put.js';
import { columnList } from './grammar.js';
import { EXTERNAL_TABLE, EXTERNAL_TABLE_FULL } from './results.js';

const sqlDefinition = seq(
  columnList,
  'kind = sql',
  opt('table =', name('sqlTable')),
  '(',
  literal('connection'),
  ')',
  openProperties(),
);

/** What the command of a table of files may ask for. */
const NO_FILES = { validateNotEmpty: false, dryRun: false, sampleUris: false, filesPreview: false };

type ArgsOf<R> = R extends Rule<infer A> ? A : never;
type Definition = ArgsOf<typeof sqlDefinition> & { readonly table: string };

/** The table as it would be kept; nothing is contacted. */
function build(
  args: Definition,
  context: CommandContext,
  existing: ExternalTableEntity | undefined,
): ExternalTableEntity {
  checkColumns(args.columns, context.spanOf('columns'));
  const columns = args.columns.map(({ column, type }) => ({ name: column, type }));
  const checked = checkSqlProperties(args.properties, columns);
  const connection = connectionRef(args.connection.value, (text) => context.secrets.seal(text));
  if (!connection.address.startsWith('Server=')) {
    const span = context.spanOf('connection');
    throw new KustoError(
      'Storage_InvalidConnectionString',
      'A table of kind=sql takes the connection string of a database: Server=…;Initial Catalog=…;…',
      span && { span },
    );
  }
  if (connection.credential === 'managed_identity') context.authorize('DatabaseAdmin');
  checkConnection(connection, context);
  if (args.sqlTable !== undefined) parseTableName(args.sqlTable);
  else parseTableName(args.table);
  return {
    kind: 'externalTable',
    id: existing?.id ?? newId(),
    databaseId: context.database.id,
    name: args.table,
    tableKind: 'sql',
    columns,
    partitions: [],
    pathFormat: [],
    dataFormat: null,
    connections: [connection],
    properties: { ...checked.properties, table: args.sqlTable ?? args.table },
    folder: checked.folder ?? existing?.folder ?? '',
    docString: checked.docString ?? existing?.docString ?? '',
  };
}

/** As the reference has it: the schema of a SQL external table cannot be altered. */
function requireSameSchema(before: ExternalTableEntity, after: ExternalTableEntity): void {
  const schemaOf = ({ columns }: ExternalTableEntity): string =>
    columns.map(({ name, type }) => `${name}:${type}`).join(', ');
  if (before.tableKind === 'sql' && schemaOf(before) === schemaOf(after)) return;
  const why =
    before.tableKind === 'sql'
      ? `its schema is (${schemaOf(before)}), and the schema of a table of kind=sql cannot be altered`
      : `it is of kind=${before.tableKind}`;
  throw new KustoError(
    'ExternalTable_InvalidDefinition',
    `The external table '${before.name}' cannot be altered so: ${why}. Drop it with .drop external table and create it anew.`,
  );
}

export function defineSql(mode: Mode): Command {
  return defineCommand({
    name: `${mode}SqlExternalTable`,
    grammar: seq(VERBS[mode], 'external table', name('table'), sqlDefinition),
    permission: (args, context) =>
      mode === 'Create' ? 'DatabaseUser' : admin(context, 'externalTable', args.table, 'ExternalTableAdmin'),
    scope: (args) => externalTableScope(args.table),
    result: mode === 'Create' ? EXTERNAL_TABLE : EXTERNAL_TABLE_FULL,
    operation: `ExternalTable${mode}`,
    run: (args, context) =>
      putTable(args.table, context, mode, (existing) => {
        const table = build(args, context, existing);
        if (existing !== undefined) requireSameSchema(existing, table);
        return { table, command: NO_FILES };
      }),
  });
}
