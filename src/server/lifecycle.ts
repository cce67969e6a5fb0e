import type { FastifyInstance } from 'fastify';
import { KustoError } from '../errors/index.js';
import type { ServerConfig } from './config.js';
import { checkAddress } from './door.js';

/** Listens, and answers the address to use. Port 0 takes a free one. Throws Server_ConfigurationRefused. */
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
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
