/** Time, injected so that tests need not wait for it. */
export interface Clock {
  now(): Date;
  /** Calls back after so many milliseconds, once; the answer cancels it. */
  after(milliseconds: number, work: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => new Date(),
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
};
