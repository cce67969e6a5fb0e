import type { KustoError } from '../errors/index.js';
import type { RequestIds } from './identifiers.js';

/** The `error` object of an error body, in the form of Microsoft's REST guidelines as the reference fills it. */
export interface OneApiError {
  readonly error: Readonly<Record<string, unknown>>;
}

/** Exceptions that the reference wraps in a KustoBadRequestException, with the words that it puts before them. */
const WRAPPED: Readonly<Record<string, string>> = {
  'Kusto.Data.Exceptions.SyntaxException': 'Syntax error',
  'Kusto.Data.Exceptions.SemanticException': 'Semantic error',
};

const GENERAL_MESSAGES: Readonly<Record<number, string>> = {
  401: 'The request is not authenticated.',
  403: 'Caller is not authorized to perform this action.',
  404: 'The requested resource was not found.',
  413: 'The request is too large.',
  429: 'The request was denied because of throttling.',
  503: 'The service is not available.',
  504: 'The request has timed out.',
  520: 'The service found an error while processing the request.',
};

/** Codes that the reference gives another name on the wire than in its texts. */
const WIRE_CODES: Readonly<Record<string, string>> = {
  E_QUERY_RESULT_SET_TOO_LARGE: 'LimitsExceeded',
  E_RUNAWAY_QUERY: 'LowMemoryCondition',
};

/** An error as answers tell it. `text` is what the caller sent, for the line and column of the error's place. */
export function errorBody(error: KustoError, ids: RequestIds, now: Date, text = ''): OneApiError {
  const context = {
    timestamp: now.toISOString(),
    serviceAlias: 'CALYPSO',
    machineName: 'calypso',
    processName: 'calypso',
    processId: 0,
    threadId: 0,
    clientRequestId: ids.clientRequestId,
    activityId: ids.activityId,
    subActivityId: ids.activityId,
    activityType: 'Calypso.Http',
    parentActivityId: ids.activityId,
    activityStack: `(Activity stack: CRID=${ids.clientRequestId} ARID=${ids.activityId})`,
  };
  const describe = (code: string, message: string, type: string, detail: string) => ({
    code,
    message,
    '@type': type,
    '@message': detail,
    '@context': context,
    '@permanent': error.permanent,
  });
  const general = GENERAL_MESSAGES[error.status] ?? 'Request is invalid and cannot be executed.';
  const words = WRAPPED[error.type];
  if (words === undefined) {
    return { error: describe(WIRE_CODES[error.code] ?? error.code, general, error.type, error.message) };
  }
  const place = error.span && lineAndColumn(text, error.span.start);
  const where = place ? ` [line:position=${place.line}:${place.column}]` : '';
  const detail = `${words}: ${error.code}: ${error.message}${where}`;
  return {
    error: {
      ...describe(
        'General_BadRequest',
        general,
        'Kusto.Data.Exceptions.KustoBadRequestException',
        `Request is invalid and cannot be processed: ${detail}`,
      ),
      innererror: {
        ...describe(error.code, error.message, error.type, detail),
        '@errorCode': error.code,
        '@errorMessage': error.message,
        ...(place && { '@line': place.line, '@pos': place.column }),
      },
    },
  };
}

/** Line from 1, column from 0, as the reference counts them. */
function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: before.length - (before.lastIndexOf('\n') + 1) };
}
