import type { FastifyInstance } from 'fastify';
import { KustoError } from '../errors/index.js';
import type { ServerConfig } from './config.js';
import { checkAddress } from './door.js';

/** Listens, and answers the address to use. Port 0 takes a free one. Throws Configuration_Invalid. */
export async function listen(app: FastifyInstance, config: ServerConfig, host: string, port: number): Promise<string> {
  checkAddress(host, config);
  return app.listen({ host, port });
}

/** Takes no more requests, lets those under way end within the grace period (milliseconds), then cancels them. */
export async function shutDown(app: FastifyInstance, grace: number): Promise<void> {
  const timer = setTimeout(() => {
    for (const scope of app.inFlight) {
      scope.abort(new KustoError('Service_ShuttingDown', 'The server is shutting down. Send the request again later.'));
    }
  }, grace);
  try {
    const closed = app.close();
    while (app.inFlight.size > 0) await Promise.all([...app.inFlight].map((scope) => scope.ended));
    // Clients keep connections open for their next request, which would hold up the end for a minute.
    app.server.closeAllConnections();
    await closed;
  } finally {
    clearTimeout(timer);
  }
}
