import { setTimeout as delay } from 'node:timers/promises';
import { KustoError } from '../errors/index.js';

/** Milliseconds before the second, third and fourth attempt. */
const BACKOFF = [100, 400, 1600] as const;

/**
 * Reads again what failed for a reason that passes (a reset, a busy store). For reads only: they leave nothing behind.
 * Writers decide by themselves (see export/).
 */
export async function retryRead<T>(read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const wait of BACKOFF) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof KustoError) || error.permanent || signal?.aborted) throw error;
      await delay(wait, undefined, signal ? { signal } : {}).catch(() => {
        throw error;
      });
    }
  }
  return read();
}
