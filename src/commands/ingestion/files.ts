import { connectionRef, openConnection } from '../../external/index.js';
import type { IngestionSource } from '../../ingestion/sources.js';
import { parseAddress } from '../../storage/address.js';
import { ticksOfDate } from '../../values/index.js';
import { tableOf, tableScope } from '../entities.js';
import {
  BRACKETED_RECORD,
  data,
  defineCommand,
  flag,
  list,
  LITERAL,
  name,
  oneOf,
  opt,
  properties,
  row,
  schema,
  seq,
  value,
  values,
  type CommandContext,
  type StringLiteral,
} from '../framework/index.js';
import { storageAccess } from '../storage-access.js';
import { FILE_PROPERTIES, fileOptions } from './properties.js';

const NO_EXTENT = '00000000-0000-0000-0000-000000000000';

const record = value('record', BRACKETED_RECORD);

export const ingestInline = defineCommand({
  name: 'IngestInlineIntoTable',
  grammar: seq(
    'ingest inline into',
    // The reference's own examples leave it out.
    opt('table'),
    name('table'),
    properties(FILE_PROPERTIES),
    oneOf(data('data'), list('records', record, null)),
  ),
  permission: 'TableIngestor',
  scope: (args) => tableScope(args.table),
  result: schema('ExtentId: guid'),
  operation: 'DataIngestInline',
  async run(args, context) {
    tableOf(context, { name: args.table }, context.spanOf('table'));
    const text =
      args.data === undefined ? (args.records ?? []).map((one) => one.record).join('\n') : inlineText(args.data.text);
    const { extents } = await context.ingestion.ingestInline({
      ...fileOptions(args.properties, args.table, context),
      text,
    });
    return extents.length === 0 ? [[NO_EXTENT]] : extents.map(({ id }) => [id]);
  },
});

/** Data that is written below the command may be indented with it; blank lines at its end are none of it. */
function inlineText(text: string): string {
  const ended = text.replace(/(?:\r?\n[ \t]*)+$/, '');
  const below = /^[ \t]*\r?\n/.exec(ended);
  if (below === null) return ended.replace(/^[ \t]+/, '');
  const lines = ended.slice(below[0].length).split('\n');
  const margins = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const margin = Math.min(...margins);
  return lines.map((line) => line.slice(margin)).join('\n');
}

const LOADED = schema('ExtentId: guid, ItemLoaded: string, Duration: timespan, HasErrors: bool, OperationId: guid');

export const ingestInto = defineCommand({
  name: 'IngestIntoTable',
  grammar: seq(
    'ingest',
    flag('async', 'async'),
    'into',
    opt('table'),
    name('table'),
    oneOf(seq('(', values('sources', LITERAL), ')'), value('source', LITERAL)),
    properties(FILE_PROPERTIES),
  ),
  permission: 'TableIngestor',
  scope: (args) => tableScope(args.table),
  result: LOADED,
  operation: 'DataIngestPull',
  async run(args, context) {
    tableOf(context, { name: args.table }, context.spanOf('table'));
    const startedOn = ticksOfDate(context.clock.now());
    const literals = args.source === undefined ? (args.sources ?? []) : [args.source];
    const { items } = await context.ingestion.ingestFiles({
      ...fileOptions(args.properties, args.table, context),
      sources: await Promise.all(literals.map((literal) => sourceOf(literal, context))),
    });
    const duration = ticksOfDate(context.clock.now()) - startedOn;
    const common = { Duration: duration, HasErrors: false, OperationId: context.operationId ?? null };
    return items.length === 0
      ? [row(LOADED, { ExtentId: NO_EXTENT, ...common })]
      : items.map(({ extentId, location }) =>
          row(LOADED, { ExtentId: extentId ?? NO_EXTENT, ItemLoaded: location, ...common }),
        );
  },
});

/** Reads the storage in the name that the connection string says, for the usage NativeIngestion. */
async function sourceOf({ value: text }: StringLiteral, context: CommandContext): Promise<IngestionSource> {
  const connection = connectionRef(text, (clear) => context.secrets.seal(clear));
  const { address } = connection;
  const target = parseAddress(address);
  if (target.kind === 'local') return { kind: 'local', path: target.path };
  const access = storageAccess('NativeIngestion', context.database.id, context);
  return { kind: 'object', store: await openConnection(connection, access), name: '', location: address };
}
