import { join } from 'node:path';
import { KustoError } from '../../errors/index.js';
import { parseTableName, type ProgressKey, type SqlTableName, type SqlTarget } from '../../storage/index.js';
import type { JournalEntry, JournalFile, Manifest } from '../journal.js';
import type { TargetStores, Writer } from '../services.js';
import type { SqlDelivery } from './delivery.js';
import { readRows } from './row-file.js';
import type { DeliveredArtifact, DeliveryProgress, TargetWriter } from './target-writer.js';

/**
 * A table of a SQL database. A window goes in by one transaction, which begins with the window's progress row: however
 * often it is tried, one of them commits. A one-off export has no progress row.
 */
export class SqlWriter implements TargetWriter {
  private readonly table: SqlTableName;

  private constructor(
    private readonly target: SqlTarget,
    private readonly delivery: SqlDelivery,
  ) {
    this.table = parseTableName(delivery.table);
  }

  static async open(
    stores: TargetStores,
    { connections }: Pick<Manifest, 'connections'>,
    delivery: SqlDelivery,
    writer: Writer,
  ): Promise<SqlWriter> {
    const [connection] = connections;
    if (connection === undefined) throw new Error('a SQL target has one connection');
    return new SqlWriter(await stores.openSql(connection, delivery.dialect, writer), delivery);
  }

  async deliver(
    entry: JournalEntry,
    progress: DeliveryProgress,
    signal: AbortSignal,
  ): Promise<readonly DeliveredArtifact[]> {
    const { delivery } = this;
    const file = fileOf(entry.manifest);
    const columns = delivery.columns ?? [];
    try {
      await this.target.load({
        table: this.table,
        columns,
        createIfNotExists: delivery.createIfNotExists ? { primaryKey: delivery.primaryKey ?? undefined } : undefined,
        progress: progressOf(entry.manifest),
        rows: () => readRows(join(entry.folder, file.file), columns, file),
        rowCount: file.rows,
        fireTriggers: delivery.fireTriggers,
        signal,
      });
    } catch (error) {
      if (!(error instanceof KustoError && error.permanent)) progress.unknown++;
      throw error;
    }
    progress.done++;
    return [{ path: this.target.urlOf(this.table), rows: file.rows, size: file.size, sha256: file.sha256 }];
  }

  /** Rows that are in cannot be told from others, and the right to delete them is not asked for. */
  async discard(entry: JournalEntry, signal: AbortSignal): Promise<void> {
    const { manifest } = entry;
    const key = progressOf(manifest);
    // Without a progress row there was one try, and its transaction ended with its connection.
    if (key === undefined || (await this.target.fence(this.table, key, signal)) === 'fenced') return;
    throw new KustoError(
      'Export_WindowIsIn',
      `A window of ${fileOf(manifest).rows} records that was to be thrown away is in ${this.target.urlOf(this.table)} ` +
        `already (calypso_progress: job_id '${key.job}', window_id '${key.window}'). Its records may come to the job's ` +
        'target again: remove them from this table if they should not be there.',
    );
  }
}

function fileOf({ files, runId }: Manifest): JournalFile {
  const [file, ...more] = files;
  if (file === undefined || more.length > 0) throw new Error(`run ${runId} is no run to a SQL target`);
  return file;
}

/** The cursors are for people; that the id of the run is in it, tells a window from the same window of a cursor set back. */
function progressOf({ owner, runId }: Manifest): ProgressKey | undefined {
  return owner.kind === 'job' ? { job: owner.jobId, window: `${owner.after}-${owner.upTo}-${runId}` } : undefined;
}
