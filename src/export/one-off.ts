import { randomUUID } from 'node:crypto';
import { checkPrimaryKey } from '../external/index.js';
import type { RequestContext } from '../query/query-service.js';
import type { ColumnSchema } from '../values/index.js';
import { deliver } from './deliver.js';
import { discard } from './discard.js';
import { failureOf } from './failure.js';
import { instantOf } from './job.js';
import type { JournalEntry } from './journal.js';
import { databasesOf } from './plan.js';
import { produceFiles } from './produce.js';
import type { ExportServices, Writer } from './services.js';
import { checkColumns, queryForTarget, type Target } from './target.js';
import type { Delivery } from './targets/delivery.js';
import { openTarget } from './targets/open-target.js';
import { DeliveryProgress, type DeliveredArtifact } from './targets/target-writer.js';

export interface OneOffExport {
  /** The operation that the export is: once it is told as completed, the files count. */
  readonly operationId: string;
  readonly databaseId: string;
  readonly query: string;
  readonly target: Target;
  readonly writer: Writer;
  readonly context: RequestContext;
}

/**
 * Exports a query's result, whole or not at all. The journal's entry stays until the operation has been told as
 * completed (`sweepLeftovers`), so that a process killed before that takes the files back. There is no retry: the
 * caller is there to try again.
 */
export async function exportOnce(
  services: ExportServices,
  request: OneOffExport,
): Promise<readonly DeliveredArtifact[]> {
  const { target, writer, context } = request;
  const { signal } = context;
  // A target that cannot be opened is told before the query is asked.
  await openTarget(services, target, writer);
  const entry = await write(services, request).catch((error: unknown) => {
    throw failureOf(error, signal);
  });
  if (entry === undefined) return [];
  try {
    return await deliver(
      services.journal,
      entry,
      await openTarget(services, entry.manifest, writer),
      new DeliveryProgress(),
      signal,
    );
  } catch (error) {
    const failure = failureOf(error, signal);
    const left = services.journal.entryOf(entry.manifest.runId);
    // With a signal of its own: the request's may be what ended it. What this cannot remove, the sweep will.
    await discard(services, left, writer, AbortSignal.timeout(60_000)).catch(() => undefined);
    throw failure;
  }
}

async function write(services: ExportServices, request: OneOffExport): Promise<JournalEntry | undefined> {
  const { target, context } = request;
  const asked = await services.query.prepare(request.query, context);
  checkColumns(target, asked.columns);
  const text = queryForTarget(request.query, target);
  const prepared = text === request.query ? asked : await services.query.prepare(text, context);
  const runId = randomUUID();
  const folder = await services.journal.begin(runId);
  try {
    const files = await produceFiles(services.engine, { runId, prepared, target, folder, signal: context.signal });
    context.signal.throwIfAborted();
    if (files.length > 0) {
      return await services.journal.seal(folder, {
        version: 2,
        runId,
        owner: { kind: 'operation', operationId: request.operationId },
        databaseId: request.databaseId,
        databases: databasesOf(prepared),
        externalTable: target.externalTable,
        managedIdentity: null,
        startedOn: instantOf(services.now()),
        delivery: withColumns(target.delivery, prepared.columns),
        connections: target.connections,
        files,
      });
    }
  } catch (error) {
    await services.journal.abandon(folder);
    throw error;
  }
  await services.journal.abandon(folder);
  return undefined;
}

/** The rows of a one-off export have the columns of its query. */
function withColumns(delivery: Delivery, columns: readonly ColumnSchema[]): Delivery {
  if (delivery.kind !== 'sql' || delivery.columns !== null) return delivery;
  checkPrimaryKey(delivery.createIfNotExists, delivery.primaryKey ?? undefined, columns);
  return { ...delivery, columns };
}
