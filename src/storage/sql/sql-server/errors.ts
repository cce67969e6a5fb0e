import { KustoError, type ErrorCode } from '../../../errors/index.js';
import { transportFailure } from '../connect.js';
import type { Classified } from '../session.js';

type Code = ErrorCode | 'duplicate';

/** By error number. Source: the database engine's events and errors, and those of Azure SQL Database. */
const CODES: ReadonlyMap<number, Code> = new Map([
  ...codes('duplicate', 2601, 2627),
  ...codes('Sql_PermissionDenied', 229, 230, 262, 297, 300, 916, 1088, 2760, 4104, 15247),
  ...codes('Sql_AuthenticationFailed', 18450, 18452, 18456, 18470, 18486, 18487, 18488, 40615, 40532, 33134),
  ...codes('Sql_DatabaseNotFound', 911, 4060),
  ...codes('Sql_TableNotFound', 208, 4902, 4701),
  ...codes('Sql_SchemaMismatch', 206, 207, 213, 257, 1919, 4816),
  ...codes('Sql_ValueNotStorable', 220, 232, 241, 242, 245, 517, 1946, 2628, 4815, 4863, 4864, 7339, 8114, 8115, 8152),
  ...codes('Sql_ConstraintViolated', 515, 547, 544, 1505, 4819),
  // Deadlock, lock timeout, snapshot conflict.
  ...codes('Sql_Conflict', 1204, 1205, 1222, 3960, 3961, 5245),
  ...codes(
    'Sql_Throttled',
    10928,
    10929,
    10936,
    17809,
    40501,
    40549,
    40550,
    40551,
    40552,
    40553,
    40544,
    49918,
    49919,
    49920,
  ),
  // Shutdown, failover, paused, out of space or memory.
  ...codes(
    'Sql_ServerError',
    ...[
      701, 802, 845, 922, 926, 927, 945, 983, 1105, 1121, 3906, 4221, 6005, 8645, 8651, 9001, 9002, 10053, 10054, 10060,
    ],
    ...[17142, 17143, 17187, 18401, 40143, 40166, 40197, 40540, 40613, 42108, 42109],
  ),
  ...codes('Sql_Timeout', 8628, 8649),
]);

function codes(code: Code, ...numbers: readonly number[]): [number, Code][] {
  return numbers.map((number) => [number, code]);
}

export function classify(error: unknown): Classified {
  const all = flatten(error);
  const numbered = all.find((one) => typeof one.number === 'number' && one.number > 0);
  if (numbered?.number !== undefined) {
    const says = `${numbered.message} [${numbered.number}]`;
    return { code: CODES.get(numbered.number) ?? 'Sql_StatementRefused', says };
  }
  for (const one of all) {
    const transport = transportFailure(one);
    if (transport !== undefined && one.code !== 'ESOCKET') return transport;
  }
  const text = all.map(({ message }) => message).join('; ');
  if (/certificate|altnames|self-signed|unable to verify/i.test(text)) {
    return { code: 'Sql_CertificateRefused', says: `the server's certificate is not trusted (${text})` };
  }
  if (all.some(({ code }) => code === 'ETIMEOUT'))
    return { code: 'Sql_Timeout', says: 'the server did not answer in time' };
  if (all.some(({ code }) => code === 'EENCRYPT'))
    return { code: 'Sql_EncryptionRefused', says: 'the server does not encrypt' };
  if (all.some(({ code }) => code === 'ELOGIN')) return { code: 'Sql_AuthenticationFailed', says: text };
  return { code: 'Sql_Unreachable', says: `the connection failed (${text})` };
}

/** A refusal of our own (of an identity, of a value) inside what the driver throws. */
export function ownRefusal(error: unknown): KustoError | undefined {
  return flatten(error).find((one) => one instanceof KustoError) as KustoError | undefined;
}

type DriverError = Error & { readonly code?: string; readonly number?: number };

/** Errors inside of others: a cause, or the parts of an AggregateError. */
function flatten(error: unknown): DriverError[] {
  if (!(error instanceof Error)) return [];
  const { errors } = error as Error & { readonly errors?: unknown };
  return [error, ...flatten(error.cause), ...(Array.isArray(errors) ? errors.flatMap(flatten) : [])];
}
