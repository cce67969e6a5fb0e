import type { Caller, Security } from '../security/index.js';
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
    const target = { type: 'external_data', address: connection.address } as const;
    const identity =
      connection.credential === 'managed_identity'
        ? connection.identity
        : connection.credential === 'impersonate' && impersonate && 'identity' in impersonate
          ? impersonate.identity
          : undefined;
    if (identity !== undefined) {
      const credential = security.credentialFor(identity, usage, databaseId, target);
      return Promise.resolve({ kind: 'token', credential, principal: `managed identity ${identity}`, renewable: true });
    }
    if (connection.credential === 'impersonate' && impersonate && 'caller' in impersonate) {
      const credential = security.callerCredentialFor(impersonate.caller, target);
      return Promise.resolve({ kind: 'token', credential, principal: 'the caller', renewable: true });
    }
    throw new KustoError('Storage_NotSupported', `No credential for '${connection.address}' can be had here.`);
  };
}
