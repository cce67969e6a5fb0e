export interface Backoff {
  /** Milliseconds before the first retry. */
  readonly first: number;
  readonly most: number;
}

export const DEFAULT_BACKOFF: Backoff = { first: 5_000, most: 300_000 };

/** Milliseconds to wait after so many failures in a row: doubled each time, and spread so that jobs do not return together. */
export function delayAfter(failures: number, backoff: Backoff, random: () => number): number {
  const whole = Math.min(backoff.most, backoff.first * 2 ** Math.min(failures - 1, 30));
  return whole * (0.5 + random() / 2);
}
