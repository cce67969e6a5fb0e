import type { ColumnSchema, KustoType } from '../values/index.js';

/**
 * The catalog's entities, as plain immutable data. Every entity is one record, persisted whole as JSON under its
 * `kind` and `id`. Text that is a secret is held only as `Sealed`.
 */

/** A secret encrypted with the key of the configuration (see security/secrets). Never the clear text. */
export type Sealed = string & { readonly __sealed: true };

/** ISO 8601 instant with 100 ns, as Kusto writes datetimes. */
export type Instant = string;

export interface DatabaseEntity {
  readonly kind: 'database';
  readonly id: string;
  readonly name: string;
  readonly prettyName: string;
}

/** A column keeps its id for life: a rename touches the catalog only, the engine stores under `c<id>`. */
export interface TableColumn extends ColumnSchema {
  readonly id: number;
  readonly docString: string;
}

export interface TableEntity {
  readonly kind: 'table';
  /** Stable for life, never used again: the engine's name of the table. */
  readonly id: string;
  readonly databaseId: string;
  readonly name: string;
  readonly folder: string;
  readonly docString: string;
  readonly columns: readonly TableColumn[];
  readonly nextColumnId: number;
}

export interface FunctionEntity {
  readonly kind: 'function';
  readonly id: string;
  readonly databaseId: string;
  readonly name: string;
  /** As written, with parentheses: `(n:int=5, T:(a:long))`. */
  readonly parameters: string;
  /** As written, with braces. */
  readonly body: string;
  readonly folder: string;
  readonly docString: string;
}

export interface ConnectionRef {
  /** The address without any credential: safe to show. */
  readonly address: string;
  readonly credential: CredentialKind;
  /** For `managed_identity`: `system` or the object id. */
  readonly identity?: string;
  /** The whole connection string as it was given, encrypted. */
  readonly sealed: Sealed;
}

export type CredentialKind =
  'none' | 'impersonate' | 'managed_identity' | 'sas' | 'token' | 'key' | 'aws' | 'sql_integrated' | 'sql_password';

export type DataFormat =
  | 'csv'
  | 'tsv'
  | 'psv'
  | 'scsv'
  | 'sohsv'
  | 'tsve'
  | 'txt'
  | 'raw'
  | 'json'
  | 'singlejson'
  | 'multijson'
  | 'parquet'
  | 'avro'
  | 'apacheavro'
  | 'orc'
  | 'w3clogfile'
  | 'sstream';

export type PartitionFunction =
  | { readonly kind: 'value' }
  | { readonly kind: 'bin'; readonly ticks: string }
  | { readonly kind: 'startofday' | 'startofweek' | 'startofmonth' | 'startofyear' }
  | { readonly kind: 'hash'; readonly modulo: number };

export interface PartitionColumn {
  readonly name: string;
  /** Of files: string, datetime or long; of a Delta table any, as its log has it. */
  readonly type: KustoType;
  /** Undefined: a virtual column that exists in the path only. */
  readonly source?: string;
  readonly function: PartitionFunction;
}

export type PathElement =
  | { readonly kind: 'separator'; readonly text: string }
  | { readonly kind: 'partition'; readonly name: string }
  | { readonly kind: 'datetime'; readonly name: string; readonly pattern: string };

export interface ExternalTableEntity {
  readonly kind: 'externalTable';
  readonly id: string;
  readonly databaseId: string;
  readonly name: string;
  readonly tableKind: 'storage' | 'delta' | 'sql';
  readonly columns: readonly ColumnSchema[];
  readonly partitions: readonly PartitionColumn[];
  readonly pathFormat: readonly PathElement[];
  readonly dataFormat: DataFormat | null;
  readonly connections: readonly ConnectionRef[];
  /** The properties of `with (…)`, by their documented names, already checked. */
  readonly properties: Readonly<Record<string, string | number | boolean>>;
  readonly folder: string;
  readonly docString: string;
}

export interface IngestionMappingEntity {
  readonly kind: 'mapping';
  readonly id: string;
  readonly databaseId: string;
  /** Table or external table that the mapping belongs to. */
  readonly ownerId: string;
  readonly format: 'csv' | 'json' | 'parquet' | 'avro' | 'orc' | 'w3clogfile';
  readonly name: string;
  /** The mapping as given, a JSON array. */
  readonly mapping: string;
  readonly createdOn: Instant;
}

/**
 * A policy of a cluster, database or entity. `value` is the reference's JSON document.
 * id = `${scope}/${policy}`, with scope `cluster`, a database id or an entity id.
 */
export interface PolicyEntity {
  readonly kind: 'policy';
  readonly id: string;
  readonly scope: string;
  readonly policy: string;
  readonly value: unknown;
}

