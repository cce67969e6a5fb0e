import type { ConnectionRef } from '../catalog/model.js';
import type { SecretBox, Security } from '../security/index.js';
import {
  carriedCredential,
  openStore,
  parseConnectionString,
  STORAGE_SCOPE,
  type ObjectStore,
  type StoreCredential,
  type StoreOptions,
} from '../storage/index.js';
import { KustoError } from '../errors/index.js';
import type { TargetStores, Writer } from './services.js';

export interface TargetStoresOptions {
  readonly security: Pick<Security, 'requireIdentity' | 'requireCallout' | 'credentialFor' | 'callerCredentialFor'>;
  readonly secrets: Pick<SecretBox, 'open'>;
  readonly store: StoreOptions;
}

const BEARS_TOKEN: readonly ConnectionRef['credential'][] = ['impersonate', 'managed_identity', 'token'];

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
    security.requireCallout({ type: 'external_data', address: connection.address, bearsToken });
  }

  async open(connection: ConnectionRef, writer: Writer): Promise<ObjectStore> {
    this.check(connection, writer);
    const credential = this.credentialOf(connection, writer);
    const store = openStore(connection.address, credential, this.options.store);
    // A token that cannot be had is told before anything is begun.
    if (credential.kind === 'token') await credential.credential.getToken(STORAGE_SCOPE);
    return store;
  }

  private credentialOf(connection: ConnectionRef, writer: Writer): StoreCredential {
    const { security, secrets } = this.options;
    const target = { type: 'external_data', address: connection.address } as const;
    const identity = identityOf(connection, writer);
    if (identity !== undefined) {
      const credential = security.credentialFor(identity, writer.usage, writer.databaseId, target);
      return { kind: 'token', credential, principal: `managed identity ${identity}`, renewable: true };
    }
    if (connection.credential === 'impersonate') {
      const { impersonate } = writer;
      if (impersonate === undefined || !('caller' in impersonate)) {
        throw new KustoError(
          'Export_NobodyToImpersonate',
          `The caller who is to be impersonated at '${connection.address}' is gone: files of an export that did not ` +
            'complete cannot be removed from there. Remove them by hand.',
        );
      }
      const credential = security.callerCredentialFor(impersonate.caller, target);
      return { kind: 'token', credential, principal: 'the caller', renewable: true };
    }
    const carried = carriedCredential(parseConnectionString(secrets.open(connection.sealed)));
    if (carried !== undefined) return carried;
    throw new KustoError('Export_TargetKindNotSupported', `Exports cannot be written to '${connection.address}'.`);
  }
}

/** The managed identity that writes, if one does. */
function identityOf(connection: ConnectionRef, writer: Writer): string | undefined {
  if (connection.credential === 'managed_identity') return connection.identity;
  if (connection.credential !== 'impersonate' || writer.impersonate === undefined) return undefined;
  return 'identity' in writer.impersonate ? writer.impersonate.identity : undefined;
}

function isLocal({ address }: ConnectionRef): boolean {
  return address.startsWith('/') || address.startsWith('file:');
}
