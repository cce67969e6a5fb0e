import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { BlobClient, ContainerClient } from '@azure/storage-blob';
import { KustoError } from '../../errors/index.js';
import type { StorageAddress } from '../address.js';
import type { StoreCredential } from '../credential.js';
import { checkObjectName, objectUrl } from '../object-name.js';
import type { ObjectInfo, ObjectStore, PutOptions } from '../object-store.js';
import type { StoreOptions } from '../store-options.js';
import { containerClient } from './client.js';
import { codeOf, storageError, type Access } from './errors.js';

/** Bytes sent or read in one request, so that a deadline a request bounds a stall, not a size. */
const BLOCK_SIZE = 8 * 1024 * 1024;
const PAGE_SIZE = 1000;
const DEFAULT_DEADLINE = 60_000;

type BlobAddress = Extract<StorageAddress, { kind: 'blob' }>;

/** Blob Storage, and Data Lake Storage Gen2 and OneLake through their Blob endpoint. */
export class AzureBlobStore implements ObjectStore {
  readonly #address: string;
  readonly #path: string;
  readonly #credential: StoreCredential;
  readonly #deadline: number;
  readonly #container: ContainerClient;

  constructor(address: string, target: BlobAddress, credential: StoreCredential, options: StoreOptions) {
    this.#address = address;
    this.#path = target.path;
    this.#credential = credential;
    this.#deadline = options.requestDeadline ?? DEFAULT_DEADLINE;
    this.#container = containerClient(target, credential, options.certificateAuthority);
  }

  urlOf(name: string): string {
    return objectUrl(this.#address, name);
  }

  async putFile(name: string, localPath: string, options: PutOptions): Promise<'created' | 'exists'> {
    checkObjectName(name);
    const blob = this.#blob(name).getBlockBlobClient();
    const hash = createHash('sha256');
    const ids: string[] = [];
    const file = await open(localPath, 'r');
    try {
      const { size } = await file.stat();
      const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(BLOCK_SIZE, size)));
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length);
        if (bytesRead === 0) break;
        const block = buffer.subarray(0, bytesRead);
        hash.update(block);
        const id = blockId(options.sha256, ids.length);
        ids.push(id);
        await this.#request('write', name, options.signal, (abortSignal) =>
          blob.stageBlock(id, block, block.length, { abortSignal }),
        );
      }
    } finally {
      await file.close();
    }
    if (hash.digest('hex') !== options.sha256) {
      throw new KustoError('Storage_SourceChanged', `The file for ${this.urlOf(name)} is not the one that was hashed.`);
    }
    return this.#request('write', name, options.signal, async (abortSignal) => {
      try {
        await blob.commitBlockList(ids, {
          abortSignal,
          conditions: { ifNoneMatch: '*' },
          metadata: { sha256: options.sha256 },
          blobHTTPHeaders: { blobContentType: options.contentType ?? 'application/octet-stream' },
        });
        return 'created';
      } catch (error) {
        if (['BlobAlreadyExists', 'ConditionNotMet'].includes(codeOf(error))) return 'exists';
        throw error;
      }
    });
  }

  async head(name: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    return this.#request('read', name, signal, async (abortSignal) => {
      try {
        const found = await this.#blob(name).getProperties({ abortSignal });
        return info(name, found.contentLength ?? 0, found.metadata, found.lastModified);
      } catch (error) {
        if (isMissingBlob(error)) return undefined;
        throw error;
      }
    });
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo> {
    const folder = this.#path === '' ? '' : `${this.#path}/`;
    let continuationToken: string | undefined;
    do {
      const page = await this.#request('read', '', signal, async (abortSignal) => {
        const pages = this.#container
          .listBlobsFlat({ prefix: folder + prefix, includeMetadata: true, abortSignal })
          .byPage({ maxPageSize: PAGE_SIZE, ...(continuationToken ? { continuationToken } : {}) });
        return (await pages.next()).value;
      });
      for (const blob of page?.segment.blobItems ?? []) {
        // With a hierarchical namespace, folders are blobs of their own.
        if (blob.metadata?.['hdi_isfolder'] === 'true') continue;
        const { contentLength, lastModified } = blob.properties;
        yield info(blob.name.slice(folder.length), contentLength ?? 0, blob.metadata, lastModified);
      }
      continuationToken = page?.continuationToken || undefined;
    } while (continuationToken);
  }

  async getFile(name: string, localPath: string, signal?: AbortSignal): Promise<void> {
    const blob = this.#blob(name);
    const found = await this.#request('read', name, signal, (abortSignal) => blob.getProperties({ abortSignal }));
    const size = found.contentLength ?? 0;
    const conditions = found.etag ? { ifMatch: found.etag } : {};
    try {
      await (await open(localPath, 'w')).close();
      for (let start = 0; start < size; start += BLOCK_SIZE) {
        const count = Math.min(BLOCK_SIZE, size - start);
        await this.#request('read', name, signal, async (abortSignal) => {
          const part = await blob.download(start, count, { abortSignal, conditions, maxRetryRequests: 0 });
          if (!part.readableStreamBody) throw new Error('an answer without a body');
          const target = createWriteStream(localPath, { flags: 'r+', start });
          await pipeline(part.readableStreamBody, target, { signal: abortSignal });
          if (target.bytesWritten !== count) throw this.#truncated(name, start + target.bytesWritten, size);
        });
      }
    } catch (error) {
      await rm(localPath, { force: true });
      throw this.#failure(error, 'read', name, signal);
    }
  }

  async delete(name: string, signal?: AbortSignal): Promise<void> {
    checkObjectName(name);
    await this.#request('write', name, signal, async (abortSignal) => {
      try {
        await this.#blob(name).delete({ abortSignal });
      } catch (error) {
        if (!isMissingBlob(error)) throw error;
      }
    });
  }

  #blob(name: string): BlobClient {
    if (name !== '') checkObjectName(name);
    return this.#container.getBlobClient([this.#path, name].filter((part) => part !== '').join('/'));
  }

  /** One request: under the deadline, its failure coded. */
  async #request<T>(
    access: Access,
    name: string,
    signal: AbortSignal | undefined,
    send: (abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const deadline = AbortSignal.timeout(this.#deadline);
    try {
      return await send(signal ? AbortSignal.any([signal, deadline]) : deadline);
    } catch (error) {
      throw this.#failure(error, access, name, signal);
    }
  }

  #failure(error: unknown, access: Access, name: string, signal: AbortSignal | undefined): KustoError {
    return storageError(error, { url: this.urlOf(name), access, credential: this.#credential }, signal);
  }

  #truncated(name: string, got: number, size: number): KustoError {
    return new KustoError('Storage_Truncated', `${this.urlOf(name)}: only ${got} of ${size} bytes arrived.`);
  }
}

/**
 * Blocks of a blob that two writers stage at once share one name space: with the content's hash in the id, a commit
 * can never take in the other writer's block. All ids of a blob have the same length, as the service demands.
 */
function blockId(sha256: string, index: number): string {
  return Buffer.from(`${sha256.slice(0, 40)}-${String(index).padStart(6, '0')}`).toString('base64');
}

function isMissingBlob(error: unknown): boolean {
  return ['BlobNotFound', 'PathNotFound', 'ResourceNotFound'].includes(codeOf(error));
}

function info(name: string, size: number, metadata: Record<string, string> | undefined, lastModified?: Date) {
  const sha256 = metadata?.['sha256'];
  return { name, size, ...(sha256 ? { sha256 } : {}), ...(lastModified ? { lastModified } : {}) } satisfies ObjectInfo;
}
