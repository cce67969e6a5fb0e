import type { CompiledSql } from '../../engines/engine.js';
import type { IngestionResult, QueryIngestion } from '../../ingestion/ingestion-service.js';
import type { ColumnBatch, ColumnSchema } from '../../values/index.js';
import type { CommandResult } from '../command.js';
import { admin, checkColumns, checkName, tableScope } from '../entities.js';
import {
  defineCommand,
  flag,
  isCommand,
  name,
  properties,
  query,
  schema,
  seq,
  shifted,
  type Command,
  type CommandContext,
  type Properties,
  type Tail,
} from '../framework/index.js';
import { commonOptions, putIngestionTime, QUERY_PROPERTIES } from './properties.js';

/** Sizes are not known by extent, and null. */
const EXTENTS = schema(
  'ExtentId: guid, OriginalSize: long, ExtentSize: long, ColumnSize: long, IndexSize: long, RowCount: long',
);

interface Source {
  readonly columns: readonly ColumnSchema[];
  readonly rows: CompiledSql | AsyncIterable<ColumnBatch>;
  release(): Promise<void>;
}

/** A query, or a `.show` command whose result is ingested. Errors stand where the tail stands. */
async function open({ text, offset }: Tail, context: CommandContext): Promise<Source> {
  if (isCommand(text)) {
    const { columns, rows } = await context.runCommand(text, offset);
    return { columns, rows: batch({ columns, rows }), release: () => Promise.resolve() };
  }
  return shifted(offset, async () => {
    const prepared = await context.queries.prepare(text, context.request);
    const { sql, release } = await prepared.compile();
    return { columns: prepared.columns, rows: sql, release };
  });
}

async function* batch({ columns, rows }: CommandResult): AsyncIterable<ColumnBatch> {
  yield { rowCount: rows.length, columns: columns.map((_, c) => rows.map((row) => row[c] ?? null)) };
}

interface Args {
  readonly table: string;
  readonly properties: Properties<typeof QUERY_PROPERTIES>;
  readonly query: Tail;
}

async function ingest(args: Args, mode: QueryIngestion['mode'], context: CommandContext): Promise<IngestionResult> {
  checkName(args.table, context.spanOf('table'));
  const given = args.properties;
  const options = commonOptions(given, context);
  const source = await open(args.query, context);
  try {
    const columns = source.columns.map(({ name: column }) => ({ column }));
    const isNew = context.catalog.snapshot().byName('table', context.database.id, args.table) === undefined;
    if (isNew || given.extend_schema === true || given.recreate_schema === true)
      checkColumns(columns, context.spanOf('query'));
    return await context.ingestion.ingestQuery({
      ...options,
      table: args.table,
      mode,
      columns: source.columns,
      rows: source.rows,
      extendSchema: given.extend_schema ?? false,
      recreateSchema: given.recreate_schema ?? false,
      ...(given.folder === undefined ? {} : { folder: given.folder }),
      ...(given.docstring === undefined ? {} : { docString: given.docstring }),
      ...(context.request.caller.isDevelopmentAdmin === true ? {} : { creator: context.request.caller.principal }),
      onCreate: putIngestionTime(given.policy_ingestionTime),
    });
  } finally {
    await source.release();
  }
}

/** Who may: a new table takes a Database User; adding rows an ingestor; replacing them an admin of the table. */
const COMMANDS = [
  { name: 'SetTable', mode: 'set', operation: 'TableSet', existing: 'DatabaseUser' },
  { name: 'AppendTable', mode: 'append', operation: 'TableAppend', existing: 'TableIngestor' },
  { name: 'SetOrAppendTable', mode: 'set-or-append', operation: 'TableSetOrAppend', existing: 'TableIngestor' },
  { name: 'SetOrReplaceTable', mode: 'set-or-replace', operation: 'TableSetOrReplace', existing: 'TableAdmin' },
] as const;

export const QUERY_INGESTION: readonly Command[] = COMMANDS.map(({ name: command, mode, operation, existing }) =>
  defineCommand({
    name: command,
    grammar: seq(mode, flag('async', 'async'), name('table'), properties(QUERY_PROPERTIES), query('query')),
    permission: (args, context) =>
      mode === 'append' ? 'TableIngestor' : admin(context, 'table', args.table, existing),
    scope: (args) => tableScope(args.table),
    result: EXTENTS,
    operation,
    async run(args, context) {
      const { extents } = await ingest(args, mode, context);
      return extents.map(({ id, rowCount }) => [id, null, null, null, null, BigInt(rowCount)]);
    },
  }),
);
