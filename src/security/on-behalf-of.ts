import { OnBehalfOfCredential } from '@azure/identity';
import { KustoError } from '../errors/index.js';
import { fullyQualifiedName, type Caller } from './caller.js';
import type { SecurityConfig } from './config.js';
import type { AccessToken } from './identity-tokens.js';
import { readCa } from './issuers.js';
import { isRefusal, safeCause } from './sdk-errors.js';

/** Exchanges a caller's token for one to a target, as the application of the configuration. */
export class OnBehalfOf {
  readonly #application: SecurityConfig['onBehalfOf'];
  readonly #authority: { readonly authorityHost: string; readonly ca: string | undefined } | undefined;

  constructor(config: SecurityConfig) {
    this.#application = config.onBehalfOf;
    for (const issuer of config.authentication) {
      if (issuer.kind === 'entra') this.#authority = { authorityHost: issuer.authorityHost, ca: undefined };
      if (issuer.kind === 'development') {
        const ca = issuer.caFile === undefined ? undefined : readCa(issuer.caFile);
        this.#authority = { authorityHost: issuer.authority, ca };
      }
    }
  }

  /** @throws OnBehalfOf_NotConfigured, OnBehalfOf_Refused (permanent), OnBehalfOf_Unavailable */
  async tokenFor(caller: Caller, scope: string): Promise<AccessToken> {
    const application = this.#requireUsable(caller);
    const authority = this.#authority;
    const credential = new OnBehalfOfCredential({
      ...application,
      userAssertionToken: caller.assertion ?? '',
      retryOptions: { maxRetries: 0 },
      ...(authority && { authorityHost: authority.authorityHost, disableInstanceDiscovery: true }),
      ...(authority?.ca !== undefined && { tlsOptions: { ca: authority.ca } }),
    });
    try {
      return await credential.getToken(scope, { abortSignal: AbortSignal.timeout(20_000) });
    } catch (error) {
      const cause = safeCause(error);
      const who = fullyQualifiedName(caller.principal);
      if (!isRefusal(error)) {
        const message = `No token on behalf of '${who}' can be had now: the authority does not answer.`;
        throw new KustoError('OnBehalfOf_Unavailable', message, { cause });
      }
      throw new KustoError(
        'OnBehalfOf_Refused',
        `The authority refuses a token on behalf of '${who}'. The application '${application.clientId}' needs the delegated ` +
          'permission user_impersonation on the target, with consent, and its secret must be valid.',
        { cause },
      );
    }
  }

  #requireUsable(caller: Caller): NonNullable<SecurityConfig['onBehalfOf']> {
    const refused = (why: string) =>
      new KustoError(
        'OnBehalfOf_NotConfigured',
        `The target is to be reached as the caller (;impersonate), but ${why}.`,
      );
    if (!this.#application) {
      throw refused(
        "no application credential is configured to exchange the caller's token. Configure onBehalfOf, or write the " +
          'connection string with ;managed_identity=<object id> or another credential',
      );
    }
    if (caller.assertion === undefined) throw refused('the request bears no token of the caller');
    if (caller.principal.type !== 'aaduser') {
      throw refused('an application cannot be acted for. Use ;managed_identity=<object id> in its place');
    }
    if (caller.principal.tenantId !== this.#application.tenantId) {
      throw refused(`the caller is not of the tenant ${this.#application.tenantId} of the configured application`);
    }
    return this.#application;
  }
}
