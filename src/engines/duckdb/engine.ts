import { randomUUID } from 'node:crypto';
import type { DuckDBInstance } from '@duckdb/node-api';
import { KustoError } from '../../errors/index.js';
import type { CatalogPersistence } from '../../catalog/catalog.js';
import { Admission } from '../admission.js';
import type {
  CompiledSql,
  CopiedFile,
  CopyOptions,
  Engine,
  EngineFunction,
  EngineResult,
  FileDescription,
  FileScan,
  WriteScope,
} from '../engine.js';
import { TableLocks } from '../table-locks.js';
import { EngineConnection } from './connection.js';
import { runFew } from './few-rows.js';
import { compileFileScan, describeFiles } from './file-scan.js';
import type { FunctionRegistry } from './functions.js';
import { DuckDbPersistence } from './persistence.js';
import { DuckDbStagedResult, type StageOptions } from './staged-result.js';
import { DuckDbWriteSession } from './write-session.js';

/** One DuckDB instance; every request has a connection of its own (making one takes 0.1 ms). See `openDuckDb`. */
export class DuckDbEngine implements Engine {
  private readonly locks = new TableLocks();
  private readonly admission: Admission;
  private readonly connections = new Set<EngineConnection>();
  private closed = false;
  /** The catalog, in the same file and the same transactions. */
  readonly persistence: CatalogPersistence;

  readonly exchangeDirectory: string;

  constructor(
    private readonly instance: DuckDBInstance,
    private readonly parts: {
      readonly exchangeDirectory: string;
      readonly maxConcurrentQueries: number;
      readonly functions: FunctionRegistry;
      /** Closes the instance and what was made for it. */
      readonly dispose: () => Promise<void>;
    },
  ) {
    this.exchangeDirectory = parts.exchangeDirectory;
    this.admission = new Admission(parts.maxConcurrentQueries);
    this.persistence = new DuckDbPersistence(() => this.connect());
  }

  async run(sql: CompiledSql, signal?: AbortSignal): Promise<EngineResult> {
    const few = sql.fewRows && sql.columns.length > 0 ? await this.runFew(sql, signal) : undefined;
    return few ?? this.stage(sql, { signal });
  }

  register(functions: readonly EngineFunction[]): void {
    this.parts.functions.register(functions);
  }

  private async runFew(sql: CompiledSql, signal?: AbortSignal): Promise<EngineResult | undefined> {
    this.parts.functions.register(sql.functions);
    return runFew(await this.connect(), sql, signal);
  }

  async stage(sql: CompiledSql, options: StageOptions = {}): Promise<DuckDbStagedResult> {
    this.parts.functions.register(sql.functions);
    return DuckDbStagedResult.create(await this.connect(), sql, options, this.exchangeDirectory);
  }

  async beginWrite(scope: WriteScope, signal?: AbortSignal): Promise<DuckDbWriteSession> {
    const unlock = await this.locks.acquire(scope, signal);
    let connection: EngineConnection | undefined;
    try {
      connection = await this.connect();
      return await DuckDbWriteSession.begin(randomUUID(), connection, unlock);
    } catch (error) {
      await connection?.close();
      unlock();
      throw error;
    }
  }

  async copyOut(sql: CompiledSql, options: CopyOptions): Promise<readonly CopiedFile[]> {
    const staged = await this.stage(sql, { signal: options.signal });
    try {
      return await staged.copyOut(options);
    } finally {
      await staged.close();
    }
  }

  async scanFiles(scan: FileScan, signal?: AbortSignal): Promise<CompiledSql> {
    const connection = await this.connect();
    try {
      return await compileFileScan(connection, scan, signal);
    } finally {
      await connection.close();
    }
  }

  async describeFiles(scan: Omit<FileScan, 'columns'>, signal?: AbortSignal): Promise<FileDescription> {
    const connection = await this.connect();
    try {
      return await describeFiles(connection, { ...scan, columns: [] }, signal);
    } finally {
      await connection.close();
    }
  }

  /** Waits for the statements under way; what is not committed is lost. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await Promise.all([...this.connections].map((connection) => connection.close()));
    this.parts.functions.close();
    await this.parts.dispose();
  }

  private async connect(): Promise<EngineConnection> {
    if (this.closed) throw new KustoError('General_Cancelled', 'The server is stopping.');
    const raw = await this.instance.connect();
    const connection: EngineConnection = new EngineConnection(raw, this.admission, () =>
      this.connections.delete(connection),
    );
    this.connections.add(connection);
    return connection;
  }
}
