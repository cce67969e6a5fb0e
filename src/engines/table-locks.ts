import { abortError } from './abort.js';
import type { WriteScope } from './engine.js';

interface Waiter {
  readonly exclusive: boolean;
  readonly admit: () => void;
}

/** One table's lock: many appends or one change, in order of arrival, so that a change is never starved. */
class TableLock {
  private appends = 0;
  private changing = false;
  private readonly waiting: Waiter[] = [];

  get idle(): boolean {
    return this.appends === 0 && !this.changing && this.waiting.length === 0;
  }

  acquire(exclusive: boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        exclusive,
        admit: () => {
          signal?.removeEventListener('abort', aborted);
          resolve();
        },
      };
      const aborted = () => {
        this.waiting.splice(this.waiting.indexOf(waiter), 1);
        this.admitNext();
        reject(abortError(signal!));
      };
      this.waiting.push(waiter);
      signal?.addEventListener('abort', aborted, { once: true });
      this.admitNext();
    });
  }

  release(exclusive: boolean): void {
    if (exclusive) this.changing = false;
    else this.appends--;
    this.admitNext();
  }

  private admitNext(): void {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      if (this.changing || (next.exclusive && this.appends > 0)) return;
      if (next.exclusive) this.changing = true;
      else this.appends++;
      this.waiting.shift();
      next.admit();
    }
  }
}

/** Read/write locks by table. All locks of a scope are taken in order of name, so that scopes never deadlock. */
export class TableLocks {
  private readonly locks = new Map<string, TableLock>();

  /** Answers the function that gives the locks back. */
  async acquire(scope: WriteScope, signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) throw abortError(signal);
    const change = new Set(scope.change);
    const tables = [...new Set([...change, ...(scope.append ?? [])])].sort();
    const held: string[] = [];
    const release = () => {
      for (const table of held.splice(0)) {
        const lock = this.locks.get(table)!;
        lock.release(change.has(table));
        if (lock.idle) this.locks.delete(table);
      }
    };
    try {
      for (const table of tables) {
        let lock = this.locks.get(table);
        if (!lock) this.locks.set(table, (lock = new TableLock()));
        await lock.acquire(change.has(table), signal);
        held.push(table);
      }
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }
}
