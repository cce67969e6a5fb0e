import type { ErrorEntry } from '../entry.js';

const BAD_REQUEST = 'Kusto.Data.Exceptions.KustoBadRequestException';
const SERVICE = 'Kusto.Data.Exceptions.KustoServiceException';

/**
 * SQL databases as targets of exports and behind external tables. Their failures are none of this server's: their status
 * is 400, and `permanent` says whether to try again.
 */
export const SQL_ERRORS = {
  /** A dialect, a name or a form of authentication that Calypso does not take. */
  Sql_NotSupported: { status: 400, permanent: true, type: BAD_REQUEST },
  /** A name of a table with other characters than letters, digits, space, `_ . -`. */
  Sql_InvalidName: { status: 400, permanent: true, type: BAD_REQUEST },
  /** The database knows who asks, but does not let it. */
  Sql_PermissionDenied: { status: 403, permanent: true, type: BAD_REQUEST },
  /** The database does not accept the user, the password or the token. */
  Sql_AuthenticationFailed: { status: 403, permanent: true, type: BAD_REQUEST },
  /** An identity's token that expired on the way: the next try brings a new one. */
  Sql_TokenExpired: { status: 400, permanent: false, type: SERVICE },
  Sql_DatabaseNotFound: { status: 404, permanent: true, type: BAD_REQUEST },
  Sql_TableNotFound: { status: 404, permanent: true, type: BAD_REQUEST },
  /** The columns of the table are not those that the export or the external table has. */
  Sql_SchemaMismatch: { status: 400, permanent: true, type: BAD_REQUEST },
  /** The table that keeps which windows are in is not there, or does not protect them. */
  Sql_ProgressTableUnusable: { status: 400, permanent: true, type: BAD_REQUEST },
  /** A value that the column cannot hold. */
  Sql_ValueNotStorable: { status: 400, permanent: true, type: BAD_REQUEST },
  /** A value of the database that the column's Kusto type cannot hold. */
  Sql_ValueNotReadable: { status: 400, permanent: true, type: BAD_REQUEST },
  /** A key, a check or a foreign key of the table forbids the rows. */
  Sql_ConstraintViolated: { status: 409, permanent: true, type: BAD_REQUEST },
  /** The database refuses a statement for a reason that has no code of its own here. */
  Sql_StatementRefused: { status: 400, permanent: true, type: BAD_REQUEST },
  /** The connection was lost at the commit of an export that has no progress row: nobody knows whether its rows are in. */
  Sql_OutcomeUnknown: { status: 400, permanent: true, type: SERVICE },
  /** The server's certificate is not trusted. */
  Sql_CertificateRefused: { status: 400, permanent: true, type: BAD_REQUEST },
  /** The server does not encrypt. */
  Sql_EncryptionRefused: { status: 400, permanent: true, type: BAD_REQUEST },
  /** Deadlock, lock timeout, serialization failure: the transaction may be tried again. */
  Sql_Conflict: { status: 409, permanent: false, type: SERVICE },
  /** Too many connections or requests. */
  Sql_Throttled: { status: 429, permanent: false, type: SERVICE },
  /** Shutting down, starting up, out of disk or memory. */
  Sql_ServerError: { status: 400, permanent: false, type: SERVICE },
  /** Refused or reset connection, unknown host. */
  Sql_Unreachable: { status: 400, permanent: false, type: SERVICE },
  Sql_Timeout: { status: 400, permanent: false, type: SERVICE },
} as const satisfies Record<string, ErrorEntry>;
