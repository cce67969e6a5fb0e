import type { PrincipalRef, PrincipalType } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import type { Caller } from './caller.js';
import type { Directory, ManagedIdentity } from './directory.js';

const TYPES: ReadonlySet<string> = new Set<PrincipalType>(['aaduser', 'aadgroup', 'aadapp']);
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TENANT = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|oidc:[a-z][a-z0-9-]*)$/;

export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/**
 * A principal from its fully qualified name: `aaduser=UPN|OID[;tenant]`, `aadgroup=OID[;tenant]`,
 * `aadapp=clientId|OID[;tenant]`. The tenant is an id, a domain that an issuer lists, or `oidc:<issuer>`; without one
 * it is that of the UPN's domain, else the default tenant. A managed identity becomes its object id at once.
 * Throws Principal_Malformed or Principal_NotResolvable.
 */
export function parsePrincipal(fqn: string, directory: Directory): PrincipalRef {
  const parts = /^\s*([^=]*?)\s*=\s*([^;]*?)\s*(?:;\s*([^;]*?)\s*)?$/.exec(fqn);
  const type = parts?.[1]?.toLowerCase();
  const id = parts?.[2];
  if (!type || !id || parts?.[3] === '') throw malformed(fqn);
  if (!isPrincipalType(type)) {
    throw malformed(fqn, `'${type}' is no kind of principal that Calypso knows; it knows aaduser, aadgroup and aadapp`);
  }
  const tenantId = tenantOf(fqn, id, parts?.[3], directory);
  if (type === 'aadapp') {
    const identity = directory.findIdentity(id);
    if (identity && id.toLowerCase() !== 'system' && identity.tenantId === tenantId) return principalOf(identity);
  }
  if (isGuid(id)) return { type, id: id.toLowerCase(), tenantId, displayName: '' };
  // Another issuer's ids are texts of its own making, compared as they are.
  if (tenantId.startsWith('oidc:')) return { type, id, tenantId, displayName: '' };
  if (type === 'aaduser') {
    if (!/^[^@\s]+@[^@\s]+$/.test(id))
      throw malformed(fqn, 'a user is named by the user principal name or the object id');
    return { type, id, tenantId, displayName: id };
  }
  throw new KustoError(
    'Principal_NotResolvable',
    type === 'aadgroup'
      ? `The group '${fqn}' cannot be resolved: a token proves membership by object id only. Write 'aadgroup=<object id>;<tenant>'.`
      : `The application '${fqn}' cannot be resolved by its name. Write 'aadapp=<client id or object id>;<tenant>'.`,
  );
}

function isPrincipalType(text: string): text is PrincipalType {
  return TYPES.has(text);
}

function tenantOf(fqn: string, id: string, written: string | undefined, directory: Directory): string {
  if (written === undefined) {
    const domain = /@([^@]+)$/.exec(id)?.[1];
    return (domain && directory.tenantOfDomain(domain)) || directory.defaultTenant;
  }
  const tenant = written.toLowerCase();
  if (TENANT.test(tenant)) return tenant;
  const known = directory.tenantOfDomain(tenant);
  if (known) return known;
  throw new KustoError(
    'Principal_NotResolvable',
    `The tenant '${written}' of '${fqn}' is not known here. Write the tenant id, or list the domain with its issuer in the configuration.`,
  );
}

function malformed(fqn: string, why = 'it must have the form type=id;tenant'): KustoError {
  return new KustoError(
    'Principal_Malformed',
    `'${fqn}' is not a fully qualified name: ${why}, for example 'aaduser=someone@fabrikam.com' or 'aadapp=<client id>;<tenant id>'.`,
  );
}

/** The managed identity as a principal: always by object id. */
export function principalOf(identity: ManagedIdentity): PrincipalRef {
  const { objectId, tenantId, displayName } = identity;
  return { type: 'aadapp', id: objectId, tenantId, displayName };
}

/** The caller of work that the server does on behalf of a managed identity. Of no group: no token proves one. */
export function identityCaller(identity: ManagedIdentity): Caller {
  return { principal: principalOf(identity), identifiers: [identity.objectId, identity.clientId], groups: [] };
}

/** True when the caller is the principal, or a proven member of it when it is a group. The tenant must be the same. */
export function isPrincipal(caller: Caller, principal: PrincipalRef): boolean {
  if (principal.tenantId !== caller.principal.tenantId) return false;
  const same = sameId(principal.tenantId);
  if (principal.type === 'aadgroup') return caller.groups.some((group) => same(group, principal.id));
  if (principal.type !== caller.principal.type) return false;
  return caller.identifiers.some((id) => same(id, principal.id));
}

/** Two references to one principal, as `.drop` and `.add` compare them. */
export function isSamePrincipal(a: PrincipalRef, b: PrincipalRef): boolean {
  return a.type === b.type && a.tenantId === b.tenantId && sameId(a.tenantId)(a.id, b.id);
}

/** Entra's ids and UPNs know no case; of another issuer's ids nothing is known. */
function sameId(tenantId: string): (a: string, b: string) => boolean {
  return tenantId.startsWith('oidc:') ? (a, b) => a === b : (a, b) => a.toLowerCase() === b.toLowerCase();
}
