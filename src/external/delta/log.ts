import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KustoError } from '../../errors/index.js';
import type { ObjectStore } from '../../storage/index.js';
import { retryRead } from '../retry.js';
import { damaged, parseAction, parseCommit } from './actions.js';
import { commitName, LOG_FOLDER, parseLogName } from './log-names.js';
import { Replay, type DeltaSnapshot } from './snapshot.js';

/** What reading a log takes beside the store: checkpoints are Parquet. */
export interface CheckpointReader {
  /** A folder that it may read files from. */
  readonly directory: string;
  /** The rows of a local file, each an object of the columns named; those that the file lacks are left out. */
  rows(
    path: string,
    columns: readonly string[],
    signal?: AbortSignal,
  ): AsyncIterable<Readonly<Record<string, unknown>>>;
}

/** Commits that are fetched at the same time. */
const PARALLEL = 8;

/** A snapshot, and the text of its last commit, by which a later look knows that the log is still the same one. */
export interface LogHead {
  readonly snapshot: DeltaSnapshot;
  /** Undefined when a checkpoint is all that there is of this version. */
  readonly commitHash: string | undefined;
}

interface LoadOptions {
  /** False: who appends needs no list of files, and checkpoints are mostly that. */
  readonly withFiles: boolean;
  readonly signal?: AbortSignal;
}

/** The log of the table at a store's address. Only reads. Throws KustoError. */
export class DeltaLog {
  constructor(
    private readonly store: ObjectStore,
    private readonly checkpoints: CheckpointReader,
  ) {}

  get address(): string {
    return this.store.urlOf('').replace(/\/+$/, '');
  }

  /** The newest state; undefined where there is no table. */
  async load(options: LoadOptions): Promise<LogHead | undefined> {
    try {
      return await this.#load(options);
    } catch (error) {
      // Its writer cleaned the log up between our listing and our reading: a newer checkpoint is there.
      if (!isMissing(error)) throw error;
      return this.#load(options);
    }
  }

  /**
   * The newest state, from one that is known: reads what is new only. Answers undefined when the log is not the one that the
   * head is of any more, or does not tell: then it is to be loaded.
   */
  async advance(head: LogHead, signal?: AbortSignal): Promise<LogHead | undefined> {
    const { version } = head.snapshot;
    if (head.commitHash === undefined || hashOf((await this.#commit(version, signal)) ?? '') !== head.commitHash) {
      return undefined;
    }
    let replay: Replay | undefined;
    let last = head.commitHash;
    for (let next = version + 1; ; next++) {
      const text = await this.#commit(next, signal);
      if (text === undefined) return replay ? { snapshot: replay.at(next - 1), commitHash: last } : head;
      replay ??= new Replay(head.snapshot);
      replay.apply(parseCommit(text, this.#urlOf(next)));
      last = hashOf(text);
    }
  }

  async #load({ withFiles, signal }: LoadOptions): Promise<LogHead | undefined> {
    const { commits, checkpoint, newest, hasV2 } = await this.#list(signal);
    if (newest < 0) return undefined;
    const replay = new Replay({ withFiles });
    const first = (checkpoint?.version ?? -1) + 1;
    for (let version = first; version <= newest; version++) {
      if (commits.has(version)) continue;
      if (hasV2) throw checkpointV2();
      throw damaged(`version ${version} is missing, and no checkpoint stands for it`);
    }
    if (checkpoint) await this.#readCheckpoint(checkpoint.names, replay, { withFiles, ...(signal && { signal }) });
    let last: string | undefined = checkpoint && commits.has(newest) ? await this.#commit(newest, signal) : undefined;
    for (let from = first; from <= newest; from += PARALLEL) {
      const versions = Array.from({ length: Math.min(PARALLEL, newest + 1 - from) }, (_, index) => from + index);
      const texts = await Promise.all(versions.map((version) => this.#existing(version, signal)));
      texts.forEach((text, index) => replay.apply(parseCommit(text, this.#urlOf(from + index))));
      last = texts.at(-1);
    }
    return { snapshot: replay.at(newest), commitHash: last === undefined ? undefined : hashOf(last) };
  }

  /** The newest checkpoint that is whole, and the commits. `_last_checkpoint` is a hint that this does without. */
  async #list(signal?: AbortSignal) {
    const commits = new Set<number>();
    const parts = new Map<string, { readonly version: number; readonly parts: number; readonly names: string[] }>();
    let newest = -1;
    let hasV2 = false;
    for await (const { name } of this.store.list(LOG_FOLDER, signal)) {
      const file = parseLogName(name);
      if (file === undefined) continue;
      newest = Math.max(newest, file.version);
      if (file.kind === 'commit') commits.add(file.version);
      else if (file.kind === 'checkpointV2') hasV2 = true;
      else {
        const key = `${file.version}/${file.parts}`;
        const found = parts.get(key) ?? { version: file.version, parts: file.parts, names: [] };
        found.names.push(name);
        parts.set(key, found);
      }
    }
    const whole = [...parts.values()].filter((one) => one.names.length === one.parts);
    const checkpoint = whole.sort((a, b) => b.version - a.version)[0];
    return { commits, checkpoint, newest, hasV2 };
  }

  async #readCheckpoint(names: readonly string[], replay: Replay, { withFiles, signal }: LoadOptions): Promise<void> {
    const columns = ['protocol', 'metaData', 'txn', 'checkpointMetadata', 'sidecar', ...(withFiles ? ['add'] : [])];
    for (const name of names) {
      await this.#fetched(name, signal, async (path) => {
        for await (const row of this.checkpoints.rows(path, columns, signal)) {
          const action = parseAction(row, this.store.urlOf(name));
          // Under a classic name, too: then the files stand elsewhere.
          if (action.checkpointMetadata != null || action.sidecar != null) throw checkpointV2();
          replay.apply([action]);
        }
      });
    }
  }

  async #existing(version: number, signal?: AbortSignal): Promise<string> {
    const text = await this.#commit(version, signal);
    if (text !== undefined) return text;
    throw new KustoError('Storage_ObjectNotFound', `${this.#urlOf(version)}: there is no such object.`);
  }

  /** Undefined when there is none of that version. */
  async #commit(version: number, signal?: AbortSignal): Promise<string | undefined> {
    try {
      return await this.#fetched(commitName(version), signal, (path) => readFile(path, 'utf8'));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #fetched<T>(name: string, signal: AbortSignal | undefined, use: (path: string) => Promise<T>): Promise<T> {
    await mkdir(this.checkpoints.directory, { recursive: true });
    const path = join(this.checkpoints.directory, `delta-${randomUUID()}`);
    try {
      await retryRead(() => this.store.getFile(name, path, signal), signal);
      return await use(path);
    } finally {
      await rm(path, { force: true });
    }
  }

  #urlOf(version: number): string {
    return this.store.urlOf(commitName(version));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof KustoError && error.code === 'Storage_ObjectNotFound';
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function checkpointV2(): KustoError {
  return new KustoError(
    'DeltaTable_FeatureNotSupported',
    "The table's log starts from a checkpoint of the V2 form, which Calypso does not read. Set the table property " +
      "delta.checkpointPolicy to 'classic' with the system that writes it, and have it write a checkpoint.",
  );
}

export function tableNotFound(address: string): KustoError {
  return new KustoError(
    'DeltaTable_NotFound',
    `There is no Delta table at ${address}: it has no _delta_log folder with a commit. Check the address; a table that is yet ` +
      'to be made is made by the first export to an external table that is created with its columns.',
  );
}
