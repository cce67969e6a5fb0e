import type { DuckDBConnection, DuckDBMaterializedResult } from '@duckdb/node-api';
import type { KustoValue } from '../../values/index.js';
import type { Admission } from '../admission.js';
import { KustoError } from '../../errors/index.js';
import { abortError } from '../abort.js';
import { toKustoError } from './errors.js';
import { parameterTypes } from './values.js';

/** An interrupt that comes before the query has started is lost, so it is sent again until the query has ended. */
const INTERRUPT_EVERY_MS = 20;

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Short work (pages, catalog) does not queue behind long queries. */
  readonly urgent?: boolean;
}

/**
 * One DuckDB connection, one statement at a time: calls that come together run one after the other. Throws KustoErrors
 * only.
 */
export class EngineConnection {
  private tail: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly raw: DuckDBConnection,
    private readonly admission: Admission,
    private readonly onClose: () => void,
  ) {}

  run(
    sql: string,
    parameters: readonly KustoValue[] = [],
    options: RunOptions = {},
  ): Promise<DuckDBMaterializedResult> {
    const result = this.tail.then(() => this.runNow(sql, parameters, options));
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** For the driver's own calls (appender), in turn with the statements. */
  use<T>(work: (raw: DuckDBConnection) => Promise<T>): Promise<T> {
    const result = this.tail.then(() => work(this.raw)).catch((error: unknown) => Promise.reject(toKustoError(error)));
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** After the last statement has ended. */
  async close(): Promise<void> {
    await this.tail;
    if (this.closed) return;
    this.closed = true;
    this.raw.closeSync();
    this.onClose();
  }

  private async runNow(
    sql: string,
    parameters: readonly KustoValue[],
    { signal, urgent }: RunOptions,
  ): Promise<DuckDBMaterializedResult> {
    if (this.closed) throw new KustoError('General_Cancelled', 'The request was closed.');
    const leave = urgent ? undefined : await this.admission.enter(signal);
    if (signal?.aborted) {
      leave?.();
      throw abortError(signal);
    }
    let timer: NodeJS.Timeout | undefined;
    const interrupt = () => {
      this.raw.interrupt();
      timer = setInterval(() => this.raw.interrupt(), INTERRUPT_EVERY_MS);
    };
    signal?.addEventListener('abort', interrupt, { once: true });
    try {
      return parameters.length === 0
        ? await this.raw.run(sql)
        : await this.raw.run(sql, [...parameters], parameterTypes(parameters));
    } catch (error) {
      throw signal?.aborted ? abortError(signal) : toKustoError(error);
    } finally {
      signal?.removeEventListener('abort', interrupt);
      clearInterval(timer);
      leave?.();
    }
  }
}
