import type { PrincipalRef } from '../../catalog/model.js';
import { isPrincipal, isSamePrincipal, parsePrincipal } from '../../security/index.js';
import type { KustoValue } from '../../values/index.js';
import {
  defineCommand,
  opt,
  properties,
  schema,
  seq,
  text,
  type Command,
  type CommandContext,
  type EntityReference,
} from '../framework/index.js';
import { PRINCIPALS, principalRows, roleName } from './results.js';
import { CLUSTER_SCOPE, DATABASE_SCOPE, type RoleScope } from './scopes.js';

export function showPrincipals(scope: RoleScope): Command {
  return defineCommand({
    name: `Show${scope.label}Principals`,
    grammar: seq('show', scope.grammar, 'principals'),
    permission: scope.show,
    scope: ({ target }) => scope.entity(target) ?? { kind: 'database' },
    result: PRINCIPALS,
    run: ({ target }, context) => principalRows(scope, target, context),
  });
}

const ROLES = schema('Scope: string, DisplayName: string, AADObjectID: string, Role: string');

const principalRoles = seq('principal', opt(text('principal')), 'roles', properties({}));

/** Everybody may ask for the own roles; those of others are for who may see the principals. */
export function showPrincipalRoles(scope: RoleScope): Command {
  return defineCommand({
    name: `Show${scope.label}PrincipalRoles`,
    grammar: seq('show', scope.grammar, principalRoles),
    permission: 'Anyone',
    result: ROLES,
    run({ target, principal }, context) {
      const who = asked(principal, context, scope, scope.entity(target));
      if (!context.allowed(scope.show, scope.entity(target))) return ownRoles(scope, target, context);
      return rolesOf(who, scope.id(target, context), scope.title(target, context), context);
    },
  });
}

/** Who sees nothing of the scope is told of no role, whether the scope exists or not. */
function ownRoles(scope: RoleScope, target: string | undefined, context: CommandContext) {
  const database = context.catalog.snapshot().database(target ?? context.request.database);
  return scope === DATABASE_SCOPE && database !== undefined
    ? rolesOf(undefined, database.id, `Database ${database.name}`, context)
    : scope === CLUSTER_SCOPE
      ? rolesOf(undefined, 'cluster', '', context)
      : [];
}

/** Of the cluster and of all databases. */
export const showAllPrincipalRoles = defineCommand({
  name: 'ShowPrincipalRoles',
  grammar: seq('show', principalRoles),
  permission: 'Anyone',
  result: ROLES,
  run({ principal }, context) {
    const who = asked(principal, context, CLUSTER_SCOPE, undefined);
    return [
      ...rolesOf(who, 'cluster', '', context),
      ...context.catalog
        .snapshot()
        .list('database')
        .flatMap(({ id, name }) => rolesOf(who, id, `Database ${name}`, context)),
    ];
  },
});

/** The principal that is asked for; undefined: the caller. */
function asked(
  fqn: string | undefined,
  context: CommandContext,
  scope: RoleScope,
  entity: EntityReference | undefined,
): PrincipalRef | undefined {
  if (fqn === undefined) return undefined;
  const principal = parsePrincipal(fqn, context.security.directory);
  if (isPrincipal(context.request.caller, principal)) return undefined;
  context.authorize(scope.show, entity);
  return principal;
}

function rolesOf(
  who: PrincipalRef | undefined,
  scopeId: string,
  title: string,
  context: CommandContext,
): readonly (readonly KustoValue[])[] {
  const { caller } = context.request;
  const assigned = context.catalog
    .snapshot()
    .roles(scopeId)
    .filter(({ principal }) => (who === undefined ? isPrincipal(caller, principal) : isSamePrincipal(principal, who)))
    .map(({ role, principal }) => [title || 'Cluster', principal.displayName, principal.id, roleName(title, role)]);
  const byMode = who === undefined && scopeId === 'cluster' && caller.isDevelopmentAdmin === true;
  const { displayName, id } = caller.principal;
  return byMode ? [['Cluster', displayName, id, 'AllDatabasesAdmin'], ...assigned] : assigned;
}
