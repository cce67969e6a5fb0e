import type { ContinuousExportEntity, ExportedArtifact } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import {
  DEFAULT_WINDOW_ROWS,
  releaseCommitted,
  runJob,
  sweepLeftovers,
  type ExportCapacity,
  type ExportControl,
  type ExportServices,
  type RunOutcome,
} from '../export/index.js';
import { DEFAULT_BACKOFF, delayAfter, type Backoff } from './backoff.js';
import type { Clock } from './clock.js';
import { JobState, lastRun } from './job-state.js';
import { recordFailure } from './record-failure.js';

export type SchedulerEvent =
  | { readonly kind: 'begun'; readonly jobId: string }
  | { readonly kind: 'ended'; readonly jobId: string; readonly outcome: RunOutcome }
  | { readonly kind: 'swept' }
  /** Files of a dropped job or a failed command could not be taken back from a target. */
  | { readonly kind: 'leftover'; readonly error: KustoError; readonly isGivenUp: boolean }
  /** The scheduler's own work failed, such as writing a failure down. */
  | { readonly kind: 'fault'; readonly error: unknown };

export interface SchedulerOptions {
  readonly services: ExportServices;
  readonly capacity: ExportCapacity;
  readonly clock: Clock;
  readonly random?: () => number;
  readonly backoff?: Backoff;
  readonly maxWindowRows?: number;
  /** Milliseconds that one run may take. */
  readonly runDeadline?: number;
  /** Milliseconds that runs under way have to end in when the scheduler stops. */
  readonly stopGrace?: number;
  /** For logs, and for tests in place of waiting. */
  readonly onEvent?: (event: SchedulerEvent) => void;
}

const HALF_AN_HOUR = 1_800_000;
/** The longest sleep: the wall clock may be set while we wait. */
const MOST_SLEEP = 30_000;
const SWEEP_AGAIN = 60_000;
const PRUNE_AGAIN = 3_600_000;

/**
 * Decides when jobs run: when their interval is over, the one whose last run is longest ago first, as many at once as
 * the capacity allows. A job that waits for a retry holds no slot.
 */
export class Scheduler implements ExportControl {
  readonly capacity: ExportCapacity;
  private readonly states = new Map<string, JobState>();
  private readonly stopping = new AbortController();
  private isActive = false;
  private cancelTimer: () => void = () => undefined;
  private housekeeping: Promise<void> | undefined;
  private sweepAt = -Infinity;
  private pruneAt = -Infinity;

  constructor(private readonly options: SchedulerOptions) {
    this.capacity = options.capacity;
  }

  /** Ends first what an earlier process left, then works until `stop`. */
  async start(): Promise<void> {
    await releaseCommitted(this.options.services);
    for (const { manifest } of this.options.services.journal.entries()) {
      if (manifest.owner.kind === 'job') this.stateOf(manifest.owner.jobId).isRecovering = true;
    }
    this.isActive = true;
    this.wake();
  }

  /**
   * No run begins any more; those under way may end, and are broken off after the grace. A window that was broken off
   * goes on from its journal at the next start.
   */
  async stop(): Promise<void> {
    this.isActive = false;
    this.cancelTimer();
    const stopped = new KustoError('Export_Stopped', 'The server is stopping.');
    const running = [...this.states.values()].flatMap((state) => state.run ?? []);
    const cancelGrace = this.options.clock.after(this.options.stopGrace ?? 5_000, () => {
      for (const { controller } of running) controller.abort(stopped);
    });
    await Promise.all(running.map(({ done }) => done));
    cancelGrace();
    this.stopping.abort(stopped);
    await this.housekeeping;
  }

  isRunning(jobId: string): boolean {
    return this.states.get(jobId)?.run !== undefined;
  }

  pending(): readonly string[] {
    return this.due().map((job) => job.id);
  }

  wake(): void {
    if (!this.isActive) return;
    this.keepHouse();
    for (const job of this.due()) {
      const release = this.capacity.tryAcquire();
      if (release === undefined) break;
      void this.begin(job.id, release);
    }
    this.cancelTimer();
    this.cancelTimer = this.options.clock.after(this.untilNextDue(), () => this.wake());
  }

  async runNow(jobId: string, signal: AbortSignal): Promise<readonly ExportedArtifact[]> {
    const state = this.stateOf(jobId);
    const artifacts: ExportedArtifact[] = [];
    let isBehind = true;
    state.claims++;
    try {
      while (isBehind) {
        const outcome = await this.nextRun(jobId, state, signal);
        if (outcome.kind === 'failed') throw outcome.error;
        artifacts.push(...outcome.artifacts);
        isBehind = outcome.isBehind;
      }
      return artifacts;
    } finally {
      state.claims--;
      this.wake();
    }
  }

