import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { rootCertificates } from 'node:tls';
import { KustoError } from '../../errors/index.js';
import type { StoreCredential } from '../credential.js';
import type { ObjectInfo, ObjectStore } from '../object-store.js';
import { requestError, type Failure } from '../request-error.js';
import type { StoreOptions } from '../store-options.js';

const DEFAULT_DEADLINE = 60_000;

/** An answer that is none of 2xx. */
class Refused extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`);
  }
}

/**
 * One file behind a URL, read by GET: public files of the web, presigned URLs. It never sends a credential beside the URL's
 * own query, and never follows a redirect: the callout policy was asked for this address, and for no other.
 */
export class WebStore implements ObjectStore {
  readonly #url: URL;
  readonly #deadline: number;
  readonly #ca: string[] | undefined;

  constructor(
    private readonly address: string,
    credential: StoreCredential,
    options: StoreOptions,
  ) {
    this.#url = new URL(address);
    if (credential.kind === 'sas') this.#url.search = credential.sas.reveal();
    this.#deadline = options.requestDeadline ?? DEFAULT_DEADLINE;
    this.#ca =
      options.certificateAuthority === undefined ? undefined : [...rootCertificates, options.certificateAuthority];
  }

  urlOf(name: string): string {
    return name === '' ? this.address : `${this.address}/${name}`;
  }

  putFile(): Promise<never> {
    return Promise.reject(this.#readOnly());
  }

  delete(): Promise<never> {
    return Promise.reject(this.#readOnly());
  }

  /** A URL of the web is a file, never a folder. */

  async *list(): AsyncIterable<ObjectInfo> {}

  /** By GET: the signature of a presigned URL is for one method. */
  async head(name: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    if (name !== '') return undefined;
    return this.#request(signal, async (abortSignal) => {
      try {
        const response = await this.#get({ range: 'bytes=0-0' }, abortSignal);
        response.destroy();
        const { 'content-range': range, 'content-length': length, 'last-modified': modified } = response.headers;
        const total = range === undefined ? length : /\/(\d+)$/.exec(range)?.[1];
        // A size that is not told is not nothing.
        return {
          name,
          size: total === undefined ? 1 : Number(total),
          ...(modified && { lastModified: new Date(modified) }),
        };
      } catch (error) {
        if (error instanceof Refused && error.status === 404) return undefined;
        // There is no first byte.
        if (error instanceof Refused && error.status === 416) return { name, size: 0 };
        throw error;
      }
    });
  }

  async getFile(name: string, localPath: string, signal?: AbortSignal): Promise<void> {
    if (name !== '') throw new KustoError('Storage_ObjectNotFound', `${this.urlOf(name)}: there is no such object.`);
    await this.#request(signal, async (abortSignal) => {
      try {
        const response = await this.#get({}, abortSignal);
        // A body that ends before its length is an error of the stream.
        await pipeline(response, createWriteStream(localPath), { signal: abortSignal });
      } catch (error) {
        await rm(localPath, { force: true });
        throw error;
      }
    });
  }

  #get(headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    const send = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const sent = send(this.#url, { headers, signal, agent: false, ...(this.#ca && { ca: this.#ca }) }, (response) => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) return resolve(response);
        response.destroy();
        reject(new Refused(status));
      });
      sent.once('error', reject);
      sent.end();
    });
  }

  async #request<T>(signal: AbortSignal | undefined, send: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = AbortSignal.timeout(this.#deadline);
    try {
      return await send(signal ? AbortSignal.any([signal, deadline]) : deadline);
    } catch (error) {
      throw requestError(error, this.address, signal, () =>
        error instanceof Refused ? answered(error.status) : undefined,
      );
    }
  }

  #readOnly(): KustoError {
    return new KustoError(
      'Storage_NotSupported',
      `${this.address} can be read only: it is neither an object store nor a folder.`,
    );
  }
}

function answered(status: number): Failure {
  const says = `the server answers ${status}`;
  switch (status) {
    case 401:
    case 403:
      return ['Storage_PermissionDenied', `${says}: the URL grants no read access, or it has expired.`];
    case 404:
    case 410:
      return ['Storage_ObjectNotFound', 'there is no such file.'];
    case 408:
    case 504:
      return ['Storage_Timeout', `${says}.`];
    case 429:
    case 503:
      return ['Storage_Throttled', `${says}: it is busy.`];
  }
  if (status >= 300 && status < 400) {
    return [
      'Storage_RequestRefused',
      `${says}: it redirects to another address. Write that address, so that the callout policy can be asked for it.`,
    ];
  }
  return status >= 500 ? ['Storage_ServerError', `${says}.`] : ['Storage_RequestRefused', `${says}.`];
}
