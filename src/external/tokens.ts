import type { ConnectionRef } from '../catalog/model.js';
import type { Caller, Security, TokenTarget } from '../security/index.js';
import { sqlServerOf } from '../storage/index.js';
import { KustoError } from '../errors/index.js';
import type { CredentialProvider } from './access.js';

/** On whose behalf storage is used. */
export interface Actor {
  /** The database whose managed identity policy counts, beside the cluster's. */
  readonly databaseId: string;
  /** Whom `;impersonate` means: a managed identity (`system` or object id) or a caller; nobody when absent. */
  readonly impersonate?: { readonly identity: string } | { readonly caller: Caller };
}

/** Tokens for connections that carry no credential: of a managed identity, or of whom `;impersonate` means. */
export function tokensFor(
  security: Pick<Security, 'credentialFor' | 'callerCredentialFor'>,
  { databaseId, impersonate }: Actor,
): CredentialProvider {
  return (connection, usage) => {
    const target = tokenTargetOf(connection);
    const asActor = connection.credential === 'impersonate' || connection.credential === 'sql_integrated';
    const identity =
      connection.credential === 'managed_identity'
        ? connection.identity
        : asActor && impersonate && 'identity' in impersonate
          ? impersonate.identity
          : undefined;
    if (identity !== undefined) {
      const credential = security.credentialFor(identity, usage, databaseId, target);
      return Promise.resolve({ kind: 'token', credential, principal: `managed identity ${identity}`, renewable: true });
    }
    if (asActor && impersonate && 'caller' in impersonate) {
      const credential = security.callerCredentialFor(impersonate.caller, target);
      return Promise.resolve({ kind: 'token', credential, principal: 'the caller', renewable: true });
    }
    throw new KustoError('Storage_NotSupported', `No credential for '${connection.address}' can be had here.`);
  };
}

/** The address that a connection's token goes to, as the callout policy knows it. */
function tokenTargetOf({ address, credential }: ConnectionRef): TokenTarget {
  return isSqlAddress(address) || credential === 'sql_integrated'
    ? { type: 'sql', address: sqlServerOf(address) }
    : { type: 'external_data', address };
}

/** Of a SQL database: `Server=…`. */
export function isSqlAddress(address: string): boolean {
  return address.startsWith('Server=');
}
