import { z } from 'zod';
import { KustoError } from '../errors/index.js';
import { DEVELOPMENT_TENANT } from './tenants.js';

/** The security part of `calypso.yaml`: shapes here, rules between the parts in `checkSecurityConfig`. */

const guid = z.guid('must be a GUID').transform((text) => text.toLowerCase());

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

const url = z.string().refine((text) => URL.canParse(text), 'must be an absolute URL');
const secureUrl = url.refine((text) => {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}, 'must be https (plain http only on a loopback address)');
const loopbackUrl = url.refine((text) => {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' && LOOPBACK.has(hostname);
}, 'must be https on a loopback address');

const entraIssuer = z.strictObject({
  kind: z.literal('entra'),
  tenantId: guid,
  /** Verified domains of the tenant, so that `aaduser=someone@domain` and `…;domain` find it. */
  domains: z.array(z.string().toLowerCase()).default([]),
  authorityHost: z
    .enum([
      'https://login.microsoftonline.com',
      'https://login.microsoftonline.us',
      'https://login.partner.microsoftonline.cn',
    ])
    .default('https://login.microsoftonline.com'),
});

const oidcIssuer = z.strictObject({
  kind: z.literal('oidc'),
  /** Its principals are of the tenant `oidc:<name>`, which no Entra tenant can be. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and dashes'),
  issuer: secureUrl,
  /** Undefined: read from the issuer's discovery document. */
  jwksUri: secureUrl.optional(),
  audiences: z.array(z.string().min(1)).min(1),
  claims: z
    .strictObject({
      objectId: z.string().default('sub'),
      displayName: z.string().default('name'),
      /** Shown only; roles name a principal by `objectId`. */
      userName: z.string().optional(),
      groups: z.string().optional(),
      /** A token that bears this claim is an application's, and the claim is its client id. */
      application: z.string().optional(),
    })
    .prefault({}),
});

const developmentIssuer = z.strictObject({
  kind: z.literal('development'),
  /** Address of `calypso identity`. */
  authority: loopbackUrl,
  /** Certificate of the authority's CA, PEM. */
  caFile: z.string().optional(),
});

const issuer = z.discriminatedUnion('kind', [entraIssuer, oidcIssuer, developmentIssuer]);

const workload = z.strictObject({
  /** File with the federated token that the platform renews. */
  tokenFile: z.string().min(1),
  authorityHost: secureUrl.optional(),
  /** Certificate of the authority's CA, PEM, when it is not a public one. */
  caFile: z.string().optional(),
});

const identity = z.strictObject({
  objectId: guid,
  clientId: guid,
  tenantId: guid,
  displayName: z.string().min(1),
  workload: workload.optional(),
});

const identities = z.strictObject({
  /** The process's one source of tokens. `workload`: every identity brings its own `workload` options. */
  source: z.enum(['imds', 'app-service', 'arc', 'workload']).default('imds'),
  system: identity.optional(),
  user: z.array(identity).default([]),
});

const callout = z.strictObject({
  CalloutType: z.string(),
  CalloutUriRegex: z.string(),
  CanCall: z.boolean(),
});

export const securityConfigSchema = z.strictObject({
  authentication: z.array(issuer).default([]),
  /** What the `aud` of an Entra or development token must be: this server's address or application id. */
  audiences: z.array(z.string().min(1)).default([]),
  /** Tenant of principals that are written without one. Undefined: the tenant of the first issuer. */
  defaultTenant: z.string().optional(),
  identities: identities.prefault({}),
  /** Fully qualified names that are AllDatabasesAdmin. */
  admins: z.array(z.string()).default([]),
  /** The application as which the server exchanges a caller's token for one to a target. */
  onBehalfOf: z.strictObject({ tenantId: guid, clientId: guid, clientSecret: z.string().min(1) }).optional(),
  /** 32 bytes, base64. */
  secretsKey: z.string().optional(),
  secretsKeyFile: z.string().optional(),
  /** Callout rules of the operator, in force beside those of the cluster's policy. */
  callouts: z.array(callout).default([]),
  /** True: the predefined callout rules are not in force, and only what a rule names may be called. */
  restrictOutboundAccess: z.boolean().default(false),
});

export type WorkloadConfig = z.output<typeof workload>;
export type SecurityConfig = z.output<typeof securityConfigSchema>;
export type IssuerConfig = SecurityConfig['authentication'][number];
export type EntraIssuer = Extract<IssuerConfig, { kind: 'entra' }>;
export type OidcIssuer = Extract<IssuerConfig, { kind: 'oidc' }>;
export type DevelopmentIssuer = Extract<IssuerConfig, { kind: 'development' }>;
export type IdentityConfig = SecurityConfig['identities'];

/** Parses and checks the security part. Throws Configuration_Invalid that names every fault found. */
export function parseSecurityConfig(value: unknown): SecurityConfig {
  const parsed = securityConfigSchema.safeParse(value ?? {});
  if (!parsed.success) {
    throw invalid(parsed.error.issues.map((issue) => `${issue.path.join('.') || 'security'}: ${issue.message}`));
  }
  checkSecurityConfig(parsed.data);
  return parsed.data;
}

