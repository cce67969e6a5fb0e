import type { Socket } from 'node:net';
import { Connection, Request } from 'tedious';
import { KustoError } from '../../../errors/index.js';
import type { ColumnBatch } from '../../../values/index.js';
import { batchOf, rowsOf } from '../batches.js';
import { quotedName } from '../checks.js';
import { newSocket, tlsOptions, type SqlAddress, type SqlCredential, type SqlOptions } from '../connect.js';
import type { ColumnPair, InsertOptions, SqlSession, SqlTableDescription } from '../session.js';
import type { SqlTableName } from '../sql-table.js';
import { bulkColumn, columnOf, DESCRIBE, PRIMARY_KEY, readable } from './columns.js';
import { SQL_SERVER } from './dialect.js';
import { ownRefusal } from './errors.js';

const SQL_SCOPE = 'https://database.windows.net/.default';
const BATCH_ROWS = 5000;
/** Rows that wait for the reader before the server is made to wait. */
const MOST_WAITING = 10_000;

export class SqlServerSession implements SqlSession {
  private constructor(
    private readonly connection: Connection,
    private readonly socket: () => Socket | undefined,
  ) {}

  static async open(address: SqlAddress, credential: SqlCredential, options: SqlOptions): Promise<SqlServerSession> {
    let socket: Socket | undefined;
    const { ca } = tlsOptions(options) as { readonly ca?: string[] };
    const connection = new Connection({
      server: address.host,
      authentication:
        credential.kind === 'password'
          ? { type: 'default', options: { userName: credential.user, password: credential.password.reveal() } }
          : {
              type: 'token-credential',
              // The server names a resource of its own choice: no other token than this leaves.
              options: { credential: { getToken: () => credential.credential.getToken(SQL_SCOPE) } },
            },
      options: {
        port: address.port,
        database: address.database,
        encrypt: true,
        trustServerCertificate: false,
        cryptoCredentialsDetails: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
        connectTimeout: address.connectTimeout,
        requestTimeout: 0,
        maxRetriesOnTransientErrors: 0,
        appName: 'calypso',
        useUTC: true,
        abortTransactionOnError: false,
        connector: (async (to: { readonly host: string; readonly port: number }) => {
          socket = await connected(address, to);
          return socket;
        }) as () => Promise<Socket>,
      },
    });
    // Told by the call that is under way, or by the next one.
    connection.on('error', () => undefined);
    const session = new SqlServerSession(connection, () => socket);
    try {
      demandEncryption(connection);
      await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
      await session.execute('SET LOCK_TIMEOUT 60000; SET XACT_ABORT OFF; SET DATEFORMAT ymd; SET LANGUAGE us_english');
      return session;
    } catch (error) {
      session.destroy();
      throw ownRefusal(error) ?? error;
    }
  }

  async describe(table: SqlTableName): Promise<SqlTableDescription | undefined> {
    const name = SQL_SERVER.literal(quotedName(SQL_SERVER, table));
    const columns = await this.rows(DESCRIBE(name));
    if (columns.length === 0) return undefined;
    const key = await this.rows(PRIMARY_KEY(name));
    return { columns: columns.map(columnOf), primaryKey: key.map(([column]) => column!) };
  }

  async execute(statement: string): Promise<void> {
    await this.rows(statement);
  }

