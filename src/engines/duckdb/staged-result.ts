import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KustoError } from '../../errors/index.js';
import type { ColumnBatch, ColumnSchema, KustoType } from '../../values/index.js';
import type {
  CompiledSql,
  CopiedFile,
  CopyOptions,
  JsonRows,
  StagedPartition,
  StagedResult,
  WrittenRows,
} from '../engine.js';
import type { EngineConnection } from './connection.js';
import { copyRows } from './copy-out.js';
import { createInputs } from './inputs.js';
import { copyJson, jsonPieces, jsonRow } from './json-rows.js';
import { decodable } from './text.js';
import { readResult } from './values.js';

const PAGE_ROWS = 32_768;
/** Half of one of DuckDB's row groups: more costs memory (text of every row, twice) and is no faster. */
const JSON_ROWS = 61_440;

/** The temporary table of a connection's result: columns `k0`, `k1`, …; row ids without gaps from 0. */
const RESULT = 'temp.main."calypso:result"';

/** Types whose values are text in memory; each of the others takes 8 bytes. */
const TEXTS: ReadonlySet<KustoType> = new Set(['string', 'dynamic', 'decimal', 'guid']);

export interface StageOptions {
  readonly partitionBy?: readonly number[];
  readonly signal?: AbortSignal;
}

/**
 * A result in a temporary table, which spills to disk. Streaming is no alternative: DuckDB's streams end without an
 * error when the query fails late.
 */
export class DuckDbStagedResult implements StagedResult, WrittenRows {
  private constructor(
    private readonly connection: EngineConnection,
    readonly columns: readonly ColumnSchema[],
    readonly rowCount: number,
    readonly partitions: readonly StagedPartition[],
    private readonly folder: string,
  ) {}

