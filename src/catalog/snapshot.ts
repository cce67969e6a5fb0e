import type { CatalogSnapshot } from './catalog.js';
import type { Entity, EntityKind, EntityOf } from './model.js';

type NamedKind = 'table' | 'function' | 'externalTable' | 'continuousExport';

/** Entities of one kind, with the ways in which they are looked up, made when first asked for. */
class KindIndex {
  private lists: ReadonlyMap<string | undefined, readonly Entity[]> | undefined;
  private names: ReadonlyMap<string, Entity> | undefined;

  constructor(readonly byId: ReadonlyMap<string, Entity>) {}

  /** Of a scope (database, or scope of a role or policy); of all when undefined. In order of name, then id. */
  list(scope: string | undefined): readonly Entity[] {
    this.lists ??= groupByScope(this.byId);
    return this.lists.get(scope) ?? [];
  }

  named(scope: string, name: string): Entity | undefined {
    if (!this.names) {
      const names = new Map<string, Entity>();
      for (const entity of this.byId.values()) names.set(nameKey(scopeOf(entity), nameOf(entity)), entity);
      this.names = names;
    }
    return this.names.get(nameKey(scope, name));
  }
}

const nameKey = (scope: string, name: string) => `${scope}\n${name}`;

function groupByScope(byId: ReadonlyMap<string, Entity>): Map<string | undefined, Entity[]> {
  const lists = new Map<string | undefined, Entity[]>([[undefined, []]]);
  const ordered = [...byId.values()].sort((a, b) => compare(nameOf(a), nameOf(b)) || compare(a.id, b.id));
  for (const entity of ordered) {
    lists.get(undefined)!.push(entity);
    const scope = scopeOf(entity);
    const list = lists.get(scope);
    if (list) list.push(entity);
    else lists.set(scope, [entity]);
  }
  return lists;
}

/** By code unit: the same order on every machine. */
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function scopeOf(entity: Entity): string {
  return 'databaseId' in entity ? entity.databaseId : 'scope' in entity ? entity.scope : '';
}

function nameOf(entity: Entity): string {
  return 'name' in entity ? entity.name : entity.id;
}

const EMPTY = new KindIndex(new Map());

/** An immutable state; `with` shares with the old one all kinds that did not change. */
export class Snapshot implements CatalogSnapshot {
  private constructor(private readonly kinds: ReadonlyMap<EntityKind, KindIndex>) {}

  static of(entities: readonly Entity[]): Snapshot {
    return new Snapshot(new Map()).with(entities, []);
  }

  with(puts: readonly Entity[], deletes: readonly { readonly kind: EntityKind; readonly id: string }[]): Snapshot {
    const changed = new Map<EntityKind, Map<string, Entity>>();
    const editable = (kind: EntityKind) => {
      let byId = changed.get(kind);
      if (!byId) changed.set(kind, (byId = new Map(this.index(kind).byId)));
      return byId;
    };
    for (const { kind, id } of deletes) editable(kind).delete(id);
    for (const entity of puts) editable(entity.kind).set(entity.id, entity);
    const kinds = new Map(this.kinds);
    for (const [kind, byId] of changed) kinds.set(kind, new KindIndex(byId));
    return new Snapshot(kinds);
  }

  get<K extends EntityKind>(kind: K, id: string): EntityOf<K> | undefined {
    return this.index(kind).byId.get(id) as EntityOf<K> | undefined;
  }

  list<K extends EntityKind>(kind: K, databaseId?: string): readonly EntityOf<K>[] {
    return this.index(kind).list(databaseId) as readonly EntityOf<K>[];
  }

  database(name: string): EntityOf<'database'> | undefined {
    return this.index('database').named('', name) as EntityOf<'database'> | undefined;
  }

  byName<K extends NamedKind>(kind: K, databaseId: string, name: string): EntityOf<K> | undefined {
    return this.index(kind).named(databaseId, name) as EntityOf<K> | undefined;
  }

  policy(scope: string, policy: string): unknown {
    return this.get('policy', `${scope}/${policy}`)?.value;
  }

  roles(scope: string): readonly EntityOf<'role'>[] {
    return this.list('role', scope);
  }

  private index(kind: EntityKind): KindIndex {
    return this.kinds.get(kind) ?? EMPTY;
  }
}
