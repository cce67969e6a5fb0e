import { randomBytes, randomUUID } from 'node:crypto';
import { StoredCatalog } from '../../src/catalog/stored-catalog.js';
import type { ClusterRole, DatabaseRole, EntityRole } from '../../src/catalog/model.js';
import { CORE_COMMANDS, createCommandService, OperationRunner, type Command } from '../../src/commands/index.js';
import type { CommandServices } from '../../src/commands/index.js';
import { openDuckDb } from '../../src/engines/duckdb/open.js';
import { KustoError } from '../../src/errors/index.js';
import { IngestionService } from '../../src/ingestion/ingestion-service.js';
import { Queries } from '../../src/query/service.js';
import { DUCKDB } from '../../src/sql/dialects/duckdb/index.js';
import { MACROS } from '../../src/sql/dialects/duckdb/macros.js';
import type { QueryService, RequestContext } from '../../src/query/query-service.js';
import { parseSecurityConfig, SecretBox, Security, type Caller } from '../../src/security/index.js';
import type { KustoValue } from '../../src/values/index.js';

export const TENANT = '11111111-1111-1111-1111-111111111111';
export const SYSTEM_IDENTITY = '22222222-2222-2222-2222-222222222222';
export const USER_IDENTITY = '33333333-3333-3333-3333-333333333333';

/** A query service for what these tests ask of one: told results, and everything asked is kept. */
export interface QueryDouble extends QueryService {
  readonly asked: { readonly text: string; readonly context: RequestContext }[];
}

export interface Setup {
  readonly commands?: readonly Command[];
  readonly services?: Partial<CommandServices>;
  readonly now?: () => Date;
  readonly security?: unknown;
  /** Queries run; otherwise they are only looked at. */
  readonly realQueries?: boolean;
}

/** Commands over the real catalog, engine and security, in memory. */
export async function openCommands(setup: Setup = {}) {
  const now = setup.now ?? (() => new Date());
  const engine = await openDuckDb({
    data: ':memory:',
    setup: async (connection) => {
      for (const macro of MACROS) await connection.run(`CREATE OR REPLACE MACRO ${macro}`);
    },
  });
  const catalog = await StoredCatalog.open(engine.persistence, now);
  const config = parseSecurityConfig({
    authentication: [{ kind: 'entra', tenantId: TENANT, domains: ['fabrikam.com'] }],
    audiences: ['https://calypso.test'],
    identities: {
      system: identity(SYSTEM_IDENTITY, 'the cluster'),
      user: [identity(USER_IDENTITY, 'exporter')],
    },
    ...(setup.security as object | undefined),
  });
  await catalog.transact((tx) => tx.put({ kind: 'database', id: randomUUID(), name: 'Db', prettyName: '' }));
  const security = new Security(config, catalog);
  const external = {
    open: () =>
      Promise.resolve({
        sql: () => {
          throw new Error('This test did not expect an external table.');
        },
        release: () => Promise.resolve(),
      }),
  };
  const double = queryDouble();
  const queries = setup.realQueries
    ? new Queries({
        catalog,
        engine,
        dialect: DUCKDB,
        security,
        external,
        clusterEndpoint: () => 'https://calypso.test',
        clock: now,
      })
    : double;
  const clock = { now };
  const operations = new OperationRunner(catalog, clock);
  const services: CommandServices = {
    catalog,
    engine,
    queries,
    operations,
    clock,
    security,
    ingestion: await IngestionService.open({ engine, catalog, localRoots: [engine.exchangeDirectory] }),
    exportCapacity: { total: 3, consumed: 1 },
    about: { version: '1.2.3', startedOn: now(), address: 'https://calypso.test' },
    secrets: new SecretBox(randomBytes(32)),
    store: { localRoots: [engine.exchangeDirectory] },
    ...setup.services,
  };
  const service = createCommandService(services, setup.commands ?? CORE_COMMANDS);
  const run = (text: string, as: Caller = ADMIN, database = 'Db') => service.run(text, requestOf(as, database));

  return {
    services,
    service,
    catalog,
    engine,
    /** What was asked of the query service, and what it is to answer; unless it is the real one. */
    queries: double,
    operations,
    run,
    /** Rows as objects. */
    async rows(text: string, as: Caller = ADMIN, database = 'Db'): Promise<Record<string, KustoValue>[]> {
      const { columns, rows } = await run(text, as, database);
      return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
    },
    /** The error that the command ends with. */
    async refusal(text: string, as: Caller = ADMIN, database = 'Db'): Promise<KustoError> {
      try {
        await run(text, as, database);
      } catch (error) {
        if (error instanceof KustoError) return error;
        throw error;
      }
      throw new Error(`Not refused: ${text}`);
    },
    /** Gives a role directly, without a command. */
    async grant(
      who: Caller,
      role: ClusterRole | DatabaseRole | EntityRole,
      scope: { table?: string; cluster?: true } = {},
    ) {
      await catalog.transact((tx) => {
        const database = tx.database('Db');
        const table = scope.table === undefined ? undefined : tx.byName('table', database?.id ?? '', scope.table);
        const id = scope.cluster === true ? 'cluster' : (table?.id ?? database?.id ?? '');
        tx.put({ kind: 'role', id: randomUUID(), scope: id, role, principal: who.principal, notes: '' });
      });
    },
    async close() {
      await operations.close();
      await catalog.close();
      await engine.close();
    },
  };
}

export type Commands = Awaited<ReturnType<typeof openCommands>>;

function identity(objectId: string, displayName: string) {
  return {
    objectId,
    clientId: objectId
      .replaceAll('-', '')
      .replace(/^..../, 'cccc')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    tenantId: TENANT,
    displayName,
  };
}

export function caller(name: string): Caller {
  const id = `${Buffer.from(name).toString('hex').padEnd(8, '0').slice(0, 8)}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`;
  return { principal: { type: 'aaduser', id, tenantId: TENANT, displayName: name }, identifiers: [id], groups: [] };
}

/** May everything, by development mode. */
export const ADMIN: Caller = { ...caller('root'), isDevelopmentAdmin: true };

export function requestOf(as: Caller, database = 'Db', signal = new AbortController().signal): RequestContext {
  return {
    database,
    caller: as,
    options: {},
    parameters: {},
    clientRequestId: 'test;1',
    activityId: randomUUID(),
    application: 'test',
    user: as.principal.displayName,
    signal,
  };
}

function queryDouble(): QueryDouble {
  const asked: QueryDouble['asked'][number][] = [];
  const refuse = (): never => {
    throw new Error('This test did not expect a query.');
  };
  return {
    asked,
    run: refuse,
    prepare(text, context) {
      asked.push({ text, context });
      return Promise.resolve({ columns: [], tables: [], externalTables: [], compile: refuse });
    },
    runOver(table, text, context) {
      asked.push({ text, context });
      return Promise.resolve({ columns: [{ name: 'Count', type: 'long' }], rows: [[BigInt(table.rows.length)]] });
    },
  };
}
