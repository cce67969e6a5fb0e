import type { PrincipalRef } from '../catalog/model.js';
import { DEVELOPMENT_TENANT } from './tenants.js';

/** Who asks. Made by authentication only (or by the server itself, for work on behalf of a managed identity). */
export interface Caller {
  readonly principal: PrincipalRef;
  /** Every id under which roles may name the caller: object id, application id, UPN. */
  readonly identifiers: readonly string[];
  /** Object ids of groups that the token itself proves. */
  readonly groups: readonly string[];
  /** The token that was presented, for on-behalf-of exchanges; absent in development and in jobs. Not enumerable. */
  readonly assertion?: string;
  /** Development mode: AllDatabasesAdmin without any assignment. */
  readonly isDevelopmentAdmin?: boolean;
  /** What the token says beside, for `current_principal_details()`. */
  readonly details?: CallerDetails;
}

export interface CallerDetails {
  readonly userPrincipalName?: string;
  /** The issuer's address. */
  readonly identityProvider?: string;
  readonly mfa?: boolean;
}

/** Fully qualified name, as `current_principal()` gives it: `aadapp=<oid>;<tid>`. */
export function fullyQualifiedName(principal: PrincipalRef): string {
  return `${principal.type}=${principal.id};${principal.tenantId}`;
}

/** Everybody in development mode. */
export const DEVELOPMENT_CALLER: Caller = {
  principal: {
    type: 'aaduser',
    id: 'ca1ca1c0-0000-0000-0000-00000000ad31',
    tenantId: DEVELOPMENT_TENANT,
    displayName: 'Development',
  },
  identifiers: ['ca1ca1c0-0000-0000-0000-00000000ad31'],
  groups: [],
  isDevelopmentAdmin: true,
};
