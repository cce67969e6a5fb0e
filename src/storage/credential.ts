import type { ConnectionString } from './connection.js';
import { Secret } from './secret.js';

/** A way to tokens for storage; `@azure/identity`'s credentials fit. Its KustoErrors reach the caller as they are. */
export interface TokenSource {
  getToken(scope: string): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** What a store signs its requests with. */
export type StoreCredential =
  | { readonly kind: 'none' }
  | { readonly kind: 'sas'; readonly sas: Secret }
  | { readonly kind: 'key'; readonly key: Secret }
  | { readonly kind: 'aws'; readonly accessKeyId: string; readonly secretAccessKey: Secret }
  | {
      readonly kind: 'token';
      readonly credential: TokenSource;
      /** Who the token is for, as messages say it: `managed identity 1234…`. */
      readonly principal: string;
      /** False for a token of the connection string, which nobody can renew. */
      readonly renewable: boolean;
    };

/** The resource that every token for Blob Storage, Data Lake Storage and OneLake is for. */
export const STORAGE_SCOPE = 'https://storage.azure.com/.default';

/**
 * The credential that the connection string itself carries; undefined where an identity has to be asked for a token
 * (`impersonate`, `managed_identity`) or where the address is of another kind than an object store.
 */
export function carriedCredential(connection: ConnectionString): StoreCredential | undefined {
  const { credential, secret } = connection;
  if (credential === 'none') return { kind: 'none' };
  if (!secret) return undefined;
  if (credential === 'sas') return { kind: 'sas', sas: secret };
  if (credential === 'key') return { kind: 'key', key: secret };
  if (credential === 'aws') {
    const [, accessKeyId = '', secretAccessKey = ''] = /^([^,]+),(.+)$/.exec(secret.reveal()) ?? [];
    return { kind: 'aws', accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
  }
  if (credential === 'token') {
    const token = secret.reveal();
    return {
      kind: 'token',
      // Its real end is unknown; the storage says when it is past.
      credential: { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) },
      principal: "the connection string's token",
      renewable: false,
    };
  }
  return undefined;
}
