import type { ConnectionRef, ExternalTableEntity, Sealed } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import {
  openSqlTarget,
  parseConnectionString,
  parseTableName,
  sqlAddress,
  type SqlCredential,
  type SqlDialect,
  type SqlTableName,
  type SqlTarget,
  type StoreOptions,
} from '../storage/index.js';
import type { CredentialProvider, StorageUsage } from './access.js';

/** What an external table of kind=sql says of its table in the database. */
export interface SqlTableFacts {
  readonly dialect: SqlDialect;
  readonly table: SqlTableName;
  readonly createIfNotExists: boolean;
  readonly primaryKey: string | undefined;
  readonly fireTriggers: boolean;
}

export function sqlTableOf({ name, properties }: Pick<ExternalTableEntity, 'name' | 'properties'>): SqlTableFacts {
  return {
    dialect: (properties['sqlDialect'] ?? 'SqlServer') as SqlDialect,
    table: parseTableName(String(properties['table'] ?? name)),
    createIfNotExists: properties['createifnotexists'] === true,
    primaryKey: properties['primarykey'] as string | undefined,
    fireTriggers: properties['firetriggers'] === true,
  };
}

/** The database behind a connection. `credentialFor` answers for those that carry no credential. */
export async function openSqlConnection(
  connection: ConnectionRef,
  dialect: SqlDialect,
  access: {
    readonly unseal: (sealed: Sealed) => string;
    readonly credentialFor: CredentialProvider;
    readonly usage: StorageUsage;
    readonly store: StoreOptions;
  },
): Promise<SqlTarget> {
  const { sql, secret } = parseConnectionString(access.unseal(connection.sealed));
  if (sql === undefined) throw new KustoError('Sql_NotSupported', `'${connection.address}' is no SQL database.`);
  const { certificateAuthority } = access.store;
  const options = certificateAuthority === undefined ? {} : { certificateAuthority };
  const open = (credential: SqlCredential): SqlTarget =>
    openSqlTarget(dialect, sqlAddress(dialect, sql), credential, options);
  if (connection.credential === 'sql_password' && secret !== undefined) {
    return open({ kind: 'password', user: sql.user ?? '', password: secret });
  }
  const token = await access.credentialFor(connection, access.usage);
  if (token.kind !== 'token') throw new KustoError('Sql_NotSupported', 'A SQL database takes a password or a token.');
  if (dialect !== 'SqlServer' && sql.user === undefined) {
    throw new KustoError(
      'Sql_NotSupported',
      `${dialect} needs to be told as which of its users a token is used: add Username=<user> to the connection string.`,
    );
  }
  return open({ ...token, ...(sql.user === undefined ? {} : { user: sql.user }) });
}
