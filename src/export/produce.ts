import { basename, join } from 'node:path';
import type { Engine, StagedPartition, StagedResult } from '../engines/engine.js';
import { artifactName, connectionOfPart, PathLayout, statisticsJson } from '../external/index.js';
import type { PreparedQuery, ScopedTable } from '../query/query-service.js';
import { failpoint } from '../values/failpoint.js';
import { sha256Of } from './durable.js';
import type { JournalFile } from './journal.js';
import type { Target } from './target.js';
import { writeRows } from './targets/row-file.js';
import { deltaPlace } from './targets/delta-place.js';

export interface Production {
  readonly runId: string;
  readonly prepared: PreparedQuery;
  /** Tables that are read by window. */
  readonly scope?: readonly ScopedTable[];
  readonly target: Target;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Asks the query, once, and writes its result as the target wants it: files in `folder`, each with the name that it will
 * bear at the target. Files go round the target's connections.
 */
export async function produceFiles(
  engine: Pick<Engine, 'stage'>,
  production: Production,
): Promise<readonly JournalFile[]> {
  const { prepared, scope, target, signal } = production;
  const compiled = await prepared.compile(scope);
  let staged: StagedResult;
  try {
    const first = columnCount(production);
    const partitionBy = target.partitions.map((_, index) => first + index);
    staged = await engine.stage(compiled.sql, { partitionBy, signal });
  } finally {
    await compiled.release();
  }
  try {
    failpoint('export.stage.after');
    return production.target.delivery.kind === 'sql'
      ? await writeRowFile(staged, production)
      : await writeFiles(staged, production);
  } finally {
    await staged.close();
  }
}

/** Columns of the files; after them stand those of the partitions. */
function columnCount({ target, prepared }: Production): number {
  return target.columns?.length ?? prepared.columns.length;
}

/** One file of rows in the journal's own form; none for no rows. */
async function writeRowFile(staged: StagedResult, { folder, signal }: Production): Promise<readonly JournalFile[]> {
  if (staged.rowCount === 0) return [];
  const file = 'rows.jsonl';
  const written = await writeRows(join(folder, file), staged.batches(), signal);
  failpoint('export.files.after');
  return [{ file, name: file, connection: 0, ...written }];
}

async function writeFiles(staged: StagedResult, production: Production): Promise<readonly JournalFile[]> {
  const { runId, target, folder, signal } = production;
  const columns = Array.from({ length: columnCount(production) }, (_, index) => index);
  const files: JournalFile[] = [];
  const begun = new Set<string>();
  for (const [index, { path, partition, partitionValues }] of folders(staged.partitions, target).entries()) {
    const written = await staged.copyOut(
      {
        format: target.format,
        directory: folder,
        fileName: (part) => `${index}-${part}`,
        header: target.headers === 'all' || (target.headers === 'firstfile' && !begun.has(path)),
        bom: target.bom,
        compression: target.compression,
        sizeLimit: target.sizeLimit,
        rowGroupSize: target.rowGroupSize,
        statistics: partitionValues !== undefined,
        signal,
      },
      { partition, columns },
    );
    begun.add(path);
    for (const { path: local, rowCount, sizeInBytes, statistics } of written) {
      const part = files.length + 1;
      const name = artifactName({ prefix: target.namePrefix, runId, part, extension: target.fileExtension });
      files.push({
        file: basename(local),
        name: path === '' ? name : `${path}/${name}`,
        connection: connectionOfPart(runId, part, target.connections.length),
        sha256: await sha256Of(join(folder, basename(local))),
        size: sizeInBytes,
        rows: rowCount,
        ...(partitionValues && {
          delta: { partitionValues, stats: statisticsJson(target.columns ?? [], statistics ?? [], rowCount) },
        }),
      });
    }
    failpoint('export.files.middle');
  }
  failpoint('export.files.after');
  return files;
}

interface Folder {
  readonly path: string;
  readonly partition: StagedPartition;
  /** For a Delta table: as its log is to have them. */
  readonly partitionValues?: Readonly<Record<string, string | null>>;
}

/** Neighbours that share a folder are one: null and empty, values that are no name, times that the path does not tell apart. */
function folders(partitions: readonly StagedPartition[], target: Target): readonly Folder[] {
  const layout = new PathLayout(target.delivery.kind === 'delta' ? { partitions: [], pathFormat: [] } : target);
  const found: Folder[] = [];
  for (const partition of partitions) {
    const { path, ...more } =
      target.delivery.kind === 'delta'
        ? deltaPlace(target.partitions, partition.values)
        : { path: layout.folderOf(partition.values) };
    const last = found.at(-1);
    if (last?.path === path) {
      const rowCount = last.partition.rowCount + partition.rowCount;
      found[found.length - 1] = { ...last, partition: { ...last.partition, rowCount } };
    } else {
      found.push({ path, partition, ...more });
    }
  }
  return found;
}