export type PrincipalType = 'aaduser' | 'aadgroup' | 'aadapp';

/** A principal belongs to the authority (tenant) that vouches for it. */
export interface PrincipalRef {
  readonly type: PrincipalType;
  /** Object id, lower case; or the application (client) id, UPN or mail as written, when the object id is not known yet. */
  readonly id: string;
  readonly tenantId: string;
  readonly displayName: string;
}

export type ClusterRole = 'AllDatabasesAdmin' | 'AllDatabasesViewer' | 'AllDatabasesMonitor';
export type DatabaseRole = 'Admin' | 'User' | 'Viewer' | 'UnrestrictedViewer' | 'Ingestor' | 'Monitor';
export type EntityRole = 'Admin' | 'Ingestor';

export interface RoleAssignmentEntity {
  readonly kind: 'role';
  readonly id: string;
  /** `cluster`, a database id, or the id of a table, external table or function. */
  readonly scope: string;
  readonly role: ClusterRole | DatabaseRole | EntityRole;
  readonly principal: PrincipalRef;
  readonly notes: string;
}

export interface ContinuousExportEntity {
  readonly kind: 'continuousExport';
  readonly id: string;
  readonly databaseId: string;
  readonly name: string;
  readonly externalTable: string;
  readonly query: string;
  /** Names of the fact tables; null = no `over`: every table of the query is one. */
  readonly over: readonly string[] | null;
  /** Fact tables as resolved at creation: `['DB'].['T']`. */
  readonly cursorScopedTables: readonly string[];
  readonly intervalTicks: string;
  readonly forcedLatencyTicks: string;
  /** Checked properties by their documented names (sizeLimit, distributed, parquetRowGroupSize, …). */
  readonly properties: Readonly<Record<string, string | number | boolean>>;
  readonly managedIdentity: string | null;
  readonly isDisabled: boolean;
  /** Set once, when the job is made: nothing at or before it is ever exported by the job. */
  readonly startCursor: string;
  /** Everything at or before it is exported and committed. */
  readonly cursor: string;
  readonly exportedTo: Instant | null;
  readonly lastRunTime: Instant | null;
  readonly lastRunResult: 'Completed' | 'Failed' | null;
  readonly lastSuccessTime: Instant | null;
  /** Start of the unbroken row of permanent failures, for the automatic disable after 7 days. */
  readonly failingSince: Instant | null;
  readonly createdBy: PrincipalRef;
}

export type Entity =
  | DatabaseEntity
  | TableEntity
  | FunctionEntity
  | ExternalTableEntity
  | IngestionMappingEntity
  | PolicyEntity
  | RoleAssignmentEntity
  | ContinuousExportEntity;

export type EntityKind = Entity['kind'];
export type EntityOf<K extends EntityKind> = Extract<Entity, { kind: K }>;

/** An immutable set of a table's rows that became visible together. Never in the entity set: there may be millions. */
export interface Extent {
  /** Engine's extent number, unique over all tables. */
  readonly number: bigint;
  /** Public id, a GUID. */
  readonly id: string;
  readonly tableId: string;
  /** Order of commit over all tables; a cursor value is its decimal text. */
  readonly cursor: bigint;
  /** Ticks. */
  readonly ingestionTime: bigint;
  /** Whether the table's IngestionTime policy was on: `ingestion_time()` is null over the rows of the others. */
  readonly isTimed: boolean;
  readonly rowCount: number;
  readonly tags: readonly string[];
}

export interface OperationRecord {
  readonly id: string;
  readonly operation: string;
  readonly database: string;
  readonly startedOn: Instant;
  readonly lastUpdatedOn: Instant;
  readonly state:
    | 'InProgress'
    | 'Completed'
    | 'Failed'
    | 'PartiallySucceeded'
    | 'Abandoned'
    | 'BadInput'
    | 'Scheduled'
    | 'Throttled'
    | 'Canceled'
    | 'Skipped';
  readonly status: string;
  readonly shouldRetry: boolean;
  readonly rootActivityId: string;
  readonly principal: string;
  readonly user: string;
  /** Result table of the finished operation, for `.show operation X details`. */
  readonly details: { readonly columns: readonly ColumnSchema[]; readonly rows: readonly unknown[][] } | null;
}

export interface ExportedArtifact {
  readonly jobId: string;
  readonly runId: string;
  readonly timestamp: Instant;
  readonly externalTable: string;
  readonly path: string;
  readonly numRecords: number;
  readonly sizeInBytes: number;
  readonly sha256: string;
}

export interface ExportFailure {
  readonly jobId: string;
  readonly operationId: string;
  readonly timestamp: Instant;
  readonly lastSuccessRun: Instant | null;
  readonly failureKind: 'Failure' | 'PartialFailure';
  readonly details: string;
}
