import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { KustoError } from '../../errors/index.js';
import type { StorageAddress } from '../address.js';
import type { StoreCredential } from '../credential.js';
import { checkObjectName, objectUrl } from '../object-name.js';
import type { ObjectInfo, ObjectStore, PutOptions } from '../object-store.js';
import type { StoreOptions } from '../store-options.js';
import { s3Client } from './client.js';
import { s3Error, statusOf } from './errors.js';

/** Bytes sent or read in one request, so that a deadline a request bounds a stall, not a size; S3 takes 10,000 parts. */
const PART_SIZE = 16 * 1024 * 1024;
const PAGE_SIZE = 1000;
const DEFAULT_DEADLINE = 60_000;

type S3Address = Extract<StorageAddress, { kind: 's3' }>;

/** Amazon S3, and services that speak its protocol with conditional writes (`If-None-Match: *`). */
export class S3Store implements ObjectStore {
  readonly #address: string;
  readonly #target: S3Address;
  readonly #credential: StoreCredential;
  readonly #deadline: number;
  readonly #client: S3Client;

  constructor(address: string, target: S3Address, credential: StoreCredential, options: StoreOptions) {
    this.#address = address;
    this.#target = target;
    this.#credential = credential;
    this.#deadline = options.requestDeadline ?? DEFAULT_DEADLINE;
    this.#client = s3Client(target, credential, options);
  }

