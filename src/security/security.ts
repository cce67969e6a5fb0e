import type { Catalog, CatalogSnapshot } from '../catalog/catalog.js';
import { KustoError } from '../errors/index.js';
import { Authenticator, type AuthenticationOptions } from './authentication.js';
import { Authorization, bindings } from './authorization.js';
import {
  calloutDefaults,
  requireCallout,
  type Callout,
  type CalloutDefaults,
  type CalloutType,
} from './callout-policy.js';
import { DEVELOPMENT_CALLER, type Caller } from './caller.js';
import type { SecurityConfig } from './config.js';
import { Directory, type ManagedIdentity } from './directory.js';
import { checkIdentitySource } from './identity-source.js';
import { IdentityTokens, type AccessToken } from './identity-tokens.js';
import { requireUsage, type IdentityUsage } from './managed-identity-policy.js';
import { OnBehalfOf } from './on-behalf-of.js';
import { parsePrincipal } from './principals.js';

export interface SecurityOptions extends AuthenticationOptions {
  /** No authentication: every caller is the development admin. */
  readonly development?: boolean;
  readonly tokens?: IdentityTokens;
}

/** Where a token is to go. */
export interface TokenTarget {
  /** Without any credential. */
  readonly address: string;
  /** `external_data` for storage. */
  readonly type: Extract<CalloutType, 'external_data' | 'sql'>;
}

/** Structurally the `TokenCredential` of the Azure SDKs. */
export interface TargetCredential {
  getToken(scopes: string | string[]): Promise<AccessToken>;
}

/** A token names its resource, and the target never chooses it: it could ask for one to somebody else. */
const SCOPES: Readonly<Record<TokenTarget['type'], readonly string[]>> = {
  external_data: ['https://storage.azure.com/.default'],
  // The second is that of PostgreSQL and MySQL.
  sql: ['https://database.windows.net/.default', 'https://ossrdbms-aad.database.windows.net/.default'],
};

interface Parts {
  readonly directory: Directory;
  readonly authorization: Authorization;
  readonly authenticator: Authenticator;
  readonly callouts: CalloutDefaults;
  readonly onBehalfOf: OnBehalfOf;
}

/** The security of one server, by its configuration of the moment: hold this, and not its parts. */
export class Security {
  #parts: Parts;
  readonly #tokens: IdentityTokens;

  /** Throws Configuration_Invalid, Principal_Malformed or Principal_NotResolvable. */
  constructor(
    config: SecurityConfig,
    private readonly catalog: Pick<Catalog, 'snapshot' | 'transact'>,
    private readonly options: SecurityOptions = {},
  ) {
    this.#parts = makeParts(config, options);
    this.#tokens = options.tokens ?? new IdentityTokens();
  }

  /** Puts another configuration in force, or throws and leaves the present one. */
  reload(config: SecurityConfig): void {
    this.#parts = makeParts(config, this.options);
  }

  get directory(): Directory {
    return this.#parts.directory;
  }

  get authorization(): Authorization {
    return this.#parts.authorization;
  }

  /** Callout rules beside those of the cluster's policy. */
  get calloutDefaults(): CalloutDefaults {
    return this.#parts.callouts;
  }

  /** Throws Unauthorized or Unauthorized_KeysUnavailable. Binds roles that name the caller to the object id. */
  async authenticate(authorization: string | undefined): Promise<Caller> {
    if (this.options.development) return DEVELOPMENT_CALLER;
    const caller = await this.#parts.authenticator.authenticate(authorization);
    if (bindings(this.catalog.snapshot(), caller).length > 0) {
      await this.catalog.transact((tx) => bindings(tx, caller).forEach((one) => tx.put(one)));
    }
    return caller;
  }

  /**
   * @param name `system` or an object id
   * @throws ManagedIdentity_NotAttached, ManagedIdentity_UsageNotAllowed
   */
  requireIdentity(
    name: string,
    usage: IdentityUsage,
    databaseId: string | undefined,
    snapshot: CatalogSnapshot = this.catalog.snapshot(),
  ): ManagedIdentity {
    const identity = this.directory.identity(name);
    requireUsage(snapshot, identity, usage, databaseId);
    return identity;
  }

  /** Throws Callout_NotAllowed. */
  requireCallout(callout: Callout, snapshot: CatalogSnapshot = this.catalog.snapshot()): void {
    requireCallout(snapshot, this.calloutDefaults, callout);
  }

  /**
   * A credential of a managed identity for one target. Whether the identity is attached, its usage and the address are
   * allowed is decided anew at each use, so that what was taken away holds from then on.
   * `getToken` throws as `requireIdentity`, `requireCallout` and `IdentityTokens.tokenFor` do.
   */
  credentialFor(
    name: string,
    usage: IdentityUsage,
    databaseId: string | undefined,
    target: TokenTarget,
  ): TargetCredential {
    return {
      getToken: async (scopes) => {
        const identity = this.requireIdentity(name, usage, databaseId);
        return this.#tokens.tokenFor(identity, this.#requireTokenMayGo(target, scopes));
      },
    };
  }

  /** A credential of the caller for one target. `getToken` throws as `requireCallout` and `OnBehalfOf.tokenFor` do. */
  callerCredentialFor(caller: Caller, target: TokenTarget): TargetCredential {
    return {
      getToken: async (scopes) => {
        return this.#parts.onBehalfOf.tokenFor(caller, this.#requireTokenMayGo(target, scopes));
      },
    };
  }

  /** Answers the scope. */
  #requireTokenMayGo(target: TokenTarget, scopes: string | string[]): string {
    this.requireCallout({ ...target, bearsToken: true });
    const asked = typeof scopes === 'string' ? [scopes] : scopes;
    const [scope = ''] = asked;
    if (asked.length === 1 && SCOPES[target.type].includes(scope)) return scope;
    throw new KustoError(
      'Callout_NotAllowed',
      `The target asks for a token to another resource than ${SCOPES[target.type].join(' or ')}. None was sent.`,
    );
  }
}

function makeParts(config: SecurityConfig, options: SecurityOptions): Parts {
  if (options.development && config.authentication.length > 0) {
    throw new KustoError(
      'Configuration_Invalid',
      'Development mode has no authentication, but the configuration names an issuer. Start without development mode, or remove it.',
    );
  }
  if (!options.development && config.authentication.length === 0) {
    throw new KustoError(
      'Configuration_Invalid',
      'authentication names no issuer, so that nobody could sign in. Name one, or start in development mode.',
    );
  }
  checkIdentitySource(config.identities);
  const directory = new Directory(config);
  return {
    directory,
    authorization: new Authorization(config.admins.map((admin) => parsePrincipal(admin, directory))),
    authenticator: new Authenticator(config, options),
    callouts: calloutDefaults(config),
    onBehalfOf: new OnBehalfOf(config),
  };
}
