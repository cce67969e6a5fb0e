import { KustoError } from '../errors/index.js';
import { maskSecrets } from '../protocol/index.js';
import type { ServerLog } from './config.js';
import type { RequestScope } from './scope.js';

/** Errors that are our doing: the caller hears little, so the log must say why. */
const OURS: ReadonlySet<string> = new Set(['General_InternalServerError', 'CAL0003', 'CAL0004']);

/** The coded error for whatever was thrown. What is not a KustoError is a defect: logged here, and not shown. */
export function codedError(error: unknown, scope: RequestScope, log: ServerLog): KustoError {
  // What was interrupted throws an error of its own; the cause is what the caller needs to hear.
  if (scope.signal.aborted) return scope.signal.reason as KustoError;
  if (error instanceof KustoError) {
    if (OURS.has(error.code)) {
      const cause = error.cause instanceof Error ? error.cause.message.split('\n')[0] : undefined;
      log.error(
        { activityId: scope.activityId, code: error.code, message: maskSecrets(cause ?? error.message) },
        'defect',
      );
    }
    return error;
  }
  const refused = refusedByFastify(error);
  if (refused) return refused;
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: undefined };
  log.error(
    { activityId: scope.activityId, message: maskSecrets(message), stack: stack && maskSecrets(stack) },
    'unexpected error',
  );
  return new KustoError(
    'General_InternalServerError',
    `An unexpected error happened. The server's log tells more under the activity id ${scope.activityId}.`,
  );
}

function refusedByFastify(error: unknown): KustoError | undefined {
  const { statusCode, code, message } = error as { statusCode?: number; code?: string; message?: string };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new KustoError('Request_TooLarge', `The body of the request is larger than the server's limit.`);
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new KustoError(
      'Request_MediaTypeNotSupported',
      `The body must be sent as 'content-type: application/json'.`,
    );
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new KustoError('General_BadRequest', `The request is not well formed: ${message ?? 'unreadable'}`);
  }
  return undefined;
}
