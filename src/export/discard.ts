import { KustoError } from '../errors/index.js';
import { failpoint } from '../values/failpoint.js';
import type { JournalEntry } from './journal.js';
import type { ExportServices, Writer } from './services.js';
import { openTarget } from './targets/open-target.js';

/**
 * Throws a run away whole: first what of it is at the target, then its journal. Throws Export_WindowIsIn where the target
 * keeps it; the journal is given up then, too.
 */
export async function discard(
  services: ExportServices,
  entry: JournalEntry,
  writer: Writer,
  signal: AbortSignal,
): Promise<void> {
  if (entry.uploading) {
    const target = await openTarget(services, entry.manifest, writer);
    try {
      await target.discard(entry, signal);
    } catch (error) {
      // Told once: nothing that comes later can change it.
      if (error instanceof KustoError && error.code === 'Export_WindowIsIn') await services.journal.release(entry);
      throw error;
    }
  }
  await services.journal.release(entry);
  failpoint('export.release.after');
}
