import { KustoError } from '../errors/index.js';
import { failpoint, ticksOfDate } from '../values/index.js';
import {
  hasIngestionTime,
  type Catalog,
  type CatalogPersistence,
  type CatalogSnapshot,
  type CatalogTransaction,
  type Committed,
  type LoadedCatalog,
} from './catalog.js';
import type { Extent, OperationRecord } from './model.js';
import { Snapshot } from './snapshot.js';
import { Transaction } from './transaction.js';

const RETENTION_MS = 14 * 24 * 3600 * 1000;

/**
 * The catalog: an immutable state in memory, and transactions one at a time that first become durable in the
 * persistence and then visible.
 */
export class StoredCatalog implements Catalog {
  private state: Snapshot;
  private cursor: bigint;
  private extentNumber: bigint;
  private ingestionTime: bigint;
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly persistence: CatalogPersistence,
    private readonly now: () => Date,
    loaded: LoadedCatalog,
  ) {
    this.state = Snapshot.of(loaded.entities);
    this.cursor = loaded.cursor;
    this.extentNumber = loaded.extentNumber;
    this.ingestionTime = loaded.ingestionTime;
  }

  /** Loads what was kept. Operations that a stop or a kill cut off are `Abandoned`. */
  static async open(persistence: CatalogPersistence, now: () => Date): Promise<StoredCatalog> {
    const catalog = new StoredCatalog(persistence, now, await persistence.load());
    for (const record of await persistence.operations()) {
      if (record.state !== 'InProgress' && record.state !== 'Scheduled') continue;
      await persistence.putOperation({
        ...record,
        state: 'Abandoned',
        status: 'The server stopped before the operation ended.',
        lastUpdatedOn: now().toISOString(),
        shouldRetry: true,
      });
    }
    return catalog;
  }

  snapshot(): CatalogSnapshot {
    return this.state;
  }

  currentCursor(): bigint {
    return this.cursor;
  }

  newExtentNumber(): bigint {
    return ++this.extentNumber;
  }

  transact<T>(work: (tx: CatalogTransaction) => T | Promise<T>): Promise<{ readonly value: T } & Committed> {
    const result = this.turn.then(() => this.transactNow(work));
    this.turn = result.catch(() => undefined);
    return result;
  }

  private async transactNow<T>(
    work: (tx: CatalogTransaction) => T | Promise<T>,
  ): Promise<{ readonly value: T } & Committed> {
    const transaction = new Transaction(this.state);
    let value: T;
    try {
      value = await work(transaction);
    } finally {
      transaction.end();
    }
    const extents = this.place(transaction);
    if (transaction.isEmpty) return { value, cursor: this.cursor, extents };
    failpoint('catalog.before-commit');
    await this.persistence.commit({
      puts: transaction.puts,
      deletes: transaction.deletes,
      extents,
      droppedExtents: transaction.dropped,
      writes: transaction.writes,
      artifacts: transaction.artifacts,
      failures: transaction.failures,
    });
    failpoint('catalog.after-commit');
    this.state = transaction.state;
    const last = extents.at(-1);
    if (last) {
      this.cursor = last.cursor;
      this.ingestionTime = last.ingestionTime;
    }
    return { value, cursor: this.cursor, extents };
  }

  /**
   * Places in the order of commit. A cursor is the commit's time in ticks, moved past the last one: it looks like the
   * reference's cursors, and neither cursor nor time ever goes back, whatever the clock does.
   */
  private place(transaction: Transaction): Extent[] {
    const now = ticksOfDate(this.now());
    const ingestionTime = now > this.ingestionTime ? now : this.ingestionTime;
    let cursor = this.cursor;
    return transaction.extents.map((extent) => {
      if (extent.number > this.extentNumber)
        throw new KustoError('General_InternalServerError', 'An extent number was not given out by the catalog.');
      cursor = now > cursor ? now : cursor + 1n;
      return { ...extent, cursor, ingestionTime, isTimed: hasIngestionTime(transaction, extent.tableId) };
    });
  }

  extents(
    tableId: string,
    window: { readonly after?: bigint; readonly upTo?: bigint } = {},
  ): Promise<readonly Extent[]> {
    return this.persistence.extents(tableId, window.after, window.upTo);
  }

  timeOfCursor(cursor: bigint): Promise<bigint | undefined> {
    return this.persistence.timeOfCursor(cursor);
  }

  artifacts(jobId: string) {
    return this.persistence.artifacts(jobId);
  }

  failures(jobId: string) {
    return this.persistence.failures(jobId);
  }

  prune(now: Date): Promise<void> {
    return this.persistence.prune(new Date(now.getTime() - RETENTION_MS).toISOString());
  }

  putOperation(record: OperationRecord): Promise<void> {
    return this.persistence.putOperation(record);
  }

  operations(ids?: readonly string[]): Promise<readonly OperationRecord[]> {
    return this.persistence.operations(ids);
  }

  /** Waits for the transactions under way. */
  async close(): Promise<void> {
    await this.turn;
    await this.persistence.close();
  }
}