  begin(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.connection.beginTransaction((error) => (error ? reject(error) : resolve()));
    });
  }

  commit(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.connection.commitTransaction((error) => (error ? reject(error) : resolve()));
    });
  }

  rollback(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.connection.rollbackTransaction((error) => (error ? reject(error) : resolve()));
    });
  }

  async insert(
    table: SqlTableName,
    pairs: readonly ColumnPair[],
    rows: AsyncIterable<ColumnBatch>,
    { fireTriggers }: InsertOptions,
  ): Promise<void> {
    const columns = pairs.map(bulkColumn);
    await new Promise<void>((resolve, reject) => {
      const cells = async function* (): AsyncIterable<unknown[]> {
        try {
          yield* rowsOf<unknown>(
            rows,
            columns.map(({ cell }) => cell),
          );
        } catch (error) {
          // The driver would take the load back and wait for the server's word on it; the connection is given up instead.
          reject(error as Error);
          throw error;
        }
      };
      const load = this.connection.newBulkLoad(
        quotedName(SQL_SERVER, table),
        { keepNulls: true, checkConstraints: true, fireTriggers },
        (error) => (error ? reject(error) : resolve()),
      );
      for (const [index, { type, options }] of columns.entries()) {
        // The driver puts the name in brackets as it is.
        load.addColumn(pairs[index]!.target.name.replaceAll(']', ']]'), type, options);
      }
      this.connection.execBulkLoad(load, cells() as AsyncIterable<unknown[]>);
    });
  }

  readable(column: ColumnPair): string {
    return readable(column);
  }

  async *select(query: string, columns: readonly ColumnPair[]): AsyncIterable<ColumnBatch> {
    let waiting: (string | null)[][] = [];
    let end: { readonly error?: Error } | undefined;
    let wake = (): void => undefined;
    const request = new Request(query, (error) => {
      end = error ? { error } : {};
      wake();
    });
    request.on('row', (row: readonly { readonly value: unknown }[]) => {
      waiting.push(texts(row));
      if (waiting.length >= MOST_WAITING) request.pause();
      if (waiting.length >= BATCH_ROWS) wake();
    });
    this.connection.execSqlBatch(request);
    for (;;) {
      if (waiting.length < BATCH_ROWS && end === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      if (end?.error !== undefined) throw end.error;
      const rows = waiting;
      waiting = [];
      request.resume();
      if (rows.length > 0) yield batchOf(rows, columns);
      else if (end !== undefined) break;
    }
  }

  /** TDS has no farewell: the server ends an open transaction with the connection. */
  close(): Promise<void> {
    this.destroy();
    return Promise.resolve();
  }

  destroy(): void {
    this.socket()?.destroy();
    this.connection.close();
  }

  private rows(query: string): Promise<(string | null)[][]> {
    return new Promise((resolve, reject) => {
      const rows: (string | null)[][] = [];
      const request = new Request(query, (error) => (error ? reject(error) : resolve(rows)));
      request.on('row', (row: readonly { readonly value: unknown }[]) => rows.push(texts(row)));
      this.connection.execSqlBatch(request);
    });
  }
}

/**
 * The driver goes on in clear, password and all, with a server that says that it does not encrypt. It has no option for
 * this and no event before it: its own step is held up. A version without the step is not used at all.
 */
function demandEncryption(connection: Connection): void {
  const driver = connection as unknown as {
    performTlsNegotiation?: (answer: { readonly encryptionString?: string }, signal: AbortSignal) => Promise<void>;
  };
  const negotiate = driver.performTlsNegotiation?.bind(connection);
  if (negotiate === undefined) throw new Error('this version of tedious cannot be made to demand encryption');
  driver.performTlsNegotiation = (answer, signal) =>
    answer.encryptionString === 'ON' || answer.encryptionString === 'REQ'
      ? negotiate(answer, signal)
      : Promise.reject(Object.assign(new Error('the server does not encrypt'), { code: 'EENCRYPT' }));
}

const texts = (row: readonly { readonly value: unknown }[]): (string | null)[] =>
  row.map(({ value }) => (value === null || value === undefined ? null : String(value as string | number)));

/**
 * The socket to the server, or to where it sends us. A server that could send us anywhere could have the token brought to
 * anybody: it may name its own neighbours only, as Azure SQL does (x.database.windows.net).
 */
async function connected(address: SqlAddress, to: { readonly host: string; readonly port: number }): Promise<Socket> {
  const own = address.host.toLowerCase();
  const host = to.host.toLowerCase();
  const domain = own.slice(own.indexOf('.') + 1);
  if (host !== own && !(own.includes('.') && domain.includes('.') && host.endsWith(`.${domain}`))) {
    throw new KustoError(
      'Callout_NotAllowed',
      `${address.host} sends its client to another server, ${to.host}: that was not followed.`,
    );
  }
  const socket = newSocket();
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
    socket.connect(to.port, to.host);
  });
  return socket;
}
