import type { CatalogTransaction } from '../catalog/catalog.js';
import type { ContinuousExportEntity, Instant } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import { datetimeString, parseDatetime, ticksOfDate } from '../values/index.js';

/** Where a run has brought a job to. */
export interface Advance {
  /** The cursor that the window began after: the job must still stand there. */
  readonly after: string;
  readonly upTo: string;
  readonly exportedTo: Instant | null;
  /** Start of the run. */
  readonly startedOn: Instant;
  readonly now: Instant;
}

/** Moves the job over a window, within the transaction that tells its artifacts. Throws Export_JobChanged. */
export function advanceJob(tx: CatalogTransaction, jobId: string, advance: Advance): ContinuousExportEntity {
  const job = tx.get('continuousExport', jobId);
  if (job === undefined || job.cursor !== advance.after) {
    throw new KustoError('Export_JobChanged', 'The job was changed or dropped while it was running.');
  }
  const moved: ContinuousExportEntity = {
    ...job,
    cursor: advance.upTo,
    exportedTo: later(job.exportedTo, advance.exportedTo),
    lastRunTime: advance.startedOn,
    lastRunResult: 'Completed',
    lastSuccessTime: advance.now,
    failingSince: null,
  };
  tx.put(moved);
  return moved;
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || (b !== null && ticksOfInstant(b) > ticksOfInstant(a)) ? b : a;
}

export function instantOf(date: Date): Instant {
  return datetimeString(ticksOfDate(date));
}

export function ticksOfInstant(instant: Instant): bigint {
  const ticks = parseDatetime(instant);
  if (ticks === undefined) throw new Error(`'${instant}' is not an instant`);
  return ticks;
}
