import { failpoint } from '../values/failpoint.js';
import type { JournalEntry } from './journal.js';
import type { ExportServices, Writer } from './services.js';
import { openTarget } from './targets/open-target.js';

/** Throws a run away whole: first what of it is at the target, then its journal. */
export async function discard(
  services: ExportServices,
  entry: JournalEntry,
  writer: Writer,
  signal: AbortSignal,
): Promise<void> {
  if (entry.uploading) {
    const target = await openTarget(services, entry.manifest, writer);
    await target.discard(entry, signal);
  }
  await services.journal.release(entry);
  failpoint('export.release.after');
}
