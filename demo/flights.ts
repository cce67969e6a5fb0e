import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

/** All records of the data set: three million flights within the United States, January to June 2001. */
export const ALL_FLIGHTS = 3_000_000;

/** Columns of the table, of the slices and of the exported files. */
export const SCHEMA = 'Id: long, Date: datetime, Delay: long, Distance: long, Origin: string, Destination: string';

export interface Slice {
  readonly path: string;
  readonly records: number;
}

/** What every way of reading the records must find again. */
export interface Flights {
  readonly slices: readonly Slice[];
  readonly records: number;
  readonly delay: bigint;
  readonly distance: bigint;
}

/** A development package that is installed beside us; its exports hide its data from `import.meta.resolve`. */
const SOURCE = fileURLToPath(new URL('../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url));

/**
 * Cuts the flights into Parquet files, in order of time, each record with an id from 1 up. Of fewer records than all,
 * every n-th is taken, so that the days stay the same.
 */
export async function cutIntoSlices(folder: string, records: number, count: number): Promise<Flights> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const every = Math.floor(ALL_FLIGHTS / records);
    await connection.run(`CREATE TABLE flights AS
      SELECT file_row_number // ${every} + 1 AS "Id", date AS "Date", delay AS "Delay", distance AS "Distance",
             origin AS "Origin", destination AS "Destination"
      FROM read_parquet('${SOURCE}', file_row_number = true)
      WHERE file_row_number % ${every} = 0 AND file_row_number // ${every} < ${records}`);
    const bounds = Array.from({ length: count + 1 }, (_, i) => Math.floor((i * records) / count));
    const slices: Slice[] = [];
    for (let i = 0; i < count; i++) {
      const [from, to] = [bounds[i] as number, bounds[i + 1] as number];
      const path = join(folder, `flights-${String(i + 1).padStart(2, '0')}.parquet`);
      await connection.run(
        `COPY (FROM flights WHERE "Id" > ${from} AND "Id" <= ${to} ORDER BY "Id") TO '${path}' (FORMAT parquet)`,
      );
      slices.push({ path, records: to - from });
    }
    const sums = await connection.runAndReadAll('SELECT count(*), sum("Delay"), sum("Distance") FROM flights');
    const [rows, delay, distance] = sums.getRows()[0] as [bigint, bigint, bigint];
    return { slices, records: Number(rows), delay, distance };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
