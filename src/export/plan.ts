import { createHash, randomUUID } from 'node:crypto';
import { hasIngestionTime, type CatalogSnapshot } from '../catalog/catalog.js';
import type { ContinuousExportEntity, ExternalTableEntity } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import type { PreparedQuery, RequestContext, TableUse } from '../query/query-service.js';
import { DEVELOPMENT_TENANT, identityCaller, type Caller } from '../security/index.js';
import type { ExportServices, Writer } from './services.js';
import { impersonates } from './target-stores.js';
import { checkColumns, queryForTarget, targetOfTable, type Target } from './target.js';

/** What a user defines; the rest of the entity is where the job stands. */
export type JobDefinition = Pick<
  ContinuousExportEntity,
  'databaseId' | 'name' | 'externalTable' | 'query' | 'over' | 'properties' | 'managedIdentity'
>;

/** A definition that has passed every rule, bound to what the catalog holds now. */
export interface PlannedRun {
  readonly target: Target;
  readonly prepared: PreparedQuery;
  /** Tables that are read by window; the others are read whole. */
  readonly facts: readonly TableUse[];
}

/** What the rules on identity and target give: who reads, who writes, where to. */
export interface RunAccess {
  readonly table: ExternalTableEntity;
  readonly target: Target;
  readonly caller: Caller;
  readonly writer: Writer;
}

/** A job without an identity reads as the server itself, which is why it may read its own database only. */
const SERVER: Caller = {
  principal: { type: 'aadapp', id: 'calypso', tenantId: DEVELOPMENT_TENANT, displayName: 'Calypso' },
  identifiers: [],
  groups: [],
  isDevelopmentAdmin: true,
};

/**
 * The rules on identity and target, of a definition or of a run. Throws the coded refusal of the first that is broken.
 * `databases` are those that a window was read from already; of a query that is to be asked, the binder sees to it.
 */
export function checkAccess(
  services: ExportServices,
  job: JobDefinition,
  databases: readonly string[] = [],
): RunAccess {
  const snapshot = services.catalog.snapshot();
  const database = databaseName(snapshot, job.databaseId);
  const table = snapshot.byName('externalTable', job.databaseId, job.externalTable);
  if (table === undefined) {
    throw new KustoError(
      'Export_ExternalTableNotFound',
      `The external table '${job.externalTable}' does not exist in database '${database}'. ` +
        'Create it with .create external table, then try again.',
    );
  }
  const target = targetOfTable(table, job.properties);
  const caller =
    job.managedIdentity === null
      ? SERVER
      : identityCaller(services.security.requireIdentity(job.managedIdentity, 'AutomatedFlows', job.databaseId));
  for (const id of new Set([job.databaseId, ...databases])) {
    services.security.authorization.require(snapshot, caller, 'DatabaseViewer', {
      database: databaseName(snapshot, id),
    });
  }
  if (job.managedIdentity === null && table.connections.some((one) => impersonates(one))) {
    throw new KustoError(
      'Export_IdentityNeededForTarget',
      `The external table '${table.name}' uses impersonation: the job needs an identity to write as. ` +
        'Add with (managedIdentity=system) or with (managedIdentity=<object id>).',
    );
  }
  const writer = writerOf(job.databaseId, job.managedIdentity);
  for (const connection of table.connections) services.stores.check(connection, writer);
  return { table, target, caller, writer };
}

export function writerOf(databaseId: string, identity: string | null): Writer {
  const usage = 'AutomatedFlows';
  return identity === null ? { databaseId, usage } : { databaseId, usage, impersonate: { identity } };
}

/** Every rule. The same ones hold when a job is defined and at each of its runs. */
export async function planRun(
  services: ExportServices,
  job: JobDefinition,
  signal: AbortSignal,
): Promise<PlannedRun & RunAccess> {
  const access = checkAccess(services, job);
  const snapshot = services.catalog.snapshot();
  const context = contextOf(databaseName(snapshot, job.databaseId), access.caller, signal);
  const asked = await services.query.prepare(job.query, context).catch(asExportError);
  const facts = factTables(snapshot, job, asked);
  checkColumns(access.target, asked.columns);
  const prepared = await services.query.prepare(queryForTarget(job.query, access.target), context);
  return { ...access, prepared, facts };
}

function asExportError(error: unknown): never {
  if (!(error instanceof KustoError) || error.code !== 'CAL0002') throw error;
  throw new KustoError(
    'Export_CrossCluster',
    'A continuous export cannot read from another cluster. Ingest what it needs into a database of this one.',
    { cause: error, ...(error.span === undefined ? {} : { span: error.span }) },
  );
}

