import { randomUUID } from 'node:crypto';
import type { Catalog, CatalogTransaction } from '../catalog/catalog.js';
import type { TableEntity } from '../catalog/model.js';
import type { Engine, WriteSession } from '../engines/engine.js';
import { abortError } from '../engines/abort.js';
import { KustoError } from '../errors/index.js';
import { failpoint, type ColumnSchema } from '../values/index.js';
import { resolveMapping } from './mapping.js';
import type {
  FileIngestion,
  IngestionOptions,
  IngestionResult,
  InlineIngestion,
  QueryIngestion,
  SourceIngestion,
} from './requests.js';
import { clearFetched, FetchFolder, type FetchedFile } from './sources.js';
import { alterColumns, newTable, putCreator } from './table-schema.js';
import { isIngested } from './tags.js';

interface StagedExtent {
  readonly number: bigint;
  readonly id: string;
  readonly location: string;
  readonly rowCount: number;
}

export type * from './requests.js';

/** Rows into extents: staged in the engine's transaction, then visible all at once with the catalog's commit. */
export class IngestionService {
  private constructor(
    private readonly engine: Engine,
    private readonly catalog: Catalog,
    private readonly localRoots: readonly string[],
  ) {}

  /** `localRoots`: folders whose files commands may name. */
  static async open(parts: {
    readonly engine: Engine;
    readonly catalog: Catalog;
    readonly localRoots: readonly string[];
  }): Promise<IngestionService> {
    await clearFetched(parts.engine.exchangeDirectory);
    return new IngestionService(parts.engine, parts.catalog, parts.localRoots);
  }

  /** `.set`, `.append`, `.set-or-append`, `.set-or-replace`. */
  async ingestQuery(request: QueryIngestion): Promise<IngestionResult> {
    // A write sees only the functions that were there when it began.
    if ('text' in request.rows) this.engine.register(request.rows.functions ?? []);
    const existing = this.catalog.snapshot().byName('table', request.databaseId, request.table);
    if (!existing) {
      if (request.mode === 'append') throw noSuchTable(request.table);
      return this.fillNewTable(request);
    }
    if (request.mode === 'set')
      throw new KustoError(
        'BadRequest_EntityNameAlreadyExists',
        `Table '${request.table}' exists already. Use .set-or-append or .set-or-replace.`,
      );
    await this.adaptSchema(existing, request);
    const replace = request.mode === 'set-or-replace';
    return this.write(existing.id, replace, request, async (session, table) => {
      const columns = matchColumns(table, request.columns);
      return [await this.stageRows(session, table.id, columns, request)];
    });
  }

  /** `.ingest inline`: CSV unless the format says otherwise. */
  ingestInline(request: InlineIngestion): Promise<IngestionResult> {
    return this.ingestFetched(request, async (folder) => [
      await folder.write(withOneLineEnding(request.text), request.format ?? 'csv'),
    ]);
  }

  /** `.ingest into`: an extent a source, all of them in one commit. */
  ingestFiles(request: SourceIngestion): Promise<IngestionResult> {
    return this.ingestFetched(request, async (folder) => {
      const files: FetchedFile[] = [];
      for (const source of request.sources) files.push(...(await folder.fetch(source, request)));
      return files;
    });
  }

  private async ingestFetched(
    request: FileIngestion,
    fetch: (folder: FetchFolder) => Promise<readonly FetchedFile[]>,
  ): Promise<IngestionResult> {
    const existing = this.catalog.snapshot().byName('table', request.databaseId, request.table);
    if (!existing) throw noSuchTable(request.table);
    if (await isIngested(this.catalog, existing.id, request.ingestIfNotExists ?? [])) return SKIPPED;
    const folder = await FetchFolder.create(this.engine.exchangeDirectory, this.localRoots);
    try {
      const files = await fetch(folder);
      return await this.write(existing.id, false, request, async (session, table) => {
        const staged: StagedExtent[] = [];
        for (const file of files) staged.push(await this.stageFile(session, table, file, request));
        return staged;
      });
    } finally {
      await folder.remove();
    }
  }

  private async stageFile(
    session: WriteSession,
    table: TableEntity,
    file: FetchedFile,
    request: FileIngestion,
  ): Promise<StagedExtent> {
    const mapped = resolveMapping(this.catalog.snapshot(), table, file.format, request);
    try {
      const scan = await this.engine.scanFiles(
        {
          files: [file],
          format: file.format,
          gzip: file.gzip,
          skipFirstRecord: request.ignoreFirstRecord ?? false,
          columns: mapped.map(({ column }) => column),
        },
        request.signal,
      );
      const extent = this.newExtent(file.location);
      const columns = mapped.map(({ target }) => target);
      const rowCount = await session.insertQuery(table.id, columns, extent.number, scan, request.signal);
      return { ...extent, rowCount };
    } catch (error) {
      if (!(error instanceof KustoError) || !/^(Stream|BadRequest)_/.test(error.code)) throw error;
      throw new KustoError(error.code, `${file.location}: ${error.message}`, { cause: error });
    }
  }

