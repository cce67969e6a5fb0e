import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Engine, StagedResult } from '../engines/engine.js';
import type { PreparedQuery, ScopedTable } from '../query/query-service.js';
import { failpoint } from '../values/failpoint.js';
import { sha256Of } from './durable.js';
import type { JournalFile } from './journal.js';
import { partitionFolder } from './partition-folder.js';
import type { Target } from './target.js';

/**
 * Asks the query, once, and writes its result as the target wants it: files in `folder`, each with the name that it will
 * bear at the target. Files go round the target's connections.
 */
export async function produceFiles(
  engine: Pick<Engine, 'stage'>,
  prepared: PreparedQuery,
  scope: readonly ScopedTable[] | undefined,
  target: Target,
  folder: string,
  signal: AbortSignal,
): Promise<readonly JournalFile[]> {
  const compiled = await prepared.compile(scope);
  const width = target.columns?.length ?? prepared.columns.length;
  const partitionBy = target.partitions.map((_, index) => width + index);
  let staged: StagedResult;
  try {
    staged = await engine.stage(compiled.sql, { partitionBy, signal });
  } finally {
    await compiled.release();
  }
  try {
    failpoint('export.stage.after');
    return await writeFiles(staged, target, width, folder, signal);
  } finally {
    await staged.close();
  }
}

async function writeFiles(
  staged: StagedResult,
  target: Target,
  width: number,
  folder: string,
  signal: AbortSignal,
): Promise<readonly JournalFile[]> {
  const columns = Array.from({ length: width }, (_, index) => index);
  const files: JournalFile[] = [];
  // Tuples that differ may share a folder: nulls, and times that the path format does not tell apart.
  const begun = new Set<string>();
  for (const [index, partition] of staged.partitions.entries()) {
    const path = partitionFolder(target, partition.values);
    const written = await staged.copyOut(
      {
        format: target.format,
        directory: folder,
        fileName: (part) => `${index}-${part}`,
        header: headerOf(target, !begun.has(path)),
        bom: target.bom,
        compression: target.compression,
        sizeLimit: target.sizeLimit,
        rowGroupSize: target.rowGroupSize,
        signal,
      },
      { partition, columns },
    );
    begun.add(path);
    for (const { path: file, rowCount, sizeInBytes } of written) {
      files.push({
        file: basename(file),
        name: path + fileName(target, files.length + 1),
        connection: files.length % target.connections.length,
        sha256: await sha256Of(join(folder, basename(file))),
        size: sizeInBytes,
        rows: rowCount,
      });
    }
    failpoint('export.files.middle');
  }
  failpoint('export.files.after');
  return files;
}

function headerOf(target: Target, isFirst: boolean): boolean {
  return target.headers === 'all' || (target.headers === 'firstfile' && isFirst);
}

/** Unique for ever, so that no run ever meets another's file. */
function fileName(target: Target, ordinal: number): string {
  const prefix = target.namePrefix === '' ? '' : `${target.namePrefix}_`;
  return `${prefix}${ordinal}_${randomUUID().replaceAll('-', '')}${target.fileExtension}`;
}
