import type { Catalog } from '../catalog/catalog.js';
import type { ConnectionRef } from '../catalog/model.js';
import type { Engine } from '../engines/engine.js';
import type { DeltaHeads } from '../external/index.js';
import type { QueryService } from '../query/query-service.js';
import type { Caller, IdentityUsage, Security } from '../security/index.js';
import type { SqlDialect, SqlTarget } from '../storage/index.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Journal } from './journal.js';

/** Who writes to a target, and what for. */
export interface Writer {
  readonly databaseId: string;
  readonly usage: Extract<IdentityUsage, 'AutomatedFlows' | 'ExportRequest'>;
  /** Whom `;impersonate` means: a managed identity (`system` or object id) or a caller; nobody when absent. */
  readonly impersonate?: { readonly identity: string } | { readonly caller: Caller };
}

/** The stores behind connection strings. Every refusal is a coded error. */
export interface TargetStores {
  /** Identity attached, its usage allowed, address allowed by the callout policy. Contacts nothing. */
  check(connection: ConnectionRef, writer: Writer): void;
  /** Checks, and opens with the credential that the connection string names. */
  open(connection: ConnectionRef, writer: Writer): Promise<ObjectStore>;
  /** The same for a SQL database. */
  openSql(connection: ConnectionRef, dialect: SqlDialect, writer: Writer): Promise<SqlTarget>;
}

export interface ExportServices {
  readonly catalog: Catalog;
  readonly engine: Pick<Engine, 'stage' | 'run' | 'scanFiles' | 'exchangeDirectory'>;
  readonly query: Pick<QueryService, 'prepare'>;
  readonly security: Pick<Security, 'authorization' | 'requireIdentity'>;
  readonly stores: TargetStores;
  readonly journal: Journal;
  readonly deltaHeads: DeltaHeads;
  readonly now: () => Date;
}
