import { abortError } from './abort.js';

/** At most `limit` holders at once, first come, first served. */
export class Admission {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(readonly limit: number) {}

  /** Waits for a place; answers the function that gives it back. Rejects when the signal fires first. */
  async enter(signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) throw abortError(signal);
    if (this.running < this.limit) this.running++;
    else await this.wait(signal);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    };
  }

  private wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const admitted = () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      const aborted = () => {
        this.waiting.splice(this.waiting.indexOf(admitted), 1);
        reject(abortError(signal!));
      };
      this.waiting.push(admitted);
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }
}
