import type { DeltaLog, LogHead } from './log.js';

/** What is known of the logs that this process appends to, so that a run reads only what is new in them. */
export class DeltaHeads {
  private readonly heads = new Map<string, LogHead>();

  /** The newest state, without the files; undefined where there is no table. */
  async newest(log: DeltaLog, signal?: AbortSignal): Promise<LogHead | undefined> {
    const known = this.heads.get(log.address);
    const advanced = known && (await log.advance(known, signal));
    const head = advanced ?? (await log.load({ withFiles: false, ...(signal && { signal }) }));
    if (head === undefined) this.heads.delete(log.address);
    else this.heads.set(log.address, head);
    return head;
  }
}
