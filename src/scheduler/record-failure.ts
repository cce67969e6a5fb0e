import { randomUUID } from 'node:crypto';
import type { Catalog } from '../catalog/catalog.js';
import { instantOf, ticksOfInstant, type RunFailure } from '../export/index.js';

const SEVEN_DAYS = 7n * 864_000_000_000n;

/**
 * Tells a failed run in the job's failures and in the job itself. After 7 days of permanent failures without a run that
 * succeeded, the job is disabled: nothing but somebody's doing can mend it.
 */
export async function recordFailure(
  catalog: Catalog,
  jobId: string,
  failure: RunFailure,
  startedOn: Date,
  now: Date,
): Promise<void> {
  const timestamp = instantOf(now);
  await catalog.transact((tx) => {
    const job = tx.get('continuousExport', jobId);
    if (job === undefined) return;
    const { error } = failure;
    const failingSince = job.failingSince ?? (error.permanent ? timestamp : null);
    const isOver =
      error.permanent && failingSince !== null && ticksOfInstant(timestamp) - ticksOfInstant(failingSince) > SEVEN_DAYS;
    const next = isOver
      ? ` The job has failed for more than 7 days and was disabled. Mend the cause, then .enable continuous-export ${job.name}.`
      : error.permanent
        ? ' It is tried again at the next interval.'
        : ' It is tried again shortly.';
    tx.addFailure({
      jobId,
      operationId: randomUUID(),
      timestamp,
      lastSuccessRun: job.lastSuccessTime,
      failureKind: failure.isPartial ? 'PartialFailure' : 'Failure',
      details: `${error.code}: ${error.message}${next}`,
    });
    tx.put({
      ...job,
      lastRunTime: instantOf(startedOn),
      lastRunResult: 'Failed',
      failingSince,
      isDisabled: job.isDisabled || isOver,
    });
  });
}
