import { randomUUID } from 'node:crypto';
import type { Catalog } from '../../catalog/catalog.js';
import type { OperationRecord } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import type { RequestContext } from '../../query/query-service.js';
import { fullyQualifiedName } from '../../security/caller.js';
import type { CommandResult } from '../command.js';
import type { Clock } from './clock.js';
import { datetimeString, ticksOfDate, type KustoValue } from '../../values/index.js';

type Work = (signal: AbortSignal, operationId: string) => Promise<CommandResult>;

/** Runs commands as operations: each has an id and a state that `.show operations` tells, also after a restart. */
export class OperationRunner {
  private readonly running = new Map<
    string,
    { readonly controller: AbortController; readonly done: Promise<unknown> }
  >();

  constructor(
    private readonly catalog: Catalog,
    private readonly clock: Clock,
  ) {}

  /** Begins the work and answers its id without waiting for it. */
  async start(operation: string, request: RequestContext, work: Work): Promise<string> {
    const { id, done } = await this.begin(operation, request, work, new AbortController());
    done.catch(() => undefined); // The record tells it.
    return id;
  }

  /** Runs the work to its end; ends early with the request. */
  async run(operation: string, request: RequestContext, work: Work): Promise<CommandResult> {
    const controller = new AbortController();
    const abort = (): void => controller.abort(request.signal.reason);
    if (request.signal.aborted) abort();
    request.signal.addEventListener('abort', abort, { once: true });
    try {
      return await (
        await this.begin(operation, request, work, controller)
      ).done;
    } finally {
      request.signal.removeEventListener('abort', abort);
    }
  }

  /** True when the operation was running here. It ends in state Canceled once its work has let go. */
  cancel(id: string, reason: string): boolean {
    const found = this.running.get(id);
    found?.controller.abort(
      new KustoError('General_Cancelled', reason === '' ? 'The operation was cancelled.' : reason),
    );
    return found !== undefined;
  }

  isRunning(id: string): boolean {
    return this.running.has(id);
  }

  /** Cancels what runs and waits until it has let go. */
  async close(): Promise<void> {
    for (const id of this.running.keys()) this.cancel(id, 'The server is stopping.');
    await Promise.allSettled([...this.running.values()].map(({ done }) => done));
  }

  private now(): string {
    return datetimeString(ticksOfDate(this.clock.now()));
  }

  private async begin(operation: string, request: RequestContext, work: Work, controller: AbortController) {
    const now = this.now();
    const record: OperationRecord = {
      id: randomUUID(),
      operation,
      database: request.database,
      startedOn: now,
      lastUpdatedOn: now,
      state: 'InProgress',
      status: '',
      shouldRetry: false,
      rootActivityId: request.activityId,
      principal: fullyQualifiedName(request.caller.principal),
      user: request.user,
      details: null,
    };
    await this.catalog.putOperation(record);
    const done = this.follow(record, work, controller);
    this.running.set(record.id, { controller, done });
    return { id: record.id, done };
  }

  private async follow(record: OperationRecord, work: Work, controller: AbortController): Promise<CommandResult> {
    try {
      const result = await work(controller.signal, record.id);
      await this.end(record, { state: 'Completed', details: storedResult(result) });
      return result;
    } catch (error) {
      await this.end(record, failure(error, controller.signal.aborted));
      throw error;
    } finally {
      this.running.delete(record.id);
    }
  }

  private async end(record: OperationRecord, outcome: Partial<OperationRecord>): Promise<void> {
    await this.catalog.putOperation({ ...record, ...outcome, lastUpdatedOn: this.now() });
  }
}

function failure(error: unknown, cancelled: boolean): Partial<OperationRecord> {
  if (!(error instanceof KustoError)) {
    return { state: cancelled ? 'Canceled' : 'Failed', status: 'Internal error.', shouldRetry: !cancelled };
  }
  const state = cancelled
    ? 'Canceled'
    : error.status === 429
      ? 'Throttled'
      : error.status === 400 && error.permanent
        ? 'BadInput'
        : 'Failed';
  return { state, status: error.message, shouldRetry: !error.permanent };
}

/** Ticks and longs do not go into JSON: they are kept as text, and read back by the column's type. */
function storedResult({ columns, rows }: CommandResult): OperationRecord['details'] {
  return { columns, rows: rows.map((row) => row.map((cell) => (typeof cell === 'bigint' ? String(cell) : cell))) };
}

/** The result of a finished operation, as the command answered it. */
export function operationResult(details: NonNullable<OperationRecord['details']>): CommandResult {
  const isBigint = details.columns.map(({ type }) => type === 'long' || type === 'datetime' || type === 'timespan');
  const rows = details.rows.map((row) =>
    row.map((cell, index): KustoValue => {
      const value = cell as KustoValue;
      return isBigint[index] === true && typeof value === 'string' ? BigInt(value) : value;
    }),
  );
  return { columns: details.columns, rows };
}
