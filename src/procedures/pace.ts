import { setImmediate } from 'node:timers/promises';
import { KustoError } from '../errors/index.js';

/** Steps (visited cells, roughly) between two looks at the clock of everybody else. */
const STRIDE = 2_000_000;

/** Keeps a long computation from holding the main thread: counts its steps, lets others run, ends it when cancelled or too long. */
export class Pace {
  private spent = 0;
  private rested = 0;

  constructor(
    private readonly signal: AbortSignal,
    private readonly what: string,
    private readonly most = 2_000_000_000,
  ) {}

  /** Counts steps; true when it is time to `await rest()`. */
  isTired(steps: number): boolean {
    this.spent += steps;
    return this.spent - this.rested > STRIDE;
  }

  async rest(): Promise<void> {
    if (this.spent > this.most) {
      throw new KustoError(
        'E_RUNAWAY_QUERY',
        `${this.what} needs too many steps for this input: filter, aggregate or project fewer columns before it.`,
      );
    }
    this.rested = this.spent;
    await setImmediate();
    this.signal.throwIfAborted();
  }
}
