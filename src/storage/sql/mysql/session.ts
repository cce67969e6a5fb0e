import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import mysql, { type Connection } from 'mysql2';
import type { ColumnBatch, KustoType } from '../../../values/index.js';
import { batchOf, rowsOf } from '../batches.js';
import { quotedName } from '../checks.js';
import type { ColumnKind, SqlColumn } from '../column-kinds.js';
import { newSocket, tlsOptions, type SqlAddress, type SqlCredential, type SqlOptions } from '../connect.js';
import { OPEN_SOURCE_SCOPE } from '../postgresql/session.js';
import type { ColumnPair, SqlSession, SqlTableDescription } from '../session.js';
import type { SqlTableName } from '../sql-table.js';
import { textWriter, type ValueLimits } from '../values.js';
import { literal, MYSQL } from './dialect.js';

const HOUR = 36_000_000_000n;
const LIMITS: ValueLimits = {
  nan: false,
  nullCharacter: true,
  fraction: 0,
  timeFrom: -839n * HOUR + 1n,
  timeTo: 839n * HOUR,
};
const BATCH_ROWS = 5000;
const INSERT_CHARACTERS = 1 << 19;

/** Strict: a value that does not fit is an error, and never cut. */
const SETTINGS =
  "SET SESSION sql_mode = 'TRADITIONAL,NO_BACKSLASH_ESCAPES', time_zone = '+00:00', autocommit = 1, innodb_lock_wait_timeout = 60";

/** Values whose text needs no quotes. */
const NUMBERS: readonly KustoType[] = ['bool', 'int', 'long', 'real', 'decimal'];

export class MySqlSession implements SqlSession {
  /** The result that is being read: while it is, the connection takes nothing else. */
  private reading: Readable | undefined;

  private constructor(
    private readonly connection: Connection,
    private readonly socket: Socket,
  ) {}

  static async open(address: SqlAddress, credential: SqlCredential, options: SqlOptions): Promise<MySqlSession> {
    const password =
      credential.kind === 'password'
        ? credential.password.reveal()
        : ((await credential.credential.getToken(OPEN_SOURCE_SCOPE))?.token ?? '');
    const socket = newSocket();
    const connection = mysql.createConnection({
      host: address.host,
      port: address.port,
      database: address.database,
      user: credential.user ?? '',
      password,
      ssl: { ...tlsOptions(options), verifyIdentity: true },
      stream: () => socket.connect(address.port, address.host),
      connectTimeout: address.connectTimeout,
      charset: 'utf8mb4',
      // Azure takes an identity's token as a password in clear, inside TLS; no other server may ask for a password so.
      enableCleartextPlugin: credential.kind === 'token',
      flags: ['-LOCAL_FILES'],
    });
    connection.on('error', () => undefined);
    const session = new MySqlSession(connection, socket);
    try {
      await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
      await session.execute(SETTINGS);
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  }

  async describe({ schema, name }: SqlTableName): Promise<SqlTableDescription | undefined> {
    const where = `table_schema = ${schema === undefined ? 'DATABASE()' : literal(schema)} AND table_name = ${literal(name)}`;
    const columns = await this.rows(
      `SELECT column_name, data_type, column_type, is_nullable, column_default, extra, character_maximum_length, numeric_precision,
              numeric_scale, datetime_precision, column_key
         FROM information_schema.columns WHERE ${where} ORDER BY ordinal_position`,
    );
    if (columns.length === 0) return undefined;
    const [engine] = await this.rows(`SELECT engine, table_type FROM information_schema.tables WHERE ${where}`);
    const isTransactional = engine === undefined || engine[1] !== 'BASE TABLE' || engine[0] === 'InnoDB';
    return {
      columns: columns.map(columnOf),
      primaryKey: columns.filter((row) => row[10] === 'PRI').map(([column]) => column!),
      ...(isTransactional
        ? {}
        : {
            notTransactional: `its engine ${engine[0]} does not take rows back. Run ALTER TABLE ${quotedName(MYSQL, schema === undefined ? { name } : { schema, name })} ENGINE=InnoDB;`,
          }),
    };
  }

  execute(statement: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.connection.query(statement, (error) => (error ? reject(error as Error) : resolve()));
    });
  }

  begin(): Promise<void> {
    return this.execute('START TRANSACTION');
  }

  commit(): Promise<void> {
    return this.execute('COMMIT');
  }

  rollback(): Promise<void> {
    return this.execute('ROLLBACK');
  }

  async insert(table: SqlTableName, columns: readonly ColumnPair[], rows: AsyncIterable<ColumnBatch>): Promise<void> {
    const names = columns.map(({ target }) => MYSQL.quote(target.name)).join(', ');
    const head = `INSERT INTO ${quotedName(MYSQL, table)} (${names}) VALUES `;
    const writers = columns.map((column) => textWriter(column, LIMITS));
    const isNumber = columns.map(
      ({ source, target }) => NUMBERS.includes(source.type) || (source.type === 'timespan' && target.kind === 'int64'),
    );
    let tuples: string[] = [];
    let size = 0;
    const send = async (): Promise<void> => {
      if (tuples.length > 0) await this.execute(head + tuples.join(','));
      tuples = [];
      size = 0;
    };
    for await (const cells of rowsOf(rows, writers)) {
      const values = cells.map((cell, index) => (cell === null ? 'NULL' : isNumber[index] ? cell : literal(cell)));
      const tuple = `(${values.join(',')})`;
      if (size + tuple.length > INSERT_CHARACTERS) await send();
      tuples.push(tuple);
      size += tuple.length;
    }
    await send();
  }

  readable({ source, target }: ColumnPair): string {
    const name = MYSQL.quote(target.name);
    if (source.type === 'timespan' && target.kind === 'time') {
      return `CAST(IF(LEFT(CAST(${name} AS CHAR), 1) = '-', -1, 1) * (ABS(TIME_TO_SEC(${name})) * 10000000 + MICROSECOND(${name}) * 10) AS SIGNED)`;
    }
    if (target.kind === 'bool') return `${name} + 0`;
    // As text, a FLOAT is rounded.
    return target.kind === 'float32' ? `CAST(${name} AS DOUBLE)` : name;
  }

  async *select(query: string, columns: readonly ColumnPair[]): AsyncIterable<ColumnBatch> {
    const stream = this.connection
      .query({ sql: query, rowsAsArray: true, typeCast: (field) => field.string() })
      .stream({ highWaterMark: 1000 });
    this.reading = stream;
    let rows: (string | null)[][] = [];
    for await (const row of stream as AsyncIterable<(string | null)[]>) {
      rows.push(row);
      if (rows.length < BATCH_ROWS) continue;
      yield batchOf(rows, columns);
      rows = [];
    }
    if (rows.length > 0) yield batchOf(rows, columns);
    this.reading = undefined;
  }

  async close(): Promise<void> {
    if (this.socket.destroyed) return;
    if (this.reading === undefined) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.connection.end(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
    this.destroy();
  }

  destroy(): void {
    // The driver's own destroy() would leave the call under way without an answer.
    this.reading?.destroy(new Error('the connection was broken off'));
    this.socket.destroy();
  }

  private rows(query: string): Promise<(string | null)[][]> {
    return new Promise((resolve, reject) => {
      this.connection.query({ sql: query, rowsAsArray: true, typeCast: (field) => field.string() }, (error, rows) =>
        error ? reject(error as Error) : resolve(rows as (string | null)[][]),
      );
    });
  }
}

