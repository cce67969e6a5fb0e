import type { ConnectionRef } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import { credentialProvider, type StorageAccess, type StorageUsage } from '../external/index.js';
import type { StoreCredential } from '../storage/index.js';
import type { CommandContext } from './framework/index.js';

const BEARS_TOKEN: readonly ConnectionRef['credential'][] = ['impersonate', 'managed_identity', 'token'];

/** Refuses an address that the callout policy does not allow, and an identity that the cluster does not have. */
export function checkConnection(connection: ConnectionRef, context: CommandContext): void {
  const { address, credential, identity } = connection;
  if (credential === 'managed_identity' && identity !== undefined) context.security.directory.identity(identity);
  // A folder of this machine is no callout: the store holds it against the roots of the configuration.
  if (address.startsWith('/') || address.startsWith('file:')) return;
  context.security.requireCallout({ type: 'external_data', address, bearsToken: BEARS_TOKEN.includes(credential) });
}

/** Storage in the name that each connection string names; policies are asked at each use. */
export function storageAccess(usage: StorageUsage, databaseId: string, context: CommandContext): StorageAccess {
  const { security, secrets, request, store } = context;
  const tokenFor = (connection: ConnectionRef): Promise<StoreCredential> => {
    const { address, credential, identity = '' } = connection;
    const target = { type: 'external_data', address } as const;
    if (credential === 'managed_identity') {
      security.requireIdentity(identity, usage, databaseId);
      const token = security.credentialFor(identity, usage, databaseId, target);
      return Promise.resolve({
        kind: 'token',
        credential: token,
        principal: `managed identity ${identity}`,
        renewable: true,
      });
    }
    if (credential !== 'impersonate') {
      throw new KustoError('Storage_NotSupported', `Calypso cannot use the credential that is given for '${address}'.`);
    }
    const token = security.callerCredentialFor(request.caller, target);
    return Promise.resolve({ kind: 'token', credential: token, principal: 'the caller', renewable: true });
  };
  const carried = credentialProvider({ unseal: (sealed) => secrets.open(sealed), tokenFor });
  return {
    usage,
    store,
    credentialFor: (connection, use) => {
      checkConnection(connection, context);
      return carried(connection, use);
    },
  };
}
