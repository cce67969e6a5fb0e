import type { ConnectionRef } from '../catalog/model.js';
import { checkpointReader } from '../query/checkpoint-reader.js';
import {
  credentialProvider,
  isSqlAddress,
  tokensFor,
  type StorageAccess,
  type StorageUsage,
} from '../external/index.js';
import { sqlServerOf } from '../storage/index.js';
import type { CommandContext } from './framework/index.js';

const BEARS_TOKEN: readonly ConnectionRef['credential'][] = ['impersonate', 'managed_identity', 'token'];

/** Refuses an address that the callout policy does not allow, and an identity that the cluster does not have. */
export function checkConnection(connection: ConnectionRef, context: CommandContext): void {
  const { address, credential, identity } = connection;
  if (credential === 'managed_identity' && identity !== undefined) context.security.directory.identity(identity);
  // A folder of this machine is no callout: the store holds it against the roots of the configuration.
  if (address.startsWith('/') || address.startsWith('file:')) return;
  if (isSqlAddress(address)) {
    const bearsToken = credential !== 'sql_password';
    return context.security.requireCallout({ type: 'sql', address: sqlServerOf(address), bearsToken });
  }
  context.security.requireCallout({ type: 'external_data', address, bearsToken: BEARS_TOKEN.includes(credential) });
}

/** Storage in the name that each connection string names; policies are asked at each use. */
export function storageAccess(usage: StorageUsage, databaseId: string, context: CommandContext): StorageAccess {
  const { engine, security, secrets, request, store } = context;
  const tokenFor = tokensFor(security, { databaseId, impersonate: { caller: request.caller } });
  const credentialFor = credentialProvider({ unseal: (sealed) => secrets.open(sealed), tokenFor });
  return {
    usage,
    store,
    checkpoints: checkpointReader(engine),
    credentialFor(connection, use) {
      checkConnection(connection, context);
      const { credential, identity } = connection;
      // Before anything is contacted: the token would be refused only on the way.
      if (credential === 'managed_identity' && identity !== undefined)
        security.requireIdentity(identity, use, databaseId);
      return credentialFor(connection, use);
    },
  };
}
