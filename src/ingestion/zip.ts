import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { open, type Entry, type ZipFile } from 'yauzl';
import { KustoError } from '../errors/index.js';

/** Unpacks every file of an archive, each to a name that `newFile` gives: names inside the archive are never used. */
export async function unzip(path: string, newFile: () => string): Promise<readonly string[]> {
  try {
    const files: string[] = [];
    const archive = await openArchive(path);
    for await (const entry of entries(archive)) {
      if (entry.fileName.endsWith('/')) continue;
      const target = newFile();
      await pipeline(await readEntry(archive, entry), createWriteStream(target, { flags: 'wx' }));
      files.push(target);
    }
    return files;
  } catch (error) {
    throw new KustoError('BadRequest_InvalidArchive', 'The file is not a valid zip archive.', { cause: error });
  }
}

function openArchive(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) =>
    open(path, { lazyEntries: true }, (error, archive) => (error ? reject(error) : resolve(archive))),
  );
}

function readEntry(archive: ZipFile, entry: Entry): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) =>
    archive.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
  );
}

async function* entries(archive: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      archive
        .once('entry', resolve)
        .once('end', () => resolve(undefined))
        .once('error', reject);
      archive.readEntry();
    });
    archive.removeAllListeners();
    if (!entry) return;
    yield entry;
  }
}
