import { join } from 'node:path';
import { KustoError } from '../../errors/index.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { failpoint } from '../../values/failpoint.js';
import type { JournalEntry, JournalFile } from '../journal.js';
import type { DeliveredArtifact, DeliveryProgress } from './target-writer.js';

/** Files that are sent at the same time. */
const PARALLEL = 4;

/** The stores of an entry, by the position of their connection. */
export type Stores = readonly ObjectStore[];

/**
 * Sends every file of an entry. A file that is there already with the same content counts as sent. The first goes alone:
 * a target that refuses is found out by one file. When one fails, no other is begun, and those under way are waited for:
 * nothing lands after the answer.
 */
export async function upload(
  entry: JournalEntry,
  stores: Stores,
  progress: DeliveryProgress,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...entry.manifest.files];
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  let cause: unknown;
  const sendNext = async (): Promise<void> => {
    const file = waiting.shift();
    if (file === undefined) return;
    try {
      failpoint('export.upload.before');
      await uploadFile(join(entry.folder, file.file), file, storeOf(stores, file), either);
      failpoint('export.upload.after');
      progress.done++;
    } catch (error) {
      // The first in time is the cause; those after it may only have been stopped.
      cause ??= error;
      if (!(error instanceof KustoError && error.permanent)) progress.unknown++;
      failed.abort();
    }
  };
  const sendAll = async (): Promise<void> => {
    while (waiting.length > 0 && !either.aborted) await sendNext();
  };
  if (!either.aborted) await sendNext();
  await Promise.all(Array.from({ length: PARALLEL }, sendAll));
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

/** The files as artifacts: what was uploaded, at its address. */
export function artifactsOf({ manifest }: JournalEntry, stores: Stores): readonly DeliveredArtifact[] {
  return manifest.files.map((file) => ({
    path: storeOf(stores, file).urlOf(file.name),
    rows: file.rows,
    size: file.size,
    sha256: file.sha256,
  }));
}

function storeOf(stores: Stores, file: JournalFile): ObjectStore {
  const store = stores[file.connection];
  if (store === undefined) throw new Error(`no store for connection ${file.connection}`);
  return store;
}
