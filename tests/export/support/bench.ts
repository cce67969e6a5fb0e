import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Catalog } from '../../../src/catalog/catalog.js';
import type { ConnectionRef, ContinuousExportEntity, ExternalTableEntity } from '../../../src/catalog/model.js';
import { StoredCatalog } from '../../../src/catalog/stored-catalog.js';
import { openDuckDb } from '../../../src/engines/duckdb/open.js';
import type { DuckDbEngine } from '../../../src/engines/duckdb/engine.js';
import {
  ExportCapacity,
  Journal,
  SecuredTargetStores,
  type ExportServices,
  type TargetStores,
} from '../../../src/export/index.js';
import { Scheduler, systemClock, type Clock, type SchedulerOptions } from '../../../src/scheduler/index.js';
import {
  DEVELOPMENT_CALLER,
  IdentityTokens,
  parseSecurityConfig,
  SecretBox,
  Security,
} from '../../../src/security/index.js';
import type { Caller } from '../../../src/security/index.js';
import { KustoError } from '../../../src/errors/index.js';
import { exportCommands } from '../../../src/commands/export/index.js';
import { CORE_COMMANDS, createCommandService, OperationRunner } from '../../../src/commands/index.js';
import type { RequestContext } from '../../../src/query/query-service.js';
import type { AccessToken, ManagedIdentity } from '../../../src/security/index.js';
import type { StoreOptions } from '../../../src/storage/index.js';
import type { KustoValue } from '../../../src/values/index.js';
import { IngestionService } from '../../../src/ingestion/ingestion-service.js';
import { Queries } from '../../../src/query/service.js';
import { DeltaHeads } from '../../../src/external/index.js';
import { ExternalTables } from '../../../src/query/external-tables.js';
import { DUCKDB } from '../../../src/sql/dialects/duckdb/index.js';
import { MACROS } from '../../../src/sql/dialects/duckdb/macros.js';

export const IDENTITY = '33333333-3333-4333-8333-333333333333';
/** Of the issuer in tests/support/azurite. */
export const TENANT = '7f2c1c1e-0000-4000-8000-00000000d0d0';
export const SYSTEM_IDENTITY = '44444444-4444-4444-8444-444444444444';

export interface BenchOptions {
  /** Data folder; a bench that is opened on it again finds everything there. */
  readonly folder: string;
  /** Folder below which local targets lie. */
  readonly targets: string;
  readonly clock?: Clock;
  readonly store?: StoreOptions;
  readonly callouts?: readonly { CalloutType: string; CalloutUriRegex: string; CanCall: boolean }[];
  readonly tokenOf?: (identity: ManagedIdentity) => Promise<AccessToken>;
  readonly scheduler?: Partial<SchedulerOptions>;
  readonly capacity?: number;
  /** Puts something between an export and its stores. */
  readonly aroundStores?: (stores: TargetStores) => TargetStores;
}

