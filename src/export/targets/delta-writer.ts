import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KustoError } from '../../errors/index.js';
import {
  appendCommit,
  commitName,
  nameOf,
  requireAppendable,
  requireNoNulls,
  requireWritableColumns,
  tableNotFound,
  withdrawCommit,
  type AddedFile,
  type DeltaHeads,
  type DeltaLog,
  type LogHead,
} from '../../external/index.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { failpoint } from '../../values/failpoint.js';
import type { JournalEntry } from '../journal.js';
import type { Delivery } from './delivery.js';
import { clearState, readState, writeState, type DeltaState } from './delta-state.js';
import type { DeliveredArtifact, DeliveryProgress, TargetWriter } from './target-writer.js';
import { artifactsOf, removeUploads, upload } from './upload.js';

export interface DeltaWriterParts {
  readonly store: ObjectStore;
  readonly log: DeltaLog;
  readonly heads: DeltaHeads;
  readonly now: () => Date;
}

type DeltaDelivery = Extract<Delivery, { kind: 'delta' }>;

/**
 * Appends to a Delta table: the files first, which no reader of the log sees, then one commit that names them. The commit
 * carries the number of the job's transaction, by which a later try knows that it is in. A version that another writer has
 * taken is followed by the next one, if the table still is what the files were written for.
 */
export class DeltaWriter implements TargetWriter {
  constructor(
    private readonly delivery: DeltaDelivery,
    private readonly parts: DeltaWriterParts,
  ) {}

  async deliver(
    entry: JournalEntry,
    progress: DeliveryProgress,
    signal: AbortSignal,
  ): Promise<readonly DeliveredArtifact[]> {
    const { store, log, heads } = this.parts;
    if ((await readState(entry))?.isWithdrawn) await this.discard(entry, signal);
    const artifacts = artifactsOf(entry, [store]);
    const known = await readState(entry);
    let head = await heads.newest(log, signal);
    if (known !== undefined && isIn(head, entry, known)) return artifacts;
    await this.requireFit(head, entry, progress, signal);
    await upload(entry, [store], progress, signal);
    const state = known ?? { version: lastOf(head, entry) + 1, isCreation: head === undefined, isWithdrawn: false };
    if (known === undefined) await writeState(entry, state);
    while (!(await this.put(head, entry, this.append(head, entry, state), signal))) {
      head = await heads.newest(log, signal);
      if (isIn(head, entry, state)) break;
      await this.requireFit(head, entry, progress, signal);
    }
    return artifacts;
  }

  async discard(entry: JournalEntry, signal: AbortSignal): Promise<void> {
    const { store } = this.parts;
    try {
      const state = await readState(entry);
      const stays = state !== undefined && (await this.withdraw(entry, state, signal));
      // What a reader of an older version may still read is left to the table's own clean-up.
      if (!stays) await removeUploads(entry, [store], signal);
      await clearState(entry);
    } catch (error) {
      // Where there is no container, there is nothing of ours.
      if (!(error instanceof KustoError) || error.code !== 'Storage_ContainerNotFound') throw error;
    }
  }

  /**
   * Puts a commit after which no try of the entry can come in any more: one that removes its files, or one that only takes
   * its number. Answers whether the files were in the table.
   */
  private async withdraw(entry: JournalEntry, state: DeltaState, signal: AbortSignal): Promise<boolean> {
    const { log, now } = this.parts;
    await writeState(entry, { ...state, isWithdrawn: true });
    for (;;) {
      const head = await log.load({ withFiles: true, signal });
      const inTable = new Set([...(head?.snapshot.files?.values() ?? [])].map(nameOf));
      const present = entry.manifest.files.map(({ name }) => name).filter((name) => inTable.has(name));
      if (present.length === 0 && isIn(head, entry, state)) return false;
      // Somebody has deleted the table that the commit was for.
      if (head === undefined && !state.isCreation) return false;
      if (head !== undefined) requireAppendable(head.snapshot);
      if (present.length > 0 && head?.snapshot.metadata.configuration?.['delta.appendOnly'] === 'true') {
        throw new KustoError(
          'DeltaTable_AppendOnly',
          `Records of an export that was given up are in version ${head.snapshot.version} or before of ${log.address}, which allows ` +
            `appends only: they stay. Set delta.appendOnly to false to have them removed, or delete them: ${present.join(', ')}.`,
        );
      }
      const transaction = { appId: appIdOf(entry), version: state.version };
      const text =
        head === undefined
          ? this.append(undefined, entry, state, [])
          : withdrawCommit(present, { transaction, now: now().getTime() });
      failpoint('delta.withdrawal.before');
      const isPut = await this.put(head, entry, text, signal);
      failpoint('delta.withdrawal.after');
      if (isPut) return present.length > 0;
    }
  }

  private append(
    head: LogHead | undefined,
    entry: JournalEntry,
    { version }: DeltaState,
    files: readonly AddedFile[] = addedFiles(entry),
  ): string {
    return appendCommit(files, {
      transaction: { appId: appIdOf(entry), version },
      now: this.parts.now().getTime(),
      ...(head === undefined && { create: this.delivery.columns }),
    });
  }

  /** False when the version after `head` is taken. */
  private async put(
    head: LogHead | undefined,
    entry: JournalEntry,
    text: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const path = join(entry.folder, 'commit.json');
    await writeFile(path, text);
    failpoint('delta.commit.before');
    const put = await this.parts.store.putFile(commitName((head?.snapshot.version ?? -1) + 1), path, {
      sha256: createHash('sha256').update(text).digest('hex'),
      contentType: 'application/json',
      signal,
    });
    failpoint('delta.commit.after');
    return put === 'created';
  }

  /**
   * Throws what keeps the entry from being appended for good. It is taken back then, so that a definition that follows the
   * table can take its place.
   */
  private async requireFit(
    head: LogHead | undefined,
    entry: JournalEntry,
    progress: DeliveryProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const { columns, partitions } = this.delivery;
    try {
      if (head === undefined) {
        if (partitions.length > 0) throw tableNotFound(this.parts.log.address);
        return;
      }
      const { metadata } = head.snapshot;
      requireAppendable(head.snapshot);
      requireWritableColumns({ name: entry.manifest.externalTable, columns, partitions }, metadata);
      requireNoNulls(addedFiles(entry), metadata);
    } catch (error) {
      await this.discard(entry, signal).then(
        () => (progress.isTakenBack = true),
        // It stays as it is, and is looked at again the next time.
        () => undefined,
      );
      throw error;
    }
  }
}

/** Jobs and operations each count their own transactions. */
function appIdOf({ manifest: { owner } }: JournalEntry): string {
  return owner.kind === 'job' ? owner.jobId : owner.operationId;
}

const lastOf = (head: LogHead | undefined, entry: JournalEntry): number =>
  head?.snapshot.transactions.get(appIdOf(entry)) ?? 0;

const isIn = (head: LogHead | undefined, entry: JournalEntry, { version }: DeltaState): boolean =>
  lastOf(head, entry) >= version;

function addedFiles({ manifest }: JournalEntry): readonly AddedFile[] {
  return manifest.files.map(({ name, size, delta }) => {
    if (delta === undefined) throw new Error(`${name} was not written for a Delta table`);
    return { name, size, ...delta };
  });
}
