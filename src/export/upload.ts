import { join } from 'node:path';
import { KustoError } from '../errors/index.js';
import type { ObjectStore } from '../storage/object-store.js';
import { failpoint } from '../values/failpoint.js';
import type { JournalEntry, JournalFile } from './journal.js';

/** Files that are sent at the same time. */
const PARALLEL = 4;

/** The stores of an entry, by the position of their connection. */
export type Stores = readonly ObjectStore[];

export interface UploadProgress {
  /** Files that are at the target. */
  done: number;
}

/**
 * Sends every file of an entry. A file that is there already with the same content counts as sent. When one fails, no
 * other is begun, and those under way are waited for: nothing lands after the answer.
 */
export async function upload(
  entry: JournalEntry,
  stores: Stores,
  progress: UploadProgress,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...entry.manifest.files];
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  let cause: unknown;
  const send = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined && !either.aborted; file = waiting.shift()) {
      try {
        failpoint('export.upload.before');
        await uploadFile(join(entry.folder, file.file), file, storeOf(stores, file), either);
        failpoint('export.upload.after');
        progress.done++;
      } catch (error) {
        // The first in time is the cause; those after it may only have been stopped.
        cause ??= error;
        failed.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, send));
  signal.throwIfAborted();
  if (cause !== undefined) throw cause;
}

async function uploadFile(path: string, file: JournalFile, store: ObjectStore, signal: AbortSignal): Promise<void> {
  if ((await store.putFile(file.name, path, { sha256: file.sha256, signal })) === 'created') return;
  const found = await store.head(file.name, signal);
  if (found?.sha256 === file.sha256) return;
  throw new KustoError(
    'Export_ArtifactNameTaken',
    `'${store.urlOf(file.name)}' exists already, with other content than this run's file of the same name. ` +
      'Something else writes to this place: move that file away.',
  );
}

/** Takes back what `upload` sent; what is not there, or is not ours, stays as it is. */
export async function removeUploads(entry: JournalEntry, stores: Stores, signal: AbortSignal): Promise<void> {
  failpoint('export.removal.before');
  for (const file of entry.manifest.files) {
    const store = storeOf(stores, file);
    const found = await store.head(file.name, signal);
    if (found !== undefined && found.sha256 === file.sha256) await store.delete(file.name, signal);
    failpoint('export.removal.middle');
  }
  failpoint('export.removal.after');
}

export function storeOf(stores: Stores, file: JournalFile): ObjectStore {
  const store = stores[file.connection];
  if (store === undefined) throw new Error(`no store for connection ${file.connection}`);
  return store;
}
