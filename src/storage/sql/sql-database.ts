import { KustoError, type ErrorCode } from '../../errors/index.js';
import type { ColumnBatch, ColumnSchema } from '../../values/index.js';
import { failpoint } from '../../values/failpoint.js';
import { checkProgressTable, checkTable, pairs, createStatement, progressStatement } from './checks.js';
import { canRead, canWrite } from './column-kinds.js';
import { whereClause } from './conditions.js';
import type { Classified, ColumnPair, Dialect, SqlSession } from './session.js';
import {
  displayTable,
  progressTableOf,
  type ProgressKey,
  type SqlTableDefinition,
  type SqlTableName,
} from './sql-table.js';
import type { SqlLoad, SqlRead, SqlTarget } from './sql-target.js';

/** The way to a database, as one dialect goes it. */
export interface SqlDriver {
  readonly dialect: Dialect;
  /** `host` and `host/database`, for messages. */
  readonly place: string;
  /** Who connects, for messages: `user 'x'`, `managed identity …`. */
  readonly principal: string;
  connect(): Promise<SqlSession>;
  classify(error: unknown): Classified;
}

/** Targets of all dialects: what happens, and in which order; how each is said is the driver's. */
export class SqlDatabase implements SqlTarget {
  constructor(private readonly driver: SqlDriver) {}

  urlOf(table: SqlTableName): string {
    return `${this.driver.place}/${displayTable(table)}`;
  }

  check(definition: SqlTableDefinition, isTracked: boolean, signal: AbortSignal): Promise<void> {
    return this.within(signal, async (session) => {
      await this.checked(session, definition);
      if (isTracked) await this.checkProgress(session, definition.table);
    });
  }

  load(load: SqlLoad): Promise<'loaded' | 'known'> {
    const { table, columns, createIfNotExists, progress, signal } = load;
    const definition = { table, columns, primaryKey: createIfNotExists?.primaryKey };
    return this.within(signal, async (session) => {
      if (createIfNotExists !== undefined) await this.create(session, definition, progress !== undefined);
      if (progress !== undefined) {
        await this.checkProgress(session, table).catch(async (error: unknown) => {
          // What is wrong with the table itself is told first.
          await this.checked(session, definition);
          throw error;
        });
      }
      await session.begin();
      failpoint('sql.begin.after');
      // Before anything else is asked of the table: a window that is in stays in, whatever became of the table.
      if (progress !== undefined && !(await this.enter(session, table, progress, load.rowCount))) {
        await session.rollback();
        return 'known';
      }
      failpoint('sql.progress.after');
      const targets = await this.checked(session, definition);
      await session.insert(table, targets, load.rows(), { fireTriggers: load.fireTriggers });
      failpoint('sql.rows.after');
      await this.commit(session, table, progress !== undefined);
      failpoint('sql.commit.after');
      return 'loaded';
    });
  }

  fence(table: SqlTableName, progress: ProgressKey, signal: AbortSignal): Promise<'fenced' | 'known'> {
    return this.within(signal, async (session) => {
      await session.begin();
      const isNew = await this.enter(session, table, progress, 0);
      await (isNew ? session.commit() : session.rollback());
      return isNew ? 'fenced' : 'known';
    });
  }

