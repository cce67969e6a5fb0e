import { KustoError } from '../errors/index.js';

/**
 * What went wrong, as a coded error. A signal's reason wins: what a stopped call throws only tells that it was stopped.
 * Anything that is no coded error (disk full, out of memory, a defect) counts as passing.
 */
export function failureOf(error: unknown, signal: AbortSignal): KustoError {
  if (signal.aborted && signal.reason instanceof KustoError) return signal.reason;
  if (error instanceof KustoError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new KustoError('Export_UnexpectedFailure', `The run failed: ${text}. It will be tried again.`, {
    cause: error,
  });
}
