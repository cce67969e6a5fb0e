import type { StorageAddress } from './address.js';
import type { Secret } from './secret.js';

export type ConnectionCredential =
  'none' | 'impersonate' | 'managed_identity' | 'sas' | 'token' | 'key' | 'aws' | 'sql_integrated' | 'sql_password';

/** Where a SQL database is, and who connects. */
export interface SqlLocation {
  readonly host: string;
  /** Undefined: the database's usual one. */
  readonly port: number | undefined;
  readonly database: string | undefined;
  /** The database's name for who connects; the identity that a token is for stands in `identity`. */
  readonly user: string | undefined;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

/** A connection string taken apart. Everything but `secret` is safe to show. */
export interface ConnectionString {
  /** The address without any credential. */
  readonly address: string;
  readonly kind: StorageAddress['kind'] | 'sql';
  readonly credential: ConnectionCredential;
  /** For `managed_identity`: `system` or the object id. */
  readonly identity?: string;
  /** Of a SQL address. */
  readonly sql?: SqlLocation;
  /** SAS query without `?`, token, account key, `id,secret` of AWS, SQL password. */
  readonly secret?: Secret;
}