  /** Stages and commits on a table that exists; with `replace`, in place of all that it holds. */
  private async write(
    tableId: string,
    replace: boolean,
    request: IngestionOptions & Pick<QueryIngestion, 'folder' | 'docString'>,
    stage: (session: WriteSession, table: TableEntity) => Promise<readonly StagedExtent[]>,
  ): Promise<IngestionResult> {
    if (await isIngested(this.catalog, tableId, request.ingestIfNotExists ?? [])) return SKIPPED;
    const session = await this.engine.beginWrite(
      replace ? { change: [tableId] } : { append: [tableId] },
      request.signal,
    );
    try {
      // The columns stay as they are from here on: a change of them waits for this session.
      const table = this.catalog.snapshot().get('table', tableId);
      if (!table) throw noSuchTable(request.table);
      const dropped = replace ? (await this.catalog.extents(tableId)).map((extent) => extent.number) : [];
      const staged = await stage(session, table);
      // Only now: the query may read the table that it replaces.
      await session.deleteExtents(tableId, dropped);
      failpoint('ingest.staged');
      return await this.commit(tableId, session, staged, dropped, request, (tx) => {
        const current = tx.get('table', tableId)!;
        const { folder = current.folder, docString = current.docString } = request;
        if (folder !== current.folder || docString !== current.docString) tx.put({ ...current, folder, docString });
      });
    } finally {
      await session.discard();
    }
  }

  private async fillNewTable(request: QueryIngestion): Promise<IngestionResult> {
    const table = newTable({ ...request, name: request.table });
    const session = await this.engine.beginWrite({}, request.signal);
    try {
      await session.createTable(table.id, table.columns);
      const staged = [await this.stageRows(session, table.id, table.columns, request)];
      failpoint('ingest.staged');
      return await this.commit(table.id, session, staged, [], request, (tx) => {
        tx.put(table);
        if (request.creator) putCreator(tx, table.id, request.creator);
        request.onCreate?.(tx, table);
      });
    } finally {
      await session.discard();
    }
  }

  private async commit(
    tableId: string,
    write: WriteSession,
    staged: readonly StagedExtent[],
    dropped: readonly bigint[],
    request: IngestionOptions,
    changes: (tx: CatalogTransaction) => void,
  ): Promise<IngestionResult> {
    if (request.signal?.aborted) throw abortError(request.signal);
    const tags = request.tags ?? [];
    const extents = staged.filter(({ rowCount }) => rowCount > 0);
    failpoint('ingest.before-commit');
    const committed = await this.catalog.transact(async (tx) => {
      // Again, now that no other commit can come between.
      if (await isIngested(this.catalog, tableId, request.ingestIfNotExists ?? [])) return false;
      changes(tx);
      tx.publish({
        write,
        dropped,
        extents: extents.map(({ number, id, rowCount }) => ({ number, id, rowCount, tableId, tags })),
      });
      return true;
    });
    failpoint('ingest.after-commit');
    if (!committed.value) return SKIPPED;
    return {
      extents: committed.extents,
      items: staged.map(({ location, id, rowCount }) => ({ location, rowCount, extentId: rowCount > 0 ? id : null })),
      skipped: false,
    };
  }

  private async stageRows(
    session: WriteSession,
    tableId: string,
    columns: TableEntity['columns'],
    request: QueryIngestion,
  ): Promise<StagedExtent> {
    const extent = this.newExtent('');
    if ('text' in request.rows)
      return {
        ...extent,
        rowCount: await session.insertQuery(tableId, columns, extent.number, request.rows, request.signal),
      };
    let rowCount = 0;
    for await (const batch of request.rows)
      rowCount += await session.insertBatch(tableId, columns, extent.number, batch);
    return { ...extent, rowCount };
  }

  /** As the reference: a change of the schema is a transaction of its own, before the rows. */
  private async adaptSchema(table: TableEntity, request: QueryIngestion): Promise<void> {
    const { mode, columns: wanted } = request;
    if (request.recreateSchema && mode === 'set-or-replace') {
      await alterColumns(this.engine, this.catalog, table.id, (columns) =>
        wanted.map(
          (column) => columns.find(({ name, type }) => name === column.name && type === column.type) ?? column,
        ),
      );
    } else if (request.extendSchema && wanted.length > table.columns.length) {
      matchColumns(table, wanted.slice(0, table.columns.length));
      await alterColumns(this.engine, this.catalog, table.id, (columns) => [
        ...columns,
        ...wanted.slice(columns.length),
      ]);
    }
  }

  private newExtent(location: string) {
    return { number: this.catalog.newExtentNumber(), id: randomUUID(), location };
  }
}

const SKIPPED: IngestionResult = { extents: [], items: [], skipped: true };

/** A query's columns fill the table's by position; names do not matter. */
function matchColumns(table: TableEntity, columns: readonly ColumnSchema[]): TableEntity['columns'] {
  const fits =
    columns.length === table.columns.length && table.columns.every(({ type }, c) => type === columns[c]!.type);
  if (fits) return table.columns;
  const list = (some: readonly ColumnSchema[]) => some.map(({ name, type }) => `${name}:${type}`).join(', ');
  throw new KustoError(
    'Ingestion_SchemaMismatch',
    `The query gives (${list(columns)}), table '${table.name}' has (${list(table.columns)}). Types must be the same, in order: use project, or extend_schema or recreate_schema.`,
  );
}

/** A text that was typed or sent may mix line ends, which the reader of files does not take. */
function withOneLineEnding(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function noSuchTable(name: string): KustoError {
  return new KustoError(
    'BadRequest_EntityNotFound',
    `There is no table '${name}'. Create it with .create table, or use .set-or-append.`,
  );
}
