import { randomUUID } from 'node:crypto';
import type { ContinuousExportEntity, ExportedArtifact } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import { datetimeString, ticksOfDate } from '../values/index.js';
import { failpoint } from '../values/failpoint.js';
import { deliver } from './deliver.js';
import { discard } from './discard.js';
import { failureOf } from './failure.js';
import { advanceJob, instantOf } from './job.js';
import type { JournalEntry, JournalOwner, Manifest } from './journal.js';
import { checkAccess, databasesOf, definitionOf, planRun, writerOf, type RunAccess } from './plan.js';
import { produceFiles } from './produce.js';
import type { ExportServices, Writer } from './services.js';
import { isCommitted } from './sweep.js';
import { openTarget } from './targets/open-target.js';
import { DeliveryProgress, type DeliveredArtifact } from './targets/target-writer.js';
import { nextWindow, type Window } from './window.js';

/** Rows of a window, unless one extent alone holds more: what a run may have to do again after a failure. */
export const DEFAULT_WINDOW_ROWS = 2_000_000;

export interface RunOptions {
  readonly maxRows: number;
  /** Its reason is the KustoError that the run then ends with. */
  readonly signal: AbortSignal;
}

export interface RunCompletion {
  readonly kind: 'completed';
  readonly artifacts: readonly ExportedArtifact[];
  /** More is ready to be exported at once. */
  readonly isBehind: boolean;
}

export interface RunFailure {
  readonly kind: 'failed';
  readonly error: KustoError;
  /** Some of the run's files are at the target. */
  readonly isPartial: boolean;
}

export type RunOutcome = RunCompletion | RunFailure;

type JobOwner = Extract<JournalOwner, { kind: 'job' }>;

/**
 * One run of a job: brings a window that is under way to its end, or exports the next one. Never throws for what goes
 * wrong with the run; a run that failed after its journal was sealed goes on there the next time. One run of a job at a
 * time: the caller sees to it.
 */
export async function runJob(services: ExportServices, jobId: string, options: RunOptions): Promise<RunOutcome> {
  const progress = new DeliveryProgress();
  try {
    const job = services.catalog.snapshot().get('continuousExport', jobId);
    if (job === undefined) throw new KustoError('Export_JobNotFound', 'The continuous export was dropped.');
    const run = new JobRun(services, job, options, progress);
    const entry = services.journal.ofJob(jobId);
    return entry === undefined ? await run.exportNext() : await run.resume(entry);
  } catch (error) {
    return { kind: 'failed', error: failureOf(error, options.signal), isPartial: progress.done > 0 };
  }
}

class JobRun {
  private readonly startedOn: string;

  constructor(
    private readonly services: ExportServices,
    private readonly job: ContinuousExportEntity,
    private readonly options: RunOptions,
    private readonly progress: DeliveryProgress,
  ) {
    this.startedOn = instantOf(services.now());
  }

  async exportNext(): Promise<RunOutcome> {
    const { services, job, options } = this;
    const plan = await planRun(services, job, options.signal);
    const now = ticksOfDate(services.now());
    const window = await nextWindow(
      services.catalog,
      plan.facts.map((fact) => fact.tableId),
      BigInt(job.cursor),
      { before: now - BigInt(job.forcedLatencyTicks), maxRows: options.maxRows },
    );
    const owner: JobOwner = {
      kind: 'job',
      jobId: job.id,
      definition: definitionOf(job, plan.table),
      after: job.cursor,
      upTo: window.upTo.toString(),
      exportedTo: datetimeString(window.exportedTo),
    };
    const entry = window.rows === 0 ? undefined : await this.write(plan, window, owner);
    const artifacts = entry === undefined ? await this.commitEmpty(owner) : await this.finish(entry, plan);
    return { kind: 'completed', artifacts, isBehind: window.isBounded };
  }

  /** Answers the sealed journal of the window; undefined when the query gave no row for it. */
  private async write(
    plan: Awaited<ReturnType<typeof planRun>>,
    window: Window,
    owner: JobOwner,
  ): Promise<JournalEntry | undefined> {
    const { services, job, options } = this;
    const scope = plan.facts.map(({ databaseId, tableId }, index) => ({
      databaseId,
      tableId,
      extents: (window.tables[index] ?? []).map((extent) => extent.number),
    }));
    const runId = randomUUID();
    const folder = await services.journal.begin(runId);
    try {
      const { prepared, target } = plan;
      const files = await produceFiles(services.engine, {
        runId,
        prepared,
        scope,
        target,
        folder,
        signal: options.signal,
      });
      options.signal.throwIfAborted();
      if (files.length > 0) {
        return await services.journal.seal(folder, {
          version: 2,
          runId,
          owner,
          databaseId: job.databaseId,
          databases: databasesOf(prepared),
          externalTable: job.externalTable,
          managedIdentity: job.managedIdentity,
          startedOn: this.startedOn,
          delivery: plan.target.delivery,
          connections: plan.target.connections,
          files,
        });
      }
    } catch (error) {
      await services.journal.abandon(folder);
      throw error;
    }
    await services.journal.abandon(folder);
    return undefined;
  }

