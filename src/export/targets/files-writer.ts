import type { ConnectionRef } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import type { JournalEntry } from '../journal.js';
import type { TargetStores, Writer } from '../services.js';
import type { DeliveredArtifact, DeliveryProgress, TargetWriter } from './target-writer.js';
import { artifactsOf, removeUploads, upload, type Stores } from './upload.js';

/** Plain files: each counts as soon as it is there, so a window is taken back by deleting them. */
export class FilesWriter implements TargetWriter {
  private constructor(private readonly stores: Stores) {}

  static async open(stores: TargetStores, connections: readonly ConnectionRef[], writer: Writer): Promise<FilesWriter> {
    return new FilesWriter(await Promise.all(connections.map((connection) => stores.open(connection, writer))));
  }

  async deliver(
    entry: JournalEntry,
    progress: DeliveryProgress,
    signal: AbortSignal,
  ): Promise<readonly DeliveredArtifact[]> {
    await upload(entry, this.stores, progress, signal);
    return artifactsOf(entry, this.stores);
  }

  async discard(entry: JournalEntry, signal: AbortSignal): Promise<void> {
    try {
      await removeUploads(entry, this.stores, signal);
    } catch (error) {
      // Where there is no container, there is nothing of ours.
      if (!(error instanceof KustoError) || error.code !== 'Storage_ContainerNotFound') throw error;
    }
  }
}
