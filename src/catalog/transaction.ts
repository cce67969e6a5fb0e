import { KustoError } from '../errors/index.js';
import type { CatalogTransaction, EngineWrite, Publication } from './catalog.js';
import type { Entity, EntityKind, EntityOf, ExportedArtifact, ExportFailure } from './model.js';
import { assertNameIsFree } from './names.js';
import type { Snapshot } from './snapshot.js';

/** Collects one transaction's changes over a state; reads see them. */
export class Transaction implements CatalogTransaction {
  private ended = false;
  private readonly changed = new Map<
    string,
    { readonly kind: EntityKind; readonly id: string; readonly put: boolean }
  >();
  readonly extents: Publication['extents'][number][] = [];
  readonly dropped: bigint[] = [];
  readonly writes: EngineWrite[] = [];
  readonly artifacts: ExportedArtifact[] = [];
  readonly failures: ExportFailure[] = [];

  constructor(public state: Snapshot) {}

  get puts(): readonly Entity[] {
    return [...this.changed.values()].filter((c) => c.put).map((c) => this.state.get(c.kind, c.id)!);
  }

  get deletes(): readonly { readonly kind: EntityKind; readonly id: string }[] {
    return [...this.changed.values()].filter((c) => !c.put).map(({ kind, id }) => ({ kind, id }));
  }

  get isEmpty(): boolean {
    return this.changed.size + this.writes.length + this.artifacts.length + this.failures.length === 0;
  }

  put(entity: Entity): void {
    this.assertOpen();
    assertNameIsFree(entity, this.state);
    this.state = this.state.with([entity], []);
    this.changed.set(`${entity.kind}/${entity.id}`, { kind: entity.kind, id: entity.id, put: true });
  }

  delete(kind: EntityKind, id: string): void {
    this.assertOpen();
    this.state = this.state.with([], [{ kind, id }]);
    this.changed.set(`${kind}/${id}`, { kind, id, put: false });
  }

  publish(publication: Publication): void {
    this.assertOpen();
    this.extents.push(...publication.extents);
    this.dropped.push(...(publication.dropped ?? []));
    this.writes.push(publication.write);
  }

  addArtifacts(artifacts: readonly ExportedArtifact[]): void {
    this.assertOpen();
    this.artifacts.push(...artifacts);
  }

  addFailure(failure: ExportFailure): void {
    this.assertOpen();
    this.failures.push(failure);
  }

  get<K extends EntityKind>(kind: K, id: string): EntityOf<K> | undefined {
    return this.state.get(kind, id);
  }

  list<K extends EntityKind>(kind: K, databaseId?: string): readonly EntityOf<K>[] {
    return this.state.list(kind, databaseId);
  }

  database(name: string): EntityOf<'database'> | undefined {
    return this.state.database(name);
  }

  byName<K extends 'table' | 'function' | 'externalTable' | 'continuousExport'>(
    kind: K,
    databaseId: string,
    name: string,
  ): EntityOf<K> | undefined {
    return this.state.byName(kind, databaseId, name);
  }

  policy(scope: string, policy: string): unknown {
    return this.state.policy(scope, policy);
  }

  roles(scope: string): readonly EntityOf<'role'>[] {
    return this.state.roles(scope);
  }

  /** Nothing can be added any more. */
  end(): void {
    this.ended = true;
  }

  private assertOpen(): void {
    if (this.ended)
      throw new KustoError('General_InternalServerError', 'A catalog transaction that has ended was used again.');
  }
}
