import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataFormat } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import type { ColumnSchema, KustoValue } from '../values/index.js';
import type { StorageAccess } from './access.js';
import { externalFiles, type ExternalFile, type FileTable } from './files.js';
import type { PartitionPredicate } from './pruning.js';
import { retryRead } from './retry.js';

/** Files of an external table on the local disk, for the engine to read. Must be released. */
export interface FetchedTable {
  readonly format: DataFormat;
  /** Columns of the files, in order; virtual columns are in `partition`. */
  readonly columns: readonly ColumnSchema[];
  readonly files: readonly FetchedFile[];
  /** Removes the local files. */
  release(): Promise<void>;
}

export interface FetchedFile {
  readonly path: string;
  readonly uri: string;
  readonly size: number;
  readonly compression: 'none' | 'gzip';
  /** The first line holds the names of the columns. */
  readonly hasHeader: boolean;
  /** Values by the partitions' names, the virtual columns among them. */
  readonly partition: Readonly<Record<string, KustoValue>>;
}

export interface FetchOptions {
  /** The engine's exchange directory. */
  readonly directory: string;
  readonly predicate?: PartitionPredicate;
  /** Bytes, as stored, that one scan may hold on the disk. */
  readonly maxBytes: number;
  /** One file instead of all: the first one found, or the one written last. */
  readonly only?: 'first' | 'last';
  readonly signal?: AbortSignal;
}

/** Files that are on their way at the same time. */
const PARALLEL = 4;

/** Downloads the files in which a row may fulfil the predicate. Leaves nothing behind when it throws. */
export async function fetchExternal(
  table: FileTable,
  access: StorageAccess,
  options: FetchOptions,
): Promise<FetchedTable> {
  const { predicate = [], signal } = options;
  const found: ExternalFile[] = [];
  let bytes = 0;
  for await (const file of externalFiles(table, access, { predicate, ...(signal ? { signal } : {}) })) {
    if (file.size === 0) continue;
    if (options.only === 'last' && found[0]) {
      if (writtenAt(file) > writtenAt(found[0])) found[0] = file;
      continue;
    }
    found.push(file);
    bytes += file.size;
    if (bytes > options.maxBytes) throw tooLarge(table, options.maxBytes);
    if (options.only === 'first') break;
  }
  const folder = join(options.directory, `external-${randomUUID()}`);
  const release = () => rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const paths = await download(found, folder, signal);
    const headers = headersOf(table, found);
    const files = await Promise.all(
      found.map(async ({ uri, size, partition }, i): Promise<FetchedFile> => {
        const path = paths[i] as string;
        const compression = await compressionOf(path, uri, table.dataFormat);
        return { path, uri, size, compression, hasHeader: headers[i] === true, partition };
      }),
    );
    return { format: table.dataFormat ?? 'csv', columns: table.columns, files, release };
  } catch (error) {
    await release();
    throw error;
  }
}

const writtenAt = ({ lastModified }: ExternalFile): number => lastModified?.getTime() ?? 0;

/** After a failure no other download is begun, and those under way are stopped and waited for. */
async function download(files: readonly ExternalFile[], folder: string, signal?: AbortSignal): Promise<string[]> {
  const paths = files.map((_, i) => join(folder, String(i)));
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const waiting = files.entries();
  let cause: unknown;
  const worker = async () => {
    for (const [i, file] of waiting) {
      if (either.aborted) return;
      try {
        await retryRead(() => file.store.getFile(file.name, paths[i] as string, either), either);
      } catch (error) {
        cause ??= error;
        failed.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  if (cause !== undefined) throw cause;
  if (signal?.aborted) throw new KustoError('General_Cancelled', 'The request was cancelled.');
  return paths;
}

/** `FirstFile`: of each folder, the first by name. */
function headersOf(table: FileTable, files: readonly ExternalFile[]): boolean[] {
  const { includeHeaders } = table.properties;
  if (includeHeaders !== 'FirstFile') return files.map(() => includeHeaders === 'All');
  const folders = new Set<string>();
  return files.map(({ connection, name }) => {
    const folder = `${connection}/${name.slice(0, name.lastIndexOf('/') + 1)}`;
    const isFirst = !folders.has(folder);
    folders.add(folder);
    return isFirst;
  });
}

/** By the first bytes: names are not to be relied upon. Formats that compress within themselves are left alone. */
async function compressionOf(path: string, uri: string, format: DataFormat | null): Promise<'none' | 'gzip'> {
  if (format === 'parquet' || format === 'avro' || format === 'apacheavro' || format === 'orc') return 'none';
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (buffer[0] === 0x1f && buffer[1] === 0x8b) return 'gzip';
    if (buffer.toString('latin1') === 'PK\u0003\u0004') {
      throw new KustoError('Storage_NotSupported', `${uri} is a zip archive: only gzip is read.`);
    }
    return 'none';
  } finally {
    await file.close();
  }
}

function tooLarge(table: FileTable, maxBytes: number): KustoError {
  return new KustoError(
    'ExternalTable_ScanTooLarge',
    `The query reads more than ${maxBytes} bytes of files of the external table '${table.name}': narrow it by its partition columns (${table.partitions.map((p) => p.source ?? p.name).join(', ') || 'it has none'}).`,
  );
}
