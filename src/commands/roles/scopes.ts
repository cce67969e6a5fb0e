import type { RoleAssignmentEntity } from '../../catalog/model.js';
import type { Permission } from '../../security/index.js';
import { find, SHOW_PERMISSION } from '../entities.js';
import { name, opt, seq, type CommandContext, type EntityReference, type Rule } from '../framework/index.js';

type Role = RoleAssignmentEntity['role'];

/** What roles can be given on: the cluster, a database, or an entity in it. */
export interface RoleScope {
  /** In command names: `AddDatabaseRole`. */
  readonly label: string;
  /** How commands name it; captures `target`. */
  readonly grammar: Rule<{ readonly target?: string }>;
  /** Roles by their keyword. */
  readonly roles: Readonly<Record<string, Role>>;
  readonly manage: Permission;
  readonly show: Permission;
  readonly entity: (target: string | undefined) => EntityReference | undefined;
  /** Id under which the assignments are kept. Throws when the target does not exist. */
  readonly id: (target: string | undefined, context: CommandContext) => string;
  /** `Database Samples`, as role names begin. */
  readonly title: (target: string | undefined, context: CommandContext) => string;
}

type EntityKind = 'table' | 'externalTable' | 'function';

function entityScope(
  kind: EntityKind,
  keywords: string,
  label: string,
  title: string,
  manage: Permission,
  roles: RoleScope['roles'],
): RoleScope {
  return {
    label,
    grammar: seq(keywords, name('target')),
    roles,
    manage,
    show: SHOW_PERMISSION,
    entity: (target = '') => ({ kind, name: target }),
    id: (target = '', context) =>
      find(context.catalog.snapshot(), kind, context.database.id, target, context.spanOf('target')).id,
    title: (target = '') => `${title} ${target}`,
  };
}

export const CLUSTER_SCOPE: RoleScope = {
  label: 'Cluster',
  grammar: seq('cluster') as Rule<{ readonly target?: string }>,
  roles: {
    alldatabasesadmins: 'AllDatabasesAdmin',
    alldatabasesviewers: 'AllDatabasesViewer',
    alldatabasesmonitors: 'AllDatabasesMonitor',
  },
  manage: 'AllDatabasesAdmin',
  show: 'AllDatabasesMonitor',
  entity: () => undefined,
  id: () => 'cluster',
  title: () => '',
};

export const DATABASE_SCOPE: RoleScope = {
  label: 'Database',
  grammar: seq('database', opt(name('target'))),
  roles: {
    admins: 'Admin',
    users: 'User',
    viewers: 'Viewer',
    unrestrictedviewers: 'UnrestrictedViewer',
    ingestors: 'Ingestor',
    monitors: 'Monitor',
  },
  manage: 'DatabaseAdmin',
  show: SHOW_PERMISSION,
  entity: (target) => ({ kind: 'database', ...(target === undefined ? {} : { name: target }) }),
  id: (target, context) => context.databaseOf(target).id,
  title: (target, context) => `Database ${context.databaseOf(target).name}`,
};

export const ROLE_SCOPES: readonly RoleScope[] = [
  CLUSTER_SCOPE,
  DATABASE_SCOPE,
  entityScope('table', 'table', 'Table', 'Table', 'TableAdmin', { admins: 'Admin', ingestors: 'Ingestor' }),
  entityScope('externalTable', 'external table', 'ExternalTable', 'External Table', 'ExternalTableAdmin', {
    admins: 'Admin',
  }),
  entityScope('function', 'function', 'Function', 'Function', 'FunctionAdmin', { admins: 'Admin' }),
];