function factTables(snapshot: CatalogSnapshot, job: JobDefinition, asked: PreparedQuery): readonly TableUse[] {
  const database = databaseName(snapshot, job.databaseId);
  const isLocal = (use: TableUse): boolean => use.databaseId === job.databaseId;
  const away = asked.tables.find((use) => !isLocal(use));
  const awayExternal = asked.externalTables.find((use) => use.databaseId !== job.databaseId);
  if (job.managedIdentity === null && (away !== undefined || awayExternal !== undefined)) {
    throw new KustoError(
      'Export_IdentityNeededForOtherDatabase',
      `The query reads another database (${away === undefined ? `external table '${awayExternal?.name}'` : `database '${away.databaseName}'`}): ` +
        'the job needs an identity to read it as. Add with (managedIdentity=system) or with (managedIdentity=<object id>).',
    );
  }
  if (job.over === null && away !== undefined) {
    throw new KustoError(
      'Export_FactTableInOtherDatabase',
      `'${away.tableName}' of database '${away.databaseName}' cannot be a fact table: fact tables are in the job's database, ` +
        `'${database}'. Without 'over' every table is one: name the fact tables with over (…), and the others are read whole.`,
    );
  }
  const facts =
    job.over === null ? asked.tables : job.over.map((name) => factTable(snapshot, job, asked, name, isLocal));
  if (facts.length === 0) {
    throw new KustoError(
      'Export_NoFactTable',
      `The query reads no table of database '${database}' that could be exported by window. ` +
        'A continuous export needs at least one fact table; for dimension tables alone use .export to table.',
    );
  }
  for (const fact of facts) checkIngestionTime(snapshot, fact);
  return facts;
}

function factTable(
  snapshot: CatalogSnapshot,
  job: JobDefinition,
  asked: PreparedQuery,
  name: string,
  isLocal: (use: TableUse) => boolean,
): TableUse {
  const found = asked.tables.find((use) => isLocal(use) && use.tableName === name);
  if (found !== undefined) return found;
  const away = asked.tables.find((use) => use.tableName === name);
  if (away !== undefined) {
    throw new KustoError(
      'Export_FactTableInOtherDatabase',
      `'${name}' is of database '${away.databaseName}': fact tables are in the job's database, ` +
        `'${databaseName(snapshot, job.databaseId)}'. Leave it out of over (…), and it is read whole.`,
    );
  }
  const exists = snapshot.byName('table', job.databaseId, name) !== undefined;
  throw new KustoError(
    'Export_FactTableNotUsed',
    exists
      ? `The query does not read the table '${name}' that over (…) names. Leave it out.`
      : `There is no table '${name}' in database '${databaseName(snapshot, job.databaseId)}', which over (…) names.`,
  );
}

function checkIngestionTime(snapshot: CatalogSnapshot, fact: TableUse): void {
  if (hasIngestionTime(snapshot, fact.tableId)) return;
  throw new KustoError(
    'Export_FactTableWithoutIngestionTime',
    `The fact table '${fact.tableName}' has no IngestionTime policy, so its new records cannot be told from old ones. ` +
      `Turn it on with .alter table ['${fact.tableName}'] policy ingestiontime true, or name the other tables with over (…).`,
  );
}

/** Runs are told from people's queries by their client request id, as in the reference service. */
function contextOf(database: string, caller: Caller, signal: AbortSignal): RequestContext {
  const activityId = randomUUID();
  return {
    database,
    caller,
    options: {},
    parameters: {},
    clientRequestId: `RunContinuousExports;${activityId}`,
    activityId,
    application: 'Calypso.ContinuousExport',
    user: caller.principal.displayName,
    signal,
  };
}

export function databaseName(snapshot: CatalogSnapshot, databaseId: string): string {
  return snapshot.get('database', databaseId)?.name ?? databaseId;
}

/** Ids. */
export function databasesOf(query: PreparedQuery): readonly string[] {
  return [...new Set([...query.tables, ...query.externalTables].map((use) => use.databaseId))];
}

/** Two runs with the same text here write the same columns, in the same form, by the same rights. */
export function definitionOf(job: JobDefinition, table: ExternalTableEntity | undefined): string {
  const { externalTable, query, over, properties, managedIdentity } = job;
  const form = table && [
    table.id,
    table.columns,
    table.partitions,
    table.pathFormat,
    table.dataFormat,
    table.properties,
  ];
  return createHash('sha256')
    .update(JSON.stringify([externalTable, query, over, properties, managedIdentity, form]))
    .digest('hex');
}
