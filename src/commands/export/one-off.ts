import type { ExternalTableEntity } from '../../catalog/model.js';
import { KustoError, type Span } from '../../errors/index.js';
import {
  exportOnce,
  fileForm,
  targetOfTable,
  type DeliveredArtifact,
  type ExportFormat,
  type Target,
} from '../../export/index.js';
import { connectionRef, isSqlAddress, sqlDialectOf } from '../../external/index.js';
import { parseTableName } from '../../storage/index.js';
import { find } from '../entities.js';
import {
  defineCommand,
  flag,
  LITERAL,
  literal,
  name,
  properties,
  query,
  row,
  schema,
  seq,
  shifted,
  values,
  word,
  type Command,
  type CommandContext,
} from '../framework/index.js';
import type { ExportParts } from './jobs.js';
import { checkFileProperties, choice, FILE_PROPERTIES, type FileProperties } from './settings.js';

const TO_STORAGE = schema('Path: string, NumRecords: long');
/** The reference answers nothing; how much went where is worth a row. */
const TO_SQL = schema('TableName: string, Path: string, NumRecords: long');
/** The article of this form has the number as a string, that of the other as a long. */
const TO_TABLE = schema('ExternalTableName: string, Path: string, NumRecords: string');

export function oneOffExports({ services, control }: ExportParts): readonly Command[] {
  async function exported(
    target: Target,
    text: { readonly text: string; readonly offset: number },
    context: CommandContext,
  ): Promise<readonly DeliveredArtifact[]> {
    const { operationId } = context;
    if (operationId === undefined) throw new Error('an export is always an operation');
    const release = control.capacity.acquire();
    try {
      return await shifted(text.offset, () =>
        exportOnce(services, {
          operationId,
          databaseId: context.database.id,
          query: text.text,
          target,
          writer: {
            databaseId: context.database.id,
            usage: 'ExportRequest',
            impersonate: { caller: context.request.caller },
          },
          context: { ...context.request, signal: context.signal },
        }),
      );
    } finally {
      release();
    }
  }

  const toStorage = defineCommand({
    name: 'ExportToStorage',
    grammar: seq(
      'export',
      flag('async', 'async'),
      flag('compressed', 'compressed'),
      'to',
      word('format', 'csv', 'tsv', 'json', 'parquet'),
      '(',
      values('connections', LITERAL),
      ')',
      properties({
        ...FILE_PROPERTIES,
        includeHeaders: 'word',
        fileExtension: 'string',
        namePrefix: 'string',
        encoding: 'word',
        compressionType: 'word',
        persistDetails: 'bool',
        parquetDatetimePrecision: 'word',
      }),
      query('query'),
    ),
    permission: 'DatabaseViewer',
    result: TO_STORAGE,
    operation: 'DataExport',
    async run(args, context) {
      const seal = (text: string) => context.secrets.seal(text);
      const target: Target = {
        externalTable: '',
        delivery: { kind: 'files' },
        columns: null,
        partitions: [],
        pathFormat: [],
        connections: args.connections.map((literal) => connectionRef(literal.value, seal)),
        ...fileForm(args.format, { ...storageProperties(args, context), compressed: args.compressed }),
      };
      const files = await exported(target, args.query, context);
      return files.map((file) => row(TO_STORAGE, { Path: file.path, NumRecords: BigInt(file.rows) }));
    },
  });

  const toTable = defineCommand({
    name: 'ExportToExternalTable',
    grammar: seq(
      'export',
      flag('async', 'async'),
      'to table',
      name('externalTable'),
      properties({ ...FILE_PROPERTIES, concurrency: 'long', spread: 'long', persistDetails: 'bool' }),
      query('query'),
    ),
    permission: 'ExternalTableAdmin',
    scope: (args) => ({ kind: 'externalTable', name: args.externalTable }),
    result: TO_TABLE,
    operation: 'DataExport',
    async run(args, context) {
      const span = context.spanOf('externalTable');
      const snapshot = context.catalog.snapshot();
      const table: ExternalTableEntity = find(snapshot, 'externalTable', context.database.id, args.externalTable, span);
      const size = checkFileProperties(args.properties, 1, (argument) => context.spanOf(argument));
      const files = await exported(targetOfTable(table, size), args.query, context);
      return files.map((file) =>
        row(TO_TABLE, { ExternalTableName: table.name, Path: file.path, NumRecords: String(file.rows) }),
      );
    },
  });

  const toSql = defineCommand({
    name: 'ExportToSqlTable',
    grammar: seq(
      'export',
      flag('async', 'async'),
      'to sql',
      name('table'),
      literal('connection'),
      properties({
        firetriggers: 'bool',
        createifnotexists: 'bool',
        primarykey: 'string',
        persistDetails: 'bool',
        token: 'string',
        sqlDialect: 'word',
      }),
      query('query'),
    ),
    permission: 'DatabaseAdmin',
    result: TO_SQL,
    operation: 'DataExport',
    async run(args, context) {
      const target = sqlTarget(args, context);
      const written = await exported(target, args.query, context);
      return written.map(({ path, rows }) =>
        row(TO_SQL, { TableName: args.table, Path: path, NumRecords: BigInt(rows) }),
      );
    },
  });

  return [toStorage, toTable, toSql];
}

