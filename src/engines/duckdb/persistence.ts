import type { CatalogChanges, CatalogPersistence, LoadedCatalog } from '../../catalog/catalog.js';
import type { Entity, ExportedArtifact, ExportFailure, Extent, OperationRecord } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import type { ColumnSchema, KustoValue } from '../../values/index.js';
import type { EngineConnection } from './connection.js';
import { readResult } from './values.js';
import { DuckDbWriteSession } from './write-session.js';

const URGENT = { urgent: true } as const;
/** Rows of one INSERT statement. */
const INSERT_ROWS = 500;

/** The catalog in the engine's own file: an engine write and the catalog's changes are one DuckDB transaction. */
export class DuckDbPersistence implements CatalogPersistence {
  private seq = 0n;
  private connection: Promise<EngineConnection> | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly connect: () => Promise<EngineConnection>) {}

  async load(): Promise<LoadedCatalog> {
    await this.transaction(compact);
    const entities = await this.select('SELECT json FROM catalog.entity ORDER BY seq', [], { json: 'string' });
    const [marks] = await this.select(
      `SELECT coalesce(max(cursor), 0), coalesce(max(extent_number), 0), coalesce(max(ingestion_time), 0),
         greatest((SELECT coalesce(max(seq), 0) FROM catalog.entity), (SELECT coalesce(max(seq), 0) FROM catalog.operation))
       FROM catalog.mark`,
      [],
      { cursor: 'long', extent: 'long', time: 'long', seq: 'long' },
    );
    const [cursor, extentNumber, ingestionTime, seq] = marks as [bigint, bigint, bigint, bigint];
    this.seq = seq;
    return {
      entities: entities.map(([json]) => JSON.parse(json as string) as Entity),
      cursor,
      extentNumber,
      ingestionTime,
    };
  }

  async commit(changes: CatalogChanges): Promise<void> {
    const write = (connection: EngineConnection) => this.insertChanges(connection, changes);
    const [session, second] = changes.writes;
    if (second) throw new KustoError('General_InternalServerError', 'One commit takes one engine write.');
    if (!session) await this.transaction(write);
    else if (session instanceof DuckDbWriteSession) await session.commit(write);
    else throw new KustoError('General_InternalServerError', 'The write belongs to another engine.');
  }

  async extents(tableId: string, after: bigint | undefined, upTo: bigint | undefined): Promise<readonly Extent[]> {
    const conditions = ['table_id = $1'];
    const parameters: KustoValue[] = [tableId];
    if (after !== undefined) conditions.push(`cursor > $${parameters.push(after)}`);
    if (upTo !== undefined) conditions.push(`cursor <= $${parameters.push(upTo)}`);
    const rows = await this.select(
      `SELECT number, id, table_id, cursor, ingestion_time, row_count, tags, is_timed FROM catalog.extent
       WHERE ${conditions.join(' AND ')} ORDER BY cursor`,
      parameters,
      {
        number: 'long',
        id: 'string',
        table: 'string',
        cursor: 'long',
        time: 'long',
        rows: 'long',
        tags: 'string',
        timed: 'bool',
      },
    );
    return rows.map(([number, id, table, cursor, time, rowCount, tags, isTimed]) => ({
      number: number as bigint,
      id: id as string,
      tableId: table as string,
      cursor: cursor as bigint,
      ingestionTime: time as bigint,
      rowCount: Number(rowCount),
      tags: JSON.parse(tags as string) as string[],
      isTimed: isTimed as boolean,
    }));
  }

  async timeOfCursor(cursor: bigint): Promise<bigint | undefined> {
    const [row] = await this.select('SELECT max(ingestion_time) FROM catalog.mark WHERE cursor <= $1', [cursor], {
      time: 'long',
    });
    return (row![0] as bigint | null) ?? undefined;
  }

  artifacts(jobId: string): Promise<readonly ExportedArtifact[]> {
    return this.documents('SELECT json FROM catalog.artifact WHERE job_id = $1 ORDER BY timestamp, rowid', [jobId]);
  }

  failures(jobId: string): Promise<readonly ExportFailure[]> {
    return this.documents('SELECT json FROM catalog.failure WHERE job_id = $1 ORDER BY timestamp, rowid', [jobId]);
  }

  async prune(before: string): Promise<void> {
    await this.transaction(async (connection) => {
      for (const table of ['artifact', 'failure', 'operation'])
        await connection.run(`DELETE FROM catalog.${table} WHERE timestamp < $1`, [before], URGENT);
    });
  }

  async putOperation(record: OperationRecord): Promise<void> {
    await this.transaction((connection) =>
      insert(connection, 'operation', [[++this.seq, record.id, record.lastUpdatedOn, JSON.stringify(record)]]),
    );
  }

  operations(ids?: readonly string[]): Promise<readonly OperationRecord[]> {
    const only = ids ? `WHERE id IN (${ids.map((_, k) => `$${k + 1}`).join(', ') || 'NULL'})` : '';
    return this.documents(
      `SELECT arg_max(json, seq) FROM catalog.operation ${only} GROUP BY id ORDER BY max(seq)`,
      ids ?? [],
    );
  }

  async close(): Promise<void> {
    await this.turn;
    await (await this.connection)?.close();
  }

  private async insertChanges(connection: EngineConnection, changes: CatalogChanges): Promise<void> {
    const { extents } = changes;
    await insert(connection, 'entity', [
      ...changes.deletes.map(({ kind, id }) => [++this.seq, kind, id, null]),
      ...changes.puts.map((entity) => [++this.seq, entity.kind, entity.id, JSON.stringify(entity)]),
    ]);
    await insert(
      connection,
      'extent',
      extents.map((extent) => [
        extent.number,
        extent.id,
        extent.tableId,
        extent.cursor,
        extent.ingestionTime,
        BigInt(extent.rowCount),
        JSON.stringify(extent.tags),
        extent.isTimed,
      ]),
    );
    await insert(
      connection,
      'mark',
      extents.map((extent) => [extent.cursor, extent.number, extent.ingestionTime]),
    );
    if (changes.droppedExtents.length > 0)
      await connection.run(
        `DELETE FROM catalog.extent WHERE number IN (${changes.droppedExtents.join(', ')})`,
        [],
        URGENT,
      );
    await insert(
      connection,
      'artifact',
      changes.artifacts.map((artifact) => [artifact.jobId, artifact.timestamp, JSON.stringify(artifact)]),
    );
    await insert(
      connection,
      'failure',
      changes.failures.map((failure) => [failure.jobId, failure.timestamp, JSON.stringify(failure)]),
    );
  }

  /** On the catalog's own connection, one after the other. */
  private transaction(work: (connection: EngineConnection) => Promise<void>): Promise<void> {
    const result = this.turn.then(async () => {
      const connection = await this.own();
      await connection.run('BEGIN', [], URGENT);
      try {
        await work(connection);
        await connection.run('COMMIT', [], URGENT);
      } catch (error) {
        await connection.run('ROLLBACK', [], URGENT).catch(() => undefined);
        throw error;
      }
    });
    this.turn = result.catch(() => undefined);
    return result;
  }

  /** Reads never stand in a write's transaction, so they have a connection of their own. */
  private async select(
    sql: string,
    parameters: readonly KustoValue[],
    columns: Readonly<Record<string, ColumnSchema['type']>>,
  ): Promise<KustoValue[][]> {
    const connection = await this.connect();
    try {
      const result = await connection.run(sql, parameters, URGENT);
      const batch = readResult(
        result,
        Object.entries(columns).map(([name, type]) => ({ name, type })),
      );
      return Array.from({ length: batch.rowCount }, (_, row) => batch.columns.map((column) => column[row]!));
    } finally {
      await connection.close();
    }
  }

  private async documents<T>(sql: string, parameters: readonly KustoValue[]): Promise<T[]> {
    const rows = await this.select(sql, parameters, { json: 'string' });
    return rows.map(([json]) => JSON.parse(json as string) as T);
  }

  private own(): Promise<EngineConnection> {
    return (this.connection ??= this.connect());
  }
}

async function insert(connection: EngineConnection, table: string, rows: readonly KustoValue[][]): Promise<void> {
  for (let from = 0; from < rows.length; from += INSERT_ROWS) {
    const some = rows.slice(from, from + INSERT_ROWS);
    const parameters: KustoValue[] = [];
    const values = some.map((row) => `(${row.map((value) => `$${parameters.push(value)}`).join(', ')})`);
    await connection.run(`INSERT INTO catalog.${table} VALUES ${values.join(', ')}`, parameters, URGENT);
  }
}

/** Removes what newer rows have replaced. */
async function compact(connection: EngineConnection): Promise<void> {
  for (const [table, key] of [
    ['entity', 'kind, id'],
    ['operation', 'id'],
  ] as const)
    await connection.run(
      `DELETE FROM catalog.${table} WHERE seq NOT IN (SELECT max(seq) FROM catalog.${table} GROUP BY ${key})`,
      [],
      URGENT,
    );
  await connection.run('DELETE FROM catalog.entity WHERE json IS NULL', [], URGENT);
}