  urlOf(name: string): string {
    return objectUrl(this.#address, name);
  }

  async putFile(name: string, localPath: string, options: PutOptions): Promise<'created' | 'exists'> {
    checkObjectName(name);
    const file = await open(localPath, 'r');
    try {
      const { size } = await file.stat();
      const object = {
        ...this.#key(name),
        ContentType: options.contentType ?? 'application/octet-stream',
        Metadata: { sha256: options.sha256 },
      };
      return size <= PART_SIZE
        ? await this.#putWhole(name, file, size, object, options)
        : await this.#putParts(name, file, size, object, options);
    } finally {
      await file.close();
    }
  }

  async #putWhole(
    name: string,
    file: FileHandle,
    size: number,
    object: ObjectHead,
    { sha256, signal }: PutOptions,
  ): Promise<'created' | 'exists'> {
    const body = await readPart(file, 0, size);
    this.#checkHash(name, createHash('sha256').update(body).digest('hex'), sha256);
    return this.#createOnly(name, signal, (abortSignal) =>
      this.#client.send(new PutObjectCommand({ ...object, Body: body, IfNoneMatch: '*' }), { abortSignal }),
    );
  }

  /** Parts are invisible until the upload is completed. */
  async #putParts(
    name: string,
    file: FileHandle,
    size: number,
    object: ObjectHead,
    { sha256, signal }: PutOptions,
  ): Promise<'created' | 'exists'> {
    const { UploadId } = await this.#request(name, signal, (abortSignal) =>
      this.#client.send(new CreateMultipartUploadCommand(object), { abortSignal }),
    );
    const upload = { ...this.#key(name), UploadId };
    try {
      const hash = createHash('sha256');
      const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
      for (let start = 0; start < size; start += PART_SIZE) {
        const Body = await readPart(file, start, Math.min(PART_SIZE, size - start));
        hash.update(Body);
        const PartNumber = Parts.length + 1;
        const { ETag } = await this.#request(name, signal, (abortSignal) =>
          this.#client.send(new UploadPartCommand({ ...upload, PartNumber, Body }), { abortSignal }),
        );
        Parts.push({ PartNumber, ETag });
      }
      this.#checkHash(name, hash.digest('hex'), sha256);
      const command = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, IfNoneMatch: '*' });
      const result = await this.#createOnly(name, signal, (abortSignal) => this.#client.send(command, { abortSignal }));
      if (result === 'exists') await this.#abandon(upload);
      return result;
    } catch (error) {
      await this.#abandon(upload);
      throw error;
    }
  }

  /** What stays of it is invisible, and paid for; a rule of the bucket may end it (AbortIncompleteMultipartUpload). */
  async #abandon(upload: { Bucket: string; Key: string; UploadId: string | undefined }): Promise<void> {
    const abortSignal = AbortSignal.timeout(this.#deadline);
    await this.#client.send(new AbortMultipartUploadCommand(upload), { abortSignal }).catch(() => undefined);
  }

  async #createOnly(
    name: string,
    signal: AbortSignal | undefined,
    send: (abortSignal: AbortSignal) => Promise<unknown>,
  ): Promise<'created' | 'exists'> {
    return this.#request(name, signal, async (abortSignal) => {
      try {
        await send(abortSignal);
        return 'created';
      } catch (error) {
        if (statusOf(error) === 412) return 'exists';
        // Two writers at once: the one who is told so looks whether the other has won.
        if (statusOf(error) === 409 && (await this.head(name, signal)) !== undefined) return 'exists';
        throw error;
      }
    });
  }

  async head(name: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    return this.#request(name, signal, async (abortSignal) => {
      try {
        const found = await this.#client.send(new HeadObjectCommand(this.#key(name)), { abortSignal });
        return info(name, found.ContentLength, found.LastModified, found.Metadata?.['sha256']);
      } catch (error) {
        // An answer to HEAD has no body that would tell a missing bucket from a missing object.
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    });
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo> {
    const { bucket, path } = this.#target;
    const folder = path === '' ? '' : `${path}/`;
    let ContinuationToken: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: folder + prefix,
        MaxKeys: PAGE_SIZE,
        ContinuationToken,
      });
      const page = await this.#request('', signal, (abortSignal) => this.#client.send(command, { abortSignal }));
      for (const { Key = '', Size, LastModified } of page.Contents ?? []) {
        // Consoles make an empty object for a folder.
        if (!Key.endsWith('/')) yield info(Key.slice(folder.length), Size, LastModified);
      }
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  async getFile(name: string, localPath: string, signal?: AbortSignal): Promise<void> {
    const key = this.#key(name);
    const found = await this.#request(name, signal, (abortSignal) =>
      this.#client.send(new HeadObjectCommand(key), { abortSignal }),
    );
    const size = found.ContentLength ?? 0;
    try {
      await (await open(localPath, 'w')).close();
      for (let start = 0; start < size; start += PART_SIZE) {
        const count = Math.min(PART_SIZE, size - start);
        const command = new GetObjectCommand({
          ...key,
          Range: `bytes=${start}-${start + count - 1}`,
          IfMatch: found.ETag,
        });
        await this.#request(name, signal, async (abortSignal) => {
          const part = await this.#client.send(command, { abortSignal });
          const target = createWriteStream(localPath, { flags: 'r+', start });
          await pipeline(part.Body as Readable, target, { signal: abortSignal });
          if (target.bytesWritten !== count) {
            const got = start + target.bytesWritten;
            throw new KustoError('Storage_Truncated', `${this.urlOf(name)}: only ${got} of ${size} bytes arrived.`);
          }
        });
      }
    } catch (error) {
      await rm(localPath, { force: true });
      throw s3Error(error, this.urlOf(name), this.#credential, signal);
    }
  }

  async delete(name: string, signal?: AbortSignal): Promise<void> {
    checkObjectName(name);
    await this.#request(name, signal, (abortSignal) =>
      this.#client.send(new DeleteObjectCommand(this.#key(name)), { abortSignal }),
    );
  }

  #key(name: string): { Bucket: string; Key: string } {
    if (name !== '') checkObjectName(name);
    const { bucket, path } = this.#target;
    return { Bucket: bucket, Key: [path, name].filter((part) => part !== '').join('/') };
  }

  #checkHash(name: string, found: string, expected: string): void {
    if (found === expected) return;
    throw new KustoError('Storage_SourceChanged', `The file for ${this.urlOf(name)} is not the one that was hashed.`);
  }

  /** One request: under the deadline, its failure coded. */
  async #request<T>(
    name: string,
    signal: AbortSignal | undefined,
    send: (abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const deadline = AbortSignal.timeout(this.#deadline);
    try {
      return await send(signal ? AbortSignal.any([signal, deadline]) : deadline);
    } catch (error) {
      throw s3Error(error, this.urlOf(name), this.#credential, signal);
    }
  }
}

interface ObjectHead {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
  readonly Metadata: Record<string, string>;
}

async function readPart(file: FileHandle, start: number, size: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, start);
  return buffer.subarray(0, bytesRead);
}

function info(name: string, size: number | undefined, lastModified?: Date, sha256?: string): ObjectInfo {
  return { name, size: size ?? 0, ...(sha256 && { sha256 }), ...(lastModified && { lastModified }) };
}
