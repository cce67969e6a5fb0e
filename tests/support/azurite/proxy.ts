import { createServer, request as httpsRequest } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, customFetch, jwtVerify, type JWTVerifyGetKey, type FetchImplementation } from 'jose';
import type { Certificate } from './certificate.js';

/** What Azurite leaves out: the signature of tokens, and who may do what. */
export type StorageRole = 'Storage Blob Data Reader' | 'Storage Blob Data Contributor';

export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly code?: string; readonly message?: string }
  /** The connection breaks before the storage has seen the request. */
  | { readonly kind: 'reset' }
  /** The storage does the work, and the connection breaks before the answer. */
  | { readonly kind: 'resetAfter' }
  /** No answer, ever. */
  | { readonly kind: 'stall' }
  /** The answer breaks off after so many bytes of its body. */
  | { readonly kind: 'truncate'; readonly bytes: number };

export interface ProxiedRequest {
  readonly method: string;
  readonly account: string;
  /** Path of the request, and its query: a SAS stands in it. */
  readonly url: string;
  /** Of the token, if there is a valid one. */
  readonly oid: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

export interface StorageProxyOptions {
  readonly certificate: Certificate;
  readonly azuritePort: number;
  /** Where the issuers' keys are; or the keys themselves. */
  readonly jwks: URL | JWTVerifyGetKey;
  /** For an authority with a certificate of its own. */
  readonly fetch?: FetchImplementation;
  /** Issuers that the storage account's tenant trusts. */
  readonly issuers: readonly string[];
  readonly port?: number;
}

export interface StorageProxy {
  readonly port: number;
  /** `https://127.0.0.1:port`: accounts follow in the path. */
  readonly url: string;
  grant(oid: string, account: string, role: StorageRole): void;
  revoke(oid: string, account: string): void;
  /** Asked for each request, after its authorization; undefined lets it pass. */
  fault: ((request: ProxiedRequest) => Fault | undefined) | undefined;
  /** Called for each request, before anything is decided. */
  observe: ((request: ProxiedRequest) => void) | undefined;
  stop(): Promise<void>;
}

/** Stands before Azurite as Azure's front door does: verifies bearer tokens and roles; keys and SAS pass through. */
export async function startStorageProxy(options: StorageProxyOptions): Promise<StorageProxy> {
  const keys =
    options.jwks instanceof URL
      ? createRemoteJWKSet(options.jwks, options.fetch ? { [customFetch]: options.fetch } : {})
      : options.jwks;
  const roles = new Map<string, StorageRole>();
  const key = (oid: string, account: string) => `${oid.toLowerCase()}@${account}`;

  const server = createServer({ cert: options.certificate.cert, key: options.certificate.key }, (req, res) => {
    handle(req, res).catch((error: unknown) => {
      if (!res.headersSent) answer(res, 500, 'InternalError', String(error));
      else res.destroy();
    });
  });

  const proxy: StorageProxy = {
    port: 0,
    url: '',
    fault: undefined,
    observe: undefined,
    grant: (oid, account, role) => void roles.set(key(oid, account), role),
    revoke: (oid, account) => void roles.delete(key(oid, account)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const method = req.method ?? 'GET';
    const account = (req.url ?? '/').split(/[/?]/)[1] ?? '';
    const bearer = /^Bearer (.+)$/i.exec(req.headers.authorization ?? '')?.[1];
    let oid: string | undefined;
    let refusal: string | undefined;
    if (bearer !== undefined) {
      try {
        oid = await verify(bearer);
      } catch (error) {
        refusal = (error as { code?: string }).code === 'ERR_JWT_EXPIRED' ? EXPIRED : 'Signature validation failed.';
      }
    }
    const request = { method, account, url: req.url ?? '/', oid, headers: req.headers };
    proxy.observe?.(request);
    if (refusal !== undefined) {
      res.setHeader('WWW-Authenticate', `Bearer authorization_uri=${options.issuers[0]}, resource_id=${AUDIENCE}`);
      return answer(res, 401, 'InvalidAuthenticationInfo', refusal);
    }
    if (oid !== undefined && !mayDo(roles.get(key(oid, account)), method)) {
      return answer(
        res,
        403,
        'AuthorizationPermissionMismatch',
        'This request is not authorized to perform this operation using this permission.',
      );
    }
    const fault = proxy.fault?.(request);
    switch (fault?.kind) {
      case 'status':
        return answer(res, fault.status, fault.code ?? '', fault.message ?? 'A fault of the test.');
      case 'reset':
        return void req.socket.destroy();
      case 'stall':
        return;
      case 'resetAfter':
      case 'truncate':
      case undefined:
        forward(req, res, fault);
    }
  }

  async function verify(token: string): Promise<string> {
    const { payload } = await jwtVerify(token, keys, {
      issuer: [...options.issuers],
      audience: [AUDIENCE, AUDIENCE.slice(0, -1)],
      algorithms: ['RS256'],
      requiredClaims: ['exp', 'oid'],
    });
    return String(payload['oid']);
  }

  function forward(req: IncomingMessage, res: ServerResponse, fault: Fault | undefined): void {
    const upstream = httpsRequest(
      {
        host: '127.0.0.1',
        port: options.azuritePort,
        method: req.method,
        path: req.url,
        headers: req.headers,
        ca: options.certificate.cert,
      },
      (answered) => {
        if (fault?.kind === 'resetAfter') {
          answered.resume();
          answered.once('end', () => req.socket.destroy());
          return;
        }
        res.writeHead(answered.statusCode ?? 500, answered.rawHeaders);
        if (fault?.kind === 'truncate') return truncate(answered, res, fault.bytes);
        answered.pipe(res);
      },
    );
    upstream.on('error', () => res.destroy());
    res.on('close', () => upstream.destroy());
    req.pipe(upstream);
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, { port, url: `https://127.0.0.1:${port}` });
}

const AUDIENCE = 'https://storage.azure.com/';
const EXPIRED = 'Lifetime validation failed. The token is expired.';

function mayDo(role: StorageRole | undefined, method: string): boolean {
  if (role === 'Storage Blob Data Contributor') return true;
  return role === 'Storage Blob Data Reader' && (method === 'GET' || method === 'HEAD');
}

function truncate(from: IncomingMessage, to: ServerResponse, bytes: number): void {
  let left = bytes;
  from.on('data', (chunk: Buffer) => {
    if (left < 0) return;
    to.write(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) {
      left = -1;
      // The part that was written shall arrive before the connection breaks.
      to.write('', () => to.destroy());
    }
  });
}

function answer(res: ServerResponse, status: number, code: string, message: string): void {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  res.writeHead(status, {
    ...(code ? { 'x-ms-error-code': code } : {}),
    'content-type': 'application/xml',
    'content-length': Buffer.byteLength(body),
  });
  res.end(body);
}