  /** Brings what is not at the target yet there, commits, forgets. */
  private async finish(entry: JournalEntry, access: RunAccess): Promise<readonly ExportedArtifact[]> {
    const { services, options } = this;
    const target = await openTarget(services, entry.manifest, access.writer);
    const delivered = await deliver(services.journal, entry, target, this.progress, options.signal);
    const artifacts = await this.commit(entry.manifest, delivered);
    await services.journal.release(entry);
    failpoint('export.release.after');
    return artifacts;
  }

  private async commit(
    manifest: Manifest,
    delivered: readonly DeliveredArtifact[],
  ): Promise<readonly ExportedArtifact[]> {
    const { services } = this;
    const now = instantOf(services.now());
    const artifacts = delivered.map(({ path, rows, size, sha256 }) => ({
      jobId: this.job.id,
      runId: manifest.runId,
      timestamp: now,
      externalTable: manifest.externalTable,
      path,
      numRecords: rows,
      sizeInBytes: size,
      sha256,
    }));
    failpoint('export.commit.before');
    await services.catalog.transact((tx) => {
      tx.addArtifacts(artifacts);
      advanceJob(tx, this.job.id, { ...ownerOf(manifest), startedOn: this.startedOn, now });
    });
    failpoint('export.commit.after');
    return artifacts;
  }

  private async commitEmpty(owner: JobOwner): Promise<readonly []> {
    const now = instantOf(this.services.now());
    await this.services.catalog.transact((tx) => {
      advanceJob(tx, this.job.id, { ...owner, startedOn: this.startedOn, now });
    });
    return [];
  }

  /** Ends a window that an earlier run began: under the definition that it was begun under, or not at all. */
  async resume(entry: JournalEntry): Promise<RunOutcome> {
    const { services, job, options } = this;
    const { manifest } = entry;
    const owner = ownerOf(manifest);
    const again: RunOutcome = { kind: 'completed', artifacts: [], isBehind: true };
    if (await isCommitted(services, job.id, manifest.runId)) {
      await services.journal.release(entry);
      return again;
    }
    const writer = writerOf(manifest.databaseId, manifest.managedIdentity);
    if (owner.after !== job.cursor) {
      await discard(services, entry, writer, options.signal);
      return again;
    }
    const table = services.catalog.snapshot().byName('externalTable', job.databaseId, job.externalTable);
    const isChanged = definitionOf(job, table) !== owner.definition;
    if (isChanged && (await this.isUndone(entry, writer))) return again;
    const access = checkAccess(services, job, manifest.databases);
    // The addresses stay, the credentials are today's: somebody may have mended an expired one.
    const connections = manifest.connections.map((old) =>
      access.table.connections.find((one) => one.address === old.address),
    );
    const isSameKind = manifest.delivery.kind === access.target.delivery.kind;
    if (!isSameKind || !connections.every((one) => one !== undefined)) {
      await this.discardElsewhere(entry);
      return again;
    }
    const artifacts = await this.finish({ ...entry, manifest: { ...manifest, connections } }, access);
    return { kind: 'completed', artifacts, isBehind: true };
  }

  /**
   * Throws the window of an earlier definition away, where it is surely not at the target: not sent at all, or to a
   * database, which tells. False: it is brought to its end.
   */
  private async isUndone(entry: JournalEntry, writer: Writer): Promise<boolean> {
    const { services, options } = this;
    if (!entry.uploading) {
      await discard(services, entry, writer, options.signal);
      return true;
    }
    if (entry.manifest.delivery.kind !== 'sql') return false;
    const target = await openTarget(services, entry.manifest, writer);
    try {
      await target.discard(entry, options.signal);
    } catch (error) {
      if (error instanceof KustoError && error.code === 'Export_WindowIsIn') return false;
      throw error;
    }
    await services.journal.release(entry);
    return true;
  }

  /**
   * The window's target is no longer the job's. Its files are taken back; where that is refused for good, they stay, and
   * the failure says so: nobody who lists the new target meets them.
   */
  private async discardElsewhere(entry: JournalEntry): Promise<void> {
    const { services, options } = this;
    const { manifest } = entry;
    try {
      await discard(services, entry, writerOf(manifest.databaseId, manifest.managedIdentity), options.signal);
    } catch (error) {
      const failure = failureOf(error, options.signal);
      if (!failure.permanent || failure.code === 'Export_WindowIsIn') throw failure;
      await services.journal.release(entry);
      const files = manifest.files.map((file) => `${manifest.connections[file.connection]?.address}/${file.name}`);
      throw new KustoError(
        'Export_LeftoversStay',
        'The target was changed while a window was under way. Files of it could not be removed from the old target: ' +
          `${failure.message} Their records are exported to the new target as well; remove ${files.join(', ')}.`,
        { cause: error },
      );
    }
  }
}

function ownerOf(manifest: Manifest): JobOwner {
  if (manifest.owner.kind !== 'job') throw new Error(`run ${manifest.runId} is not of a job`);
  return manifest.owner;
}
