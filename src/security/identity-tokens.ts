import { ManagedIdentityCredential, WorkloadIdentityCredential } from '@azure/identity';
import { decodeJwt } from 'jose';
import { KustoError } from '../errors/index.js';
import type { ManagedIdentity } from './directory.js';
import { readCa } from './issuers.js';
import { isRefusal, safeCause } from './sdk-errors.js';

/** As `@azure/core-auth` has it. */
export interface AccessToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
}

/** One identity's way to tokens; `@azure/identity` in production. */
export interface TokenSource {
  getToken(scope: string, options?: { readonly abortSignal?: AbortSignal }): Promise<AccessToken | null>;
}

export interface IdentityTokensOptions {
  readonly sourceOf?: (identity: ManagedIdentity) => TokenSource;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** A token is not used in its last minutes, so that a request under way does not outlive it. */
const MARGIN_MS = 120_000;
/** A token endpoint that does not answer is down. */
const TIMEOUT_MS = 20_000;

/**
 * Tokens of the cluster's managed identities. Each is requested once however many ask, kept until shortly before it
 * expires, and held against the identity asked for before it is used.
 */
export class IdentityTokens {
  readonly #sources = new Map<string, TokenSource>();
  readonly #tokens = new Map<string, AccessToken>();
  readonly #pending = new Map<string, Promise<AccessToken>>();
  readonly #sourceOf: (identity: ManagedIdentity) => TokenSource;
  readonly #now: () => number;

  constructor(options: IdentityTokensOptions = {}) {
    this.#sourceOf = options.sourceOf ?? azureSource;
    this.#now = options.now ?? Date.now;
  }

  /**
   * @param scope for example `https://storage.azure.com/.default`
   * @throws ManagedIdentity_TokenMismatch, ManagedIdentity_Refused (permanent), ManagedIdentity_EndpointUnavailable
   */
  tokenFor(identity: ManagedIdentity, scope: string): Promise<AccessToken> {
    const key = `${identity.tenantId} ${identity.objectId} ${scope}`;
    const kept = this.#tokens.get(key);
    if (kept && kept.expiresOnTimestamp - MARGIN_MS > this.#now()) return Promise.resolve(kept);
    const pending = this.#pending.get(key);
    if (pending) return pending;
    const request = this.#request(identity, scope)
      .then((token) => {
        this.#tokens.set(key, token);
        return token;
      })
      .finally(() => this.#pending.delete(key));
    this.#pending.set(key, request);
    return request;
  }

  async #request(identity: ManagedIdentity, scope: string): Promise<AccessToken> {
    let token: AccessToken | null;
    try {
      token = await this.#source(identity).getToken(scope, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (error) {
      throw error instanceof KustoError ? error : failure(identity, error);
    }
    if (!token) throw failure(identity, undefined);
    requireTokenOf(identity, token.token);
    return { token: token.token, expiresOnTimestamp: token.expiresOnTimestamp };
  }

  #source(identity: ManagedIdentity): TokenSource {
    const key = JSON.stringify(identity);
    const known = this.#sources.get(key);
    if (known) return known;
    const source = this.#sourceOf(identity);
    this.#sources.set(key, source);
    return source;
  }
}

/** Some sources ignore which identity is asked for and answer with the one they have. */
function requireTokenOf(identity: ManagedIdentity, token: string): void {
  let oid: unknown;
  let tid: unknown;
  try {
    ({ oid, tid } = decodeJwt(token));
  } catch {
    // Falls through: a token that cannot be read cannot be held against the identity.
  }
  const same = (claim: unknown, id: string) => typeof claim === 'string' && claim.toLowerCase() === id;
  if (same(oid, identity.objectId) && same(tid, identity.tenantId)) return;
  throw new KustoError(
    'ManagedIdentity_TokenMismatch',
    `The token endpoint answered with a token that is not of the managed identity '${identity.displayName}' ` +
      `(${identity.objectId}). The token was not used. Check the identity's ids in the configuration, and which identities the host has.`,
  );
}

function azureSource(identity: ManagedIdentity): TokenSource {
  const { clientId, tenantId, workload } = identity;
  // The scheduler retries, with its own backing off; here a retry would only hold a slot.
  const retryOptions = { maxRetries: 0 };
  if (workload) {
    return new WorkloadIdentityCredential({
      clientId,
      tenantId,
      tokenFilePath: workload.tokenFile,
      retryOptions,
      ...(workload.authorityHost !== undefined && {
        authorityHost: workload.authorityHost,
        disableInstanceDiscovery: true,
      }),
      ...(workload.caFile !== undefined && { tlsOptions: { ca: readCa(workload.caFile) } }),
    });
  }
  return identity.isSystem
    ? new ManagedIdentityCredential({ retryOptions })
    : new ManagedIdentityCredential({ clientId, retryOptions });
}

function failure(identity: ManagedIdentity, error: unknown): KustoError {
  const who = `'${identity.displayName}' (${identity.objectId})`;
  return isRefusal(error)
    ? new KustoError(
        'ManagedIdentity_Refused',
        `The token endpoint refuses a token for the managed identity ${who}. The identity is probably no longer ` +
          'assigned to this host: assign it again, or correct its ids in the configuration.',
        { cause: safeCause(error) },
      )
    : new KustoError(
        'ManagedIdentity_EndpointUnavailable',
        `No token for the managed identity ${who} can be had now: the token endpoint does not answer.`,
        { cause: safeCause(error) },
      );
}
