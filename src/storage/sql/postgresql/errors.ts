import type { ErrorCode } from '../../../errors/index.js';
import { transportFailure } from '../connect.js';
import type { Classified } from '../session.js';

/** By SQLSTATE, and then by its class. Source: PostgreSQL, appendix A. */
const CODES: Readonly<Record<string, ErrorCode | 'duplicate'>> = {
  '23505': 'duplicate',
  '42501': 'Sql_PermissionDenied',
  '28000': 'Sql_AuthenticationFailed',
  '28P01': 'Sql_AuthenticationFailed',
  '3D000': 'Sql_DatabaseNotFound',
  '3F000': 'Sql_TableNotFound',
  '42P01': 'Sql_TableNotFound',
  '42703': 'Sql_SchemaMismatch',
  '42804': 'Sql_SchemaMismatch',
  // A statement that was planned before somebody altered the table.
  '0A000': 'Sql_StatementRefused',
  '40001': 'Sql_Conflict',
  '40P01': 'Sql_Conflict',
  '55P03': 'Sql_Conflict',
  '55006': 'Sql_Conflict',
  '53300': 'Sql_Throttled',
  '57014': 'Sql_Timeout',
  // read-only: a standby, or a failover that is under way
  '25006': 'Sql_ServerError',
};
const CLASSES: Readonly<Record<string, ErrorCode>> = {
  '08': 'Sql_Unreachable',
  '22': 'Sql_ValueNotStorable',
  '23': 'Sql_ConstraintViolated',
  '40': 'Sql_Conflict',
  '53': 'Sql_ServerError',
  '57': 'Sql_ServerError',
  '58': 'Sql_ServerError',
  XX: 'Sql_ServerError',
};

export function classify(error: unknown): Classified {
  const transport = transportFailure(error);
  if (transport !== undefined) return transport;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
    // Column and constraint are names; `detail` would show values.
    const { where } = error as { where?: unknown };
    const place = typeof where === 'string' ? /^COPY \S+, line (\d+)(?:, column ([^:]+))?/.exec(where) : null;
    const record = place === null ? '' : ` (record ${place[1]}${place[2] === undefined ? '' : `, column ${place[2]}`})`;
    return {
      code: CODES[code] ?? CLASSES[code.slice(0, 2)] ?? 'Sql_StatementRefused',
      says: `${text}${record} [${code}]`,
    };
  }
  if (/does not support SSL/i.test(text)) {
    return { code: 'Sql_EncryptionRefused', says: 'the server does not encrypt' };
  }
  if (/timeout/i.test(text)) return { code: 'Sql_Timeout', says: 'the server did not answer in time' };
  // The driver has no codes for a connection that ended under it.
  return { code: 'Sql_Unreachable', says: `the connection failed (${text})` };
}
