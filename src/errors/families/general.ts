import type { ErrorEntry } from '../entry.js';

export const GENERAL_ERRORS = {
  General_BadRequest: { status: 400, permanent: true, type: 'Kusto.Data.Exceptions.KustoBadRequestException' },
  BadRequest_DatabaseNotExist: {
    status: 400,
    permanent: true,
    type: 'Kusto.Data.Exceptions.KustoBadRequestException',
  },
  BadRequest_EntityNotFound: {
    status: 400,
    permanent: true,
    type: 'Kusto.Common.Svc.Exceptions.EntityNotFoundException',
  },
  BadRequest_EntityNameAlreadyExists: {
    status: 400,
    permanent: true,
    type: 'Kusto.Common.Svc.Exceptions.EntityNameAlreadyExistsException',
  },
  General_InternalServerError: { status: 520, permanent: false, type: 'Kusto.Data.Exceptions.KustoServiceException' },
  General_NotFound: { status: 404, permanent: true, type: 'Kusto.Data.Exceptions.KustoRequestException' },
  General_Throttled: {
    status: 429,
    permanent: false,
    type: 'Kusto.DataNode.Exceptions.ControlCommandThrottledException',
  },
  General_Timeout: { status: 504, permanent: false, type: 'Kusto.Data.Exceptions.KustoServiceTimeoutException' },
  General_Cancelled: { status: 400, permanent: true, type: 'Kusto.Data.Exceptions.KustoRequestCanceledException' },
} as const satisfies Record<string, ErrorEntry>;
