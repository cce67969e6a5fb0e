import type {
  Entity,
  EntityKind,
  EntityOf,
  ExportedArtifact,
  ExportFailure,
  Extent,
  OperationRecord,
} from './model.js';

/** One immutable state of all entities. Lookups by name are case-sensitive, as in Kusto. */
export interface CatalogSnapshot {
  get<K extends EntityKind>(kind: K, id: string): EntityOf<K> | undefined;
  /** All of a kind; of one database when `databaseId` is given. In order of name. */
  list<K extends EntityKind>(kind: K, databaseId?: string): readonly EntityOf<K>[];
  database(name: string): EntityOf<'database'> | undefined;
  /** By name within a database, for the kinds that have names. */
  byName<K extends 'table' | 'function' | 'externalTable' | 'continuousExport'>(
    kind: K,
    databaseId: string,
    name: string,
  ): EntityOf<K> | undefined;
  /** Undefined when the policy is not set there. Scope: `cluster`, a database id or an entity id. */
  policy(scope: string, policy: string): unknown;
  roles(scope: string): readonly EntityOf<'role'>[];
}

/** Whether rows get a time when they come: so it is for a new table, until its policy is switched off or deleted. */
export function hasIngestionTime(snapshot: Pick<CatalogSnapshot, 'policy'>, tableId: string): boolean {
  const policy = snapshot.policy(tableId, 'ingestiontime') as { readonly IsEnabled?: boolean } | null | undefined;
  return policy === undefined || policy?.IsEnabled === true;
}

/** Rows staged in the engine, to become visible with the catalog's commit. See engines/engine.ts. */
export interface Publication {
  /** New extents without their place in the order: cursor and ingestion time are given at the commit. */
  readonly extents: readonly Omit<Extent, 'cursor' | 'ingestionTime' | 'isTimed'>[];
  /** Extents that disappear in the same commit (`.set-or-replace`, drop-by tags). */
  readonly dropped?: readonly bigint[];
  /** The engine's open write, committed together with the catalog's changes. */
  readonly write: EngineWrite;
}

/**
 * The engine's side of a publication, opaque to everybody but the persistence it belongs to. Structural supertype of
 * engines/engine.ts `WriteSession`.
 */
export interface EngineWrite {
  readonly id: string;
}

/** What a transaction may do. Reads see the transaction's own writes. Nothing is kept if the callback throws. */
export interface CatalogTransaction extends CatalogSnapshot {
  put(entity: Entity): void;
  delete(kind: EntityKind, id: string): void;
  publish(publication: Publication): void;
  addArtifacts(artifacts: readonly ExportedArtifact[]): void;
  addFailure(failure: ExportFailure): void;
}

/** Cursor and time that the commit gave. */
export interface Committed {
  /** Last cursor that was given out, in this commit or before it. */
  readonly cursor: bigint;
  readonly extents: readonly Extent[];
}

export interface Catalog {
  /** The last committed state: cheap, never waits. */
  snapshot(): CatalogSnapshot;
  /**
   * One transaction at a time: the callback is short and does no long work (stage rows before). All of its changes
   * are durable when the promise resolves, none if it rejects.
   */
  transact<T>(work: (tx: CatalogTransaction) => T | Promise<T>): Promise<{ readonly value: T } & Committed>;
  /** Cursor of the last commit that published an extent; 0 before the first. */
  currentCursor(): bigint;
  /** A number for an extent that is about to be staged. Never given out twice, whether it is published or not. */
  newExtentNumber(): bigint;
  /** Extents of a table with `after < cursor <= upTo`, in order of cursor. Costs what the window holds. */
  extents(tableId: string, window?: { readonly after?: bigint; readonly upTo?: bigint }): Promise<readonly Extent[]>;
  /** Ingestion time (ticks) of the last extent at or before the cursor, over all tables; undefined if none. */
  timeOfCursor(cursor: bigint): Promise<bigint | undefined>;
  artifacts(jobId: string): Promise<readonly ExportedArtifact[]>;
  failures(jobId: string): Promise<readonly ExportFailure[]>;
  /** Removes artifacts, failures and operations older than 14 days. */
  prune(now: Date): Promise<void>;
  putOperation(record: OperationRecord): Promise<void>;
  operations(ids?: readonly string[]): Promise<readonly OperationRecord[]>;
  close(): Promise<void>;
}

export interface LoadedCatalog {
  readonly entities: readonly Entity[];
  /** The highest that were ever committed; 0 if none. */
  readonly cursor: bigint;
  readonly extentNumber: bigint;
  /** Ticks of the last commit that published; 0 if none. */
  readonly ingestionTime: bigint;
}

/** What keeps the catalog: injected, so that the model knows no database. */
export interface CatalogPersistence {
  /** Applies the migrations that are missing and reads everything that the model keeps in memory. */
  load(): Promise<LoadedCatalog>;
  /** All or nothing, durable when it resolves; `writes` are the engine writes that commit with it. */
  commit(changes: CatalogChanges): Promise<void>;
  extents(tableId: string, after: bigint | undefined, upTo: bigint | undefined): Promise<readonly Extent[]>;
  timeOfCursor(cursor: bigint): Promise<bigint | undefined>;
  artifacts(jobId: string): Promise<readonly ExportedArtifact[]>;
  failures(jobId: string): Promise<readonly ExportFailure[]>;
  prune(before: string): Promise<void>;
  putOperation(record: OperationRecord): Promise<void>;
  operations(ids?: readonly string[]): Promise<readonly OperationRecord[]>;
  close(): Promise<void>;
}

export interface CatalogChanges {
  readonly puts: readonly Entity[];
  readonly deletes: readonly { readonly kind: EntityKind; readonly id: string }[];
  readonly extents: readonly Extent[];
  readonly droppedExtents: readonly bigint[];
  readonly writes: readonly EngineWrite[];
  readonly artifacts: readonly ExportedArtifact[];
  readonly failures: readonly ExportFailure[];
}