/** Catalog, engine, security, stores, export and scheduler as the server puts them together. */
export async function openBench(options: BenchOptions) {
  const clock = options.clock ?? systemClock;
  const engine = await openDuckDb({
    data: options.folder,
    setup: async (connection) => {
      for (const macro of MACROS) await connection.run(`CREATE OR REPLACE MACRO ${macro}`);
    },
  });
  const catalog = await StoredCatalog.open(engine.persistence, () => clock.now());
  const config = parseSecurityConfig({
    authentication: [{ kind: 'entra', tenantId: TENANT, domains: [] }],
    audiences: ['https://calypso.test'],
    identities: {
      system: { objectId: SYSTEM_IDENTITY, clientId: SYSTEM_IDENTITY, tenantId: TENANT, displayName: 'cluster' },
      user: [{ objectId: IDENTITY, clientId: IDENTITY, tenantId: TENANT, displayName: 'exporter' }],
    },
    callouts: options.callouts ?? [],
  });
  const tokenOf = options.tokenOf;
  const security = new Security(config, catalog, {
    tokens: new IdentityTokens({
      sourceOf: (identity) => ({
        getToken: () => (tokenOf === undefined ? Promise.resolve(null) : tokenOf(identity)),
      }),
    }),
  });
  const secrets = new SecretBox(Buffer.alloc(32, 7));
  const store = { localRoots: [options.targets], ...options.store };
  const stores = new SecuredTargetStores({ security, secrets, store });
  const queries = new Queries({
    catalog,
    engine,
    dialect: DUCKDB,
    security,
    external: new ExternalTables({ catalog, engine, security, secrets, store, maxScanBytes: 1e9 }),
    clusterEndpoint: () => '',
    clock: () => clock.now(),
  });
  /** Texts that were asked for. */
  const asked: string[] = [];
  const query: ExportServices['query'] = {
    prepare: async (text, context) => {
      const prepared = await queries.prepare(text, context);
      return {
        ...prepared,
        compile: (scope) => {
          asked.push(text);
          return prepared.compile(scope);
        },
      };
    },
  };
  const services: ExportServices = {
    catalog,
    engine,
    query,
    security,
    stores: options.aroundStores?.(stores) ?? stores,
    journal: await Journal.open(join(engine.exchangeDirectory, 'export')),
    deltaHeads: new DeltaHeads(false),
    now: () => clock.now(),
  };
  const capacity = new ExportCapacity(() => options.capacity ?? 2);
  const scheduler = new Scheduler({ services, capacity, clock, ...options.scheduler });
  const operations = new OperationRunner(catalog, clock);
  const commands = createCommandService(
    {
      catalog,
      engine,
      queries,
      ingestion: await IngestionService.open({ engine, catalog, localRoots: store.localRoots }),
      security,
      secrets,
      store,
      operations,
      clock,
      exportCapacity: capacity,
      about: { version: 'test', startedOn: clock.now(), address: '' },
    },
    [...CORE_COMMANDS, ...exportCommands({ services, control: scheduler })],
  );
  const run = (text: string, as: Caller = ADMIN, database = 'Db') => commands.run(text, requestOf(as, database));
  return {
    commands,
    run,
    /** Rows as objects. */
    async rows(text: string, as?: Caller, database?: string): Promise<Record<string, KustoValue>[]> {
      const { columns, rows } = await run(text, as, database);
      return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
    },
    /** Rows of a query. */
    async query(text: string): Promise<KustoValue[][]> {
      const result = await queries.run(text, requestOf(ADMIN, 'Db'));
      const rows: KustoValue[][] = [];
      try {
        for await (const { rowCount, columns } of result.tables[0]!.batches()) {
          for (let row = 0; row < rowCount; row++) rows.push(columns.map((column) => column[row] ?? null));
        }
      } finally {
        await result.close();
      }
      return rows;
    },
    /** The error that the command ends with. */
    async refusal(text: string, as?: Caller, database?: string): Promise<KustoError> {
      const error: unknown = await run(text, as, database).then(
        () => new Error(`not refused: ${text}`),
        (reason: unknown) => reason,
      );
      if (error instanceof KustoError) return error;
      throw error;
    },
    operations,
    queries,
    engine,
    catalog,
    security,
    secrets,
    asked,
    services,
    capacity,
    scheduler,
    async close() {
      await scheduler.stop();
      await operations.close();
      await catalog.close();
      await engine.close();
    },
  };
}

const ADMIN = DEVELOPMENT_CALLER;

function requestOf(caller: Caller, database: string): RequestContext {
  return {
    database,
    caller,
    options: {},
    parameters: {},
    clientRequestId: 'test',
    activityId: randomUUID(),
    application: 'test',
    user: 'test',
    signal: new AbortController().signal,
  };
}

export type Bench = Awaited<ReturnType<typeof openBench>>;

export const DATABASE = 'db';
const COLUMNS = [
  { id: 0, name: 'id', type: 'long', docString: '' },
  { id: 1, name: 'label', type: 'string', docString: '' },
  { id: 2, name: 'at', type: 'datetime', docString: '' },
] as const;

