import type { ErrorCode } from '../../../errors/index.js';
import { transportFailure } from '../connect.js';
import type { Classified } from '../session.js';

type Code = ErrorCode | 'duplicate';

/** By error number. Source: the MySQL and MariaDB error references. */
const CODES: ReadonlyMap<number, Code> = new Map([
  ...codes('duplicate', 1062, 1586),
  ...codes('Sql_PermissionDenied', 1044, 1142, 1143, 1227, 1370),
  ...codes('Sql_AuthenticationFailed', 1045, 1130, 1251, 1698, 1820, 1862, 3159),
  ...codes('Sql_DatabaseNotFound', 1046, 1049),
  ...codes('Sql_TableNotFound', 1051, 1146),
  ...codes('Sql_SchemaMismatch', 1054, 1136, 1364),
  ...codes('Sql_ValueNotStorable', 1071, 1074, 1118, 1153, 1264, 1265, 1292, 1366, 1406, 1411, 3140, 3144),
  ...codes('Sql_ConstraintViolated', 1048, 1216, 1451, 1452, 1557, 3819, 4025),
  // Deadlock, lock wait, changed under way.
  ...codes('Sql_Conflict', 1020, 1205, 1213, 1412, 1615, 3572, 4031),
  ...codes('Sql_Throttled', 1040, 1203, 1226),
  ...codes('Sql_Timeout', 1969, 3024),
  // Shutdown, disk full, out of memory, killed, read-only during a failover.
  ...codes('Sql_ServerError', 1021, 1037, 1038, 1053, 1077, 1078, 1079, 1114, 1159, 1180, 1290, 1317, 1836, 1927, 3032),
]);

function codes(code: Code, ...numbers: readonly number[]): [number, Code][] {
  return numbers.map((number) => [number, code]);
}

export function classify(error: unknown): Classified {
  const { errno, code, sqlMessage, message } = error as Readonly<
    Record<'errno' | 'code' | 'sqlMessage' | 'message', unknown>
  >;
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT')
    return { code: 'Sql_EncryptionRefused', says: 'the server does not encrypt' };
  if (typeof errno === 'number' && typeof sqlMessage === 'string') {
    return { code: CODES.get(errno) ?? 'Sql_StatementRefused', says: `${sqlMessage} [${errno}]` };
  }
  // The driver wraps what TLS says.
  const transport = transportFailure(
    code === 'HANDSHAKE_SSL_ERROR' && error instanceof Error ? (error.cause ?? error) : error,
  );
  if (transport !== undefined) return transport;
  const text = typeof message === 'string' ? message : String(error);
  if (/certificate|altnames|Hostname\/IP/i.test(text)) {
    return { code: 'Sql_CertificateRefused', says: `the server's certificate is not trusted (${text})` };
  }
  return { code: 'Sql_Unreachable', says: `the connection failed (${text})` };
}
