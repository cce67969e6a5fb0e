import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { KustoError } from '../errors/index.js';
import type { ObjectStore } from '../storage/object-store.js';
import { detectFormat, type IngestionFormat } from './formats.js';
import { takeLocalFile } from './local-paths.js';
import { unzip } from './zip.js';

export type IngestionSource =
  /** A path that a command names; allowed under the configured roots only. */
  | { readonly kind: 'local'; readonly path: string }
  /** An object of a store; `location` is its address without credentials. */
  | { readonly kind: 'object'; readonly store: ObjectStore; readonly name: string; readonly location: string };

/** A file in the exchange directory that the engine can read. */
export interface FetchedFile {
  readonly path: string;
  readonly location: string;
  readonly format: IngestionFormat;
  readonly gzip: boolean;
}

/** What stands behind these names was given; without it, what the name of the source tells; else CSV. */
export interface FetchOptions {
  readonly format?: IngestionFormat;
  readonly treatGzAsUncompressed?: boolean;
  readonly signal?: AbortSignal;
}

/** A folder of one ingestion inside the exchange directory; everything in it goes with `remove`. */
export class FetchFolder {
  private constructor(
    private readonly path: string,
    private readonly localRoots: readonly string[],
  ) {}

  static async create(exchangeDirectory: string, localRoots: readonly string[]): Promise<FetchFolder> {
    const path = join(exchangeDirectory, INGEST_FOLDER, randomUUID());
    await mkdir(path, { recursive: true });
    return new FetchFolder(path, localRoots);
  }

  async fetch(source: IngestionSource, options: FetchOptions): Promise<readonly FetchedFile[]> {
    const location = source.kind === 'local' ? source.path : source.location;
    const detected = detectFormat(location);
    const format = options.format ?? detected.format ?? 'csv';
    const fetched = this.newFile();
    if (source.kind === 'local') await takeLocalFile(source.path, this.localRoots, fetched);
    else await source.store.getFile(source.name, fetched, options.signal);
    if (detected.compression === 'zip') {
      const files = await unzip(fetched, () => this.newFile());
      return files.map((path) => ({ path, location, format, gzip: false }));
    }
    const gzip = detected.compression === 'gzip' && !options.treatGzAsUncompressed;
    if (!gzip || (format !== 'raw' && format !== 'parquet')) return [{ path: fetched, location, format, gzip }];
    return [{ path: await this.unpack(fetched, location), location, format, gzip: false }];
  }

  async write(text: string, format: IngestionFormat): Promise<FetchedFile> {
    const path = this.newFile();
    await writeFile(path, text);
    return { path, location: 'inline', format, gzip: false };
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true, force: true });
  }

  private newFile(): string {
    return join(this.path, randomUUID());
  }

  /** For the formats that the engine does not unpack itself. */
  private async unpack(packed: string, location: string): Promise<string> {
    const path = this.newFile();
    try {
      await pipeline(createReadStream(packed), createGunzip(), createWriteStream(path));
    } catch (error) {
      throw new KustoError('BadRequest_InvalidArchive', `'${location}' is not a valid gzip file.`, { cause: error });
    }
    return path;
  }
}

const INGEST_FOLDER = 'ingest';

/** Removes what ingestions left that a kill cut off. At start only. */
export function clearFetched(exchangeDirectory: string): Promise<void> {
  return rm(join(exchangeDirectory, INGEST_FOLDER), { recursive: true, force: true });
}
