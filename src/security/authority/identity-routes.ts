import type { FastifyInstance, FastifyReply } from 'fastify';
import { isSameSecret, type Registry } from './registry.js';
import type { TokenIssuer } from './token-issuer.js';

export const APP_SERVICE_PATH = '/msi/token';

type Query = Readonly<Record<string, string | undefined>>;

/** The two protocols by which Azure hosts give their managed identities tokens: App Service and IMDS. */
export function identityRoutes(
  app: FastifyInstance,
  { issuer, registry, identityHeader }: { issuer: TokenIssuer; registry: Registry; identityHeader: string },
): void {
  const answer = async (query: Query, reply: FastifyReply, notFound: object) => {
    const resource = issuer.audienceOf(query.resource ?? '');
    if (resource === undefined) {
      return reply
        .status(400)
        .send({ error: 'invalid_resource', error_description: 'AADSTS500011: The resource is not known.' });
    }
    const identity = registry.identity({
      clientId: query.client_id,
      objectId: query.object_id ?? query.principal_id,
      resourceId: query.mi_res_id ?? query.msi_res_id,
    });
    if (!identity) return reply.status(400).send(notFound);
    const issued = await issuer.forIdentity(identity, resource);
    return {
      access_token: issued.token,
      client_id: identity.clientId,
      expires_in: String(issued.expiresIn),
      expires_on: String(issued.expiresOn),
      not_before: String(issued.expiresOn - issued.expiresIn),
      resource: issued.resource,
      token_type: 'Bearer',
    };
  };

  app.get(APP_SERVICE_PATH, (request, reply) => {
    const header = request.headers['x-identity-header'];
    if (typeof header !== 'string' || !isSameSecret(header, identityHeader)) {
      return reply.status(401).send({ statusCode: 401, message: 'X-IDENTITY-HEADER is missing or wrong.' });
    }
    return answer(request.query as Query, reply, {
      statusCode: 400,
      message: 'No managed identity is found for the client id, object id or resource id.',
    });
  });

  // The header keeps a request away that somebody makes another program send without meaning to.
  const imds = '/metadata/identity/oauth2/token';
  for (const path of [imds, `${imds}/`]) {
    app.get(path, (request, reply) => {
      if (request.headers.metadata !== 'true' || request.headers['x-forwarded-for'] !== undefined) {
        return reply
          .status(400)
          .send({ error: 'invalid_request', error_description: 'The header Metadata: true is required.' });
      }
      return answer(request.query as Query, reply, {
        error: 'invalid_request',
        error_description: 'Identity not found',
      });
    });
  }
}
