import type { KustoError } from '../errors/index.js';
import { discard } from './discard.js';
import { failureOf } from './failure.js';
import { ticksOfInstant } from './job.js';
import type { JournalEntry } from './journal.js';
import { writerOf } from './plan.js';
import type { ExportServices, Writer } from './services.js';
import { ticksOfDate } from '../values/index.js';

/** Ticks after which files that cannot be taken back are left where they are. */
const GIVE_UP = 7n * 864_000_000_000n;

export interface Leftover {
  readonly entry: JournalEntry;
  readonly error: KustoError;
  readonly isGivenUp: boolean;
}

/**
 * Takes back what belongs to nobody any more: the window of a job that was dropped, the files of a one-off export that
 * did not complete. Forgets what is complete. Answers what could not be taken back; it stays for the next time.
 */
export async function sweepLeftovers(services: ExportServices, signal: AbortSignal): Promise<readonly Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const entry of services.journal.entries()) {
    const state = await ownerState(services, entry);
    if (state === 'present') continue;
    try {
      if (state === 'completed') await services.journal.release(entry);
      else await discard(services, entry, writerOfEntry(entry), signal);
    } catch (cause) {
      const error = failureOf(cause, signal);
      const age = ticksOfDate(services.now()) - ticksOfInstant(entry.manifest.startedOn);
      const isGivenUp = error.permanent && age > GIVE_UP;
      if (isGivenUp) await services.journal.release(entry);
      leftovers.push({ entry, error, isGivenUp });
    }
  }
  return leftovers;
}

/** Forgets the windows that were committed before the process was killed. For the start, before any run. */
export async function releaseCommitted(services: ExportServices): Promise<void> {
  for (const entry of services.journal.entries()) {
    const { owner } = entry.manifest;
    if (owner.kind === 'job' && (await isCommitted(services, owner.jobId, entry.manifest.runId))) {
      await services.journal.release(entry);
    }
  }
}

/**
 * Told by the artifacts, which are committed with the window: the cursor may have been set by a user since. Holds as
 * long as artifacts are kept, so leftovers are settled before old artifacts are dropped.
 */
export async function isCommitted(services: ExportServices, jobId: string, runId: string): Promise<boolean> {
  const artifacts = await services.catalog.artifacts(jobId);
  return artifacts.some((artifact) => artifact.runId === runId);
}

async function ownerState(services: ExportServices, entry: JournalEntry): Promise<'present' | 'completed' | 'gone'> {
  const { owner } = entry.manifest;
  if (owner.kind === 'job') {
    const job = services.catalog.snapshot().get('continuousExport', owner.jobId);
    if (job !== undefined) return 'present';
    // Killed between the commit and the release, then dropped: its files are no leftovers.
    return (await isCommitted(services, owner.jobId, entry.manifest.runId)) ? 'completed' : 'gone';
  }
  const [operation] = await services.catalog.operations([owner.operationId]);
  if (operation?.state === 'Completed') return 'completed';
  return operation?.state === 'InProgress' ? 'present' : 'gone';
}

function writerOfEntry({ manifest }: JournalEntry): Writer {
  return manifest.owner.kind === 'job'
    ? writerOf(manifest.databaseId, manifest.managedIdentity)
    : { databaseId: manifest.databaseId, usage: 'ExportRequest' };
}
