export { systemClock, type Clock } from './clock.js';
export { DEFAULT_BACKOFF, type Backoff } from './backoff.js';
export { Scheduler, type SchedulerEvent, type SchedulerOptions } from './scheduler.js';
