import type { CatalogSnapshot } from '../catalog/catalog.js';
import type {
  ClusterRole,
  DatabaseEntity,
  DatabaseRole,
  EntityRole,
  PrincipalRef,
  RoleAssignmentEntity,
} from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import { fullyQualifiedName, type Caller } from './caller.js';
import type { Permission } from './permissions.js';
import { isPrincipal } from './principals.js';

/** What an action is about, by name: it need not exist. */
export interface Target {
  readonly database?: string | undefined;
  readonly entity?: { readonly kind: 'table' | 'externalTable' | 'function'; readonly name: string } | undefined;
}

/** Roles that the caller holds or that follow from those held. */
export interface EffectiveRoles {
  readonly cluster: ReadonlySet<ClusterRole>;
  readonly database: ReadonlySet<DatabaseRole>;
  readonly entity: ReadonlySet<EntityRole>;
}

/** Decides what a caller may do, from the roles in the catalog and the admins of the configuration. */
export class Authorization {
  constructor(private readonly admins: readonly PrincipalRef[] = []) {}

  /**
   * Throws Forbidden when the caller lacks the permission; a database or entity that does not exist is told
   * (BadRequest_DatabaseNotExist, BadRequest_EntityNotFound) only to those who could see it if it did.
   */
  require(snapshot: CatalogSnapshot, caller: Caller, permission: Permission, target: Target = {}): void {
    if (permission === 'Anyone') return;
    const roles = this.effectiveRoles(snapshot, caller, target);
    const database = target.database === undefined ? undefined : snapshot.database(target.database);
    const seesDatabases = roles.cluster.size > 0;
    if (!CLUSTER_PERMISSIONS.has(permission) && !database && seesDatabases) {
      throw new KustoError('BadRequest_DatabaseNotExist', `Database '${target.database ?? ''}' was not found.`);
    }
    if (satisfies(roles, permission, target.entity?.kind)) return;
    if (target.entity && database && seesMetadata(roles)) {
      const { kind, name } = target.entity;
      if (!snapshot.byName(kind, database.id, name)) {
        throw new KustoError(
          'BadRequest_EntityNotFound',
          `${ENTITY_NAMES[kind]} '${name}' was not found in database '${database.name}'.`,
        );
      }
    }
    throw forbidden(caller, permission, target);
  }

  allows(snapshot: CatalogSnapshot, caller: Caller, permission: Permission, target: Target = {}): boolean {
    return (
      permission === 'Anyone' ||
      satisfies(this.effectiveRoles(snapshot, caller, target), permission, target.entity?.kind)
    );
  }

  /** May read the data of the database: Viewer or what includes it. An ingestor or a monitor may not. */
  mayQuery(snapshot: CatalogSnapshot, caller: Caller, database: string): boolean {
    return this.allows(snapshot, caller, 'DatabaseViewer', { database });
  }

  /** Databases whose existence and metadata the caller may know, in order of name. */
  visibleDatabases(snapshot: CatalogSnapshot, caller: Caller): readonly DatabaseEntity[] {
    return snapshot.list('database').filter((database) => {
      const roles = this.effectiveRoles(snapshot, caller, { database: database.name });
      return roles.database.size > 0;
    });
  }

  /** May see the tables of the database whose view is restricted: UnrestrictedViewer beside a role that reads. */
  isUnrestrictedViewer(snapshot: CatalogSnapshot, caller: Caller, database: string): boolean {
    return this.effectiveRoles(snapshot, caller, { database }).database.has('UnrestrictedViewer');
  }

  /** The closure of the caller's roles, at the cluster, the database and the entity of the target. */
  effectiveRoles(snapshot: CatalogSnapshot, caller: Caller, target: Target = {}): EffectiveRoles {
    const cluster = new Set(roleNames<ClusterRole>(this.assignments(snapshot, caller, 'cluster')));
    if (caller.isDevelopmentAdmin || this.admins.some((admin) => isPrincipal(caller, admin))) {
      cluster.add('AllDatabasesAdmin');
    }
    if (cluster.has('AllDatabasesAdmin')) cluster.add('AllDatabasesViewer').add('AllDatabasesMonitor');

    const entity = target.database === undefined ? undefined : snapshot.database(target.database);
    if (!entity) return { cluster, database: new Set(), entity: new Set() };
    const database = new Set(roleNames<DatabaseRole>(this.assignments(snapshot, caller, entity.id)));
    if (cluster.has('AllDatabasesAdmin')) database.add('Admin');
    if (cluster.has('AllDatabasesViewer')) database.add('Viewer');
    if (cluster.has('AllDatabasesMonitor')) database.add('Monitor');
    if (database.has('Admin')) database.add('User').add('Ingestor').add('Monitor');
    if (database.has('User')) database.add('Viewer');
    // It widens a role that reads, and is none by itself.
    if (!database.has('Viewer')) database.delete('UnrestrictedViewer');
    return { cluster, database, entity: this.#entityRoles(snapshot, caller, entity.id, database, target.entity) };
  }

  /** Assignments at exactly this scope that name the caller or a group of the caller. */
  assignments(snapshot: CatalogSnapshot, caller: Caller, scope: string): readonly RoleAssignmentEntity[] {
    return snapshot.roles(scope).filter((one) => isPrincipal(caller, one.principal));
  }

  #entityRoles(
    snapshot: CatalogSnapshot,
    caller: Caller,
    databaseId: string,
    database: ReadonlySet<DatabaseRole>,
    target: Target['entity'],
  ): ReadonlySet<EntityRole> {
    if (!target) return new Set();
    if (database.has('Admin')) return new Set(['Admin', 'Ingestor']);
    const found = snapshot.byName(target.kind, databaseId, target.name);
    const roles = new Set(found ? roleNames<EntityRole>(this.assignments(snapshot, caller, found.id)) : []);
    // The reference's 'dependencies': an entity's admin must also be in the database, so that a principal who is
    // taken out of the database does not keep power over what was once created there.
    if (!database.has(target.kind === 'externalTable' ? 'Viewer' : 'User')) roles.delete('Admin');
    if (database.has('Ingestor') || roles.has('Admin')) roles.add('Ingestor');
    return roles;
  }
}

