import type { Catalog } from '../catalog/catalog.js';
import type { ConnectionRef } from '../catalog/model.js';
import type { Engine } from '../engines/engine.js';
import type { QueryService } from '../query/query-service.js';
import type { Caller } from '../security/caller.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Journal } from './journal.js';

export type IdentityUsage = 'AutomatedFlows' | 'ExportRequest';

/** The cluster's managed identities, as runs need them. An identity is named `system` or by its object id. */
export interface ExportIdentities {
  /** The identity as a caller, with its own roles and no others; undefined when the cluster has no such identity. */
  callerOf(identity: string): Caller | undefined;
  /** Whether the policy of the cluster or of the database allows the use. */
  isAllowed(identity: string, databaseId: string, usage: IdentityUsage): boolean;
  /** Throws the coded refusal when the caller may not read the database. */
  requireViewer(caller: Caller, databaseId: string): void;
}

/** Whom `;impersonate` means: a job's managed identity, the caller of a one-off export, or nobody. */
export type Impersonated =
  | { readonly kind: 'identity'; readonly identity: string }
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'nobody' };

export interface TargetStores {
  /** Throws the coded refusal when the callout policy does not allow the address; checks nothing at the address itself. */
  checkCallout(connection: ConnectionRef): void;
  /** Checks the callout policy, unseals the connection string, and takes the credential that it names. */
  open(connection: ConnectionRef, impersonated: Impersonated): Promise<ObjectStore>;
}

export interface ExportServices {
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly query: QueryService;
  readonly identities: ExportIdentities;
  readonly stores: TargetStores;
  readonly journal: Journal;
  readonly now: () => Date;
}
