import type { Command } from '../framework/index.js';
import { manageRoles } from './manage.js';
import { ROLE_SCOPES } from './scopes.js';
import { showAllPrincipalRoles, showPrincipalRoles, showPrincipals } from './show.js';

export const ROLE_COMMANDS: readonly Command[] = [
  ...ROLE_SCOPES.flatMap((scope) => [...manageRoles(scope), showPrincipals(scope), showPrincipalRoles(scope)]),
  showAllPrincipalRoles,
];
