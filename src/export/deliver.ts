import type { Journal, JournalEntry } from './journal.js';
import type { DeliveredArtifact, DeliveryProgress, TargetWriter } from './targets/target-writer.js';

/** Brings an entry to its target, and keeps in the journal whether something of it may be there. */
export async function deliver(
  journal: Journal,
  entry: JournalEntry,
  target: TargetWriter,
  progress: DeliveryProgress,
  signal: AbortSignal,
): Promise<readonly DeliveredArtifact[]> {
  const marked = await journal.markUploading(entry);
  try {
    return await target.deliver(marked, progress, signal);
  } catch (error) {
    if (progress.isTakenBack || (!entry.uploading && !progress.isBegun)) await journal.unmarkUploading(marked);
    throw error;
  }
}