  /** Takes the connection over; closes it when the query fails. `folder` is for files in passing. */
  static async create(
    connection: EngineConnection,
    sql: CompiledSql,
    options: StageOptions,
    folder: string,
  ): Promise<DuckDbStagedResult> {
    try {
      await createInputs(connection, sql.inputs);
      // A relation may have no columns; a table has at least one (see `none` in the lowering).
      const names = sql.columns.length === 0 ? ['k0'] : sql.columns.map((_, c) => `k${c}`);
      const keys = (options.partitionBy ?? []).map((c) => `k${c}`);
      // Sorted by partition, each partition is one range of row ids.
      const query =
        keys.length === 0
          ? sql.text
          : `SELECT * FROM (${sql.text}) AS q(${names.join(', ')}) ORDER BY ${keys.join(', ')}`;
      const created = await connection.run(
        `CREATE TEMP TABLE "calypso:result"(${names.join(', ')}) AS ${query}`,
        sql.parameters,
        { signal: options.signal },
      );
      const rowCount = Number(created.getChunk(0).getColumnVector(0).getItem(0));
      const partitions = await findPartitions(connection, sql.columns, options.partitionBy ?? [], rowCount);
      return new DuckDbStagedResult(connection, sql.columns, rowCount, partitions, folder);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async *batches(): AsyncIterable<ColumnBatch> {
    for (let from = 0; from < this.rowCount; from += PAGE_ROWS) {
      const page = await this.connection.run(
        `SELECT ${this.columns.map(readable).join(', ')} FROM ${RESULT} WHERE rowid >= ${from} AND rowid < ${from + PAGE_ROWS}`,
        [],
        { urgent: true },
      );
      assertWhole(page.rowCount, Math.min(PAGE_ROWS, this.rowCount - from));
      yield readResult(page, this.columns);
    }
  }

  get written(): WrittenRows {
    return this;
  }

  async *json(rowCount: number): AsyncIterable<JsonRows> {
    const types = (await this.connection.run(`SELECT * FROM ${RESULT} LIMIT 0`, [], { urgent: true })).columnTypes();
    const row = jsonRow(this.columns, types.map(String));
    const write = async (from: number): Promise<string> => {
      const to = Math.min(from + JSON_ROWS, rowCount);
      const path = join(this.folder, `${randomUUID()}.json`);
      const query = `SELECT ${row} FROM ${RESULT} WHERE rowid >= ${from} AND rowid < ${to}`;
      const { rowsChanged } = await this.connection.run(copyJson(query, path), [], { urgent: true });
      assertWhole(rowsChanged, to - from);
      return path;
    };
    let next = write(0);
    try {
      for (let from = 0; from < rowCount; from += JSON_ROWS) {
        const path = await next;
        // The next rows are written while these go out.
        if (from + JSON_ROWS < rowCount) {
          next = write(from + JSON_ROWS);
          next.catch(() => undefined);
        }
        yield* jsonPieces(path, Math.min(JSON_ROWS, rowCount - from));
      }
    } finally {
      // Written, but not read to its end.
      await next.then((path) => rm(path, { force: true })).catch(() => undefined);
    }
  }

  async rowsWithin(bytes: number): Promise<{ readonly rowCount: number; readonly bytes: number }> {
    const sizes = this.columns.map(({ type }, c) => (TEXTS.has(type) ? `strlen(CAST(k${c} AS VARCHAR))` : '8'));
    const size = sizes.map((each) => `coalesce(${each}, 8)`).join(' + ') || '0';
    const total = await this.number(`SELECT sum(${size}) FROM ${RESULT}`);
    if (total <= bytes) return { rowCount: this.rowCount, bytes: total };
    const reached = `SELECT sum(${size}) OVER (ORDER BY rowid) AS reached FROM ${RESULT}`;
    return { rowCount: await this.number(`SELECT count(*) FROM (${reached}) WHERE reached <= ${bytes}`), bytes };
  }

  private async number(query: string): Promise<number> {
    const result = await this.connection.run(query, [], { urgent: true });
    return Number(result.getChunk(0).getColumnVector(0).getItem(0));
  }

  copyOut(
    options: CopyOptions,
    part: { readonly partition?: StagedPartition; readonly columns?: readonly number[] } = {},
  ): Promise<readonly CopiedFile[]> {
    const { firstRow, rowCount } = part.partition ?? { firstRow: 0, rowCount: this.rowCount };
    const positions = part.columns ?? this.columns.map((_, c) => c);
    return copyRows(
      this.connection,
      { table: RESULT, firstRow, endRow: firstRow + rowCount },
      positions.map((c) => ({ expression: `k${c}`, name: this.columns[c]!.name, type: this.columns[c]!.type })),
      options,
    );
  }

  close(): Promise<void> {
    return this.connection.close();
  }
}

/** Pages, partitions and files are ranges of row ids: a gap would lose rows without a word. */
export function assertWhole(rows: number, expected: number): void {
  if (rows !== expected)
    throw new KustoError(
      'General_InternalServerError',
      `The engine gave ${rows} rows of a result where it holds ${expected}.`,
    );
}

export function readable(column: ColumnSchema, position: number): string {
  const name = `k${position}`;
  return column.type === 'string' ? decodable(name) : name;
}

async function findPartitions(
  connection: EngineConnection,
  columns: readonly ColumnSchema[],
  partitionBy: readonly number[],
  rowCount: number,
): Promise<readonly StagedPartition[]> {
  if (rowCount === 0) return [];
  if (partitionBy.length === 0) return [{ values: [], firstRow: 0, rowCount }];
  const keys = partitionBy.map((c) => `k${c}`).join(', ');
  const result = await connection.run(
    `SELECT ${partitionBy.map((c) => readable(columns[c]!, c)).join(', ')}, min(rowid), count(*), max(rowid) FROM ${RESULT} GROUP BY ${keys} ORDER BY min(rowid)`,
  );
  const count: ColumnSchema = { name: 'count', type: 'long' };
  const batch = readResult(result, [...partitionBy.map((c) => columns[c]!), count, count, count]);
  const [first, counts, last] = batch.columns.slice(partitionBy.length) as bigint[][];
  return Array.from({ length: batch.rowCount }, (_, row) => {
    assertWhole(Number(counts![row]), Number(last![row]! - first![row]!) + 1);
    return {
      values: partitionBy.map((_key, k) => batch.columns[k]![row]!),
      firstRow: Number(first![row]),
      rowCount: Number(counts![row]),
    };
  });
}
