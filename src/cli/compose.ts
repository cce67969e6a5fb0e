import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { StoredCatalog } from '../catalog/stored-catalog.js';
import { exportCommands } from '../commands/export/index.js';
import { CORE_COMMANDS, createCommandService, OperationRunner } from '../commands/index.js';
import { openDuckDb } from '../engines/duckdb/open.js';
import { KustoError } from '../errors/index.js';
import { ExportCapacity, exportLimit, Journal, SecuredTargetStores } from '../export/index.js';
import type { ExportServices } from '../export/index.js';
import { IngestionService } from '../ingestion/ingestion-service.js';
import { DeltaHeads } from '../external/index.js';
import { ExternalTables } from '../query/external-tables.js';
import { Queries } from '../query/service.js';
import { Scheduler, systemClock } from '../scheduler/index.js';
import { openSecretBox, Security } from '../security/index.js';
import { buildServer, listen, shutDown } from '../server/index.js';
import type { ServerConfig, ServerLog } from '../server/index.js';
import { DUCKDB } from '../sql/dialects/duckdb/index.js';
import { MACROS } from '../sql/dialects/duckdb/macros.js';
import { authMetadata } from './auth-metadata.js';
import type { Configuration } from './config.js';
import { logScheduler } from './scheduler-log.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const DEFAULT_DATABASE = 'NetDefaultDB';
/** In the engine's exchange directory: where exports keep what must survive a kill. All else there is debris of a kill. */
const JOURNAL = 'journal';
/** Milliseconds that requests under way have to end in when the server stops. */
const GRACE = 10_000;

export interface Calypso {
  /** Answers the address. Throws Configuration_Invalid where listening there would not be safe. */
  listen(): Promise<string>;
  /** Puts the security part of another configuration in force; throws and leaves the present one if it cannot be used. */
  reload(configuration: Configuration): void;
  stop(): Promise<void>;
}

/** Puts the rooms together: the only place that chooses engine, stores and clock. */
export async function compose(
  configuration: Configuration,
  options: { readonly development: boolean; readonly log: ServerLog },
): Promise<Calypso> {
  const { development, log } = options;
  const { server, data } = configuration;
  const now = (): Date => new Date();
  let security = configuration.security;
  let address = server.publicUrl ?? '';

  const engine = await openDuckDb({
    data,
    ...configuration.engine,
    setup: async (connection) => {
      for (const macro of MACROS) await connection.run(`CREATE OR REPLACE MACRO ${macro}`);
    },
  });
  try {
    await clearExchange(engine.exchangeDirectory);
    const catalog = await StoredCatalog.open(engine.persistence, now);
    if (catalog.snapshot().list('database').length === 0) {
      await catalog.transact((tx) =>
        tx.put({ kind: 'database', id: randomUUID(), name: DEFAULT_DATABASE, prettyName: '' }),
      );
    }
    const guard = new Security(security, catalog, { development });
    const secrets = await openSecretBox(security, { dataDirectory: data, development });
    const { s3Endpoint, caFile } = configuration.storage;
    const store = {
      localRoots: configuration.localRoots,
      ...(s3Endpoint !== undefined && { s3Endpoint }),
      ...(caFile !== undefined && { certificateAuthority: await readPem('storage.caFile', caFile) }),
    };
    const external = new ExternalTables({
      catalog,
      engine,
      security: guard,
      secrets,
      store,
      maxScanBytes: configuration.limits.externalScanSize,
    });
    const queries = new Queries({
      catalog,
      engine,
      dialect: DUCKDB,
      security: guard,
      external,
      clusterEndpoint: () => address,
      clock: now,
    });
    const exports: ExportServices = {
      catalog,
      engine,
      query: queries,
      security: guard,
      stores: new SecuredTargetStores({ security: guard, secrets, store }),
      journal: await Journal.open(join(engine.exchangeDirectory, JOURNAL)),
      deltaHeads: new DeltaHeads(false),
      now,
    };
    const machine = { nodes: 1, cores: availableParallelism() };
    const exportCapacity = new ExportCapacity(() =>
      exportLimit(machine, catalog.snapshot().policy('cluster', 'capacity')),
    );
    const scheduler = new Scheduler({
      services: exports,
      capacity: exportCapacity,
      clock: systemClock,
      onEvent: (event) => logScheduler(event, log),
    });
    const operations = new OperationRunner(catalog, systemClock);
    const ingestion = await IngestionService.open({ engine, catalog, localRoots: configuration.localRoots });
    const about = {
      version,
      startedOn: now(),
      get address() {
        return address;
      },
    };
    const commands = createCommandService(
      {
        catalog,
        engine,
        queries,
        ingestion,
        operations,
        clock: systemClock,
        security: guard,
        secrets,
        store,
        exportCapacity,
        about,
      },
      [...CORE_COMMANDS, ...exportCommands({ services: exports, control: scheduler })],
    );
    const serverConfig: ServerConfig = {
      development,
      limits: configuration.limits,
      trustedProxy: server.trustedProxy,
      ...(server.tls && { tls: await readTls(server.tls) }),
      authMetadata: () => authMetadata(security, address),
    };
    const app = buildServer({
      queries,
      commands,
      authenticate: (authorization) => guard.authenticate(authorization),
      config: serverConfig,
      log,
    });
    return {
      listen: async () => {
        const listening = await listen(app, serverConfig, server.host, server.port);
        address ||= listening;
        await scheduler.start();
        return listening;
      },
      reload: (next) => {
        guard.reload(next.security);
        security = next.security;
      },
      stop: async () => {
        await Promise.all([shutDown(app, GRACE), scheduler.stop()]);
        await operations.close();
        await queries.close();
        await catalog.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function readTls(files: { readonly certificate: string; readonly key: string }) {
  const read = (file: string): Promise<string> => readPem('server.tls', file);
  return { certificate: await read(files.certificate), key: await read(files.key) };
}

function readPem(setting: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new KustoError('Configuration_Invalid', `${setting}: '${file}' cannot be read (${cause.code}).`, { cause });
  });
}

async function clearExchange(directory: string): Promise<void> {
  const debris = (await readdir(directory)).filter((name) => name !== JOURNAL);
  await Promise.all(debris.map((name) => rm(join(directory, name), { recursive: true, force: true })));
}
