export { Authorization, bindings, type EffectiveRoles, type Target } from './authorization.js';
export { DEVELOPMENT_CALLER, fullyQualifiedName, type Caller, type CallerDetails } from './caller.js';
export {
  CALLOUT_POLICY,
  calloutDefaults,
  calloutPolicy,
  isCalloutAllowed,
  mergeCalloutPolicy,
  parseCalloutPolicy,
  requireCallout,
  type Callout,
  type CalloutDefaults,
  type CalloutRule,
  type CalloutType,
} from './callout-policy.js';
export { parseSecurityConfig, securityConfigSchema, type SecurityConfig } from './config.js';
export { currentPrincipal, currentPrincipalDetails, currentPrincipalIsMemberOf } from './current-principal.js';
export { Directory, type ManagedIdentity } from './directory.js';
export {
  isUsageAllowed,
  MANAGED_IDENTITY_POLICY,
  managedIdentityPolicy,
  mergeManagedIdentityPolicy,
  parseManagedIdentityPolicy,
  requireUsage,
  type IdentityUsage,
  type ManagedIdentityPolicy,
  type ManagedIdentityPolicyObject,
} from './managed-identity-policy.js';
export type { Permission } from './permissions.js';
export { identityCaller, isGuid, isPrincipal, isSamePrincipal, parsePrincipal, principalOf } from './principals.js';
export { openSecretBox, SecretBox } from './secret-box.js';
export { DEVELOPMENT_TENANT } from './tenants.js';
export { IdentityTokens, type AccessToken } from './identity-tokens.js';
export { Security, type SecurityOptions, type TargetCredential, type TokenTarget } from './security.js';
