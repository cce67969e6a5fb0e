import type { RoleAssignmentEntity } from '../../catalog/model.js';
import { fullyQualifiedName } from '../../security/index.js';
import type { KustoValue } from '../../values/index.js';
import { schema, type CommandContext } from '../framework/index.js';
import type { RoleScope } from './scopes.js';

export const PRINCIPALS = schema(
  'Role: string, PrincipalType: string, PrincipalDisplayName: string, PrincipalObjectId: string, PrincipalFQN: string, Notes: string, RoleAssignmentIdentifier: string',
);

const TYPES = {
  aaduser: 'Microsoft Entra user',
  aadgroup: 'Microsoft Entra group',
  aadapp: 'Microsoft Entra app',
} as const;

/** `Database Samples Admin`; the cluster's roles bear no title. */
export function roleName(title: string, role: RoleAssignmentEntity['role']): string {
  return title === '' ? role : `${title} ${role}`;
}

export function principalRows(
  scope: RoleScope,
  target: string | undefined,
  context: CommandContext,
): readonly (readonly KustoValue[])[] {
  const title = scope.title(target, context);
  return context.catalog
    .snapshot()
    .roles(scope.id(target, context))
    .map(({ id, role, principal, notes }) => [
      roleName(title, role),
      TYPES[principal.type],
      principal.displayName,
      principal.id,
      fullyQualifiedName(principal),
      notes,
      id,
    ]);
}