interface SqlArgs {
  readonly table: string;
  readonly connection: { readonly value: string };
  readonly properties: {
    readonly firetriggers?: boolean;
    readonly createifnotexists?: boolean;
    readonly primarykey?: string;
    readonly token?: string;
    readonly sqlDialect?: string;
  };
}

function sqlTarget({ table, connection, properties: given }: SqlArgs, context: CommandContext): Target {
  parseTableName(table);
  const createIfNotExists = given.createifnotexists ?? false;
  if (createIfNotExists && given.primarykey === undefined) {
    const span = context.spanOf('properties.createifnotexists');
    const message =
      "The property 'createifnotexists' needs primarykey=<column>: the column that becomes the table's key.";
    throw new KustoError('Export_InvalidProperty', message, span && { span });
  }
  const text =
    given.token === undefined ? connection.value : `${connection.value};Token="${given.token.replaceAll('"', '""')}"`;
  const ref = connectionRef(text, (clear) => context.secrets.seal(clear));
  if (!isSqlAddress(ref.address)) {
    const span = context.spanOf('connection');
    const message = 'The connection string of a SQL database is expected: Server=…;Initial Catalog=…;…';
    throw new KustoError('Storage_InvalidConnectionString', message, span && { span });
  }
  return {
    externalTable: '',
    delivery: {
      kind: 'sql',
      dialect: sqlDialectOf(given.sqlDialect ?? 'SqlServer'),
      table,
      createIfNotExists,
      primaryKey: given.primarykey ?? null,
      fireTriggers: given.firetriggers ?? false,
      columns: null,
    },
    columns: null,
    partitions: [],
    pathFormat: [],
    connections: [ref],
    ...fileForm('json', {}),
  };
}

interface StorageArgs {
  readonly format: ExportFormat;
  readonly properties: FileProperties & {
    readonly includeHeaders?: string;
    readonly fileExtension?: string;
    readonly namePrefix?: string;
    readonly encoding?: string;
    readonly compressionType?: string;
    readonly parquetDatetimePrecision?: string;
  };
}

/** Throws Export_InvalidProperty. */
function storageProperties(
  args: StorageArgs,
  context: CommandContext,
): Readonly<Record<string, string | number | boolean>> {
  const spanOf = (argument: string): Span | undefined => context.spanOf(argument);
  const given = args.properties;
  const compressions = args.format === 'parquet' ? ['gzip', 'snappy', 'lz4_raw', 'brotli', 'zstd'] : ['gzip'];
  const compressionType = choice('compressionType', given.compressionType, compressions, spanOf);
  const includeHeaders = choice('includeHeaders', given.includeHeaders, ['none', 'all', 'firstFile'], spanOf);
  const encoding = choice('encoding', given.encoding, ['UTF8NoBOM', 'UTF8BOM'], spanOf);
  // Parquet files carry microseconds: what asks for less would get something else than it asked for.
  choice('parquetDatetimePrecision', given.parquetDatetimePrecision, ['microsecond'], spanOf);
  for (const name of ['namePrefix', 'fileExtension'] as const) {
    if (!/[/\\\p{Cc}]|^\.+$/u.test(given[name] ?? '')) continue;
    const span = spanOf(`properties.${name}`);
    const message = `The property '${name}' is part of a file's name: no slashes, no control characters.`;
    throw new KustoError('Export_InvalidProperty', message, span && { span });
  }
  return {
    ...checkFileProperties(args.properties, 4, spanOf),
    ...(compressionType === undefined ? {} : { compressionType }),
    ...(includeHeaders === undefined ? {} : { includeHeaders }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(given.namePrefix === undefined ? {} : { namePrefix: given.namePrefix }),
    ...(given.fileExtension === undefined ? {} : { fileExtension: given.fileExtension }),
  };
}
