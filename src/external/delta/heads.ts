import type { DeltaLog, LogHead } from './log.js';

/** Tables that are remembered, and the files of one that are. */
const MOST_TABLES = 64;
const MOST_FILES = 100_000;

/**
 * What is known of logs that this process reads again and again: only what is new in them is read. Who asks has to read the
 * log's last commit with a credential of his own, so nobody learns what the storage would not tell him.
 */
export class DeltaHeads {
  private readonly heads = new Map<string, LogHead>();

  /** `withFiles`: as `DeltaLog.load` takes it. */
  constructor(private readonly withFiles: boolean) {}

  /** The newest state; undefined where there is no table. */
  async newest(log: DeltaLog, signal?: AbortSignal): Promise<LogHead | undefined> {
    const { address } = log;
    const known = this.heads.get(address);
    const advanced = known && (await log.advance(known, signal));
    const head = advanced ?? (await log.load({ withFiles: this.withFiles, ...(signal && { signal }) }));
    // Behind the others: the first are those that nobody has asked for the longest.
    this.heads.delete(address);
    if (head !== undefined && (head.snapshot.files?.size ?? 0) <= MOST_FILES) this.heads.set(address, head);
    for (const [oldest] of this.heads) if (this.heads.size > MOST_TABLES) this.heads.delete(oldest);
    return head;
  }
}