/** The rules between the parts: what is dangerous or cannot work is refused at start. */
export function checkSecurityConfig(config: SecurityConfig): void {
  const faults = [...authenticationFaults(config), ...identityFaults(config)];
  if (config.secretsKey !== undefined && config.secretsKeyFile !== undefined) {
    faults.push('secretsKey and secretsKeyFile: give one of the two');
  }
  if (faults.length > 0) throw invalid(faults);
}

function authenticationFaults(config: SecurityConfig): string[] {
  const faults: string[] = [];
  const kinds = new Set(config.authentication.map((one) => one.kind));
  if (kinds.has('development') && config.authentication.length > 1) {
    faults.push(
      'authentication: a development authority gives tokens to whoever holds its test secrets, and is never accepted ' +
        'together with another issuer; remove it, or remove the others',
    );
  }
  if ((kinds.has('entra') || kinds.has('development')) && config.audiences.length === 0) {
    faults.push("audiences: name at least one, for example the server's own address");
  }
  const names = config.authentication.map((one) => issuerTenant(one));
  for (const name of new Set(names)) {
    if (names.indexOf(name) !== names.lastIndexOf(name))
      faults.push(`authentication: the tenant ${name} is given twice`);
  }
  const oidcIssuers = config.authentication.flatMap((one) => (one.kind === 'oidc' ? [one.issuer] : []));
  if (new Set(oidcIssuers).size < oidcIssuers.length) faults.push('authentication: an OIDC issuer is given twice');
  for (const one of config.authentication) {
    if (one.kind === 'entra' && one.tenantId === DEVELOPMENT_TENANT) {
      faults.push(`authentication: ${DEVELOPMENT_TENANT} is reserved for the development authority`);
    }
    if (one.kind === 'oidc' && isEntraIssuer(one.issuer)) {
      faults.push(`authentication: ${one.issuer} is an Entra tenant; write it as kind: entra with its tenantId`);
    }
  }
  const { defaultTenant } = config;
  const domains = config.authentication.flatMap((one) => (one.kind === 'entra' ? one.domains : []));
  if (
    defaultTenant !== undefined &&
    !guid.safeParse(defaultTenant).success &&
    !names.includes(defaultTenant) &&
    !domains.includes(defaultTenant.toLowerCase())
  ) {
    faults.push('defaultTenant: must be a tenant id, a domain that an issuer lists, or oidc:<name> of an issuer');
  }
  const tenants = [
    ...identityList(config.identities).map((one) => ({ tenant: one.tenantId, where: `identity ${one.displayName}` })),
    ...(config.onBehalfOf ? [{ tenant: config.onBehalfOf.tenantId, where: 'onBehalfOf' }] : []),
  ];
  for (const { tenant, where } of tenants) {
    if (kinds.has('development') && tenant !== DEVELOPMENT_TENANT) {
      faults.push(`${where}: with the development authority its tenantId must be ${DEVELOPMENT_TENANT}`);
    }
    if (kinds.size > 0 && !kinds.has('development') && tenant === DEVELOPMENT_TENANT) {
      faults.push(
        `${where}: the tenant ${DEVELOPMENT_TENANT} is of the development authority, which is not configured`,
      );
    }
  }
  return faults;
}

function identityFaults({ identities }: SecurityConfig): string[] {
  const faults: string[] = [];
  const all = identityList(identities);
  for (const key of ['objectId', 'clientId'] as const) {
    const values = all.map((one) => one[key]);
    for (const value of new Set(values)) {
      if (values.indexOf(value) !== values.lastIndexOf(value))
        faults.push(`identities: ${key} ${value} is given twice`);
    }
  }
  for (const one of all) {
    if (identities.source === 'workload' && !one.workload) {
      faults.push(`identity ${one.displayName}: source is workload, so it needs workload.tokenFile`);
    }
  }
  if (identities.source === 'arc') {
    for (const one of identities.user) {
      if (!one.workload) {
        faults.push(
          `identity ${one.displayName}: Azure Arc has a system-assigned identity only; give it workload options`,
        );
      }
    }
  }
  return faults;
}

/** System-assigned first, if there is one. */
export function identityList(identities: IdentityConfig): readonly z.output<typeof identity>[] {
  return [...(identities.system ? [identities.system] : []), ...identities.user];
}

/** The tenant of the principals for which the issuer vouches. */
export function issuerTenant(issuer: IssuerConfig): string {
  switch (issuer.kind) {
    case 'entra':
      return issuer.tenantId;
    case 'oidc':
      return `oidc:${issuer.name}`;
    case 'development':
      return DEVELOPMENT_TENANT;
  }
}

function isEntraIssuer(issuer: string): boolean {
  return /^(sts\.(windows\.net|chinacloudapi\.cn)|login\.(microsoftonline\.(com|us)|windows\.net|partner\.microsoftonline\.cn|microsoft\.com))$/.test(
    new URL(issuer).hostname,
  );
}

function invalid(faults: readonly string[]): KustoError {
  return new KustoError('Configuration_Invalid', `The security configuration cannot be used. ${faults.join('. ')}.`);
}
