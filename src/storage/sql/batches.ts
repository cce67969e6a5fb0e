import type { ColumnBatch, KustoValue } from '../../values/index.js';
import type { ColumnPair } from './session.js';
import { fromText } from './values.js';

/** Rows of texts, in the order of `columns`, as a batch. */
export function batchOf(rows: readonly (readonly (string | null)[])[], columns: readonly ColumnPair[]): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: columns.map((column, index) => rows.map((row) => fromText(column, row[index] ?? null))),
  };
}

/** Each row's cells, as the writers of the columns say them. `record` counts from 1 over all batches. */
export async function* rowsOf<T>(
  batches: AsyncIterable<ColumnBatch>,
  writers: readonly ((value: KustoValue, record: number) => T)[],
): AsyncIterable<T[]> {
  let record = 0;
  for await (const { rowCount, columns } of batches) {
    for (let row = 0; row < rowCount; row++) {
      record++;
      yield writers.map((write, index) => write(columns[index]![row] ?? null, record));
    }
  }
}
