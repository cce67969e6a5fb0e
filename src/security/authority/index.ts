export { startAuthority, type Authority } from './authority.js';
export {
  authorityConfigSchema,
  parseAuthorityConfig,
  type AuthorityConfig,
  type AuthorityConfigInput,
  type TestIdentity,
  type TestPrincipal,
} from './config.js';
