import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ContainerClient } from '@azure/storage-blob';
import { parquetReadObjects } from 'hyparquet';
import type { Account } from './outsider.js';

/** Objects below an address, by name. */
export interface Objects {
  readonly address: string;
  names(): Promise<readonly string[]>;
  read(name: string): Promise<Buffer>;
}

export function objectsOfFolder(folder: string): Objects {
  return {
    address: pathToFileURL(folder).href,
    names: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries
        .filter((one) => one.isFile())
        .map((one) => join(one.parentPath, one.name).slice(folder.length + 1));
    },
    read: (name) => readFile(join(folder, name)),
  };
}

interface Action {
  readonly add?: { readonly path: string; readonly partitionValues: Readonly<Record<string, string | null>> };
  readonly remove?: { readonly path: string };
}

/** `folder`: empty, or with a slash at its end. */
export function objectsOfContainer(container: ContainerClient, folder: string, address: string): Objects {
  return {
    address,
    names: async () => {
      const names: string[] = [];
      for await (const { name } of container.listBlobsFlat({ prefix: folder })) names.push(name);
      return names.map((name) => name.slice(folder.length));
    },
    read: (name) => container.getBlobClient(`${folder}${name}`).downloadToBuffer(),
  };
}

/** The log of an empty table that another system has made, partitioned, with the columns of the test tables. */
export function emptyTable(partitionColumns: readonly string[], change: object = {}): string {
  const field = (name: string, type: string) => ({ name, type, nullable: true, metadata: {} });
  const fields = [field('label', 'string'), field('id', 'long'), field('at', 'timestamp')];
  const metaData = {
    id: randomUUID(),
    format: { provider: 'parquet', options: {} },
    schemaString: JSON.stringify({ type: 'struct', fields }),
    partitionColumns,
    configuration: {},
    ...change,
  };
  return [{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }, { metaData }]
    .map((action) => JSON.stringify(action))
    .join('\n');
}

/** Versions of the log, and their actions. */
export async function commitsOf(objects: Objects): Promise<readonly (readonly Action[])[]> {
  const names = (await objects.names()).filter((name) => /^_delta_log\/\d{20}\.json$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) =>
      (await objects.read(name))
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Action),
    ),
  );
}

/** Paths of the newest version's files. */
export async function livePaths(objects: Objects): Promise<ReadonlySet<string>> {
  const live = new Set<string>();
  for (const actions of await commitsOf(objects)) {
    for (const { remove } of actions) if (remove) live.delete(remove.path);
    for (const { add } of actions) if (add) live.add(add.path);
  }
  return live;
}

/** Records by `id`, as somebody meets them who reads the newest version by the protocol, with none of our code. */
export async function readDelta(objects: Objects): Promise<Account> {
  const ids = new Map<number, number>();
  const files = new Map<string, number>();
  for (const path of await livePaths(objects)) {
    const { buffer, byteOffset, byteLength } = await objects.read(decodeURIComponent(path));
    const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    const rows = await parquetReadObjects({ file, columns: ['id'] });
    files.set(`${objects.address}/${path}`, rows.length);
    for (const row of rows) ids.set(Number(row['id']), (ids.get(Number(row['id'])) ?? 0) + 1);
  }
  return { ids, files };
}
