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
  const ofFile = fileError(text);
  if (ofFile) return new KustoError(ofFile[0], ofFile[1], { cause: error });
  const limit = limitOfNumbers(text);
  if (limit) return new KustoError('CAL0001', limit, { cause: error });
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
    case 'binder':
    case 'parser':
    case 'catalog':
      // Found before a row is read: the dialect covers a form less than it says. The caller cannot mend that, and a
      // retry cannot help, so it is a refusal; the cause is logged.
      return new KustoError(
        'CAL0003',
        `The query uses a form of a function or operator that Calypso cannot run (${kind} error). This is a defect of Calypso: please report it with the query.`,
        { cause: error },
      );
    case 'out of range':
    case 'conversion':
    case 'invalid input':
    case 'not implemented':
      // Met in the data: as the caller's numbers are, so is the answer, now and at a retry.
      return new KustoError(
        'CAL0004',
        `The query met a value that it cannot be calculated with (${kind} error): a number beyond its type, or an argument out of its bounds.`,
        { cause: error },
      );
    default:
      return internal(`The engine could not run the compiled query (${kind} error). This is a defect of Calypso.`);
  }
}

/** Numbers that the reference can calculate with and the engine cannot: refused by name. */
function limitOfNumbers(text: string): string | undefined {
  if (/Overflow in (HUGEINT (addition|subtraction|multiplication)|\w+ of DECIMAL)/.test(text))
    return 'A decimal of this query has more than 20 digits before the point, which is not supported.';
  if (/(STDDEV|VAR|COVAR|CORR)\w* is out of range/.test(text))
    return 'A deviation or variance of reals whose squares are beyond the type real is not supported.';
  return undefined;
}

/** What is wrong with a file that was read, without the name of the server's own copy. */
function fileError(text: string): [ErrorCode, string] | undefined {
  const line = /CSV Error on Line: (\d+)/.exec(text)?.[1];
  const fields = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(text);
  if (line && fields)
    return ['Stream_WrongNumberOfFields', `Line ${line} has ${fields[2]} fields, the first record has ${fields[1]}.`];
  if (line && /unterminated quote/i.test(text))
    return ['Stream_ClosingQuoteMissing', `Line ${line}: a closing quote is missing.`];
  if (line && /not utf-8/i.test(text)) return ['BadRequest_InvalidBlob', `Line ${line} is not UTF-8.`];
  if (/maximum_line_size|maximum_object_size|Maximum line size/i.test(text))
    return ['Stream_InputStreamTooLarge', `${line ? `Line ${line}` : 'A record'} is longer than 32 MB.`];
  if (line) return ['BadRequest_InvalidBlob', `Line ${line} is not valid delimited text.`];
  if (/CSV Parser|CSV File/.test(text))
    return [
      'BadRequest_InvalidBlob',
      'The file is not valid delimited text: check its quotes, and that all lines end in the same way.',
    ];
  if (/Malformed JSON/.test(text)) {
    const record = /in record\/value (\d+)/.exec(text)?.[1];
    return ['BadRequest_InvalidBlob', `The file is not valid JSON${record ? `: record ${record} is malformed` : ''}.`];
  }
  if (/magic bytes|parquet/i.test(text) && /Invalid Input|IO Error/i.test(text))
    return ['BadRequest_InvalidBlob', 'The file is not a valid Parquet file.'];
  if (/GZIP|gzip/.test(text)) return ['BadRequest_InvalidArchive', 'The file is not a valid gzip file.'];
  return undefined;
}
