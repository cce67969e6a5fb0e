import type { ConnectionRef } from '../catalog/model.js';
import type { SecretBox, Security } from '../security/index.js';
import {
  openStore,
  sqlServerOf,
  STORAGE_SCOPE,
  type ObjectStore,
  type SqlDialect,
  type SqlTarget,
  type StoreCredential,
  type StoreOptions,
} from '../storage/index.js';
import { KustoError } from '../errors/index.js';
import { credentialProvider, isSqlAddress, openSqlConnection, tokensFor } from '../external/index.js';
import type { TargetStores, Writer } from './services.js';

export interface TargetStoresOptions {
  readonly security: Pick<Security, 'requireIdentity' | 'requireCallout' | 'credentialFor' | 'callerCredentialFor'>;
  readonly secrets: Pick<SecretBox, 'open'>;
  readonly store: StoreOptions;
}

const BEARS_TOKEN: readonly ConnectionRef['credential'][] = [
  'impersonate',
  'managed_identity',
  'token',
  'sql_integrated',
];

/** Stores behind connection strings, with the credential of each. */
export class SecuredTargetStores implements TargetStores {
  constructor(private readonly options: TargetStoresOptions) {}

  check(connection: ConnectionRef, writer: Writer): void {
    const { security } = this.options;
    const identity = identityOf(connection, writer);
    if (identity !== undefined) security.requireIdentity(identity, writer.usage, writer.databaseId);
    // A folder of this machine is no callout: the store holds it against the roots of the configuration.
    if (isLocal(connection)) return;
    const bearsToken = BEARS_TOKEN.includes(connection.credential);
    if (isSqlAddress(connection.address)) {
      return security.requireCallout({ type: 'sql', address: sqlServerOf(connection.address), bearsToken });
    }
    security.requireCallout({ type: 'external_data', address: connection.address, bearsToken });
  }

  async open(connection: ConnectionRef, writer: Writer): Promise<ObjectStore> {
    this.check(connection, writer);
    const credential = await this.credentialOf(connection, writer);
    const store = openStore(connection.address, credential, this.options.store);
    // A token that cannot be had is told before anything is begun.
    if (credential.kind === 'token') await credential.credential.getToken(STORAGE_SCOPE);
    return store;
  }

  async openSql(connection: ConnectionRef, dialect: SqlDialect, writer: Writer): Promise<SqlTarget> {
    this.check(connection, writer);
    return openSqlConnection(connection, dialect, {
      unseal: (sealed) => this.options.secrets.open(sealed),
      credentialFor: () => this.credentialOf(connection, writer),
      usage: writer.usage,
      store: this.options.store,
    });
  }

  private credentialOf(connection: ConnectionRef, writer: Writer): Promise<StoreCredential> {
    const { security, secrets } = this.options;
    if (impersonates(connection) && writer.impersonate === undefined) {
      throw new KustoError(
        'Export_NobodyToImpersonate',
        `The caller who is to be impersonated at '${connection.address}' is gone: files of an export that did not ` +
          'complete cannot be removed from there. Remove them by hand.',
      );
    }
    const unseal = (sealed: ConnectionRef['sealed']): string => secrets.open(sealed);
    return credentialProvider({ unseal, tokenFor: tokensFor(security, writer) })(connection, writer.usage);
  }
}

/** The managed identity that writes, if one does. */
function identityOf(connection: ConnectionRef, writer: Writer): string | undefined {
  if (connection.credential === 'managed_identity') return connection.identity;
  if (!impersonates(connection) || writer.impersonate === undefined) return undefined;
  return 'identity' in writer.impersonate ? writer.impersonate.identity : undefined;
}

export const impersonates = ({ credential }: ConnectionRef): boolean =>
  credential === 'impersonate' || credential === 'sql_integrated';

function isLocal({ address }: ConnectionRef): boolean {
  return address.startsWith('/') || address.startsWith('file:');
}
