import { constants, createWriteStream } from 'node:fs';
import { link, lstat, open, realpath } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { KustoError } from '../errors/index.js';

/**
 * Brings a file that a command names into the server's own folder, if it lies under one of the roots. What is checked
 * is what is read: the file is opened without following a link, and linked or copied from there.
 */
export async function takeLocalFile(path: string, roots: readonly string[], target: string): Promise<void> {
  const real = await resolved(path);
  const allowed = await Promise.all(roots.map((root) => expectedAt(root, path)));
  if (!isAbsolute(path) || !allowed.includes(real)) throw refused(path, roots);
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw refused(path, roots);
    const linked = await link(real, target).then(
      () => lstat(target),
      () => undefined,
    );
    if (linked?.ino === stat.ino && linked.dev === stat.dev) return;
    if (linked) throw refused(path, roots);
    await pipeline(file.createReadStream({ autoClose: false }), createWriteStream(target, { flags: 'wx' }));
  } finally {
    await file.close();
  }
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw new KustoError('Ingestion_SourceNotFound', `The file '${path}' cannot be read.`, { cause: error });
  }
}

/** Where the path leads if no link stands in it below the root. */
async function expectedAt(root: string, path: string): Promise<string | undefined> {
  const way = relative(resolve(root), resolve(path));
  if (way === '' || way.startsWith('..') || isAbsolute(way)) return undefined;
  const realRoot = await realpath(root).catch(() => undefined);
  return realRoot === undefined ? undefined : join(realRoot, way);
}

function refused(path: string, roots: readonly string[]): KustoError {
  return new KustoError(
    'Ingestion_PathNotAllowed',
    roots.length === 0
      ? `'${path}': this server reads no local files. The operator can open a folder in the configuration.`
      : `'${path}' is not a plain file under a folder that the configuration opens to ingestion (no links).`,
  );
}
