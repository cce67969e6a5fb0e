import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, readdir, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KustoError } from '../../errors/index.js';
import { checkObjectName, objectUrl } from '../object-name.js';
import type { ObjectInfo, ObjectStore, PutOptions } from '../object-store.js';
import { localError } from './errors.js';

/** Beside the data, so that a finished file can be linked to its name; never listed. */
const STAGING = '.calypso-staging';
/** Milliseconds after which a staged file belongs to a writer that is gone. */
const STAGED_FILE_LIFE = 24 * 3600 * 1000;

/** A folder of this machine, for development. The hash of an object is computed when it is asked for. */
export class LocalStore implements ObjectStore {
  readonly #url: string;
  readonly #folder: string;
  readonly #root: string;
  #swept: Promise<void> | undefined;

  /** Throws unless the folder lies under one of the roots, by its text; links are refused when they are met. */
  constructor(folder: string, roots: readonly string[]) {
    this.#folder = resolve(folder);
    const root = roots.map((r) => resolve(r)).find((r) => isInside(r, this.#folder));
    if (root === undefined) {
      throw new KustoError(
        'Storage_LocalPathRefused',
        `${this.#folder} lies under none of the folders that the configuration allows for local files.`,
      );
    }
    this.#root = root;
    this.#url = pathToFileURL(this.#folder).href;
  }

  urlOf(name: string): string {
    return objectUrl(this.#url, name);
  }

  async putFile(name: string, localPath: string, options: PutOptions): Promise<'created' | 'exists'> {
    checkObjectName(name);
    const path = this.#pathOf(name);
    return this.#guard(name, options.signal, async () => {
      await this.#refuseLinks(path);
      await mkdir(dirname(path), { recursive: true });
      const staged = await this.#stage(name, localPath, options);
      try {
        // A link, unlike a rename, fails where the name is taken.
        await link(staged, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return 'exists';
        throw error;
      } finally {
        await rm(staged, { force: true });
      }
      await syncFolder(dirname(path));
      return 'created';
    });
  }

  async head(name: string, signal?: AbortSignal): Promise<ObjectInfo | undefined> {
    return this.#guard(name, signal, async () => {
      const path = this.#pathOf(name);
      const found = await this.#stat(path);
      if (!found) return undefined;
      const hash = createHash('sha256');
      await pipeline(createReadStream(path), hash, { signal });
      return { name, size: found.size, sha256: hash.digest('hex'), lastModified: found.mtime };
    });
  }

  async *list(prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (folder !== '') checkObjectName(folder.slice(0, -1));
    yield* this.#walk(folder, prefix, signal);
  }

  async getFile(name: string, localPath: string, signal?: AbortSignal): Promise<void> {
    await this.#guard(name, signal, async () => {
      const path = this.#pathOf(name);
      const found = await this.#stat(path);
      if (!found) throw new KustoError('Storage_ObjectNotFound', `${this.urlOf(name)}: there is no such object.`);
      try {
        await copyFile(path, localPath, constants.COPYFILE_FICLONE);
        const { size } = await stat(localPath);
        if (size !== found.size) {
          throw new KustoError(
            'Storage_Truncated',
            `${this.urlOf(name)}: only ${size} of ${found.size} bytes arrived.`,
          );
        }
      } catch (error) {
        await rm(localPath, { force: true });
        throw error;
      }
    });
  }

  async delete(name: string, signal?: AbortSignal): Promise<void> {
    checkObjectName(name);
    await this.#guard(name, signal, async () => {
      const path = this.#pathOf(name);
      await this.#refuseLinks(path);
      await rm(path, { force: true });
    });
  }

  #pathOf(name: string): string {
    if (name === '') return this.#folder;
    checkObjectName(name);
    return join(this.#folder, name);
  }

  /** Undefined where there is no plain file. */
  async #stat(path: string) {
    await this.#refuseLinks(path);
    try {
      const found = await lstat(path);
      return found.isFile() ? found : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async *#walk(folder: string, prefix: string, signal?: AbortSignal): AsyncIterable<ObjectInfo> {
    const path = join(this.#folder, folder);
    const entries = await this.#guard(folder, signal, async () => {
      await this.#refuseLinks(path);
      try {
        return await readdir(path, { withFileTypes: true });
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    });
    // In the order of the full names, as an object store lists them.
    const names = entries
      .filter((e) => (e.isDirectory() && e.name !== STAGING) || e.isFile())
      .map((e) => folder + e.name + (e.isDirectory() ? '/' : ''))
      .sort(byCodeUnits);
    for (const name of names) {
      if (name.endsWith('/')) {
        if (name.startsWith(prefix) || prefix.startsWith(name)) yield* this.#walk(name, prefix, signal);
      } else if (name.startsWith(prefix)) {
        const found = await this.#guard(name, signal, () => this.#stat(join(this.#folder, name)));
        if (found) yield { name, size: found.size, lastModified: found.mtime };
      }
    }
  }

  /** A durable copy under a hidden name. */
  async #stage(name: string, localPath: string, options: PutOptions): Promise<string> {
    const folder = join(this.#root, STAGING);
    await mkdir(folder, { recursive: true });
    await (this.#swept ??= sweep(folder));
    const staged = join(folder, randomUUID());
    const hash = createHash('sha256');
    const hashed = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    try {
      const target = createWriteStream(staged, { flags: 'wx', flush: true });
      await pipeline(createReadStream(localPath), hashed, target, { signal: options.signal });
      if (hash.digest('hex') !== options.sha256) {
        throw new KustoError(
          'Storage_SourceChanged',
          `The file for ${this.urlOf(name)} is not the one that was hashed.`,
        );
      }
    } catch (error) {
      await rm(staged, { force: true });
      throw error;
    }
    return staged;
  }

  /** Walks from the allowed root down: a link on the way could lead anywhere. */
  async #refuseLinks(path: string): Promise<void> {
    // The root itself may be reached over a link: the operator chose it.
    let at = await realpath(this.#root).catch(() => this.#root);
    const rest = path === this.#root ? [] : path.slice(this.#root.length).split(sep).filter(Boolean);
    for (const segment of rest) {
      at = join(at, segment);
      try {
        if ((await lstat(at)).isSymbolicLink()) {
          throw new KustoError('Storage_LocalPathRefused', `${this.#url}: symbolic links are not followed.`);
        }
      } catch (error) {
        if (isMissing(error)) return;
        throw error;
      }
    }
  }

  async #guard<T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    try {
      signal?.throwIfAborted();
      return await work();
    } catch (error) {
      throw localError(error, this.urlOf(name), signal);
    }
  }
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Removes what killed writers left. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STAGED_FILE_LIFE) await rm(path, { force: true });
  }
}
