import { Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { Secret } from '../secret.js';
import type { TokenSource } from '../credential.js';

/** Who connects. */
export type SqlCredential =
  | { readonly kind: 'password'; readonly user: string; readonly password: Secret }
  | {
      readonly kind: 'token';
      readonly credential: TokenSource;
      /** As messages say it: `managed identity 1234…`. */
      readonly principal: string;
      /** The database's name for who bears the token; PostgreSQL and MySQL need one, SQL Server reads it from the token. */
      readonly user?: string;
      /** False for a token that somebody gave, which nobody can renew. */
      readonly renewable: boolean;
    };

export interface SqlOptions {
  /** PEM of certificate authorities that are trusted beside the well-known ones. */
  readonly certificateAuthority?: string;
}

/** Where a database is. */
export interface SqlAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Milliseconds that connecting may take. */
  readonly connectTimeout: number;
}

/** What every connection demands: encryption, and a certificate for the host that was asked for. */
export function tlsOptions({ certificateAuthority }: SqlOptions) {
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(certificateAuthority === undefined ? {} : { ca: [...rootCertificates, certificateAuthority] }),
  };
}

export function whoConnects(credential: SqlCredential): string {
  return credential.kind === 'password' ? `the user '${credential.user}'` : credential.principal;
}

/** A socket of our own, so that whoever gives up can break it off. It is not connected yet. */
export function newSocket(): Socket {
  const socket = new Socket();
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  // Until the driver listens, and after it has ceased to.
  socket.on('error', () => undefined);
  return socket;
}

const UNREACHABLE = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPIPE',
  'EPROTO',
  'ESOCKET',
  'PROTOCOL_CONNECTION_LOST',
]);
const CERTIFICATE =
  /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET_ISSUER|VERIFY)|HOSTNAME_MISMATCH|INVALID_CA)/;

/** What failed below the database's own protocol; undefined where nothing of the kind is known. */
export function transportFailure(error: unknown): { readonly code: TransportCode; readonly says: string } | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = (at as NodeJS.ErrnoException).code ?? '';
    if (CERTIFICATE.test(code)) {
      return { code: 'Sql_CertificateRefused', says: `the server's certificate is not trusted (${code})` };
    }
    if (code === 'ETIMEDOUT') return { code: 'Sql_Timeout', says: 'the connection timed out' };
    if (UNREACHABLE.has(code)) return { code: 'Sql_Unreachable', says: `the server cannot be reached (${code})` };
  }
  return undefined;
}

type TransportCode = 'Sql_CertificateRefused' | 'Sql_Timeout' | 'Sql_Unreachable';
