import { KustoError, type ErrorCode } from '../errors/index.js';

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
  'REQUEST_SEND_ERROR',
]);
const TIMED_OUT = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);
const CERTIFICATE = /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET_ISSUER|VERIFY)|HOSTNAME_MISMATCH)/;

/** What went wrong, as a coded error, and its text. */
export type Failure = readonly [code: ErrorCode, text: string];

/**
 * Which coded error a failed request to a store is.
 *
 * @param url of the object, without a credential
 * @param signal the caller's: its abort is no fault of the store
 * @param answered what the store's own answer means; undefined where there was none
 */
export function requestError(
  error: unknown,
  url: string,
  signal: AbortSignal | undefined,
  answered: () => Failure | undefined,
): KustoError {
  const own = kustoErrorIn(error);
  if (own) return own;
  if (signal?.aborted) return new KustoError('General_Cancelled', 'The request was cancelled.', { cause: error });
  const [code, text] = answered() ?? unanswered(error);
  return new KustoError(code, `${url}: ${text}`, { cause: error });
}

function unanswered(error: unknown): Failure {
  const name = error instanceof Error ? error.name : '';
  if (name === 'AbortError' || name === 'TimeoutError') {
    return ['Storage_Timeout', 'the storage did not answer before the deadline.'];
  }
  const code = typeof error === 'object' && error !== null ? String((error as { code?: unknown }).code ?? '') : '';
  if (TIMED_OUT.has(code)) return ['Storage_Timeout', 'the connection timed out.'];
  if (CERTIFICATE.test(code))
    return ['Storage_CertificateRefused', `the server's certificate is not trusted (${code}).`];
  if (code === 'ENOSPC') return ['Storage_DiskFull', 'the local disk is full.'];
  if (UNREACHABLE.has(code)) return ['Storage_Unreachable', `the storage cannot be reached (${code}).`];
  // A body that ends early shows as an error of the stream or of the XML parser, with no status.
  return ['Storage_Unreachable', `the connection failed${code ? ` (${code})` : ''}.`];
}

/** An identity's own refusal, thrown by its token source inside the pipeline. */
function kustoErrorIn(error: unknown): KustoError | undefined {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof KustoError) return e;
  return undefined;
}
