import { KustoError } from '../errors/index.js';
import { identityList, issuerTenant, type SecurityConfig, type WorkloadConfig } from './config.js';
import { DEVELOPMENT_TENANT } from './tenants.js';

/** An identity that is attached to this cluster. Ids are lower case. */
export interface ManagedIdentity {
  readonly objectId: string;
  readonly clientId: string;
  readonly tenantId: string;
  readonly displayName: string;
  readonly isSystem: boolean;
  readonly workload?: WorkloadConfig | undefined;
}

/** What the configuration knows of tenants and managed identities. Immutable: a new configuration is a new directory. */
export class Directory {
  readonly defaultTenant: string;
  readonly identities: readonly ManagedIdentity[];
  readonly #domains: ReadonlyMap<string, string>;

  constructor(config: SecurityConfig) {
    this.identities = identityList(config.identities).map((one) => ({
      ...one,
      isSystem: one === config.identities.system,
    }));
    this.#domains = new Map(
      config.authentication.flatMap((issuer) =>
        issuer.kind === 'entra' ? issuer.domains.map((domain) => [domain, issuer.tenantId] as const) : [],
      ),
    );
    const [first] = config.authentication;
    const named = config.defaultTenant?.toLowerCase();
    this.defaultTenant =
      (named && this.tenantOfDomain(named)) ?? named ?? (first ? issuerTenant(first) : DEVELOPMENT_TENANT);
  }

  /** Undefined when no issuer lists the domain. */
  tenantOfDomain(domain: string): string | undefined {
    return this.#domains.get(domain.toLowerCase());
  }

  /** By object id, client id or `system`. */
  findIdentity(name: string): ManagedIdentity | undefined {
    const id = name.trim().toLowerCase();
    return this.identities.find((one) => (id === 'system' ? one.isSystem : one.objectId === id || one.clientId === id));
  }

  /** Throws ManagedIdentity_NotAttached. */
  identity(name: string): ManagedIdentity {
    const found = this.findIdentity(name);
    if (found) return found;
    const which =
      name.trim().toLowerCase() === 'system' ? 'No system-assigned managed identity' : `No managed identity '${name}'`;
    throw new KustoError(
      'ManagedIdentity_NotAttached',
      `${which} is attached to this cluster. Attach it under 'identities' in the configuration, then try again.`,
    );
  }
}
