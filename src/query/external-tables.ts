import type { ExternalTableEntity } from '../catalog/model.js';
import type { CompiledSql, FileColumn, FileScan } from '../engines/engine.js';
import { KustoError } from '../errors/index.js';
import {
  connectionRef,
  credentialProvider,
  DeltaHeads,
  fetchExternal,
  tokensFor,
  type FetchedFile,
  type FetchedTable,
  type FetchOptions,
  type FileTable,
  type PartitionPredicate,
  type StorageUsage,
} from '../external/index.js';
import { visitRelations, type ExternalScan, type Relation } from '../plan/index.js';
import { code, list, sql, value, type Sql } from '../sql/tree.js';
import type { ExternalSql } from '../sql/dialect.js';
import type { KustoValue } from '../values/index.js';
import { checkpointReader } from './checkpoint-reader.js';
import type { ExternalReader, ExternalTablesParts } from './external-reader.js';
import { needsOf } from './external-needs.js';
import { readSqlTable } from './external-sql.js';
import { storageSchema } from './storage-schema.js';
import { predicatesOf } from './external-predicates.js';
import type { RequestContext } from './query-service.js';

type StorageSchemaSource = Extract<ExternalScan['source'], { kind: 'storageSchema' }>;

/** Reads external tables and `externaldata`: fetches the files that the query needs, and says how to read them in SQL. */
export class ExternalTables implements ExternalReader {
  private readonly heads = new DeltaHeads(true);

  constructor(private readonly parts: ExternalTablesParts) {}

  async open(relation: Relation, context: RequestContext): ReturnType<ExternalReader['open']> {
    const scans: ExternalScan[] = [];
    visitRelations(relation, (node) => {
      if (node.kind === 'externalScan' && !scans.includes(node)) scans.push(node);
    });
    const fetched = new Map<ExternalScan['source'], { readonly scan: Sql; release(): Promise<void> }>();
    const release = async (): Promise<void> => {
      for (const one of fetched.values()) await one.release();
    };
    try {
      const predicates = predicatesOf(relation);
      const needs = needsOf(relation);
      for (const scan of scans) {
        const { source, columns } = scan;
        if (source.kind === 'storageSchema') {
          const schema = value('string', await this.schemaOf(source, context));
          fetched.set(source, { scan: sql`SELECT ${schema}`, release: () => Promise.resolve() });
          continue;
        }
        const { table, usage, databaseId } = this.tableOf(source, columns, context);
        const predicate = predicates.get(source) ?? [];
        fetched.set(
          source,
          table.tableKind === 'sql'
            ? await readSqlTable(this.parts, table, databaseId, { ...needs(scan), conditions: predicate }, context)
            : await this.fetch(table, usage, databaseId, predicate, context),
        );
      }
    } catch (error) {
      await release();
      throw error;
    }
    const externalSql: ExternalSql = (scan, lowering) => {
      const names = list(scan.columns.map((column) => lowering.column(column)));
      return sql`SELECT * FROM (${fetched.get(scan.source)!.scan}) AS f(${names})`;
    };
    return { sql: externalSql, release };
  }

  private tableOf(
    source: Exclude<ExternalScan['source'], StorageSchemaSource>,
    columns: ExternalScan['columns'],
    context: RequestContext,
  ): { readonly table: FileTable; readonly usage: StorageUsage; readonly databaseId: string } {
    const snapshot = this.parts.catalog.snapshot();
    if (source.kind === 'externalTable') {
      const table = snapshot.byName('externalTable', source.databaseId, source.name);
      if (!table)
        throw new KustoError('BadRequest_EntityNotFound', `The external table '${source.name}' was not found.`);
      if (source.mapping !== undefined) {
        throw new KustoError('CAL0001', 'external_table() with a mapping is not supported.');
      }
      return { table, usage: 'ExternalTable', databaseId: source.databaseId };
    }
    const { ignoreFirstRecord } = source.properties;
    const table = {
      ...this.tableAt('externaldata', source),
      columns: columns.map(({ name, type }) => ({ name, type })),
      properties: { includeHeaders: /^true$/i.test(ignoreFirstRecord ?? '') ? 'All' : 'None' },
    } as const;
    return { table, usage: 'ExternalDataRequest', databaseId: snapshot.database(context.database)!.id };
  }

  /** The files at addresses that the query itself names. */
  private tableAt(name: string, at: { readonly addresses: readonly string[]; readonly format: string }): FileTable {
    return {
      name,
      tableKind: 'storage',
      columns: [],
      partitions: [],
      pathFormat: [],
      dataFormat: at.format as ExternalTableEntity['dataFormat'],
      connections: at.addresses.map((address) => connectionRef(address, (text) => this.parts.secrets.seal(text))),
      properties: {},
    };
  }

