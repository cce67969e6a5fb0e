import type { CatalogChanges, CatalogPersistence, LoadedCatalog } from './catalog.js';
import type { Entity, ExportedArtifact, ExportFailure, Extent, OperationRecord } from './model.js';

/** A persistence for tests of other rooms: keeps everything, but only in memory, and takes no engine writes' rows. */
export class MemoryPersistence implements CatalogPersistence {
  private readonly entities = new Map<string, Entity>();
  private extentRows: Extent[] = [];
  private marks: Extent[] = [];
  private artifactRows: ExportedArtifact[] = [];
  private failureRows: ExportFailure[] = [];
  private readonly operationRows = new Map<string, OperationRecord>();

  load(): Promise<LoadedCatalog> {
    const last = this.marks.at(-1);
    return Promise.resolve({
      entities: [...this.entities.values()],
      cursor: last?.cursor ?? 0n,
      extentNumber: this.marks.reduce((highest, { number }) => (number > highest ? number : highest), 0n),
      ingestionTime: last?.ingestionTime ?? 0n,
    });
  }

  commit(changes: CatalogChanges): Promise<void> {
    for (const { kind, id } of changes.deletes) this.entities.delete(`${kind}/${id}`);
    for (const entity of changes.puts) this.entities.set(`${entity.kind}/${entity.id}`, entity);
    const dropped = new Set(changes.droppedExtents);
    this.extentRows = [...this.extentRows.filter((extent) => !dropped.has(extent.number)), ...changes.extents];
    this.marks.push(...changes.extents);
    this.artifactRows.push(...changes.artifacts);
    this.failureRows.push(...changes.failures);
    return Promise.resolve();
  }

  extents(tableId: string, after: bigint | undefined, upTo: bigint | undefined): Promise<readonly Extent[]> {
    return Promise.resolve(
      this.extentRows.filter(
        (extent) =>
          extent.tableId === tableId &&
          (after === undefined || extent.cursor > after) &&
          (upTo === undefined || extent.cursor <= upTo),
      ),
    );
  }

  timeOfCursor(cursor: bigint): Promise<bigint | undefined> {
    return Promise.resolve(this.marks.filter((mark) => mark.cursor <= cursor).at(-1)?.ingestionTime);
  }

  artifacts(jobId: string): Promise<readonly ExportedArtifact[]> {
    return Promise.resolve(this.artifactRows.filter((artifact) => artifact.jobId === jobId));
  }

  failures(jobId: string): Promise<readonly ExportFailure[]> {
    return Promise.resolve(this.failureRows.filter((failure) => failure.jobId === jobId));
  }

  prune(before: string): Promise<void> {
    this.artifactRows = this.artifactRows.filter((artifact) => artifact.timestamp >= before);
    this.failureRows = this.failureRows.filter((failure) => failure.timestamp >= before);
    for (const [id, record] of this.operationRows) if (record.lastUpdatedOn < before) this.operationRows.delete(id);
    return Promise.resolve();
  }

  putOperation(record: OperationRecord): Promise<void> {
    this.operationRows.set(record.id, record);
    return Promise.resolve();
  }

  operations(ids?: readonly string[]): Promise<readonly OperationRecord[]> {
    return Promise.resolve([...this.operationRows.values()].filter((record) => !ids || ids.includes(record.id)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