/**
 * The assignments that name the caller by UPN or client id, as they read once bound to the object id. A principal is
 * bound as soon as it is known, so that a name which is later given to somebody else carries no role along.
 */
export function bindings(snapshot: CatalogSnapshot, caller: Caller): readonly RoleAssignmentEntity[] {
  const { principal } = caller;
  return snapshot
    .list('role')
    .filter(
      (one) =>
        one.principal.type !== 'aadgroup' && one.principal.id !== principal.id && isPrincipal(caller, one.principal),
    )
    .map((one) => ({ ...one, principal: { ...principal, displayName: principal.displayName || one.principal.id } }));
}

const CLUSTER_PERMISSIONS: ReadonlySet<Permission> = new Set<Permission>(['AllDatabasesAdmin', 'AllDatabasesMonitor']);

const ENTITY_NAMES = { table: 'Table', externalTable: 'External table', function: 'Function' } as const;

function satisfies(
  roles: EffectiveRoles,
  permission: Permission,
  kind: 'table' | 'externalTable' | 'function' | undefined,
): boolean {
  const { cluster, database, entity } = roles;
  switch (permission) {
    case 'Anyone':
      return true;
    case 'AllDatabasesAdmin':
    case 'AllDatabasesMonitor':
      return cluster.has(permission);
    case 'DatabaseAdmin':
      return database.has('Admin');
    case 'DatabaseUser':
      return database.has('User');
    case 'DatabaseViewer':
      return database.has('Viewer');
    case 'DatabaseIngestor':
      return database.has('Ingestor');
    case 'DatabaseMonitor':
    case 'DatabaseMonitorOrAdmin':
      return database.has('Monitor');
    case 'DatabaseUserViewerOrMonitor':
      return seesMetadata(roles);
    case 'TableAdmin':
      return database.has('Admin') || (kind === 'table' && entity.has('Admin'));
    case 'TableIngestor':
      return database.has('Ingestor') || (kind === 'table' && entity.has('Ingestor'));
    case 'FunctionAdmin':
      return database.has('Admin') || (kind === 'function' && entity.has('Admin'));
    case 'ExternalTableAdmin':
      return database.has('Admin') || (kind === 'externalTable' && entity.has('Admin'));
  }
}

function seesMetadata({ database }: EffectiveRoles): boolean {
  return database.has('Viewer') || database.has('Monitor');
}

function roleNames<R extends RoleAssignmentEntity['role']>(assignments: readonly RoleAssignmentEntity[]): R[] {
  return assignments.map((one) => one.role as R);
}

function forbidden(caller: Caller, permission: Permission, target: Target): KustoError {
  const place = [
    target.entity ? `${ENTITY_NAMES[target.entity.kind].toLowerCase()} '${target.entity.name}'` : undefined,
    target.database !== undefined && !CLUSTER_PERMISSIONS.has(permission)
      ? `database '${target.database}'`
      : 'this cluster',
  ].filter((part) => part !== undefined);
  return new KustoError(
    'Forbidden',
    `Principal '${fullyQualifiedName(caller.principal)}' is not authorized on ${place.join(' of ')}: this needs ${NEEDS[permission]}.`,
  );
}

const NEEDS: Readonly<Record<Permission, string>> = {
  Anyone: 'nothing',
  AllDatabasesAdmin: 'the role AllDatabasesAdmin',
  AllDatabasesMonitor: 'the role AllDatabasesMonitor or AllDatabasesAdmin',
  DatabaseAdmin: 'the role Database Admin',
  DatabaseUser: 'the role Database User or Database Admin',
  DatabaseViewer: 'the role Database Viewer, Database User or Database Admin',
  DatabaseIngestor: 'the role Database Ingestor or Database Admin',
  DatabaseMonitor: 'the role Database Monitor or Database Admin',
  DatabaseMonitorOrAdmin: 'the role Database Monitor or Database Admin',
  DatabaseUserViewerOrMonitor: 'the role Database Viewer, User, Monitor or Admin',
  TableAdmin: 'the role Table Admin (with Database User), or Database Admin',
  TableIngestor: 'the role Table Ingestor, Table Admin (with Database User), Database Ingestor or Database Admin',
  FunctionAdmin: 'the role Function Admin (with Database User), or Database Admin',
  ExternalTableAdmin: 'the role External Table Admin (with Database User or Viewer), or Database Admin',
};
