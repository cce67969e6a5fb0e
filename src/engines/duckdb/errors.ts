import { CATALOGUE, KustoError, type ErrorCode } from '../../errors/index.js';

/** SQL raises a coded error of its own with `error('KUSTO:<code>:<message>')`. */
const RAISED = /KUSTO:([A-Za-z0-9_]+):([^\n]*)/;

/**
 * The coded error for what DuckDB threw. Engine messages quote SQL, paths and data, so they go no further than `cause`.
 */
export function toKustoError(error: unknown): KustoError {
  if (error instanceof KustoError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const raised = RAISED.exec(text);
  if (raised && raised[1]! in CATALOGUE) return new KustoError(raised[1] as ErrorCode, raised[2]!, { cause: error });
  const kind = /^(\w[\w ]*?) Error:/i.exec(text)?.[1] ?? 'unknown';
  const internal = (message: string) => new KustoError('General_InternalServerError', message, { cause: error });
  switch (kind.toLowerCase()) {
    case 'out of memory':
      return new KustoError(
        'E_RUNAWAY_QUERY',
        'The query needs more memory than the engine may use. Reduce what it holds: filter earlier, summarize fewer groups, project fewer columns.',
        { cause: error },
      );
    case 'interrupt':
      return new KustoError('General_Cancelled', 'The request was cancelled.', { cause: error });
    case 'io':
      return internal(
        /no space left|ENOSPC/i.test(text)
          ? 'The disk of the data folder is full.'
          : 'Reading or writing a file failed.',
      );
    case 'transactioncontext':
    case 'transaction':
      return internal('The change met another change of the same rows. Try again.');
    default:
      return internal(`The engine could not run the compiled query (${kind} error). This is a defect of Calypso.`);
  }
}
