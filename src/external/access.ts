import type { ConnectionRef, Sealed } from '../catalog/model.js';
import {
  carriedCredential,
  openStore,
  parseConnectionString,
  type ObjectStore,
  type StoreCredential,
  type StoreOptions,
} from '../storage/index.js';
import type { CheckpointReader, DeltaHeads } from './delta/index.js';

/** What a managed identity is used for, as its policy names it. */
export type StorageUsage =
  'AutomatedFlows' | 'ExportRequest' | 'ExternalDataRequest' | 'ExternalTable' | 'NativeIngestion';

/**
 * The credential of a connection, for one usage. Whoever provides it has checked the usage against the managed identity
 * policy and the address against the callout policy. Throws KustoError.
 */
export type CredentialProvider = (connection: ConnectionRef, usage: StorageUsage) => Promise<StoreCredential>;

export interface StorageAccess {
  readonly credentialFor: CredentialProvider;
  readonly usage: StorageUsage;
  readonly store: StoreOptions;
  /** For the logs of Delta tables. */
  readonly checkpoints: CheckpointReader;
  /** Where logs are read again and again. */
  readonly heads?: DeltaHeads;
}

/** A connection string as the catalog keeps it. Throws Storage_…; `seal` encrypts. */
export function connectionRef(text: string, seal: (text: string) => Sealed): ConnectionRef {
  const { address, credential, identity } = parseConnectionString(text);
  return { address, credential, ...(identity === undefined ? {} : { identity }), sealed: seal(text) };
}

/** Takes the credential that the connection string carries; `tokenFor` answers for identities and callers. */
export function credentialProvider(sources: {
  readonly unseal: (sealed: Sealed) => string;
  readonly tokenFor: CredentialProvider;
}): CredentialProvider {
  return async (connection, usage) =>
    carriedCredential(parseConnectionString(sources.unseal(connection.sealed))) ??
    (await sources.tokenFor(connection, usage));
}

/** The store behind one connection of a table. */
export async function openConnection(connection: ConnectionRef, access: StorageAccess): Promise<ObjectStore> {
  return openStore(connection.address, await access.credentialFor(connection, access.usage), access.store);
}
