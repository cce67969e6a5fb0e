import type { PrincipalRef } from '../catalog/model.js';

/** Who asks. Made by authentication only (or by the server itself, for work on behalf of a managed identity). */
export interface Caller {
  readonly principal: PrincipalRef;
  /** Every id under which roles may name the caller: object id, application id, UPN. */
  readonly identifiers: readonly string[];
  /** Object ids of groups that the token itself proves. */
  readonly groups: readonly string[];
  /** The token that was presented, for on-behalf-of exchanges; absent in development and in jobs. */
  readonly assertion?: string;
  /** Development mode: AllDatabasesAdmin without any assignment. */
  readonly isDevelopmentAdmin?: boolean;
}

/** Fully qualified name, as `current_principal()` gives it: `aadapp=<oid>;<tid>`. */
export function fullyQualifiedName(principal: PrincipalRef): string {
  return `${principal.type}=${principal.id};${principal.tenantId}`;
}
