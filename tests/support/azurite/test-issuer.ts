import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, type JWTVerifyGetKey } from 'jose';

export interface TestIssuer {
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
  /** A token for storage; times in seconds of the epoch. */
  token(oid: string, claims?: { aud?: string; exp?: number }): Promise<string>;
}

/** Signs tokens as Entra does, for tests that need no whole authority. */
export async function createTestIssuer(): Promise<TestIssuer> {
  const tenant = '7f2c1c1e-0000-4000-8000-00000000d0d0';
  const issuer = `https://sts.windows.net/${tenant}/`;
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'RS256', use: 'sig' };
  return {
    issuer,
    keys: createLocalJWKSet({ keys: [jwk] }),
    token: (oid, { aud = 'https://storage.azure.com/', exp } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ oid, tid: tenant, appid: oid, ver: '1.0' })
        .setProtectedHeader({ alg: 'RS256', kid: 'test', typ: 'JWT' })
        .setIssuer(issuer)
        .setSubject(oid)
        .setAudience(aud)
        .setIssuedAt(Math.min(now, exp ?? now) - 600)
        .setNotBefore(Math.min(now, exp ?? now) - 600)
        .setExpirationTime(exp ?? now + 3600)
        .sign(privateKey);
    },
  };
}
