import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { StoredCatalog } from '../catalog/stored-catalog.js';
import { CORE_COMMANDS, createCommandService, OperationRunner } from '../commands/index.js';
import { openDuckDb } from '../engines/duckdb/open.js';
import { KustoError } from '../errors/index.js';
import { Queries } from '../query/service.js';
import { openSecretBox, Security } from '../security/index.js';
import { buildServer, listen, shutDown } from '../server/index.js';
import type { ServerConfig } from '../server/index.js';
import { DUCKDB } from '../sql/dialects/duckdb/index.js';
import { MACROS } from '../sql/dialects/duckdb/macros.js';
import { authMetadata } from './auth-metadata.js';
import type { Configuration } from './config.js';

const DEFAULT_DATABASE = 'NetDefaultDB';
/** Milliseconds that requests under way have to end in when the server stops. */
const GRACE = 10_000;

export interface Calypso {
  readonly app: FastifyInstance;
  /** Answers the address. Throws Configuration_Invalid where listening there would not be safe. */
  listen(): Promise<string>;
  /** Puts the security part of another configuration in force; throws and leaves the present one if it cannot be used. */
  reload(configuration: Configuration): void;
  stop(): Promise<void>;
}

/** Puts the rooms together: the only place that chooses engine, stores and clock. */
export async function compose(
  configuration: Configuration,
  options: { readonly development: boolean; readonly log: FastifyBaseLogger },
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
    const catalog = await StoredCatalog.open(engine.persistence, now);
    if (catalog.snapshot().list('database').length === 0) {
      await catalog.transact((tx) =>
        tx.put({ kind: 'database', id: randomUUID(), name: DEFAULT_DATABASE, prettyName: '' }),
      );
    }
    const guard = new Security(security, catalog, { development });
    const secrets = await openSecretBox(security, { dataDirectory: data, development });
    const queries = new Queries({
      catalog,
      engine,
      dialect: DUCKDB,
      security: guard,
      external: {
        open: () =>
          Promise.resolve({
            sql: () => {
              throw new KustoError('CAL0001', 'External tables cannot be read yet.');
            },
            release: () => Promise.resolve(),
          }),
      },
      clusterEndpoint: address,
      clock: now,
    });
    const clock = { now };
    const operations = new OperationRunner(catalog, clock);
    const commandSecurity = {
      get authorization() {
        return guard.authorization;
      },
      get directory() {
        return guard.directory;
      },
      get callouts() {
        return guard.calloutDefaults;
      },
      secrets,
    };
    const commands = createCommandService(
      { catalog, engine, queries, operations, clock, security: commandSecurity },
      CORE_COMMANDS,
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
      app,
      listen: async () => {
        const listening = await listen(app, serverConfig, server.host, server.port);
        address ||= listening;
        return listening;
      },
      reload: (next) => {
        guard.reload(next.security);
        security = next.security;
      },
      stop: async () => {
        await shutDown(app, GRACE);
        await operations.close();
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
  const read = (file: string): Promise<string> =>
    readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      throw new KustoError('Configuration_Invalid', `server.tls: '${file}' cannot be read (${cause.code}).`, { cause });
    });
  return { certificate: await read(files.certificate), key: await read(files.key) };
}
