import { maskSecrets } from '../protocol/index.js';
import type { SchedulerEvent } from '../scheduler/index.js';
import type { ServerLog } from '../server/index.js';

/** What the scheduler does, a line an event. */
export function logScheduler(event: SchedulerEvent, log: ServerLog): void {
  switch (event.kind) {
    case 'begun':
      log.debug({ jobId: event.jobId }, 'export run begun');
      break;
    case 'ended':
      if (event.outcome.kind === 'failed') {
        const { code, message } = event.outcome.error;
        log.warn({ jobId: event.jobId, code, reason: maskSecrets(message) }, 'export run failed');
      } else {
        log.info({ jobId: event.jobId }, 'export run ended');
      }
      break;
    case 'swept':
      log.debug('leftovers of exports swept');
      break;
    case 'leftover':
      log.warn(
        { code: event.error.code, reason: maskSecrets(event.error.message) },
        'files of an export could not be removed',
      );
      break;
    case 'fault': {
      const { message, stack } = event.error instanceof Error ? event.error : new Error(String(event.error));
      log.error(
        { message: maskSecrets(message), stack: maskSecrets(stack ?? '') },
        'unexpected error of the scheduler',
      );
    }
  }
}
