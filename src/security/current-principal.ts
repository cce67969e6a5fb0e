import { fullyQualifiedName, type Caller } from './caller.js';
import type { Directory } from './directory.js';
import { isPrincipal, parsePrincipal } from './principals.js';

/** `current_principal()`: `type=id;tenant`. */
export function currentPrincipal(caller: Caller): string {
  return fullyQualifiedName(caller.principal);
}

const TYPE_NAMES = { aaduser: 'AadUser', aadapp: 'AadApp', aadgroup: 'AadGroup' } as const;

/** `current_principal_details()`: the reference's bag, without what no token here tells (countries, regions). */
export function currentPrincipalDetails(caller: Caller): Readonly<Record<string, string | null>> {
  const { principal, details = {} } = caller;
  const upn = details.userPrincipalName;
  const [kind, id] = principal.type === 'aadapp' ? ['app id', caller.identifiers[1] ?? principal.id] : ['upn', upn];
  return {
    UserPrincipalName: upn ?? null,
    IdentityProvider: details.identityProvider ?? null,
    Authority: principal.tenantId,
    Mfa: details.mfa === undefined ? null : details.mfa ? 'True' : 'False',
    Type: TYPE_NAMES[principal.type],
    DisplayName: id ? `${principal.displayName} (${kind}: ${id})` : principal.displayName,
    ObjectId: principal.id,
    FQN: fullyQualifiedName(principal),
    Notes: null,
  };
}

/**
 * `current_principal_is_member_of(…)`: true when the caller is one of the principals or in one of the groups.
 * Throws Principal_Malformed or Principal_NotResolvable for a name of which nothing can be known.
 */
export function currentPrincipalIsMemberOf(caller: Caller, names: readonly string[], directory: Directory): boolean {
  // All are read before one is matched: a bad name is told whatever stands before it.
  return names.map((name) => parsePrincipal(name, directory)).some((principal) => isPrincipal(caller, principal));
}
