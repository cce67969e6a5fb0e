import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { KustoError } from '../errors/index.js';
import type { Caller } from './caller.js';
import type { SecurityConfig } from './config.js';
import type { Fetch } from './https-fetch.js';
import { trustedIssuers, type TrustedIssuer } from './issuers.js';

/** Clocks of issuers and of this machine may differ by as much. Seconds. */
const CLOCK_TOLERANCE = 300;

export interface AuthenticationOptions {
  /** Reads key sets and discovery documents. Given in tests. */
  readonly fetch?: Fetch;
  readonly now?: () => Date;
}

interface KeyedIssuer extends TrustedIssuer {
  readonly keys: JWTVerifyGetKey;
}

/** Turns bearer tokens into callers. Every refusal is a 401 that never repeats what the token holds. */
export class Authenticator {
  readonly #issuers: ReadonlyMap<string, KeyedIssuer>;
  readonly #now: () => Date;

  constructor(config: SecurityConfig, options: AuthenticationOptions = {}) {
    this.#now = options.now ?? (() => new Date());
    this.#issuers = new Map(
      trustedIssuers(config).flatMap((issuer) => {
        const keyed = { ...issuer, keys: keySet(issuer, options.fetch ?? issuer.fetch) };
        return issuer.names.map((name) => [name, keyed] as const);
      }),
    );
  }

  /**
   * @param authorization the request's Authorization header
   * @throws Unauthorized; Unauthorized_KeysUnavailable when the issuer's keys cannot be read
   */
  async authenticate(authorization: string | undefined): Promise<Caller> {
    const token = bearerToken(authorization);
    const issuer = this.#issuerOf(token);
    const payload = await this.#verify(token, issuer);
    const caller = issuer.toCaller(payload);
    // Not enumerable, so that no log or answer that prints a caller ever prints the token.
    return Object.defineProperty(caller, 'assertion', { value: token, enumerable: false });
  }

  #issuerOf(token: string): KeyedIssuer {
    let name: string | undefined;
    try {
      const { alg } = decodeProtectedHeader(token);
      if (alg === undefined || alg.toLowerCase() === 'none') throw unauthorized('The token is not signed.');
      if (alg !== 'RS256') throw unauthorized('The token must be signed with RS256.');
      name = decodeJwt(token).iss;
    } catch (error) {
      if (error instanceof KustoError) throw error;
      throw unauthorized('The bearer token is not a JSON web token.');
    }
    const issuer = name === undefined ? undefined : this.#issuers.get(name);
    if (!issuer) throw unauthorized("The token's issuer is not accepted here: it is of another tenant or authority.");
    return issuer;
  }

  async #verify(token: string, issuer: KeyedIssuer): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, issuer.keys, {
        algorithms: ['RS256'],
        issuer: [...issuer.names],
        audience: [...issuer.audiences],
        clockTolerance: CLOCK_TOLERANCE,
        currentDate: this.#now(),
        requiredClaims: ['exp', 'iat', ...issuer.requiredClaims],
      });
      if (payload.iat !== undefined && payload.iat > this.#now().getTime() / 1000 + CLOCK_TOLERANCE) {
        throw unauthorized('The token was issued in the future.');
      }
      return payload;
    } catch (error) {
      throw error instanceof KustoError ? error : refusal(error);
    }
  }
}

function keySet(issuer: TrustedIssuer, fetch: Fetch | undefined): JWTVerifyGetKey {
  let opened: Promise<JWTVerifyGetKey> | undefined;
  const open = async (): Promise<JWTVerifyGetKey> => {
    try {
      // An unknown key id reads the set again, but not again and again for whoever makes key ids up.
      return createRemoteJWKSet(new URL(await issuer.jwksUri(fetch)), {
        timeoutDuration: 5000,
        cooldownDuration: 5000,
        ...(fetch && { [customFetch]: fetch }),
      });
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
  return async (header, token) => (await (opened ??= open()))(header, token);
}

function bearerToken(authorization: string | undefined): string {
  if (!authorization) throw unauthorized('The request carries no token. Send it as: Authorization: Bearer <token>.');
  const token = /^Bearer +([^\s]+)$/i.exec(authorization.trim())?.[1];
  if (!token) throw unauthorized('The Authorization header must have the form: Bearer <token>.');
  return token;
}

function refusal(error: unknown): KustoError {
  if (error instanceof errors.JWTExpired) return unauthorized('The token has expired. Get a new one.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud')
      return unauthorized("The token's audience is not this service. Get a token for this service.");
    if (error.claim === 'nbf') return unauthorized('The token is not valid yet.');
    if (error.claim === 'iss') return unauthorized("The token's issuer is not accepted here.");
    return unauthorized(`The token lacks a valid '${error.claim}' claim.`);
  }
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return unauthorized("The token's signature is not valid.");
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return unauthorized('The token is signed with a key that its issuer does not have.');
  }
  if (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSEAlgNotAllowed
  ) {
    return unauthorized('The bearer token is not a signed JSON web token.');
  }
  return new KustoError(
    'Unauthorized_KeysUnavailable',
    "The signing keys of the token's issuer cannot be read now. Try again later.",
    { cause: error },
  );
}

function unauthorized(message: string): KustoError {
  return new KustoError('Unauthorized', message);
}
