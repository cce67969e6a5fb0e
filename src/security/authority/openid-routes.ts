import type { FastifyInstance } from 'fastify';
import { DEVELOPMENT_TENANT } from '../tenants.js';
import type { Registry } from './registry.js';
import type { IssuedToken, TokenIssuer } from './token-issuer.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const JWT_ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** An answer of RFC 6749, section 5.2, with the number that Entra gives such an error. */
class OAuthError extends Error {
  constructor(
    readonly status: 400 | 401,
    readonly error: string,
    readonly code: number,
    description: string,
  ) {
    super(`AADSTS${code}: ${description}`);
  }
}

type Form = Readonly<Record<string, string | undefined>>;

/** OpenID discovery, key set and token endpoint, at Entra's paths. */
export function openIdRoutes(
  app: FastifyInstance,
  context: { issuer: TokenIssuer; registry: Registry; audiences: readonly string[]; url: () => string },
): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body as string)));
  });
  const tenant = `/${DEVELOPMENT_TENANT}`;
  const discovery = () => {
    const base = `${context.url()}${tenant}`;
    return {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_types_supported: ['token'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    };
  };
  for (const path of [`${tenant}/v2.0`, tenant]) app.get(`${path}/.well-known/openid-configuration`, discovery);
  for (const path of ['/discovery/v2.0/keys', '/discovery/keys'])
    app.get(`${tenant}${path}`, () => context.issuer.jwks);
  for (const path of ['/oauth2/v2.0/token', '/oauth2/token']) {
    app.post(`${tenant}${path}`, async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      try {
        const issued = await grant((request.body ?? {}) as Form, context);
        return {
          token_type: 'Bearer',
          access_token: issued.token,
          expires_in: issued.expiresIn,
          ext_expires_in: issued.expiresIn,
          expires_on: String(issued.expiresOn),
          resource: issued.resource,
        };
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error;
        const body = { error: error.error, error_description: error.message, error_codes: [error.code] };
        return reply.status(error.status).send(body);
      }
    });
  }
}

async function grant(
  form: Form,
  { issuer, registry, audiences }: { issuer: TokenIssuer; registry: Registry; audiences: readonly string[] },
): Promise<IssuedToken> {
  const resource = issuer.audienceOf(form.scope ?? form.resource ?? '');
  if (resource === undefined) {
    throw new OAuthError(400, 'invalid_resource', 500011, 'The resource is not known in the development tenant.');
  }
  switch (form.grant_type) {
    case 'client_credentials': {
      if (form.client_assertion_type === JWT_ASSERTION) {
        const clientId = await issuer.verifyFederated(form.client_assertion ?? '');
        const identity = clientId === undefined ? undefined : registry.identity({ clientId });
        if (!identity || clientId !== form.client_id?.toLowerCase()) {
          throw new OAuthError(401, 'invalid_client', 700213, 'The assertion is not that of a known identity.');
        }
        return issuer.forIdentity(identity, resource);
      }
      return issuer.forPrincipal(authenticateClient(form, registry), resource);
    }
    case 'password': {
      const user = registry.user(form.username, form.password);
      if (!user) throw new OAuthError(400, 'invalid_grant', 50126, 'The user name or the password is wrong.');
      return issuer.forPrincipal(user, resource, form.client_id);
    }
    case JWT_BEARER: {
      if (form.requested_token_use !== 'on_behalf_of') {
        throw new OAuthError(400, 'invalid_request', 900144, 'requested_token_use must be on_behalf_of.');
      }
      const client = authenticateClient(form, registry);
      // The token that is exchanged must have been meant for the application that exchanges it.
      const own = [
        ...audiences,
        ...(client.clientId === undefined ? [] : [client.clientId, `api://${client.clientId}`]),
      ];
      const claims = await issuer.verify(form.assertion ?? '', own);
      const principal = typeof claims?.oid === 'string' ? registry.principal(claims.oid) : undefined;
      if (!principal) {
        throw new OAuthError(400, 'invalid_grant', 500131, 'The assertion is not a valid token for this application.');
      }
      if (principal.type !== 'aaduser') {
        throw new OAuthError(400, 'invalid_grant', 7000114, 'An application cannot be acted for on behalf of.');
      }
      return issuer.forPrincipal(principal, resource, client.clientId);
    }
    default:
      throw new OAuthError(400, 'unsupported_grant_type', 70003, 'This grant type is not supported.');
  }
}

function authenticateClient(form: Form, registry: Registry) {
  const client = registry.application(form.client_id, form.client_secret);
  if (!client) throw new OAuthError(401, 'invalid_client', 7000215, 'The client id or the client secret is wrong.');
  return client;
}
