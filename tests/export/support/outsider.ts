import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface Account {
  /** How often each id was met. */
  readonly ids: ReadonlyMap<number, number>;
  /** Records of each file, by its address. */
  readonly files: ReadonlyMap<string, number>;
}

/** Reads a folder as somebody does who knows nothing of Calypso: every file, every line. */
export async function readFolder(folder: string): Promise<Account> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = names
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.calypso-staging'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const texts = await Promise.all(
    // What is taken back between the listing and the reading was not there.
    paths.map(async (path) => ({ path, text: await readFile(join(folder, path), 'utf8').catch(() => '') })),
  );
  return accountOf(texts.map(({ path, text }) => ({ address: pathToFileURL(join(folder, path)).href, text })));
}

export function accountOf(files: readonly { readonly address: string; readonly text: string }[]): Account {
  const ids = new Map<number, number>();
  const counts = new Map<string, number>();
  for (const { address, text } of files) {
    const lines = text.split('\r\n').filter((line) => line !== '');
    if (text !== '' && !text.endsWith('\n')) throw new Error(`${address} is cut off`);
    counts.set(address, lines.length);
    for (const line of lines) {
      const id = Number(line.split(',')[0]);
      ids.set(id, (ids.get(id) ?? 0) + 1);
    }
  }
  return { ids, files: counts };
}

export const doubled = ({ ids }: Account): readonly number[] => [...ids].filter(([, n]) => n > 1).map(([id]) => id);

export const missing = ({ ids }: Account, count: number): readonly number[] =>
  Array.from({ length: count }, (_, id) => id).filter((id) => !ids.has(id));