  async *read(read: SqlRead): AsyncIterable<ColumnBatch> {
    const { dialect } = this.driver;
    const { table, columns, needed, conditions, limit, signal } = read;
    const session = await this.open(signal);
    const stop = (): void => session.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const description = await session.describe(table);
      if (description === undefined) throw this.notFound(table);
      const wanted = pairs(
        columns.filter(({ name }) => needed.has(name)),
        description.columns,
      );
      checkTable(this.place(table), wanted.faults(canRead), 'Alter the external table, or the table.');
      const said = wanted.found.map((pair) => session.readable(pair));
      const where = whereClause(
        conditions,
        wanted.found.map(({ source, target }) => [source, target] as const),
        dialect,
      );
      const list = said.length === 0 ? '1' : said.join(', ');
      const rest = `FROM ${this.quoted(table)}${where === undefined ? '' : ` WHERE ${where}`}`;
      const query = limit === undefined ? `SELECT ${list} ${rest}` : dialect.limited(list, rest, limit);
      for await (const batch of session.select(query, wanted.found)) yield spread(batch, columns, wanted.found);
    } catch (error) {
      throw this.failure(error, signal, table);
    } finally {
      signal.removeEventListener('abort', stop);
      await session.close();
    }
  }

  private async within<T>(signal: AbortSignal, work: (session: SqlSession) => Promise<T>): Promise<T> {
    const session = await this.open(signal);
    const stop = (): void => session.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      // Aborted before anybody listened.
      signal.throwIfAborted();
      return await work(session);
    } catch (error) {
      throw this.failure(error, signal);
    } finally {
      signal.removeEventListener('abort', stop);
      await session.close();
    }
  }

  private async open(signal: AbortSignal): Promise<SqlSession> {
    if (signal.aborted) throw this.failure(new Error('aborted'), signal);
    const connecting = this.driver.connect();
    const { promise: aborted, stop } = abortOf(signal);
    try {
      return await Promise.race([connecting, aborted]);
    } catch (error) {
      // One that comes after all is of no use to anybody.
      void connecting.then(
        (session) => session.close(),
        () => undefined,
      );
      throw this.failure(error, signal);
    } finally {
      stop();
    }
  }

  /** What is there already stays as it is. Outside of the transaction: in MySQL, DDL would end it. */
  private async create(session: SqlSession, definition: SqlTableDefinition, isTracked: boolean): Promise<void> {
    const { dialect } = this.driver;
    if ((await session.describe(definition.table)) === undefined) {
      await session.execute(dialect.createIfMissing(definition.table, createStatement(dialect, definition)));
      failpoint('sql.create.after');
    }
    const progress = progressTableOf(definition.table);
    if (isTracked && (await session.describe(progress)) === undefined) {
      await session.execute(dialect.createIfMissing(progress, progressStatement(dialect, definition.table)));
    }
  }

  private async checked(session: SqlSession, definition: SqlTableDefinition): Promise<readonly ColumnPair[]> {
    const { dialect } = this.driver;
    const { table, columns } = definition;
    const description = await session.describe(table);
    if (description === undefined) {
      throw new KustoError(
        'Sql_TableNotFound',
        `${this.place(table)} does not exist, or ${this.driver.principal} may not see it. Create it, or set createifnotexists=true: ` +
          `${createStatement(dialect, definition)};`,
      );
    }
    const wanted = pairs(columns, description.columns);
    checkTable(this.place(table), [...wanted.faults(canWrite), ...wanted.unfilled()], wanted.cure(dialect, table));
    if (description.notTransactional !== undefined) {
      throw new KustoError('Sql_NotSupported', `${this.place(table)}: ${description.notTransactional}`);
    }
    return wanted.found;
  }

  private async checkProgress(session: SqlSession, table: SqlTableName): Promise<void> {
    const { dialect, place } = this.driver;
    checkProgressTable(dialect, place, table, await session.describe(progressTableOf(table)));
  }

  /** False: the row is there already. */
  private async enter(session: SqlSession, table: SqlTableName, key: ProgressKey, rowCount: number): Promise<boolean> {
    const { dialect } = this.driver;
    const [job, window] = [dialect.literal(key.job), dialect.literal(key.window)];
    try {
      await session.execute(
        `INSERT INTO ${this.quoted(progressTableOf(table))} (job_id, window_id, row_count) VALUES (${job}, ${window}, ${rowCount})`,
      );
      return true;
    } catch (error) {
      if (this.driver.classify(error).code !== 'duplicate') throw error;
      return false;
    }
  }

  private async commit(session: SqlSession, table: SqlTableName, isTracked: boolean): Promise<void> {
    try {
      await session.commit();
    } catch (error) {
      const failure = this.failure(error);
      if (isTracked || failure.permanent) throw failure;
      throw new KustoError(
        'Sql_OutcomeUnknown',
        `${this.place(table)}: the connection was lost while the rows were being committed. They are all in, or none is: ` +
          `look at the table before you export again. ${failure.message}`,
        { cause: error },
      );
    }
  }

  private quoted({ schema, name }: SqlTableName): string {
    const { dialect } = this.driver;
    return schema === undefined ? dialect.quote(name) : `${dialect.quote(schema)}.${dialect.quote(name)}`;
  }

  private place(table: SqlTableName): string {
    return `The table '${displayTable(table)}' of ${this.driver.place}`;
  }

  private notFound(table: SqlTableName): KustoError {
    return new KustoError(
      'Sql_TableNotFound',
      `${this.place(table)} does not exist, or ${this.driver.principal} may not see it.`,
    );
  }

  private failure(error: unknown, signal?: AbortSignal, table?: SqlTableName): KustoError {
    if (error instanceof KustoError) return error;
    if (signal?.aborted) {
      const { reason } = signal as { reason: unknown };
      if (reason instanceof KustoError) return reason;
      return new KustoError('General_Cancelled', 'The request was cancelled.', { cause: error });
    }
    const { driver } = this;
    const { code, says } = driver.classify(error);
    const place = table === undefined ? driver.place : this.urlOf(table);
    const coded: ErrorCode = code === 'duplicate' ? 'Sql_ConstraintViolated' : code;
    return new KustoError(coded, `${place} (${driver.dialect.title}): ${says}.${cureOf(coded, driver.principal)}`, {
      cause: error,
    });
  }
}

