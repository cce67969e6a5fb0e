import type { ContainerClient } from '@azure/storage-blob';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** What somebody finds who reads the files themselves. */
export interface ContainerAccount {
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  /** Ids from 1 to the expected number that no file holds. */
  readonly missing: number;
  /** Records beyond the first of their id, and records whose id was never given out. */
  readonly doubled: number;
  readonly delay: string;
  readonly distance: string;
}

/**
 * Reads every Parquet file of a container, whole, and counts how often each record id stands there. `live`: the files that
 * count, where something else than their being there says so.
 */
export async function readContainer(
  container: ContainerClient,
  expected: number,
  live?: ReadonlySet<string>,
): Promise<ContainerAccount> {
  const seen = new Uint8Array(expected + 1);
  let [files, bytes, records, distinct, delay, distance] = [0, 0, 0, 0, 0n, 0n];
  for await (const blob of container.listBlobsFlat()) {
    if (live && !live.has(blob.name)) continue;
    const content = await container.getBlobClient(blob.name).downloadToBuffer();
    const file = new Uint8Array(content).buffer;
    const rows = await parquetReadObjects({ file, compressors, columns: ['Id', 'Delay', 'Distance'] });
    for (const row of rows) {
      const id = Number(row['Id']);
      delay += BigInt(row['Delay'] as bigint);
      distance += BigInt(row['Distance'] as bigint);
      if (id >= 1 && id <= expected && seen[id] === 0) {
        seen[id] = 1;
        distinct++;
      }
    }
    files++;
    bytes += content.length;
    records += rows.length;
  }
  const sums = { delay: String(delay), distance: String(distance) };
  return { files, bytes, records, missing: expected - distinct, doubled: records - distinct, ...sums };
}
