import { isIP } from 'node:net';
import { KustoError } from '../../errors/index.js';
import { isLoopback } from '../address.js';
import type { SqlLocation } from '../connection.js';
import { invalid } from '../invalid.js';
import { whoConnects, type SqlAddress, type SqlCredential, type SqlOptions } from './connect.js';
import { POSTGRESQL } from './postgresql/dialect.js';
import { classify as classifyPostgres } from './postgresql/errors.js';
import { PostgresSession } from './postgresql/session.js';
import { MYSQL } from './mysql/dialect.js';
import { classify as classifyMySql } from './mysql/errors.js';
import { MySqlSession } from './mysql/session.js';
import { SQL_SERVER } from './sql-server/dialect.js';
import { classify as classifySqlServer } from './sql-server/errors.js';
import { SqlServerSession } from './sql-server/session.js';
import { SqlDatabase, type SqlDriver } from './sql-database.js';
import type { SqlTarget } from './sql-target.js';
import type { Classified } from './session.js';

export type SqlDialect = 'SqlServer' | 'PostgreSQL' | 'MySQL';

/** Where a connection string leads to, in a dialect. Throws Storage_InvalidConnectionString. */
export function sqlAddress(dialect: SqlDialect, { host, port, database, connectTimeout }: SqlLocation): SqlAddress {
  if (database === undefined || database === '') throw invalid('it names no database (Initial Catalog=…)');
  return { host, port: port ?? DEFAULT_PORTS[dialect], database, connectTimeout };
}

const DEFAULT_PORTS: Readonly<Record<SqlDialect, number>> = { SqlServer: 1433, PostgreSQL: 5432, MySQL: 3306 };

/** A database at an address, with one credential. Nothing is contacted yet. */
export function openSqlTarget(
  dialect: SqlDialect,
  address: SqlAddress,
  credential: SqlCredential,
  options: SqlOptions = {},
): SqlTarget {
  const common = { place: `${address.host}/${address.database}`, principal: whoConnects(credential) };
  /** An expired token of an identity is had anew; one that somebody gave is not. */
  const withToken =
    (classify: (error: unknown) => Classified) =>
    (error: unknown): Classified => {
      const found = classify(error);
      const isExpired = found.code === 'Sql_AuthenticationFailed' && /expired|lifetime/i.test(found.says);
      return isExpired && credential.kind === 'token' && credential.renewable
        ? { ...found, code: 'Sql_TokenExpired' }
        : found;
    };
  const drivers: Record<SqlDialect, () => SqlDriver> = {
    PostgreSQL: () => ({
      ...common,
      dialect: POSTGRESQL,
      connect: () => PostgresSession.open(address, credential, options),
      classify: withToken(classifyPostgres),
    }),
    MySQL: () => {
      // The driver would hold the certificate against the name localhost.
      if (isIP(address.host) !== 0 && !isLoopback(address.host)) {
        throw new KustoError(
          'Sql_NotSupported',
          `MySQL: write the server by its name, not as ${address.host}: its certificate is checked.`,
        );
      }
      return {
        ...common,
        dialect: MYSQL,
        connect: () => MySqlSession.open(address, credential, options),
        classify: withToken(classifyMySql),
      };
    },
    SqlServer: () => ({
      ...common,
      dialect: SQL_SERVER,
      connect: () => SqlServerSession.open(address, credential, options),
      classify: withToken(classifySqlServer),
    }),
  };
  return new SqlDatabase(drivers[dialect]());
}
