import type { JournalEntry } from '../journal.js';

/** Something that a delivery left at the target, as artifacts tell it. */
export interface DeliveredArtifact {
  /** As Kusto shows it, without a credential. */
  readonly path: string;
  readonly rows: number;
  /** Bytes of what was sent, and their hash in lower-case hexadecimal. */
  readonly size: number;
  readonly sha256: string;
}

/**
 * The last step of an export, by kind of target: brings what a journal entry holds to where somebody can see it. Nothing
 * but the entry says what is sent, so that a second try sends the same.
 */
export interface TargetWriter {
  /**
   * All of the entry is at the target when it answers, and counts once: what an earlier try brought there is recognized.
   * Nothing lands after it has answered or thrown, other than what `progress` holds as unknown.
   */
  deliver(entry: JournalEntry, progress: DeliveryProgress, signal: AbortSignal): Promise<readonly DeliveredArtifact[]>;
  /**
   * Takes back what tries left there, and answers also where there is nothing. From then on no earlier try can make a
   * record of the entry visible.
   */
  discard(entry: JournalEntry, signal: AbortSignal): Promise<void>;
}

/** What of one try is at the target: told in the failure, and whether the entry is known to be untouched. */
export class DeliveryProgress {
  /** Parts that are there. */
  done = 0;
  /** Parts that may be there: the answer of the target is not known. */
  unknown = 0;

  /** The try has found that the entry cannot go on as it is, and has removed all of it from the target. */
  isTakenBack = false;

  get isBegun(): boolean {
    return this.done + this.unknown > 0;
  }
}
