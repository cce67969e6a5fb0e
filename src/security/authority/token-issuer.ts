import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { DEVELOPMENT_TENANT } from '../tenants.js';
import type { TestIdentity, TestPrincipal } from './config.js';

/** As Azure Storage's emulator wants the issuer of a token, and as Entra's v1 tokens have it. */
const ISSUER = `https://sts.windows.net/${DEVELOPMENT_TENANT}/`;
const FEDERATION_AUDIENCE = 'api://AzureADTokenExchange';

export interface IssuedToken {
  readonly token: string;
  /** Seconds since 1970. */
  readonly expiresOn: number;
  /** Seconds. */
  readonly expiresIn: number;
  readonly resource: string;
}

interface SigningKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

/** Signs the tokens of the development tenant, in Entra's v1 form. */
export class TokenIssuer {
  readonly #resources: ReadonlyMap<string, string>;

  private constructor(
    private key: SigningKey,
    private readonly lifetime: number,
    audiences: readonly string[],
  ) {
    // A resource is asked for with or without a slash at its end; its tokens have one form.
    const forms = [...audiences, 'https://storage.azure.com/', 'https://database.windows.net/'];
    this.#resources = new Map(forms.map((form) => [form.replace(/\/$/, ''), form]));
  }

  static async create(options: { lifetime: number; audiences: readonly string[] }): Promise<TokenIssuer> {
    return new TokenIssuer(await newKey(), options.lifetime, options.audiences);
  }

  /** From now on another key signs; the old one is forgotten. */
  async rotate(): Promise<void> {
    this.key = await newKey();
  }

  get jwks(): { readonly keys: readonly JWK[] } {
    return { keys: [this.key.jwk] };
  }

  /** The audience that a scope (`<resource>/.default`) or a resource stands for; undefined when there is none. */
  audienceOf(scopeOrResource: string): string | undefined {
    const [scope = ''] = scopeOrResource.split(' ').filter((one) => one.includes('/') || one.includes(':'));
    return this.#resources.get(scope.replace(/\/\.default$|\/user_impersonation$/, '').replace(/\/$/, ''));
  }

  forIdentity(identity: TestIdentity, resource: string): Promise<IssuedToken> {
    return this.#issue(resource, {
      oid: identity.objectId,
      sub: identity.objectId,
      appid: identity.clientId,
      app_displayname: identity.displayName,
      idtyp: 'app',
      ...(identity.resourceId !== undefined && { xms_mirid: identity.resourceId }),
    });
  }

  /** @param clientId the application through which a user came */
  forPrincipal(principal: TestPrincipal, resource: string, clientId?: string): Promise<IssuedToken> {
    const { objectId, groups } = principal;
    const common = { oid: objectId, sub: objectId, ...(groups.length > 0 && { groups }) };
    return this.#issue(
      resource,
      principal.type === 'aadapp'
        ? { ...common, appid: principal.clientId, app_displayname: principal.displayName, idtyp: 'app' }
        : {
            ...common,
            name: principal.displayName,
            upn: principal.userPrincipalName,
            scp: 'user_impersonation',
            idtyp: 'user',
            amr: ['pwd'],
            ...(clientId !== undefined && { appid: clientId }),
          },
    );
  }

  /** A token of the local 'platform' for a workload, to be exchanged for the identity's own. */
  federated(identity: TestIdentity): Promise<string> {
    return this.#sign({ iss: `${ISSUER}federation`, aud: FEDERATION_AUDIENCE, sub: identity.clientId }, this.lifetime);
  }

  /** The client id of a federated token; undefined when it is not one of ours. */
  async verifyFederated(token: string): Promise<string | undefined> {
    return (await this.#verify(token, `${ISSUER}federation`, [FEDERATION_AUDIENCE]))?.sub;
  }

  /** The claims of a token that was issued here for one of the audiences; undefined when it was not, or has expired. */
  verify(token: string, audiences: readonly string[]): Promise<JWTPayload | undefined> {
    return this.#verify(token, ISSUER, audiences);
  }

  async #issue(resource: string, claims: JWTPayload): Promise<IssuedToken> {
    const token = await this.#sign(
      { ...claims, iss: ISSUER, aud: resource, tid: DEVELOPMENT_TENANT, idp: ISSUER, ver: '1.0' },
      this.lifetime,
    );
    const expiresOn = Math.floor(Date.now() / 1000) + this.lifetime;
    return { token, expiresOn, expiresIn: this.lifetime, resource };
  }

  #sign(claims: JWTPayload, lifetime: number): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ ...claims, uti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: this.key.id })
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + lifetime)
      .sign(this.key.privateKey);
  }

  async #verify(token: string, issuer: string, audiences: readonly string[]): Promise<JWTPayload | undefined> {
    try {
      const options = { issuer, audience: [...audiences], algorithms: ['RS256'] };
      return (await jwtVerify(token, this.key.publicKey, options)).payload;
    } catch {
      return undefined;
    }
  }
}

async function newKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const id = randomUUID();
  return { id, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid: id, use: 'sig', alg: 'RS256' } };
}
