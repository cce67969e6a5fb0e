import { KustoError } from '../errors/index.js';

/** What a fired signal means: a KustoError given as its reason, a timeout, or a cancellation. */
export function abortError(signal: AbortSignal): KustoError {
  const reason: unknown = signal.reason;
  if (reason instanceof KustoError) return reason;
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? new KustoError('General_Timeout', 'The request ran longer than its time limit.', { cause: reason })
    : new KustoError('General_Cancelled', 'The request was cancelled.', { cause: reason });
}
