import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { ColumnBatch } from '../../../values/index.js';
import { batchOf, rowsOf } from '../batches.js';
import { quotedName } from '../checks.js';
import type { ColumnKind, SqlColumn } from '../column-kinds.js';
import { newSocket, tlsOptions, type SqlAddress, type SqlCredential, type SqlOptions } from '../connect.js';
import type { ColumnPair, SqlSession, SqlTableDescription } from '../session.js';
import type { SqlTableName } from '../sql-table.js';
import { textWriter, TIME_OF_DAY, type ValueLimits } from '../values.js';
import { POSTGRESQL } from './dialect.js';

/** For PostgreSQL and MySQL of Azure; the token is the password. */
export const OPEN_SOURCE_SCOPE = 'https://ossrdbms-aad.database.windows.net/.default';

const LIMITS: ValueLimits = { nan: true, nullCharacter: false, fraction: 6, ...TIME_OF_DAY };
const FETCH_ROWS = 5000;
const COPY_BYTES = 1 << 16;

const KINDS: Readonly<Record<string, ColumnKind>> = {
  bool: 'bool',
  int2: 'int16',
  int4: 'int32',
  int8: 'int64',
  float4: 'float32',
  float8: 'float64',
  numeric: 'decimal',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  uuid: 'guid',
  json: 'json',
  jsonb: 'json',
  date: 'date',
  timestamp: 'datetime',
  timestamptz: 'datetime',
  time: 'time',
  interval: 'interval',
};

const SETTINGS =
  "SET client_encoding TO 'UTF8'; SET standard_conforming_strings TO on; SET datestyle TO 'ISO'; SET timezone TO 'UTC'; " +
  "SET extra_float_digits TO 1; SET lock_timeout TO '60s'";

export class PostgresSession implements SqlSession {
  private constructor(
    private readonly client: pg.Client,
    private readonly socket: Socket,
  ) {}

  static async open(address: SqlAddress, credential: SqlCredential, options: SqlOptions): Promise<PostgresSession> {
    const password =
      credential.kind === 'password'
        ? credential.password.reveal()
        : ((await credential.credential.getToken(OPEN_SOURCE_SCOPE))?.token ?? '');
    const socket = newSocket();
    const client = new pg.Client({
      host: address.host,
      port: address.port,
      database: address.database,
      user: credential.user ?? '',
      password,
      ssl: tlsOptions(options),
      connectionTimeoutMillis: address.connectTimeout,
      application_name: 'calypso',
      stream: () => socket,
      // Every value as the text that the server says.
      types: { getTypeParser: () => (text: string | null) => text } as unknown as pg.CustomTypesConfig,
    });
    // Told by the call that is under way, or by the next one.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(SETTINGS);
      return new PostgresSession(client, socket);
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  async describe(table: SqlTableName): Promise<SqlTableDescription | undefined> {
    const found = await this.rows(`SELECT to_regclass(${POSTGRESQL.literal(quotedName(POSTGRESQL, table))})::oid`);
    const id = found[0]?.[0];
    if (id == null) return undefined;
    const columns = await this.rows(
      `SELECT a.attname, format_type(a.atttypid, a.atttypmod), t.typname, a.attnotnull::int, (a.atthasdef OR a.attidentity <> '')::int,
              a.atttypmod
         FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = ${id} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    );
    const keys = await this.rows(
      `SELECT a.attname FROM pg_index i JOIN pg_attribute a
           ON a.attrelid = i.indrelid AND a.attnum = ANY((i.indkey::int2[])[0:i.indnkeyatts - 1])
        WHERE i.indrelid = ${id} AND i.indisprimary AND i.indimmediate`,
    );
    return { columns: columns.map(columnOf), primaryKey: keys.map(([name]) => name!) };
  }

  async execute(statement: string): Promise<void> {
    await this.client.query(statement);
  }

  begin(): Promise<void> {
    return this.execute('BEGIN');
  }

  commit(): Promise<void> {
    return this.execute('COMMIT');
  }

  rollback(): Promise<void> {
    return this.execute('ROLLBACK');
  }

  async insert(table: SqlTableName, columns: readonly ColumnPair[], rows: AsyncIterable<ColumnBatch>): Promise<void> {
    const names = columns.map(({ target }) => POSTGRESQL.quote(target.name)).join(', ');
    const writers = columns.map((column) => textWriter(column, LIMITS));
    const suffixes = columns.map(({ source, target }) =>
      source.type === 'datetime' && target.kind === 'datetime' ? '+00' : '',
    );
    const lines = async function* (): AsyncIterable<string> {
      let text = '';
      for await (const cells of rowsOf(rows, writers)) {
        text += `${cells.map((cell, index) => (cell === null ? '\\N' : escaped(cell) + suffixes[index]!)).join('\t')}\n`;
        if (text.length < COPY_BYTES) continue;
        yield text;
        text = '';
      }
      if (text !== '') yield text;
    };
    const copy = this.client.query(copyFrom(`COPY ${quotedName(POSTGRESQL, table)} (${names}) FROM STDIN`));
    await pipeline(Readable.from(lines(), { objectMode: true, highWaterMark: 4 }), copy);
  }

  readable({ source, target }: ColumnPair): string {
    const name = POSTGRESQL.quote(target.name);
    if (source.type === 'timespan' && target.kind !== 'int64') {
      return `(extract(epoch from ${name}) * 10000000)::bigint::text`;
    }
    if (/^timestamp.* with time zone$/.test(target.type)) return `(${name} AT TIME ZONE 'UTC')::text`;
    return target.kind === 'bool' ? `${name}::int::text` : `${name}::text`;
  }

  async *select(query: string, columns: readonly ColumnPair[]): AsyncIterable<ColumnBatch> {
    await this.execute('BEGIN READ ONLY');
    await this.execute(`DECLARE calypso NO SCROLL CURSOR FOR ${query}`);
    for (;;) {
      const rows = await this.rows(`FETCH ${FETCH_ROWS} FROM calypso`);
      if (rows.length > 0) yield batchOf(rows, columns);
      if (rows.length < FETCH_ROWS) return;
    }
  }

  async close(): Promise<void> {
    if (this.socket.destroyed) return;
    // The server ends an open transaction.
    const ended = this.client.end().catch(() => undefined);
    const timer = setTimeout(() => this.destroy(), 1000);
    await ended;
    clearTimeout(timer);
    this.destroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private async rows(query: string): Promise<(string | null)[][]> {
    return (await this.client.query<(string | null)[]>({ text: query, rowMode: 'array' })).rows;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const escaped = (text: string): string => text.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character]!);

function columnOf([name, type, base, notNull, hasDefault, modifier]: readonly (string | null)[]): SqlColumn {
  const kind = KINDS[base ?? ''] ?? 'other';
  const typmod = Number(modifier);
  const nullable = notNull === '0';
  return {
    name: name!,
    type: type!,
    kind,
    nullable,
    isOptional: nullable || hasDefault === '1',
    // PostgreSQL packs them into one number; -1 is no limit.
    ...(kind === 'decimal' && typmod >= 4
      ? { precision: ((typmod - 4) >> 16) & 0xffff, scale: (((typmod - 4) & 0x7ff) ^ 1024) - 1024 }
      : {}),
    ...(['datetime', 'time'].includes(kind) && typmod >= 0 ? { scale: typmod } : {}),
    ...(kind === 'text' && typmod >= 4 ? { length: typmod - 4 } : {}),
  };
}