  /** Waits for the run under way, whose window was chosen before the caller asked, then runs once. */
  private async nextRun(jobId: string, state: JobState, signal: AbortSignal): Promise<RunOutcome> {
    while (state.run !== undefined) await state.run.done;
    signal.throwIfAborted();
    this.checkRunnable(jobId, state);
    const done = this.begin(jobId, this.capacity.acquire());
    const abort = (): void => state.run?.controller.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await done;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private checkRunnable(jobId: string, state: JobState): void {
    if (!this.isActive) throw new KustoError('Export_Stopped', 'The server is stopping.');
    const job = this.options.services.catalog.snapshot().get('continuousExport', jobId);
    if (job === undefined) throw new KustoError('Export_JobNotFound', 'The continuous export was dropped.');
    if (job.isDisabled) {
      throw new KustoError(
        'Export_JobDisabled',
        `The continuous export '${job.name}' is disabled: enable it with .enable continuous-export ${job.name}.`,
      );
    }
    if (state.holds > 0) throw new KustoError('Export_JobChanged', 'The job is being changed. Try again.');
  }

  async whileStopped<T>(jobId: string, change: () => Promise<T>): Promise<T> {
    const state = this.stateOf(jobId);
    state.holds++;
    try {
      state.run?.controller.abort(new KustoError('Export_JobChanged', 'The job is being changed or dropped.'));
      await state.run?.done;
      return await change();
    } finally {
      state.holds--;
      state.retryAt = undefined;
      state.failures = 0;
      this.wake();
    }
  }

  private begin(jobId: string, release: () => void): Promise<RunOutcome> {
    const { clock, onEvent, runDeadline = HALF_AN_HOUR } = this.options;
    const state = this.stateOf(jobId);
    const controller = new AbortController();
    const cancelDeadline = clock.after(runDeadline, () => {
      const text = `The run did not end within ${runDeadline / 1000} seconds and was broken off.`;
      controller.abort(new KustoError('General_Timeout', text));
    });
    onEvent?.({ kind: 'begun', jobId });
    const done = this.runOnce(jobId, state, controller.signal).finally(() => {
      cancelDeadline();
      release();
      state.run = undefined;
    });
    state.run = { controller, done };
    void done.then((outcome) => {
      onEvent?.({ kind: 'ended', jobId, outcome });
      this.wake();
    });
    return done;
  }

  /** Never rejects. */
  private async runOnce(jobId: string, state: JobState, signal: AbortSignal): Promise<RunOutcome> {
    const { services, clock, onEvent, maxWindowRows = DEFAULT_WINDOW_ROWS } = this.options;
    const startedOn = clock.now();
    const outcome = await runJob(services, jobId, { maxRows: maxWindowRows, signal });
    state.isRecovering = false;
    state.isBehind = outcome.kind === 'completed' && outcome.isBehind;
    state.retryAt = undefined;
    if (outcome.kind === 'completed') {
      state.failures = 0;
      return outcome;
    }
    if (isOurDoing(outcome.error)) return outcome;
    state.failures = outcome.error.permanent ? 0 : state.failures + 1;
    try {
      await recordFailure(services.catalog, jobId, outcome, startedOn, clock.now());
      if (!outcome.error.permanent) state.retryAt = this.retryAfter(state.failures);
    } catch (error) {
      // The job looks due at once: do not spin where nothing can be written down.
      state.retryAt = this.retryAfter(Math.max(1, state.failures));
      onEvent?.({ kind: 'fault', error });
    }
    return outcome;
  }

  private retryAfter(failures: number): number {
    const { clock, backoff = DEFAULT_BACKOFF, random = Math.random } = this.options;
    return clock.now().getTime() + delayAfter(failures, backoff, random);
  }

  private jobs(): readonly { readonly job: ContinuousExportEntity; readonly state: JobState }[] {
    const jobs = this.options.services.catalog.snapshot().list('continuousExport');
    return jobs.map((job) => ({ job, state: this.stateOf(job.id) }));
  }

  private due(): readonly ContinuousExportEntity[] {
    const now = this.options.clock.now().getTime();
    return this.jobs()
      .filter(({ job, state }) => state.dueAt(job) <= now)
      .sort(
        (a, b) =>
          Number(b.state.isRecovering) - Number(a.state.isRecovering) || compare(lastRun(a.job), lastRun(b.job)),
      )
      .map(({ job }) => job);
  }

  private untilNextDue(): number {
    const now = this.options.clock.now().getTime();
    // One that is due waits for a slot: the end of a run wakes us.
    const waits = this.jobs().map(({ job, state }) => state.dueAt(job) - now);
    return Math.min(MOST_SLEEP, ...waits.filter((wait) => wait > 0));
  }

  /** Takes leftovers back, and drops what is older than 14 days. One at a time, beside the runs. */
  private keepHouse(): void {
    if (this.housekeeping !== undefined) return;
    const now = this.options.clock.now().getTime();
    const { services, onEvent } = this.options;
    const hasLeftovers = now >= this.sweepAt && services.journal.entries().length > 0;
    if (!hasLeftovers && now < this.pruneAt) return;
    this.housekeeping = (async () => {
      if (hasLeftovers) await this.sweep(now);
      if (now < this.pruneAt) return;
      this.pruneAt = now + PRUNE_AGAIN;
      await services.catalog.prune(new Date(now));
    })()
      .catch((error: unknown) => {
        this.sweepAt = now + SWEEP_AGAIN;
        onEvent?.({ kind: 'fault', error });
      })
      .finally(() => {
        this.housekeeping = undefined;
      });
  }

  private async sweep(now: number): Promise<void> {
    const { services, onEvent } = this.options;
    const leftovers = await sweepLeftovers(services, this.stopping.signal);
    if (leftovers.length > 0) this.sweepAt = now + SWEEP_AGAIN;
    for (const { error, isGivenUp } of leftovers) onEvent?.({ kind: 'leftover', error, isGivenUp });
    onEvent?.({ kind: 'swept' });
  }

  private stateOf(jobId: string): JobState {
    let state = this.states.get(jobId);
    if (state === undefined) {
      state = new JobState();
      this.states.set(jobId, state);
    }
    return state;
  }
}

/** Ended by us, for a reason that says nothing of the job. */
function isOurDoing(error: KustoError): boolean {
  return ['Export_Stopped', 'Export_JobChanged', 'Export_JobNotFound', 'General_Cancelled'].includes(error.code);
}

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