/** Rejects when the signal fires; `stop` ends the listening. */
function abortOf(signal: AbortSignal): { readonly promise: Promise<never>; readonly stop: () => void } {
  const ended = new AbortController();
  const promise = new Promise<never>((_, reject) => {
    const fire = (): void => reject(new Error('aborted'));
    signal.addEventListener('abort', fire, { once: true, signal: ended.signal });
  });
  return { promise, stop: () => ended.abort() };
}

/** What to do, where the code alone tells it. */
function cureOf(code: ErrorCode, principal: string): string {
  switch (code) {
    case 'Sql_PermissionDenied':
      return ` Grant ${principal} INSERT on the table and on calypso_progress (with createifnotexists also CREATE TABLE); for reading, SELECT.`;
    case 'Sql_AuthenticationFailed':
      return ` Check that ${principal} is a user of this database, and its credential.`;
    case 'Sql_DatabaseNotFound':
      return ' Check the name of the database in the connection string.';
    case 'Sql_ConstraintViolated':
      return ' Nothing of the run was written. Mend the rows in the query, or the constraint; the run is tried again with the same rows, unless its query is altered.';
    case 'Sql_ValueNotStorable':
      return ' Nothing of the run was written. Widen the column, or change the value in the query.';
    case 'Sql_CertificateRefused':
      return ' Install a certificate that this machine trusts, or name its authority with storage.caFile in the configuration.';
    case 'Sql_EncryptionRefused':
      return ' Connections are always encrypted: turn TLS on at the server.';
    default:
      return '';
  }
}

/** Columns that were not read are null. */
function spread(batch: ColumnBatch, columns: readonly ColumnSchema[], read: readonly ColumnPair[]): ColumnBatch {
  const nulls = new Array<null>(batch.rowCount).fill(null);
  const texts = new Array<string>(batch.rowCount).fill('');
  return {
    rowCount: batch.rowCount,
    columns: columns.map((column) => {
      const position = read.findIndex(({ source }) => source.name === column.name);
      return position < 0 ? (column.type === 'string' ? texts : nulls) : batch.columns[position]!;
    }),
  };
}
