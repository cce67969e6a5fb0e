/** The time, injected so that tests can tell it. */
export interface Clock {
  now(): Date;
}
