import { createHash } from 'node:crypto';

export interface ArtifactName {
  /** `namePrefix`; `export` when empty. */
  readonly prefix: string;
  /** Id of the run that writes the file. */
  readonly runId: string;
  /** Number of the file within the run, over all partitions and connections; from 1. */
  readonly part: number;
  /** With its dot, `.gz` included. */
  readonly extension: string;
}

/**
 * `export_1_58017c550b384c0db0fea61a8661333e.csv`, as the reference names its files. The same run and part have the
 * same name, so that a second try finds what the first one wrote.
 */
export function artifactName({ prefix, runId, part, extension }: ArtifactName): string {
  const guid = createHash('sha256').update(`${runId}/${part}`).digest('hex').slice(0, 32);
  return `${prefix === '' ? 'export' : prefix}_${part}_${guid}${extension}`;
}

/**
 * Which of a table's connections a file goes to: in turn, from a place that differs from run to run, so that runs of one
 * file fill all of them. A retry keeps each file where it was.
 */
export function connectionOfPart(runId: string, part: number, connections: number): number {
  const start = createHash('sha256').update(runId).digest().readUInt32BE(0);
  return (start + part) % connections;
}
