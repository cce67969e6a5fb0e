/**
 * Somebody who has the storage account's key and no idea of Calypso. A program of its own, started by account.ts:
 *
 *   tsx demo/outsider.ts CONTAINER_URL RECORDS     with STORAGE_KEY in the environment; prints one line of JSON
 */
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { readContainer } from './read-container.js';

const [url, records] = process.argv.slice(2);
const key = process.env['STORAGE_KEY'];
if (url === undefined || records === undefined || key === undefined) {
  throw new Error('Usage: STORAGE_KEY=… tsx demo/outsider.ts CONTAINER_URL RECORDS');
}
const account = new URL(url).pathname.split('/')[1] as string;
const container = new ContainerClient(url, new StorageSharedKeyCredential(account, key));
console.log(JSON.stringify(await readContainer(container, Number(records))));
