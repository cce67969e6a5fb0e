import type { ErrorEntry } from '../entry.js';

const BAD_REQUEST = 'Kusto.Data.Exceptions.KustoBadRequestException';
const DENIED = 'Kusto.Data.Exceptions.KustoRequestDeniedException';
const UNAUTHORIZED_ACTION = 'Kusto.Common.Svc.Exceptions.UnauthorizedOperationException';
const UNAVAILABLE = 'Kusto.Data.Exceptions.KustoServiceException';

export const SECURITY_ERRORS = {
  /** The request carries no token, or one that proves nothing. */
  Unauthorized: { status: 401, permanent: true, type: DENIED },
  /** The issuer's signing keys cannot be read now, so that no token of it can be judged. */
  Unauthorized_KeysUnavailable: { status: 503, permanent: false, type: UNAVAILABLE },
  /** Known, but without the role that the action needs. */
  Forbidden: { status: 403, permanent: true, type: UNAUTHORIZED_ACTION },
  /** Not a fully qualified name of a principal. */
  Principal_Malformed: { status: 400, permanent: true, type: BAD_REQUEST },
  /** Well-formed, but nothing here can tell which principal it is. */
  Principal_NotResolvable: { status: 400, permanent: true, type: BAD_REQUEST },
  ManagedIdentityPolicy_Invalid: { status: 400, permanent: true, type: BAD_REQUEST },
  /** The identity is not among the identities of the configuration. */
  ManagedIdentity_NotAttached: { status: 400, permanent: true, type: BAD_REQUEST },
  /** No managed identity policy allows this usage. */
  ManagedIdentity_UsageNotAllowed: { status: 403, permanent: true, type: UNAUTHORIZED_ACTION },
  /** The token endpoint answered with a token of somebody else. */
  ManagedIdentity_TokenMismatch: { status: 403, permanent: true, type: UNAUTHORIZED_ACTION },
  /** The token endpoint does not know the identity, or refuses it. */
  ManagedIdentity_Refused: { status: 403, permanent: true, type: UNAUTHORIZED_ACTION },
  ManagedIdentity_EndpointUnavailable: { status: 503, permanent: false, type: UNAVAILABLE },
  CalloutPolicy_Invalid: { status: 400, permanent: true, type: BAD_REQUEST },
  /** The callout policy does not let the service call this address. */
  Callout_NotAllowed: { status: 403, permanent: true, type: UNAUTHORIZED_ACTION },
  OnBehalfOf_NotConfigured: { status: 400, permanent: true, type: BAD_REQUEST },
  OnBehalfOf_Refused: { status: 403, permanent: true, type: UNAUTHORIZED_ACTION },
  OnBehalfOf_Unavailable: { status: 503, permanent: false, type: UNAVAILABLE },
  /** Sealed with another key, or damaged. */
  Secret_Unreadable: { status: 520, permanent: true, type: UNAVAILABLE },
  Configuration_Invalid: { status: 400, permanent: true, type: BAD_REQUEST },
} as const satisfies Record<string, ErrorEntry>;
