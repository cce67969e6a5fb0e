import { mkdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '../../sql/dialects/duckdb/layout.js';
import { DuckDbEngine } from './engine.js';
import { FunctionRegistry } from './functions.js';
import { migrate } from './migrations.js';

export interface DuckDbOptions {
  /** Folder of the data file `calypso.duckdb`, or `:memory:`. One process may have it open. */
  readonly data: string;
  /** The only folder where the engine may read and write files. Default: `exchange` in the data folder. */
  readonly exchangeDirectory?: string;
  /** As DuckDB writes sizes (`4GB`). Default: DuckDB's, 80 % of the machine. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** Default: what libuv's thread pool allows, two threads less, for the file system and the catalog. */
  readonly maxConcurrentQueries?: number;
  /** Runs at each start, before the settings are locked: macros (`CREATE OR REPLACE MACRO`), scalar functions. */
  readonly setup?: (connection: DuckDBConnection) => Promise<void>;
}

/** Opens the one instance of this process on the data folder and locks its settings. */
export async function openDuckDb(options: DuckDbOptions): Promise<DuckDbEngine> {
  const inMemory = options.data === ':memory:';
  const folder = inMemory
    ? join(tmpdir(), `calypso-${process.pid}-${Math.random().toString(36).slice(2)}`)
    : options.data;
  const exchange = options.exchangeDirectory ?? join(folder, 'exchange');
  await mkdir(folder, { recursive: true });
  await mkdir(exchange, { recursive: true });
  const exchangeDirectory = await realpath(exchange);
  const instance = await DuckDBInstance.create(inMemory ? ':memory:' : join(folder, 'calypso.duckdb'), {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: join(folder, 'spill'),
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
  });
  try {
    const connection = await instance.connect();
    try {
      await connection.run("SET GLOBAL TimeZone = 'UTC'");
      await migrate(connection);
      await options.setup?.(connection);
      await connection.run(`SET GLOBAL allowed_directories = [${quoteText(`${exchangeDirectory}/`)}]`);
      await connection.run('SET GLOBAL enable_external_access = false');
      await connection.run('SET GLOBAL lock_configuration = true');
    } finally {
      connection.closeSync();
    }
  } catch (error) {
    instance.closeSync();
    throw error;
  }
  const functions = new FunctionRegistry(await instance.connect());
  return new DuckDbEngine(instance, exchangeDirectory, options.maxConcurrentQueries ?? admissible(), functions);
}

function admissible(): number {
  const pool = Number(process.env['UV_THREADPOOL_SIZE']) || 4;
  return Math.max(1, pool - 2);
}
