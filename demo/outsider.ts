/**
 * Somebody who has the storage account's key and no idea of Calypso: lists the container, reads every Parquet file and
 * counts how often each record id stands there. A program of its own, started by account.ts:
 *
 *   tsx demo/outsider.ts CONTAINER_URL RECORDS     with STORAGE_KEY in the environment; prints one line of JSON
 */
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

export interface OutsidersAccount {
  readonly files: number;
  readonly bytes: number;
  readonly records: number;
  readonly missing: number;
  /** Records beyond the first of their id, and records whose id was never given out. */
  readonly doubled: number;
  readonly delay: string;
  readonly distance: string;
}

async function readAll(container: ContainerClient, expected: number): Promise<OutsidersAccount> {
  const seen = new Uint8Array(expected + 1);
  let [files, bytes, records, distinct, delay, distance] = [0, 0, 0, 0, 0n, 0n];
  for await (const blob of container.listBlobsFlat()) {
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

const [url, records] = process.argv.slice(2);
const key = process.env['STORAGE_KEY'];
if (url === undefined || records === undefined || key === undefined)
  throw new Error('CONTAINER_URL RECORDS, STORAGE_KEY');
const account = new URL(url).pathname.split('/')[1] as string;
const container = new ContainerClient(url, new StorageSharedKeyCredential(account, key));
console.log(JSON.stringify(await readAll(container, Number(records))));
