import { z } from 'zod';
import { KustoError } from '../../errors/index.js';

/** The configuration of `calypso identity`. Everything here is for a developer's machine and for tests. */

const guid = z.guid().transform((text) => text.toLowerCase());

export const principalSchema = z.strictObject({
  type: z.enum(['aaduser', 'aadapp']),
  objectId: guid,
  /** Of an application; also the audience for which it may exchange a user's token. */
  clientId: guid.optional(),
  userPrincipalName: z.email().optional(),
  displayName: z.string().min(1),
  /** An application's client secret, a user's password. */
  secret: z.string().min(1),
  groups: z.array(guid).default([]),
});

export const identitySchema = z.strictObject({
  objectId: guid,
  clientId: guid,
  displayName: z.string().min(1),
  isSystem: z.boolean().default(false),
  /** `mi_res_id`: an ARM resource id. */
  resourceId: z.string().optional(),
});

export const authorityConfigSchema = z.strictObject({
  host: z.literal('127.0.0.1').default('127.0.0.1'),
  /** https: OpenID, tokens, administration. 0 picks a free port. */
  port: z.int().min(0).max(65535).default(0),
  /** http: the endpoints of managed identities. 0 picks a free port. */
  identityPort: z.int().min(0).max(65535).default(0),
  /** PEM texts; made anew when not given. */
  tls: z.strictObject({ ca: z.string(), cert: z.string(), key: z.string() }).optional(),
  /** Resources for which tokens are issued, besides those of Azure Storage and Azure SQL. */
  audiences: z.array(z.string().min(1)).default([]),
  /** Seconds. */
  tokenLifetime: z.int().min(1).max(86_400).default(3600),
  /** What the App Service endpoint wants in X-IDENTITY-HEADER. Made when not given. */
  identityHeader: z.string().min(1).optional(),
  /** What the administration endpoints want as bearer. Undefined: they answer nobody. */
  adminSecret: z.string().min(16).optional(),
  principals: z.array(principalSchema).default([]),
  identities: z.array(identitySchema).default([]),
});

export type AuthorityConfig = z.output<typeof authorityConfigSchema>;
export type AuthorityConfigInput = z.input<typeof authorityConfigSchema>;
export type TestPrincipal = z.output<typeof principalSchema>;
export type TestIdentity = z.output<typeof identitySchema>;

/** Throws Configuration_Invalid that names every fault found. */
export function parseAuthorityConfig(value: unknown): AuthorityConfig {
  const parsed = authorityConfigSchema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new KustoError(
    'Configuration_Invalid',
    `The configuration of the local authority cannot be used. ${faults.join('. ')}.`,
  );
}
