import type { Clock } from '../../../src/scheduler/index.js';

/** Time that moves only when it is told to. */
export class TestClock implements Clock {
  private readonly timers = new Set<{ readonly at: number; readonly work: () => void }>();

  constructor(private milliseconds = Date.parse('2026-01-01T00:00:00Z')) {}

  now(): Date {
    return new Date(this.milliseconds);
  }

  after(milliseconds: number, work: () => void): () => void {
    const timer = { at: this.milliseconds + milliseconds, work };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  /** Moves on, and calls back what comes due on the way, in its order. */
  advance(milliseconds: number): void {
    const end = this.milliseconds + milliseconds;
    for (;;) {
      const next = [...this.timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.timers.delete(next);
      this.milliseconds = Math.max(this.milliseconds, next.at);
      next.work();
    }
    this.milliseconds = end;
  }
}
