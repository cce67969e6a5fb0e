import { describe, expect, it } from 'vitest';
import { KustoError } from '../../errors/index.js';
import { CATALOGUE } from '../../errors/catalogue.js';
import { classify as mysql } from './mysql/errors.js';
import { classify as postgres } from './postgresql/errors.js';
import { classify as sqlServer, ownRefusal } from './sql-server/errors.js';

const failed = (facts: object, message = 'it says so'): Error => Object.assign(new Error(message), facts);
const byState = (code: string): Error => failed({ code });
const byNumber = (errno: number): Error => failed({ errno, sqlMessage: 'it says so' });
const byError = (number: number): Error => failed({ code: 'EREQUEST', number });

describe('failures of databases', () => {
  it.each([
    ['a deadlock', true, postgres(byState('40P01')), mysql(byNumber(1213)), sqlServer(byError(1205))],
    ['a lock that was not had', true, postgres(byState('55P03')), mysql(byNumber(1205)), sqlServer(byError(1222))],
    ['too many connections', true, postgres(byState('53300')), mysql(byNumber(1040)), sqlServer(byError(10928))],
    ['a server that shuts down', true, postgres(byState('57P01')), mysql(byNumber(1053)), sqlServer(byError(6005))],
    ['a full disk', true, postgres(byState('53100')), mysql(byNumber(1021)), sqlServer(byError(1105))],
    [
      'a reset connection',
      true,
      postgres(failed({ code: 'ECONNRESET' })),
      mysql(failed({ code: 'ECONNRESET' })),
      sqlServer(failed({ code: 'ESOCKET' })),
    ],
    ['no permission', false, postgres(byState('42501')), mysql(byNumber(1142)), sqlServer(byError(229))],
    ['no such table', false, postgres(byState('42P01')), mysql(byNumber(1146)), sqlServer(byError(208))],
    ['no such database', false, postgres(byState('3D000')), mysql(byNumber(1049)), sqlServer(byError(4060))],
    ['a wrong password', false, postgres(byState('28P01')), mysql(byNumber(1045)), sqlServer(byError(18456))],
    ['a value that is too long', false, postgres(byState('22001')), mysql(byNumber(1406)), sqlServer(byError(2628))],
    ['a foreign key', false, postgres(byState('23503')), mysql(byNumber(1452)), sqlServer(byError(547))],
    ['a code that nobody knows', false, postgres(byState('XY000')), mysql(byNumber(9999)), sqlServer(byError(99999))],
  ])('%s is of one class in every dialect', (_name, isPassing, ...found) => {
    const codes = found.map(({ code }) => code);
    expect(new Set(codes).size).toBe(1);
    const [code] = codes;
    if (code === undefined || code === 'duplicate') throw new Error('not a code');
    expect(CATALOGUE[code].permanent).toBe(!isPassing);
  });

  it('a key that is there already is told apart from every other constraint', () => {
    const all = [postgres(byState('23505')), mysql(byNumber(1062)), sqlServer(byError(2627))];
    expect(all.map(({ code }) => code)).toEqual(['duplicate', 'duplicate', 'duplicate']);
  });

  it("a certificate and a server that does not encrypt are told as what they are, under each driver's wrapping", () => {
    const untrusted = failed({ code: 'SELF_SIGNED_CERT_IN_CHAIN' });
    const all = [
      postgres(untrusted),
      mysql(failed({ code: 'HANDSHAKE_SSL_ERROR', cause: untrusted })),
      sqlServer(failed({ code: 'ESOCKET', cause: untrusted })),
    ];
    expect(all.map(({ code }) => code)).toEqual(new Array(3).fill('Sql_CertificateRefused'));
    expect([
      postgres(new Error('The server does not support SSL connections')).code,
      mysql(failed({ code: 'HANDSHAKE_NO_SSL_SUPPORT' })).code,
      sqlServer(failed({ code: 'EENCRYPT' })).code,
    ]).toEqual(new Array(3).fill('Sql_EncryptionRefused'));
  });

  it('our own refusal inside of what the SQL Server driver throws is found', () => {
    const own = new KustoError('ManagedIdentity_UsageNotAllowed', 'no');
    expect(ownRefusal(new AggregateError([failed({ code: 'EFEDAUTH' }), own]))).toBe(own);
    expect(ownRefusal(failed({ code: 'EFEDAUTH' }))).toBeUndefined();
  });
});
