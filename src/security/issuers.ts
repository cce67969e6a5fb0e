import { readFileSync } from 'node:fs';
import type { JWTPayload } from 'jose';
import type { PrincipalType } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import type { Caller } from './caller.js';
import {
  issuerTenant,
  type DevelopmentIssuer,
  type EntraIssuer,
  type OidcIssuer,
  type SecurityConfig,
} from './config.js';
import { httpsFetch, type Fetch } from './https-fetch.js';
import { isGuid } from './principals.js';
import { DEVELOPMENT_TENANT } from './tenants.js';

/** An issuer as authentication needs it. */
export interface TrustedIssuer {
  /** The `iss` values that are its own. */
  readonly names: readonly string[];
  readonly audiences: readonly string[];
  readonly requiredClaims: readonly string[];
  /** Undefined: the platform's fetch. */
  readonly fetch?: Fetch | undefined;
  jwksUri(fetch: Fetch | undefined): Promise<string>;
  /** Throws Unauthorized when the claims of a token that is verified do not name a principal. */
  toCaller(payload: JWTPayload): Caller;
}

export function trustedIssuers(config: SecurityConfig): readonly TrustedIssuer[] {
  return config.authentication.map((issuer) => {
    switch (issuer.kind) {
      case 'entra':
        return entra(issuer, config.audiences);
      case 'development':
        return development(issuer, config.audiences);
      case 'oidc':
        return oidc(issuer);
    }
  });
}

function entra(issuer: EntraIssuer, audiences: readonly string[]): TrustedIssuer {
  const { tenantId, authorityHost } = issuer;
  const securityTokenService = authorityHost.endsWith('.cn')
    ? 'https://sts.chinacloudapi.cn'
    : 'https://sts.windows.net';
  return {
    names: [`${securityTokenService}/${tenantId}/`, `${authorityHost}/${tenantId}/v2.0`],
    audiences,
    requiredClaims: ['oid', 'tid'],
    jwksUri: () => Promise.resolve(`${authorityHost}/${tenantId}/discovery/v2.0/keys`),
    toCaller: (payload) => entraCaller(payload, tenantId),
  };
}

function development({ authority, caFile }: DevelopmentIssuer, audiences: readonly string[]): TrustedIssuer {
  return {
    names: [`https://sts.windows.net/${DEVELOPMENT_TENANT}/`],
    audiences,
    requiredClaims: ['oid', 'tid'],
    fetch: caFile === undefined ? undefined : httpsFetch(readCa(caFile)),
    jwksUri: () => Promise.resolve(new URL(`/${DEVELOPMENT_TENANT}/discovery/v2.0/keys`, authority).href),
    toCaller: (payload) => entraCaller(payload, DEVELOPMENT_TENANT),
  };
}

function oidc(issuer: OidcIssuer): TrustedIssuer {
  return {
    names: [issuer.issuer],
    audiences: issuer.audiences,
    requiredClaims: [issuer.claims.objectId],
    jwksUri: (fetch) =>
      issuer.jwksUri === undefined ? discover(issuer.issuer, fetch) : Promise.resolve(issuer.jwksUri),
    toCaller: (payload) => oidcCaller(payload, issuer),
  };
}

/** The v1 and v2 forms differ in `appid`/`azp` and in where the UPN may stand. */
function entraCaller(payload: JWTPayload, tenantId: string): Caller {
  if (text(payload.tid)?.toLowerCase() !== tenantId) {
    throw new KustoError('Unauthorized', "The token's tenant is not that of its issuer.");
  }
  const objectId = text(payload.oid)?.toLowerCase();
  if (!objectId || !isGuid(objectId)) throw new KustoError('Unauthorized', "The token lacks a valid 'oid' claim.");
  const kind = text(payload.idtyp);
  if (kind !== undefined && kind !== 'app' && kind !== 'user') {
    throw new KustoError('Unauthorized', 'The token is neither that of a user nor that of an application.');
  }
  // Not preferred_username, unique_name or email: those the user, or another tenant, may choose.
  const upn = text(payload.upn);
  const isApplication = kind === 'app' || (kind === undefined && payload.scp === undefined && upn === undefined);
  const clientId = text(payload.appid) ?? text(payload.azp);
  const alias = isApplication ? clientId?.toLowerCase() : upn;
  return {
    principal: {
      type: isApplication ? 'aadapp' : 'aaduser',
      id: objectId,
      tenantId,
      displayName: text(payload.name) ?? text(payload.app_displayname) ?? alias ?? '',
    },
    identifiers: alias === undefined ? [objectId] : [objectId, alias],
    // A token of somebody in many groups carries a hint where to ask (_claim_names, hasgroups): that proves none.
    groups: texts(payload.groups).map((group) => group.toLowerCase()),
    details: {
      ...(upn !== undefined && { userPrincipalName: upn }),
      ...(payload.iss !== undefined && { identityProvider: payload.iss }),
      ...(Array.isArray(payload.amr) && { mfa: payload.amr.includes('mfa') }),
    },
  };
}

function oidcCaller(payload: JWTPayload, issuer: OidcIssuer): Caller {
  const { claims } = issuer;
  const id = text(payload[claims.objectId]);
  if (id === undefined) throw new KustoError('Unauthorized', `The token lacks a valid '${claims.objectId}' claim.`);
  const clientId = claims.application === undefined ? undefined : text(payload[claims.application]);
  const userName = claims.userName === undefined ? undefined : text(payload[claims.userName]);
  const type: PrincipalType = clientId === undefined ? 'aaduser' : 'aadapp';
  return {
    principal: {
      type,
      id,
      tenantId: issuerTenant(issuer),
      displayName: text(payload[claims.displayName]) ?? userName ?? id,
    },
    // Not the user name: nothing keeps a user from choosing what is somebody else's id.
    identifiers: clientId === undefined ? [id] : [id, clientId],
    groups: claims.groups === undefined ? [] : texts(payload[claims.groups]),
    details: { identityProvider: issuer.issuer, ...(userName !== undefined && { userPrincipalName: userName }) },
  };
}

async function discover(issuer: string, fetch: Fetch | undefined): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const options = { signal: AbortSignal.timeout(5000), redirect: 'error' as const };
  const response = await (fetch ? fetch(url, options) : globalThis.fetch(url, options));
  const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (document.issuer !== issuer || typeof document.jwks_uri !== 'string') {
    throw new Error(`the discovery document at ${url} is not of the issuer ${issuer}`);
  }
  return document.jwks_uri;
}

/** PEM text of an authority's CA. Throws Configuration_Invalid. */
export function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new KustoError('Configuration_Invalid', `The caFile '${file}' cannot be read.`, { cause });
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
