import type { ExternalTableEntity } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import type { ObjectInfo, ObjectStore } from '../storage/index.js';
import { datetimeString, type KustoValue } from '../values/index.js';
import { openConnection, type StorageAccess } from './access.js';
import { deltaFiles, DeltaHeads, DeltaLog, tableNotFound } from './delta/index.js';
import { PathLayout } from './layout.js';
import { listPrefixes, mayMatch, type PartitionPredicate } from './pruning.js';

/** What of an external table says where its files are and how to read them; `externaldata` makes one up. */
export type FileTable = Pick<
  ExternalTableEntity,
  'name' | 'tableKind' | 'columns' | 'partitions' | 'pathFormat' | 'dataFormat' | 'connections' | 'properties'
>;

/** A file of an external table. */
export interface ExternalFile {
  readonly uri: string;
  /** Below the address of its connection; empty where the address is the file. */
  readonly name: string;
  readonly size: number;
  readonly lastModified?: Date;
  /** Position of its connection in the table. */
  readonly connection: number;
  readonly store: ObjectStore;
  /** Values by the partitions' names, as the path has them. */
  readonly partition: Readonly<Record<string, KustoValue>>;
}

export interface FileSelection {
  /** Files in which no row can fulfil it are left out. */
  readonly predicate?: PartitionPredicate;
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** The table's files, by connection and then by name. Lists no more than it is asked for. Throws KustoError. */
export async function* externalFiles(
  table: FileTable,
  access: StorageAccess,
  { predicate = [], limit = Infinity, signal }: FileSelection = {},
): AsyncIterable<ExternalFile> {
  if (table.tableKind === 'delta')
    return yield* filesOfLog(table, access, { predicate, limit, ...(signal && { signal }) });
  if (table.tableKind !== 'storage') {
    throw new KustoError(
      'Storage_NotSupported',
      `The external table '${table.name}' is of kind ${table.tableKind}: only tables of kind=storage and kind=delta have files to read.`,
    );
  }
  const layout = new PathLayout(table);
  const prefixes = listPrefixes(layout, predicate);
  let left = limit;
  for (const [connection, ref] of table.connections.entries()) {
    if (left <= 0) return;
    const store = await openConnection(ref, access);
    for await (const info of objects(store, prefixes, layout.partitions.length === 0, signal)) {
      const partitions = layout.read(info.name);
      if (!partitions || !isNamed(info.name || ref.address, table) || !mayMatch(layout, partitions, predicate))
        continue;
      const values = layout.partitions.map(({ name }, i) => [name, partitions[i]?.value ?? null] as const);
      const { name, size, lastModified } = info;
      const partition = Object.fromEntries(values);
      const modified = lastModified && { lastModified };
      yield { uri: store.urlOf(name), name, size, ...modified, connection, store, partition };
      if (--left <= 0) return;
    }
  }
}

/** The log alone says which files are the table's. */
async function* filesOfLog(
  table: FileTable,
  access: StorageAccess,
  { predicate = [], limit = Infinity, signal }: FileSelection,
): AsyncIterable<ExternalFile> {
  const [ref] = table.connections;
  if (ref === undefined) throw new Error(`the Delta table '${table.name}' has no address`);
  const store = await openConnection(ref, access);
  const log = new DeltaLog(store, access.checkpoints);
  const head = await (access.heads ?? new DeltaHeads(true)).newest(log, signal);
  if (head === undefined) throw tableNotFound(ref.address);
  const named = deltaFiles(table, head.snapshot, predicate).filter(({ name }) => isNamed(name, table));
  for (const file of named.slice(0, limit)) yield { ...file, uri: store.urlOf(file.name), connection: 0, store };
}

/** For `validateNotEmpty`: throws unless every connection can be read and has a file of the table. */
export async function requireNotEmpty(table: FileTable, access: StorageAccess, signal?: AbortSignal): Promise<void> {
  for (const connection of table.connections) {
    const alone = { ...table, connections: [connection] };
    const files = externalFiles(alone, access, { limit: 1, ...(signal ? { signal } : {}) });
    const first = await files[Symbol.asyncIterator]().next();
    if (!first.done) continue;
    throw new KustoError(
      'ExternalTable_Empty',
      `${connection.address} holds no file of the external table '${table.name}': check the address, the path format, namePrefix and fileExtension, or leave validateNotEmpty out.`,
    );
  }
}

async function* objects(
  store: ObjectStore,
  prefixes: readonly string[],
  mayBeFile: boolean,
  signal?: AbortSignal,
): AsyncIterable<ObjectInfo> {
  let isEmpty = true;
  for (const prefix of prefixes) {
    for await (const info of store.list(prefix, signal)) {
      isEmpty = false;
      yield info;
    }
  }
  // The address may name one file.
  const file = isEmpty && mayBeFile ? await store.head('', signal) : undefined;
  if (file) yield file;
}

function isNamed(name: string, table: FileTable): boolean {
  const { namePrefix, fileExtension } = table.properties;
  const file = name.slice(name.lastIndexOf('/') + 1);
  return (
    (typeof namePrefix !== 'string' || file.startsWith(namePrefix)) &&
    (typeof fileExtension !== 'string' || file.endsWith(fileExtension))
  );
}

/** The `Partition` of `.show external table artifacts`: JSON of the values by name. */
export function partitionJson(table: FileTable, file: ExternalFile): string {
  const entries = table.partitions.map(({ name, type }) => {
    const value = file.partition[name] ?? null;
    if (typeof value !== 'bigint') return [name, value];
    return [name, type === 'datetime' ? datetimeString(value) : Number(value)];
  });
  return JSON.stringify(Object.fromEntries(entries));
}
