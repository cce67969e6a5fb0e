import { KustoError } from '../errors/index.js';
import { failpoint } from '../values/failpoint.js';
import type { JournalEntry } from './journal.js';
import type { ExportServices, Writer } from './services.js';
import { removeUploads, type Stores } from './upload.js';

/** Throws a run away whole: first what of it is at the target, then its journal. */
export async function discard(
  services: ExportServices,
  entry: JournalEntry,
  writer: Writer,
  signal: AbortSignal,
): Promise<void> {
  if (entry.uploading) await removeFromTarget(services, entry, writer, signal);
  await services.journal.release(entry);
  failpoint('export.release.after');
}

async function removeFromTarget(
  services: ExportServices,
  entry: JournalEntry,
  writer: Writer,
  signal: AbortSignal,
): Promise<void> {
  try {
    await removeUploads(entry, await openStores(services, entry, writer), signal);
  } catch (error) {
    // Where there is no container, there is nothing of ours.
    if (!(error instanceof KustoError) || error.code !== 'Storage_ContainerNotFound') throw error;
  }
}

export async function openStores(services: ExportServices, entry: JournalEntry, writer: Writer): Promise<Stores> {
  return Promise.all(entry.manifest.connections.map((connection) => services.stores.open(connection, writer)));
}
