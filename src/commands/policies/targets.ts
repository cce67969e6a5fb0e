import type { CatalogSnapshot } from '../../catalog/catalog.js';
import type { DatabaseEntity, TableEntity } from '../../catalog/model.js';
import type { Permission } from '../../security/index.js';
import type { KustoValue } from '../../values/index.js';
import { find, tableScope, SHOW_PERMISSION } from '../entities.js';
import {
  name,
  NAME,
  opt,
  oneOf,
  qualified,
  schema,
  seq,
  values,
  type CommandContext,
  type EntityReference,
  type QualifiedName,
  type Rule,
} from '../framework/index.js';
import type { PolicyKind, PolicyLevel } from './kinds.js';

export const POLICY = schema(
  'PolicyName: string, EntityName: string, Policy: string, ChildEntities: string, EntityType: string',
);

/** Something that has policies: its scope in the catalog, and how results name it. */
export interface PolicyTarget {
  readonly scope: string;
  readonly entityName: string;
  readonly childEntities: string;
  readonly entityType: string;
}

/** How commands name what they change at a level. */
export interface TargetForm {
  readonly level: PolicyLevel;
  /** In command names: `AlterTablesPolicyRetention`. */
  readonly label: string;
  readonly grammar: Rule<object>;
  readonly alter: Permission;
  readonly show: Permission;
  readonly entities: (args: object) => readonly EntityReference[];
  readonly targets: (args: object, context: CommandContext) => readonly PolicyTarget[];
}

function form<A extends object>(
  level: PolicyLevel,
  label: string,
  permissions: readonly [alter: Permission, show: Permission],
  grammar: Rule<A>,
  entities: (args: A) => readonly EntityReference[],
  targets: (args: A, context: CommandContext) => readonly PolicyTarget[],
): TargetForm {
  const [alter, show] = permissions;
  return {
    level,
    label,
    grammar,
    alter,
    show,
    entities: (args) => entities(args as A),
    targets: (args, context) => targets(args as A, context),
  };
}

function databaseTarget(snapshot: CatalogSnapshot, database: DatabaseEntity): PolicyTarget {
  const tables = snapshot.list('table', database.id).map((table) => table.name);
  return {
    scope: database.id,
    entityName: `[${database.name}]`,
    childEntities: JSON.stringify(tables),
    entityType: 'Database',
  };
}

function tableTarget(database: DatabaseEntity, table: TableEntity): PolicyTarget {
  return { scope: table.id, entityName: `[${database.name}].[${table.name}]`, childEntities: '', entityType: 'Table' };
}

function oneTable(context: CommandContext, reference: QualifiedName): PolicyTarget {
  const database = context.databaseOf(reference.database);
  const span = context.spanOf('table');
  return tableTarget(database, find(context.catalog.snapshot(), 'table', database.id, reference.name, span));
}

const ofCluster: readonly [Permission, Permission] = ['AllDatabasesAdmin', 'AllDatabasesMonitor'];
const ofDatabase: readonly [Permission, Permission] = ['DatabaseAdmin', SHOW_PERMISSION];
const ofTable: readonly [Permission, Permission] = ['TableAdmin', SHOW_PERMISSION];

const cluster = form(
  'cluster',
  'Cluster',
  ofCluster,
  seq('cluster'),
  () => [{ kind: 'database' }],
  (_, context) => [
    {
      scope: 'cluster',
      entityName: '',
      childEntities: JSON.stringify(
        context.catalog
          .snapshot()
          .list('database')
          .map((database) => database.name),
      ),
      entityType: 'Cluster',
    },
  ],
);

const database = form(
  'database',
  'Database',
  ofDatabase,
  seq('database', opt(name('database'))),
  ({ database }) => [{ kind: 'database', ...(database === undefined ? {} : { name: database }) }],
  ({ database }, context) => [databaseTarget(context.catalog.snapshot(), context.databaseOf(database))],
);

const table = form(
  'table',
  'Table',
  ofTable,
  seq('table', qualified('table')),
  ({ table }) => [tableScope(table)],
  ({ table }, context) => [oneTable(context, table)],
);

const tables = form(
  'table',
  'Tables',
  ofTable,
  seq('tables (', values('tables', NAME), ')'),
  ({ tables }) => tables.map(tableScope),
  ({ tables }, context) => tables.map((name) => oneTable(context, { name })),
);

const allTables = form(
  'table',
  'TableStar',
  ofTable,
  seq('table *'),
  () => [{ kind: 'database' }],
  (_, context) =>
    context.catalog
      .snapshot()
      .list('table', context.database.id)
      .map((one) => tableTarget(context.database, one)),
);

/** Every database that the caller may see. */
const allDatabases = form(
  'database',
  'DatabaseStar',
  ofDatabase,
  oneOf('database *'),
  () => [{ kind: 'database' }],
  (_, context) => {
    const snapshot = context.catalog.snapshot();
    return context.security.authorization
      .visibleDatabases(snapshot, context.request.caller)
      .map((one) => databaseTarget(snapshot, one));
  },
);

export function alterForms(kind: PolicyKind): readonly TargetForm[] {
  return [cluster, database, table, tables].filter(({ level }) => kind.levels.includes(level));
}

export function showForms(kind: PolicyKind): readonly TargetForm[] {
  return [cluster, allDatabases, database, allTables, table].filter(({ level }) => kind.levels.includes(level));
}

export function policyRow(kind: PolicyKind, target: PolicyTarget, snapshot: CatalogSnapshot): readonly KustoValue[] {
  const { entityName, childEntities, entityType, scope } = target;
  const policy = JSON.stringify(snapshot.policy(scope, kind.keyword) ?? null);
  return [kind.name, entityName, policy, childEntities, entityType];
}
