import type { Journal, JournalEntry } from './journal.js';
import { upload, type Stores, type UploadProgress } from './upload.js';

/** Sends an entry's files, and keeps in the journal whether something of it may be at the target. */
export async function deliver(
  journal: Journal,
  entry: JournalEntry,
  stores: Stores,
  progress: UploadProgress,
  signal: AbortSignal,
): Promise<JournalEntry> {
  const marked = await journal.markUploading(entry);
  try {
    await upload(marked, stores, progress, signal);
  } catch (error) {
    if (!entry.uploading && !progress.isBegun) await journal.unmarkUploading(marked);
    throw error;
  }
  return marked;
}
