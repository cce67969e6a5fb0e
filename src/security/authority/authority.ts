import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { makeCertificates } from '../certificates.js';
import { DEVELOPMENT_TENANT } from '../tenants.js';
import { adminRoutes } from './admin-routes.js';
import { parseAuthorityConfig, type AuthorityConfigInput } from './config.js';
import { APP_SERVICE_PATH, identityRoutes } from './identity-routes.js';
import { openIdRoutes } from './openid-routes.js';
import { Registry } from './registry.js';
import { TokenIssuer } from './token-issuer.js';

export interface Authority {
  /** `https://127.0.0.1:<port>`: the `authority` of a development issuer, and the SDKs' authority host. */
  readonly url: string;
  readonly tenantId: string;
  /** PEM of the CA to trust. */
  readonly ca: string;
  /** The App Service protocol: the environment under which a process gets tokens of its identities here. */
  readonly appServiceEnvironment: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  /** The IMDS protocol, likewise. */
  readonly imdsEnvironment: { readonly AZURE_POD_IDENTITY_AUTHORITY_HOST: string };
  close(): Promise<void>;
}

/**
 * Starts the local authority of the development tenant, on loopback only. Production code runs unchanged against it.
 * Throws Configuration_Invalid, or the system's error when a port is taken.
 */
export async function startAuthority(input: AuthorityConfigInput): Promise<Authority> {
  const config = parseAuthorityConfig(input);
  const { host, audiences, tokenLifetime: lifetime } = config;
  const [tls, issuer] = await Promise.all([
    config.tls ?? makeCertificates(),
    TokenIssuer.create({ lifetime, audiences }),
  ]);
  const registry = new Registry(config.principals, config.identities);
  const identityHeader = config.identityHeader ?? randomBytes(24).toString('base64url');

  const secure = fastify({
    https: { key: tls.key, cert: tls.cert },
    forceCloseConnections: true,
  }) as unknown as FastifyInstance;
  openIdRoutes(secure, { issuer, registry, audiences, url: () => urlOf(secure, 'https', host) });
  if (config.adminSecret !== undefined) adminRoutes(secure, { issuer, registry, adminSecret: config.adminSecret });

  const plain = fastify({ forceCloseConnections: true });
  // A web page whose name was made to point here must not get at it.
  plain.addHook('onRequest', async (request, reply) => {
    if (request.hostname !== '127.0.0.1' && request.hostname !== 'localhost') await reply.status(421).send();
  });
  identityRoutes(plain, { issuer, registry, identityHeader });

  const close = async () => {
    await Promise.all([secure.close(), plain.close()]);
  };
  try {
    await secure.listen({ host, port: config.port });
    await plain.listen({ host, port: config.identityPort });
  } catch (error) {
    await close();
    throw error;
  }
  const identityUrl = urlOf(plain, 'http', host);
  return {
    url: urlOf(secure, 'https', host),
    tenantId: DEVELOPMENT_TENANT,
    ca: tls.ca,
    appServiceEnvironment: { IDENTITY_ENDPOINT: `${identityUrl}${APP_SERVICE_PATH}`, IDENTITY_HEADER: identityHeader },
    imdsEnvironment: { AZURE_POD_IDENTITY_AUTHORITY_HOST: identityUrl },
    close,
  };
}

function urlOf(app: FastifyInstance, scheme: 'http' | 'https', host: string): string {
  return `${scheme}://${host}:${(app.server.address() as AddressInfo).port}`;
}
