import type { JsonRows, WrittenRows } from '../engines/engine.js';
import type { ColumnBatch } from '../values/index.js';
import { setting, type Settings } from '../language/settings.js';

/** Truncation of results (reference: query limits page). */
export interface ResultLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export const DEFAULT_MAX_RECORDS = 500_000;
export const DEFAULT_MAX_BYTES = 67_108_864;

export function resultLimits(settings: Settings): ResultLimits {
  const number = (name: string): number | undefined => {
    const given = setting<bigint>(settings, name, 'long');
    return given === undefined ? undefined : Number(given);
  };
  const maxRecords = number('truncationmaxrecords');
  const maxBytes = number('truncationmaxsize');
  // The reference ignores notruncation where a limit is given beside it.
  const limited = maxRecords !== undefined || maxBytes !== undefined || takenRecords(settings) !== undefined;
  if (setting<boolean>(settings, 'notruncation', 'bool') === true && !limited) {
    return { maxRecords: Infinity, maxBytes: Infinity };
  }
  return { maxRecords: maxRecords ?? DEFAULT_MAX_RECORDS, maxBytes: maxBytes ?? DEFAULT_MAX_BYTES };
}

/** `query_take_max_records`: no result has more, and that is no truncation. */
export const takenRecords = (settings: Settings): bigint | undefined =>
  setting<bigint>(settings, 'query_take_max_records', 'long');

export interface Truncation {
  readonly code: 'E_QUERY_RESULT_SET_TOO_LARGE';
  readonly message: string;
}

/** Counts what goes out over all tables of a result and cuts where a limit is reached. */
export class ResultMeter {
  private records = 0;
  private bytes = 0;
  truncation: Truncation | null = null;

  constructor(private readonly limits: ResultLimits) {}

  async *cut(batches: AsyncIterable<ColumnBatch>): AsyncIterable<ColumnBatch> {
    for await (const batch of batches) {
      const room = this.limits.maxRecords - this.records;
      if (batch.rowCount > room) {
        this.truncation ??= this.tooLarge(`${this.limits.maxRecords} records`);
        if (room > 0) yield firstRows(batch, room);
        this.records = this.limits.maxRecords;
        return;
      }
      this.records += batch.rowCount;
      if (this.limits.maxBytes !== Infinity) {
        const size = sizeOf(batch);
        if (this.bytes + size > this.limits.maxBytes) {
          this.truncation ??= this.tooLarge(`${this.limits.maxBytes} bytes`);
          const rows = Math.floor((batch.rowCount * (this.limits.maxBytes - this.bytes)) / size);
          if (rows > 0) yield firstRows(batch, rows);
          this.bytes = this.limits.maxBytes;
          return;
        }
        this.bytes += size;
      }
      yield batch;
    }
  }

  /** The same for the rows of a result as JSON. */
  async *cutJson(rowCount: number, written: WrittenRows): AsyncIterable<JsonRows> {
    let rows = Math.min(rowCount, this.limits.maxRecords - this.records);
    if (rows < rowCount) this.truncation ??= this.tooLarge(`${this.limits.maxRecords} records`);
    if (this.limits.maxBytes !== Infinity) {
      const room = this.limits.maxBytes - this.bytes;
      const within = await written.rowsWithin(room);
      this.bytes += within.bytes;
      if (within.rowCount < rows) {
        this.truncation ??= this.tooLarge(`${this.limits.maxBytes} bytes`);
        this.bytes = this.limits.maxBytes;
        rows = within.rowCount;
      }
    }
    this.records += rows;
    if (rows > 0) yield* written.json(rows);
  }

  private tooLarge(what: string): Truncation {
    return {
      code: 'E_QUERY_RESULT_SET_TOO_LARGE',
      message:
        `The results of this query exceed the set limit of ${what}, so not all records were returned ` +
        '(E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003). Aggregate or filter the result, or set notruncation, truncationmaxrecords or truncationmaxsize.',
    };
  }
}

function firstRows(batch: ColumnBatch, rowCount: number): ColumnBatch {
  return { rowCount, columns: batch.columns.map((column) => column.slice(0, rowCount)) };
}

/** Bytes of the values: 8 each, and a string's characters. */
function sizeOf(batch: ColumnBatch): number {
  let size = 0;
  for (const column of batch.columns) {
    for (const value of column) size += typeof value === 'string' ? value.length : 8;
  }
  return size;
}