/** A database `Db` with tables of (id:long, label:string, at:datetime). */
export async function createTables(bench: Bench, ...names: readonly string[]): Promise<void> {
  await bench.catalog.transact((tx) => {
    if (tx.get('database', DATABASE) === undefined) {
      tx.put({ kind: 'database', id: DATABASE, name: 'Db', prettyName: '' });
    }
  });
  for (const name of names) {
    const write = await bench.engine.beginWrite({});
    const id = name.toLowerCase();
    await write.createTable(id, COLUMNS);
    await bench.catalog.transact((tx) => {
      tx.put({
        kind: 'table',
        id,
        databaseId: DATABASE,
        name,
        folder: '',
        docString: '',
        columns: COLUMNS,
        nextColumnId: COLUMNS.length,
      });
      tx.publish({ extents: [], write });
    });
  }
}

/** Ingests the ids `from` to `to - 1` as one extent. */
export async function ingest(
  bench: { readonly catalog: Catalog; readonly engine: DuckDbEngine },
  table: string,
  from: number,
  to: number,
  labelOf: (id: number) => string = () => 'k',
): Promise<void> {
  const tableId = table.toLowerCase();
  const ids = Array.from({ length: to - from }, (_, index) => from + index);
  const columns: KustoValue[][] = [
    ids.map((id) => BigInt(id)),
    ids.map(labelOf),
    ids.map((id) => 638_000_000_000_000_000n + BigInt(id) * 600_000_000n),
  ];
  const number = bench.catalog.newExtentNumber();
  const write = await bench.engine.beginWrite({ append: [tableId] });
  try {
    const rowCount = await write.insertBatch(tableId, COLUMNS, number, { rowCount: ids.length, columns });
    await bench.catalog.transact((tx) =>
      tx.publish({ extents: [{ number, id: randomUUID(), tableId, rowCount, tags: [] }], write }),
    );
  } finally {
    await write.discard();
  }
}

/** An external table with the columns of the tables, on the addresses given. */
export async function createExternalTable(
  bench: Bench,
  connections: readonly Omit<ConnectionRef, 'sealed'>[],
  change: Partial<ExternalTableEntity> = {},
): Promise<void> {
  await bench.catalog.transact((tx) =>
    tx.put({
      kind: 'externalTable',
      id: change.name ?? 'target',
      databaseId: DATABASE,
      name: 'Target',
      tableKind: 'storage',
      columns: COLUMNS.map(({ name, type }) => ({ name, type })),
      partitions: [],
      pathFormat: [],
      dataFormat: 'csv',
      connections: connections.map((one) => ({ ...one, sealed: bench.secrets.seal(one.address) })),
      properties: {},
      folder: '',
      docString: '',
      ...change,
    }),
  );
}

/** A job `Job` from table `T` to `Target`, every minute. */
export async function createJob(bench: Bench, change: Partial<ContinuousExportEntity> = {}): Promise<string> {
  const cursor = bench.catalog.currentCursor().toString();
  const name = change.name ?? 'Job';
  await bench.catalog.transact((tx) =>
    tx.put({
      kind: 'continuousExport',
      id: name.toLowerCase(),
      databaseId: DATABASE,
      name,
      externalTable: 'Target',
      query: 'T',
      over: null,
      cursorScopedTables: ["['Db'].['T']"],
      intervalTicks: '600000000',
      forcedLatencyTicks: '0',
      properties: {},
      managedIdentity: null,
      isDisabled: false,
      startCursor: cursor,
      cursor,
      exportedTo: null,
      lastRunTime: null,
      lastRunResult: null,
      lastSuccessTime: null,
      failingSince: null,
      createdBy: { type: 'aaduser', id: 'x', tenantId: TENANT, displayName: '' },
      ...change,
    }),
  );
  return name.toLowerCase();
}

export function jobOf(bench: Bench, id = 'job'): ContinuousExportEntity {
  const job = bench.catalog.snapshot().get('continuousExport', id);
  if (job === undefined) throw new Error(`no job ${id}`);
  return job;
}
