import type { ColumnBatch } from '../values/index.js';
import type { RequestOptions } from './query-service.js';

/** Truncation of results (reference: query limits page). */
export interface ResultLimits {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export const DEFAULT_MAX_RECORDS = 500_000;
export const DEFAULT_MAX_BYTES = 67_108_864;

export function resultLimits(options: RequestOptions): ResultLimits {
  if (options['notruncation'] === true) return { maxRecords: Infinity, maxBytes: Infinity };
  const number = (name: string, otherwise: number): number => {
    const given = options[name];
    return typeof given === 'number' || typeof given === 'bigint' ? Number(given) : otherwise;
  };
  return {
    maxRecords: number('truncationmaxrecords', DEFAULT_MAX_RECORDS),
    maxBytes: number('truncationmaxsize', DEFAULT_MAX_BYTES),
  };
}

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
        this.truncation ??= this.tooLarge(`more than ${this.limits.maxRecords} records`);
        if (room > 0) yield firstRows(batch, room);
        this.records = this.limits.maxRecords;
        return;
      }
      this.records += batch.rowCount;
      if (this.limits.maxBytes !== Infinity) {
        const size = sizeOf(batch);
        if (this.bytes + size > this.limits.maxBytes) {
          this.truncation ??= this.tooLarge(`more than ${this.limits.maxBytes} bytes`);
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

  private tooLarge(what: string): Truncation {
    return {
      code: 'E_QUERY_RESULT_SET_TOO_LARGE',
      message:
        `Query result set has exceeded the internal limit: ${what}. ` +
        'Aggregate or filter the result, or set notruncation, truncationmaxrecords or truncationmaxsize.',
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
