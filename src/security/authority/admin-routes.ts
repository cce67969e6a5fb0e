import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { identitySchema, principalSchema } from './config.js';
import { isSameSecret, type Registry } from './registry.js';
import type { TokenIssuer } from './token-issuer.js';

/** Changes to who exists, for tests and demonstrations. Every request bears the administration secret. */
export function adminRoutes(
  app: FastifyInstance,
  { issuer, registry, adminSecret }: { issuer: TokenIssuer; registry: Registry; adminSecret: string },
): void {
  void app.register(
    (admin, _options, done) => {
      admin.addHook('onRequest', async (request, reply) => {
        const secret = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
        if (secret === undefined || !isSameSecret(secret, adminSecret)) {
          await reply
            .status(401)
            .send({ error: 'unauthorized', error_description: 'The administration secret is missing or wrong.' });
        }
      });
      admin.put('/principals', (request, reply) => {
        const principal = check(principalSchema, request.body);
        registry.putPrincipal(principal);
        return reply.status(204).send();
      });
      admin.delete<{ Params: { objectId: string } }>('/principals/:objectId', (request, reply) =>
        reply.status(registry.removePrincipal(request.params.objectId) ? 204 : 404).send(),
      );
      admin.put('/identities', (request, reply) => {
        registry.putIdentity(check(identitySchema, request.body));
        return reply.status(204).send();
      });
      admin.delete<{ Params: { objectId: string } }>('/identities/:objectId', (request, reply) =>
        reply.status(registry.detachIdentity(request.params.objectId) ? 204 : 404).send(),
      );
      admin.post('/keys/rotate', async (_request, reply) => {
        await issuer.rotate();
        return reply.status(204).send();
      });
      admin.post<{ Params: { objectId: string } }>('/identities/:objectId/federated-token', async (request, reply) => {
        const identity = registry.identity({ objectId: request.params.objectId });
        if (!identity) return reply.status(404).send();
        return reply.type('text/plain').send(await issuer.federated(identity));
      });
      done();
    },
    { prefix: '/admin' },
  );
}

function check<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw Object.assign(new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`), {
    statusCode: 400,
  });
}
