import type { ErrorEntry } from '../entry.js';

const BAD_REQUEST = 'Kusto.Data.Exceptions.KustoBadRequestException';

/** What the door refuses before anybody reads the request, and what the service says of itself. */
export const REQUEST_ERRORS = {
  Request_TooLarge: { status: 413, permanent: true, type: BAD_REQUEST },
  Request_MediaTypeNotSupported: { status: 415, permanent: true, type: BAD_REQUEST },
  /** Development mode: a Host or Origin that only a web page of somebody else would send. */
  Request_OriginNotAllowed: {
    status: 403,
    permanent: true,
    type: 'Kusto.Common.Svc.Exceptions.UnauthorizedOperationException',
  },
  Service_ShuttingDown: { status: 503, permanent: false, type: 'Kusto.Data.Exceptions.KustoServiceException' },
} as const satisfies Record<string, ErrorEntry>;
