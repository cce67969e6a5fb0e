import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { failpoint } from '../../values/failpoint.js';
import { sync, writeAtomically } from '../durable.js';
import type { JournalEntry } from '../journal.js';

/** What is known of an entry's commit; kept beside its files from before the first try on. */
export interface DeltaState {
  /**
   * Number of the transaction among those of its application in the log: one more than the last. A window's place on the
   * cursor line would not do, since a cursor may be set back.
   */
  readonly version: number;
  /** The first try was to make the table. */
  readonly isCreation: boolean;
  /** The commit is being taken back: that the number is in the log does not mean that the files are. */
  readonly isWithdrawn: boolean;
}

const FILE = 'transaction.json';

/** Undefined: no commit of the entry was tried. */
export async function readState({ folder }: JournalEntry): Promise<DeltaState | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, FILE), 'utf8')) as DeltaState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Durable when it resolves. */
export async function writeState({ folder }: JournalEntry, state: DeltaState): Promise<void> {
  failpoint('delta.transaction.before');
  await writeAtomically(join(folder, FILE), JSON.stringify(state));
  failpoint('delta.transaction.after');
}

export async function clearState({ folder }: JournalEntry): Promise<void> {
  await rm(join(folder, FILE), { force: true });
  await sync(folder);
}
