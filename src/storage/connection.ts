import type { StorageAddress } from './address.js';
import type { Secret } from './secret.js';

export type ConnectionCredential =
  'none' | 'impersonate' | 'managed_identity' | 'sas' | 'token' | 'key' | 'aws' | 'sql_integrated' | 'sql_password';

/** A connection string taken apart. Everything but `secret` is safe to show. */
export interface ConnectionString {
  /** The address without any credential. */
  readonly address: string;
  readonly kind: StorageAddress['kind'] | 'sql';
  readonly credential: ConnectionCredential;
  /** For `managed_identity`: `system` or the object id. */
  readonly identity?: string;
  /** SAS query without `?`, token, account key, `id,secret` of AWS, SQL password. */
  readonly secret?: Secret;
}
