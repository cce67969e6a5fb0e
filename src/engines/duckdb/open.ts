import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
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

/** Data files that this process has open: DuckDB would open one twice without a word, and then lose commits. */
const openFiles = new Set<string>();

/** Opens the one instance of this process on the data folder and locks its settings. */
export async function openDuckDb(options: DuckDbOptions): Promise<DuckDbEngine> {
  const inMemory = options.data === ':memory:';
  const folder = inMemory ? await mkdtemp(join(tmpdir(), 'calypso-')) : options.data;
  const exchange = options.exchangeDirectory ?? join(folder, 'exchange');
  await mkdir(exchange, { recursive: true });
  await mkdir(folder, { recursive: true });
  const exchangeDirectory = await realpath(exchange);
  const file = inMemory ? ':memory:' : join(await realpath(folder), 'calypso.duckdb');
  const instance = await createInstance(file, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: join(folder, 'spill'),
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
  });
  const dispose = async () => {
    instance.closeSync();
    openFiles.delete(file);
    if (inMemory) await rm(folder, { recursive: true, force: true });
  };
  try {
    await prepare(await instance.connect(), exchangeDirectory, options.setup);
  } catch (error) {
    await dispose();
    throw error;
  }
  const functions = new FunctionRegistry(await instance.connect());
  const maxConcurrentQueries = options.maxConcurrentQueries ?? admissible();
  return new DuckDbEngine(instance, { exchangeDirectory, maxConcurrentQueries, functions, dispose });
}

async function createInstance(file: string, settings: Record<string, string>): Promise<DuckDBInstance> {
  if (openFiles.has(file)) throw new Error(`${file} is open in this process already.`);
  try {
    const instance = await DuckDBInstance.create(file, settings);
    if (file !== ':memory:') openFiles.add(file);
    return instance;
  } catch (error) {
    if (!/Could not set lock on file/.test(String(error))) throw error;
    throw new Error(`${file} is in use by another process. Stop it, or choose another data folder.`, { cause: error });
  }
}

/** After the last statement nothing can be set any more, and no file outside of the folder be opened. */
async function prepare(
  connection: DuckDBConnection,
  exchangeDirectory: string,
  setup: DuckDbOptions['setup'],
): Promise<void> {
  try {
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    // A query may sort by a constant; to DuckDB that is a mistake, unless it is told otherwise.
    await connection.run('SET GLOBAL order_by_non_integer_literal = true');
    await migrate(connection);
    await setup?.(connection);
    await connection.run(`SET GLOBAL allowed_directories = [${quoteText(`${exchangeDirectory}/`)}]`);
    await connection.run('SET GLOBAL enable_external_access = false');
    await connection.run('SET GLOBAL lock_configuration = true');
  } finally {
    connection.closeSync();
  }
}

function admissible(): number {
  const pool = Number(process.env['UV_THREADPOOL_SIZE']) || 4;
  return Math.max(1, pool - 2);
}