const KINDS: Readonly<Record<string, ColumnKind>> = {
  tinyint: 'int8',
  smallint: 'int16',
  mediumint: 'int32',
  int: 'int32',
  bigint: 'int64',
  float: 'float32',
  double: 'float64',
  decimal: 'decimal',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  json: 'json',
  uuid: 'guid',
  date: 'date',
  datetime: 'datetime',
  timestamp: 'datetime',
  time: 'time',
};
/** What holds the values of an unsigned column. */
const UNSIGNED: Partial<Record<ColumnKind, ColumnKind>> = {
  int8: 'int16',
  int16: 'int32',
  int32: 'int64',
  int64: 'decimal',
};

function columnOf(row: readonly (string | null)[]): SqlColumn {
  const [name, base, type, isNullable, value, extra, length, precision, scale, fraction] = row;
  const kind = kindOf(base ?? '', type ?? '');
  const nullable = isNullable === 'YES';
  const isUnsignedLong = kind === 'decimal' && base !== 'decimal';
  return {
    name: name!,
    type: type!,
    kind,
    nullable,
    isOptional: nullable || value !== null || /auto_increment|generated|default_generated/i.test(extra ?? ''),
    ...(kind === 'decimal'
      ? { precision: isUnsignedLong ? 20 : Number(precision), scale: isUnsignedLong ? 0 : Number(scale) }
      : {}),
    ...(kind === 'datetime' || kind === 'time' ? { scale: Number(fraction) } : {}),
    ...(kind === 'text' && length !== null ? { length: Number(length) } : {}),
  };
}

function kindOf(base: string, type: string): ColumnKind {
  if (type === 'tinyint(1)' || type === 'bit(1)') return 'bool';
  const kind = KINDS[base] ?? 'other';
  return /unsigned/.test(type) ? (UNSIGNED[kind] ?? kind) : kind;
}
