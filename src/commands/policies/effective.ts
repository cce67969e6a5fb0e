import type { CatalogSnapshot } from '../../catalog/catalog.js';
import { fullyQualifiedName } from '../../security/index.js';

/** The policy's JSON at the first of the scopes where it is set; `null` when it is set at none. */
export function policyText(snapshot: CatalogSnapshot, policy: string, scopes: readonly string[]): string {
  for (const scope of scopes) {
    const value = snapshot.policy(scope, policy);
    if (value !== undefined) return JSON.stringify(value);
  }
  return 'null';
}

/** Assignments at a scope as the JSON that details tables hold. */
export function authorizedPrincipals(snapshot: CatalogSnapshot, scope: string): string {
  const types = { aaduser: 'AAD User', aadgroup: 'AAD Group', aadapp: 'AAD Application' } as const;
  return JSON.stringify(
    snapshot.roles(scope).map(({ principal, notes }) => ({
      Type: types[principal.type],
      DisplayName: principal.displayName,
      ObjectId: principal.id,
      FQN: fullyQualifiedName(principal),
      Notes: notes,
    })),
  );
}
