import type { ErrorEntry } from '../entry.js';

const BAD_REQUEST = 'Kusto.Data.Exceptions.KustoBadRequestException';
const SERVICE = 'Kusto.Data.Exceptions.KustoServiceException';

/**
 * Another service's failure is none of this server's: its status is 400, as the reference answers, and `permanent` says
 * whether to try again.
 */
export const STORAGE_ERRORS = {
  /** The connection string cannot be understood, or its parts do not go together. */
  Storage_InvalidConnectionString: { status: 400, permanent: true, type: BAD_REQUEST },
  /** Plain http to an address that is not of this machine, or a token over plain http. */
  Storage_InsecureConnection: { status: 400, permanent: true, type: BAD_REQUEST },
  /** An address that Calypso recognizes, but does not read or write. */
  Storage_NotSupported: { status: 400, permanent: true, type: BAD_REQUEST },
  /** A local path that the configuration does not allow. */
  Storage_LocalPathRefused: { status: 400, permanent: true, type: BAD_REQUEST },
  /** A name of an object that the store cannot hold. */
  Storage_InvalidObjectName: { status: 400, permanent: true, type: BAD_REQUEST },
  /** The identity is known to the storage, but lacks the role. */
  Storage_PermissionDenied: { status: 403, permanent: true, type: BAD_REQUEST },
  /** Network rules, disabled key access, or a shared access signature that does not cover the request. */
  Storage_AuthorizationFailure: { status: 403, permanent: true, type: BAD_REQUEST },
  /** The storage does not accept the credential: wrong key, wrong tenant, wrong audience. */
  Storage_AuthenticationFailed: { status: 403, permanent: true, type: BAD_REQUEST },
  /** A credential of the connection string that is past its end. */
  Storage_CredentialExpired: { status: 403, permanent: true, type: BAD_REQUEST },
  /** An identity's token that expired on the way: the next request brings a new one. */
  Storage_TokenExpired: { status: 400, permanent: false, type: SERVICE },
  Storage_ContainerNotFound: { status: 404, permanent: true, type: BAD_REQUEST },
  Storage_ObjectNotFound: { status: 404, permanent: true, type: BAD_REQUEST },
  /** The object, or its state, forbids the change: immutable, snapshots, other blob type. */
  Storage_Conflict: { status: 409, permanent: true, type: BAD_REQUEST },
  /** The object was changed, or is leased, while it was used. */
  Storage_ObjectChanged: { status: 409, permanent: false, type: SERVICE },
  /** The local file is not the one whose hash was given. */
  Storage_SourceChanged: { status: 500, permanent: true, type: SERVICE },
  /** The storage understood the request and refuses it. */
  Storage_RequestRefused: { status: 400, permanent: true, type: BAD_REQUEST },
  Storage_Throttled: { status: 429, permanent: false, type: SERVICE },
  Storage_ServerError: { status: 400, permanent: false, type: SERVICE },
  /** Refused or reset connection, unknown host. */
  Storage_Unreachable: { status: 400, permanent: false, type: SERVICE },
  /** The server's certificate is not trusted. */
  Storage_CertificateRefused: { status: 400, permanent: true, type: BAD_REQUEST },
  /** A request did not end before its deadline. */
  Storage_Timeout: { status: 400, permanent: false, type: SERVICE },
  /** Fewer bytes arrived than were announced. */
  Storage_Truncated: { status: 400, permanent: false, type: SERVICE },
  Storage_DiskFull: { status: 503, permanent: false, type: SERVICE },

  /** Partitions, path format or properties of an external table are wrong. */
  ExternalTable_InvalidDefinition: { status: 400, permanent: true, type: BAD_REQUEST },
  /** `validateNotEmpty` found nothing to read. */
  ExternalTable_Empty: { status: 400, permanent: true, type: BAD_REQUEST },
  /** The external table holds more than a query may download. */
  ExternalTable_ScanTooLarge: { status: 413, permanent: true, type: BAD_REQUEST },
} as const satisfies Record<string, ErrorEntry>;
