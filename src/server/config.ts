import type { FastifyBaseLogger } from 'fastify';
import type { Caller } from '../security/caller.js';

/** A pino logger. */
export type ServerLog = FastifyBaseLogger;

/** Answers who presents this Authorization header. Throws KustoError (401, or 503 when it cannot be judged now). */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/** What clients ask for before anything else, to find out where to get a token. Names are the reference's. */
export interface AuthMetadata {
  readonly LoginEndpoint: string;
  readonly LoginMfaRequired: boolean;
  readonly KustoClientAppId: string;
  readonly KustoClientRedirectUri: string;
  readonly KustoServiceResourceId: string;
  readonly FirstPartyAuthorityUrl: string;
}

export interface ServerLimits {
  /** Bytes of a request's body. */
  readonly bodySize: number;
  /** Milliseconds, as the two below. */
  readonly queryTimeout: number;
  readonly commandTimeout: number;
  readonly maxTimeout: number;
}

/** The reference's limits; the size of a body is ours. */
export const DEFAULT_LIMITS: ServerLimits = {
  bodySize: 16 * 1024 * 1024,
  queryTimeout: 4 * 60_000,
  commandTimeout: 10 * 60_000,
  maxTimeout: 60 * 60_000,
};

export interface ServerConfig {
  /** Everybody is admin; only programs of this machine may come in (see door.ts). */
  readonly development: boolean;
  readonly limits: ServerLimits;
  /** PEM texts. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** A proxy that ends TLS stands before the server. */
  readonly trustedProxy: boolean;
  /** Asked at every request: the configuration may be read again. */
  authMetadata(): AuthMetadata;
}
