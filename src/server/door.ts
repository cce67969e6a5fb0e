import type { FastifyRequest } from 'fastify';
import { KustoError } from '../errors/index.js';
import type { ServerConfig } from './config.js';

const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::(\d+))?$/i;
const LOOPBACK_ADDRESS = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

export const isLoopback = (host: string): boolean => LOOPBACK_ADDRESS.has(host.toLowerCase());

/** Refuses to listen where the way of running would be open to others. Throws Configuration_Invalid. */
export function checkAddress(host: string, config: ServerConfig): void {
  if (isLoopback(host)) return;
  if (config.development) {
    throw new KustoError(
      'Configuration_Invalid',
      `Development mode has no authentication and listens on this machine only: '${host}' is not a loopback address. ` +
        `Use --host 127.0.0.1, or leave --development out and configure authentication.`,
    );
  }
  if (config.tls === undefined && !config.trustedProxy) {
    throw new KustoError(
      'Configuration_Invalid',
      `Tokens must not travel in clear: '${host}' is not a loopback address. Configure server.tls (certificate and ` +
        `key), or server.trustedProxy: true if a proxy in front of the server ends TLS.`,
    );
  }
}

/**
 * Development mode has no token that a web page would lack, so every request that a page could have caused is
 * refused: a Host that is not ours (DNS rebinding), an Origin that is not ours, and what the browser itself calls
 * cross-site. Bodies must be JSON by content type, which a page cannot send without asking first (see server.ts).
 */
export function checkDevelopmentRequest(request: FastifyRequest): void {
  const host = request.headers.host ?? '';
  const named = LOOPBACK_HOST.exec(host);
  const port = request.socket.localPort;
  if (!named || (port !== undefined && Number(named[1] ?? 80) !== port)) {
    throw refused(`the Host header names another server`);
  }
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `${request.protocol}://${host}`)
    throw refused(`the request comes from a web page (Origin)`);
  const site = request.headers['sec-fetch-site'];
  const isNavigation = request.method === 'GET' && request.headers['sec-fetch-mode'] === 'navigate';
  const isPage = !request.url.startsWith('/v');
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && !(isNavigation && isPage)) {
    throw refused(`the request comes from another web page (Sec-Fetch-Site)`);
  }
}

const refused = (why: string): KustoError =>
  new KustoError(
    'Request_OriginNotAllowed',
    `In development mode the server answers programs of this machine only, and ${why}. Use http://127.0.0.1 or ` +
      `http://localhost with the server's port.`,
  );
