import type { ContinuousExportEntity } from '../catalog/model.js';
import { ticksOfInstant, type RunOutcome } from '../export/index.js';
import { UNIX_EPOCH_TICKS } from '../values/index.js';

/** What is known of a job beside the catalog: nothing that a restart would miss. */
export class JobState {
  run: { readonly controller: AbortController; readonly done: Promise<RunOutcome> } | undefined;
  /** Changes that keep the job from running. */
  holds = 0;
  /** Commands that run the job themselves, window after window. */
  claims = 0;
  /** In a row. */
  failures = 0;
  /** Milliseconds since 1970. */
  retryAt: number | undefined;
  isBehind = false;
  /** A window of an earlier process is to be ended. */
  isRecovering = false;

  /** Milliseconds since 1970; infinite while the job cannot run. */
  dueAt(job: ContinuousExportEntity): number {
    if (job.isDisabled || this.run !== undefined || this.holds + this.claims > 0) return Infinity;
    if (this.retryAt !== undefined) return this.retryAt;
    if (this.isBehind || this.isRecovering) return -Infinity;
    return lastRun(job) + Number(BigInt(job.intervalTicks) / 10_000n);
  }
}

/** Milliseconds since 1970; never: minus infinity. */
export function lastRun(job: ContinuousExportEntity): number {
  if (job.lastRunTime === null) return -Infinity;
  return Number((ticksOfInstant(job.lastRunTime) - UNIX_EPOCH_TICKS) / 10_000n);
}
