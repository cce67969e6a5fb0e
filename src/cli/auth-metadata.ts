import type { SecurityConfig } from '../security/index.js';
import type { AuthMetadata } from '../server/index.js';

/** The public client that the Kusto tools sign people in with, registered by Microsoft in every Entra tenant. */
const KUSTO_CLIENT_APP = 'db662dc1-0cfe-4e1c-a843-19a68e65be58';

/** Where clients get tokens for this server, by the first issuer that Kusto clients know how to ask. */
export function authMetadata(security: SecurityConfig, address: string): AuthMetadata {
  const [issuer] = security.authentication;
  const login =
    issuer?.kind === 'entra'
      ? issuer.authorityHost
      : issuer?.kind === 'development'
        ? issuer.authority
        : (issuer?.issuer ?? address);
  const tenant = issuer?.kind === 'entra' ? issuer.tenantId : 'organizations';
  return {
    LoginEndpoint: login.replace(/\/$/, ''),
    LoginMfaRequired: false,
    KustoClientAppId: KUSTO_CLIENT_APP,
    KustoClientRedirectUri: 'https://microsoft/kustoclient',
    KustoServiceResourceId: security.audiences[0] ?? address,
    FirstPartyAuthorityUrl: `${login.replace(/\/$/, '')}/${tenant}`,
  };
}