  private async schemaOf(source: StorageSchemaSource, context: RequestContext): Promise<string> {
    const { namePrefix, fileExtension, mode } = source;
    const properties = {
      ...(namePrefix !== undefined && { namePrefix }),
      ...(fileExtension !== undefined && { fileExtension }),
    };
    const table = { ...this.tableAt('infer_storage_schema', source), properties };
    const format = formatOf(table.dataFormat!);
    const databaseId = this.parts.catalog.snapshot().database(context.database)!.id;
    const only = mode === 'any' ? 'first' : mode === 'last' ? 'last' : undefined;
    const fetched = await this.download(table, 'ExternalDataRequest', databaseId, context, { ...(only && { only }) });
    try {
      return await storageSchema(source, fetched.files, format, this.parts.engine, context.signal);
    } finally {
      await fetched.release();
    }
  }

  private async fetch(
    table: FileTable,
    usage: StorageUsage,
    databaseId: string,
    predicate: PartitionPredicate,
    context: RequestContext,
  ): Promise<{ readonly scan: Sql; release(): Promise<void> }> {
    const files = await this.download(table, usage, databaseId, context, { predicate });
    try {
      return { scan: await this.scanOf(table, files, context.signal), release: files.release };
    } catch (error) {
      await files.release();
      throw error;
    }
  }

  /** Brings files to the local disk, where the policies allow it. */
  private async download(
    table: FileTable,
    usage: StorageUsage,
    databaseId: string,
    context: RequestContext,
    options: Pick<FetchOptions, 'predicate' | 'only'>,
  ): Promise<FetchedTable> {
    const { engine, security, secrets, store, maxScanBytes } = this.parts;
    for (const connection of table.connections) {
      if (/^(\/|file:)/.test(connection.address)) continue;
      const bearsToken = ['impersonate', 'managed_identity', 'token'].includes(connection.credential);
      security.requireCallout({ type: 'external_data', address: connection.address, bearsToken });
    }
    const tokenFor = tokensFor(security, { databaseId, impersonate: { caller: context.caller } });
    const credentialFor = credentialProvider({ unseal: (sealed) => secrets.open(sealed), tokenFor });
    return fetchExternal(
      table,
      { credentialFor, usage, store, checkpoints: checkpointReader(engine), heads: this.heads },
      { ...options, directory: engine.exchangeDirectory, maxBytes: maxScanBytes, signal: context.signal },
    );
  }

  /** One scan for the files that share compression, header and partition values; all of the table's columns, in order. */
  private async scanOf(table: FileTable, fetched: FetchedTable, signal: AbortSignal): Promise<Sql> {
    const all = [...table.columns, ...virtualColumns(table)];
    if (fetched.files.length === 0) return nothing({ columns: all });
    const columns: readonly FileColumn[] = fetched.columns.map((column, i) => ({
      ...column,
      source:
        fetched.format === 'parquet' || /json$/.test(fetched.format)
          ? { kind: 'path', steps: [column.name] }
          : { kind: 'ordinal', ordinal: i },
    }));
    const scans: Sql[] = [];
    for (const files of groups(fetched.files)) {
      const first = files[0]!;
      const compiled: CompiledSql = await this.parts.engine.scanFiles(
        {
          files: files.map(({ path, uri }) => ({ path, location: uri })),
          format: formatOf(fetched.format),
          gzip: first.compression === 'gzip',
          skipFirstRecord: first.hasHeader,
          columns,
        },
        signal,
      );
      const virtual = virtualColumns(table).map((column) => value(column.type, first.partition[column.name] ?? null));
      const extra = virtual.length === 0 ? sql`` : sql`, ${list(virtual)}`;
      scans.push(sql`SELECT s.*${extra} FROM (${code(compiled.text)}) AS s`);
    }
    return list(scans, ' UNION ALL ');
  }
}

const nothing = ({ columns }: Pick<FileTable, 'columns'>): Sql =>
  sql`SELECT ${list(columns.map((column) => value(column.type, null)))} WHERE false`;

/** Partition columns that stand in the path only. */
function virtualColumns(table: FileTable): FileTable['columns'] {
  return table.partitions
    .filter((partition) => partition.source === undefined)
    .map(({ name, type }) => ({ name, type }));
}

function groups(files: readonly FetchedFile[]): FetchedFile[][] {
  const found = new Map<string, FetchedFile[]>();
  for (const file of files) {
    const text = (held: KustoValue): string => `${typeof held}:${String(held)}`;
    const key = JSON.stringify([
      file.compression,
      file.hasHeader,
      Object.entries(file.partition).map(([name, held]) => [name, text(held)]),
    ]);
    const group = found.get(key);
    if (group) group.push(file);
    else found.set(key, [file]);
  }
  return [...found.values()];
}

const READABLE: ReadonlySet<string> = new Set([
  'csv',
  'tsv',
  'psv',
  'scsv',
  'sohsv',
  'tsve',
  'txt',
  'raw',
  'json',
  'multijson',
  'parquet',
]);

function formatOf(format: string): FileScan['format'] {
  if (READABLE.has(format)) return format as FileScan['format'];
  throw new KustoError('CAL0001', `External data in the format '${format}' cannot be read.`);
}
