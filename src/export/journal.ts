import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionRef, Instant } from '../catalog/model.js';
import type { AddedFile } from '../external/index.js';
import { failpoint } from '../values/failpoint.js';
import { sync, writeAtomically } from './durable.js';
import type { Delivery } from './targets/delivery.js';

/** Whose files: a continuous export's window, or a one-off export's. */
export type JournalOwner =
  | {
      readonly kind: 'job';
      readonly jobId: string;
      /** Of the definition that asked the query, see `definitionOf`. */
      readonly definition: string;
      /** The window `(after, upTo]`, as cursors. */
      readonly after: string;
      readonly upTo: string;
      readonly exportedTo: Instant | null;
    }
  | { readonly kind: 'operation'; readonly operationId: string };

export interface JournalFile {
  /** In the entry's folder. */
  readonly file: string;
  /** At the target, for good. */
  readonly name: string;
  /** Position in `connections`: a retry sends the file to where it was sent before. */
  readonly connection: number;
  readonly sha256: string;
  readonly size: number;
  readonly rows: number;
  /** What a Delta log tells of the file. */
  readonly delta?: Pick<AddedFile, 'partitionValues' | 'stats'>;
}

/** What was written down before the first byte is sent. Secrets are in it only as the catalog seals them. */
export interface Manifest {
  readonly version: 2;
  readonly runId: string;
  readonly owner: JournalOwner;
  readonly databaseId: string;
  /** Ids of the databases whose tables the query read. */
  readonly databases: readonly string[];
  /** Empty for an export to connection strings. */
  readonly externalTable: string;
  /** `system`, an object id, or null: who `;impersonate` means. */
  readonly managedIdentity: string | null;
  readonly startedOn: Instant;
  readonly delivery: Delivery;
  readonly connections: readonly ConnectionRef[];
  readonly files: readonly JournalFile[];
}

export interface JournalEntry {
  readonly folder: string;
  readonly manifest: Manifest;
  /** False: surely not one byte of it is at the target. */
  readonly uploading: boolean;
}

const MANIFEST = 'manifest.json';
const UPLOADING = 'uploading';

/**
 * The files of runs under way: a folder a run. An entry counts from the moment its manifest stands; before that it is
 * debris of a killed process. One process owns the folder.
 */
export class Journal {
  private readonly sealed = new Map<string, JournalEntry>();

  private constructor(private readonly root: string) {}

  /**
   * Reads what an earlier process left, and throws away what it never sealed. The engine writes files below `root`: it must
   * lie in the engine's exchange directory.
   */
  static async open(root: string): Promise<Journal> {
    const journal = new Journal(root);
    await mkdir(root, { recursive: true });
    for (const runId of await readdir(root)) {
      const entry = await read(join(root, runId));
      if (entry === undefined) await rm(join(root, runId), { recursive: true, force: true });
      else journal.sealed.set(runId, entry);
    }
    return journal;
  }

  entries(): readonly JournalEntry[] {
    return [...this.sealed.values()];
  }

  /** The entry as it is now. */
  entryOf(runId: string): JournalEntry {
    const entry = this.sealed.get(runId);
    if (entry === undefined) throw new Error(`run ${runId} is not in the journal`);
    return entry;
  }

  ofJob(jobId: string): JournalEntry | undefined {
    return this.entries().find(({ manifest: { owner } }) => owner.kind === 'job' && owner.jobId === jobId);
  }

  /** A new folder to write a run's files into. */
  async begin(runId: string): Promise<string> {
    const folder = join(this.root, runId);
    await mkdir(folder);
    return folder;
  }

  /** Durable when it resolves: the files and then the manifest. */
  async seal(folder: string, manifest: Manifest): Promise<JournalEntry> {
    for (const { file } of manifest.files) await sync(join(folder, file));
    await sync(folder);
    await sync(this.root);
    failpoint('export.manifest.before');
    await writeAtomically(join(folder, MANIFEST), JSON.stringify(manifest));
    failpoint('export.manifest.after');
    const entry = { folder, manifest, uploading: false };
    this.sealed.set(manifest.runId, entry);
    return entry;
  }

  /** Written down before the first upload, so that an entry without it can be thrown away without asking the target. */
  async markUploading(entry: JournalEntry): Promise<JournalEntry> {
    if (entry.uploading) return entry;
    failpoint('export.uploading.before');
    await writeAtomically(join(entry.folder, UPLOADING), '');
    failpoint('export.uploading.after');
    const marked = { ...entry, uploading: true };
    this.sealed.set(entry.manifest.runId, marked);
    return marked;
  }

  /** The target has refused every file: again, not one byte is there. */
  async unmarkUploading(entry: JournalEntry): Promise<JournalEntry> {
    await rm(join(entry.folder, UPLOADING), { force: true });
    await sync(entry.folder);
    const unmarked = { ...entry, uploading: false };
    this.sealed.set(entry.manifest.runId, unmarked);
    return unmarked;
  }

  /** Forgets a run. */
  async release(entry: JournalEntry): Promise<void> {
    await this.abandon(entry.folder);
    this.sealed.delete(entry.manifest.runId);
  }

  /** The manifest goes first: what is left after a kill is debris, never an entry without its files. */
  async abandon(folder: string): Promise<void> {
    await rm(join(folder, MANIFEST), { force: true });
    await sync(folder);
    failpoint('export.release.middle');
    await rm(folder, { recursive: true, force: true });
  }
}

async function read(folder: string): Promise<JournalEntry | undefined> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch(ignoreMissing);
  if (text === undefined) return undefined;
  const uploading = (await stat(join(folder, UPLOADING)).catch(ignoreMissing)) !== undefined;
  return { folder, manifest: manifestOf(text), uploading };
}

/** Version 1, which a server before this one may have left, knew files only. */
function manifestOf(text: string): Manifest {
  const manifest = JSON.parse(text) as Manifest | (Omit<Manifest, 'version' | 'delivery'> & { readonly version: 1 });
  return manifest.version === 1 ? { ...manifest, version: 2, delivery: { kind: 'files' } } : manifest;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
