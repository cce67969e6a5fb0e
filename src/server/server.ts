import Fastify, { LogController } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CommandService } from '../commands/command.js';
import { KustoError } from '../errors/index.js';
import { errorBody, maskSecrets } from '../protocol/index.js';
import type { QueryService } from '../query/query-service.js';
import { fullyQualifiedName } from '../security/caller.js';
import type { Authenticate, ServerConfig, ServerLog } from './config.js';
import { checkDevelopmentRequest } from './door.js';
import { codedError } from './failures.js';
import { pageRoutes } from './pages.js';
import { RequestScope } from './scope.js';
import { statementRoutes } from './statements.js';

declare module 'fastify' {
  interface FastifyRequest {
    scope: RequestScope;
  }
  interface FastifyInstance {
    /** Requests that are under way. */
    inFlight: ReadonlySet<RequestScope>;
  }
}

export interface ServerDependencies {
  readonly queries: QueryService;
  readonly commands: CommandService;
  readonly authenticate: Authenticate;
  readonly config: ServerConfig;
  readonly log: ServerLog;
}

/** The HTTP service, ready for `listen` (see lifecycle.ts) or `inject`. Owns none of its dependencies. */
export function buildServer({ queries, commands, authenticate, config, log }: ServerDependencies): FastifyInstance {
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.limits.bodySize,
    exposeHeadRoutes: false,
    trustProxy: config.trustedProxy,
    forceCloseConnections: 'idle',
    // A request that trickles in must not hold its connection for ever.
    requestTimeout: 120_000,
    ...(config.tls && { https: { cert: config.tls.certificate, key: config.tls.key } }),
    frameworkErrors: (error, request, reply) => {
      request.scope ??= new RequestScope(request, reply);
      fail(error, request, reply);
    },
  }) as unknown as FastifyInstance;

  const logsText = log.level === 'debug' || log.level === 'trace';
  const inFlight = new Set<RequestScope>();
  app.decorate('inFlight', inFlight);
  app.decorateRequest('scope');
  // Only JSON bodies: a web page can send text/plain anywhere without asking first.
  app.removeContentTypeParser('text/plain');

  app.addHook('onRequest', async (request, reply) => {
    const scope = new RequestScope(request, reply);
    request.scope = scope;
    inFlight.add(scope);
    void scope.ended.then(() => inFlight.delete(scope));
    reply.headers({
      'x-ms-activity-id': scope.activityId,
      'x-ms-client-request-id': scope.clientRequestId,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    if (config.development) checkDevelopmentRequest(request);
  });

  app.addHook('onResponse', async (request, reply) => {
    const { scope } = request;
    const { caller } = scope;
    scope.end();
    request.log.info(
      {
        ...scope.ids,
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
        ...(caller && { principal: fullyQualifiedName(caller.principal) }),
        ...(scope.database && { database: scope.database }),
        ...(logsText && { text: maskSecrets(scope.text.slice(0, 4096)) }),
      },
      'request',
    );
  });

  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const { scope } = request;
    const coded = codedError(error, scope, request.log);
    if (coded.status === 401) {
      const { LoginEndpoint, KustoServiceResourceId } = config.authMetadata();
      void reply.header(
        'www-authenticate',
        `Bearer authorization_uri="${LoginEndpoint}", resource_id="${KustoServiceResourceId}"`,
      );
    }
    if (coded.status === 429 || coded.status === 503) void reply.header('retry-after', '1');
    return reply
      .code(coded.status)
      .header('x-ms-client-request-id', scope.clientRequestId)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(errorBody(coded, scope.ids, new Date(), scope.text)));
  };
  app.setErrorHandler(fail);
  app.setNotFoundHandler((request) => {
    const path = request.url.split('?')[0];
    throw new KustoError('General_NotFound', `There is nothing at '${request.method} ${path}'.`);
  });

  app.get('/health', () => ({ status: 'ok' }));
  app.get('/v1/rest/auth/metadata', () => ({ AzureAD: config.authMetadata() }));
  pageRoutes(app, config.development);
  void app.register(async (authenticated) => {
    authenticated.addHook('onRequest', async (request) => {
      request.scope.caller = await authenticate(request.headers.authorization);
    });
    statementRoutes(authenticated, { queries, commands, limits: config.limits });
  });
  return app;
}
