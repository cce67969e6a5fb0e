import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ContainerSASPermissions } from '@azure/storage-blob';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  carriedCredential,
  openStore,
  parseConnectionString,
  type ObjectStore,
  type StoreCredential,
  type StoreOptions,
} from '../../src/storage/index.js';
import { startTestStorage, type Fault, type ProxiedRequest, type TestStorage } from '../support/azurite/index.js';
import { createTestIssuer, type TestIssuer } from '../support/azurite/test-issuer.js';

/** What each way of failing becomes: its code, and with it whether a retry can help. */
describe('failures of Azure storage', () => {
  const oid = randomUUID();
  let issuer: TestIssuer;
  let storage: TestStorage;
  let folder: string;
  let address: string;
  let source: string;
  let sha256: string;

  beforeAll(async () => {
    issuer = await createTestIssuer();
    storage = await startTestStorage({ accounts: ['acct'], jwks: issuer.keys, issuers: [issuer.issuer] });
    folder = await mkdtemp(join(tmpdir(), 'calypso-failures-'));
    source = join(folder, 'source');
    await writeFile(source, 'a,b\n');
    sha256 = createHash('sha256').update('a,b\n').digest('hex');
    const container = storage.container('acct', 'target');
    await container.create();
    address = storage.addressOf('acct', 'target');
  });
  afterEach(() => {
    storage.proxy.fault = undefined;
    storage.proxy.observe = undefined;
    storage.proxy.grant(oid, 'acct', 'Storage Blob Data Contributor');
  });
  afterAll(async () => {
    await storage.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const options = (more: StoreOptions = {}) => ({ certificateAuthority: storage.certificate.cert, ...more });
  const identity = (token: string): StoreCredential => ({
    kind: 'token',
    credential: { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3600_000 }) },
    principal: `managed identity ${oid}`,
    renewable: true,
  });
  const carried = (text: string, more: StoreOptions = {}) => {
    const connection = parseConnectionString(text);
    return openStore(connection.address, carriedCredential(connection) as StoreCredential, options(more));
  };
  const withKey = (more: StoreOptions = {}, at = address) => carried(`${at};${storage.keyOf('acct')}`, more);
  const withToken = async (claims?: { aud?: string; exp?: number }) =>
    openStore(address, identity(await issuer.token(oid, claims)), options());
  const put = (store: ObjectStore, name: string = randomUUID()) => store.putFile(name, source, { sha256 });
  /** The error of a write, with what makes it useful; no message or cause may show a secret. */
  async function failureOf(work: Promise<unknown>) {
    const error = await work.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ name: 'KustoError' });
    const { code, permanent, message } = error as { code: string; permanent: boolean; message: string };
    expect(message).not.toContain(storage.keyOf('acct'));
    return { code, permanent, message };
  }

  it('names the identity and the role when the role is taken away, and goes on when it is back', async () => {
    const store = await withToken();
    storage.proxy.grant(oid, 'acct', 'Storage Blob Data Contributor');
    expect(await put(store)).toBe('created');
    storage.proxy.revoke(oid, 'acct');
    const denied = await failureOf(put(store));
    expect(denied).toMatchObject({ code: 'Storage_PermissionDenied', permanent: true });
    expect(denied.message).toContain(`managed identity ${oid}`);
    expect(denied.message).toContain('Storage Blob Data Contributor');
    expect((await failureOf(store.head('x'))).message).toContain('Storage Blob Data Reader');
    storage.proxy.grant(oid, 'acct', 'Storage Blob Data Reader');
    expect(await store.head('x')).toBeUndefined();
    expect((await failureOf(put(store))).code).toBe('Storage_PermissionDenied');
    storage.proxy.grant(oid, 'acct', 'Storage Blob Data Contributor');
    expect(await put(store)).toBe('created');
  });

  it('tells a forged token and a token for something else from an expired one', async () => {
    const forger = await createTestIssuer();
    const forged = openStore(address, identity(await forger.token(oid)), options());
    expect(await failureOf(put(forged))).toMatchObject({ code: 'Storage_AuthenticationFailed', permanent: true });
    const other = await withToken({ aud: 'https://management.azure.com/' });
    expect(await failureOf(put(other))).toMatchObject({ code: 'Storage_AuthenticationFailed' });
    const past = Math.floor(Date.now() / 1000) - 60;
    const expired = await failureOf(put(await withToken({ exp: past })));
    expect(expired).toMatchObject({ code: 'Storage_TokenExpired', permanent: false });
    const given = carried(`${address};token=${await issuer.token(oid, { exp: past })}`);
    expect(await failureOf(put(given))).toMatchObject({ code: 'Storage_CredentialExpired', permanent: true });
  });

  it('tells wrong keys, missing credentials and signatures that are past or do not cover the request', async () => {
    const wrongKey = carried(`${address};${Buffer.from('wrong').toString('base64')}`);
    expect(await failureOf(put(wrongKey))).toMatchObject({ code: 'Storage_AuthenticationFailed', permanent: true });
    expect((await failureOf(put(carried(address)))).permanent).toBe(true);
    const container = storage.container('acct', 'target');
    const sas = (permissions: string, expiresOn: Date) =>
      container.generateSasUrl({ permissions: ContainerSASPermissions.parse(permissions), expiresOn });
    const readOnly = await failureOf(put(carried(await sas('rl', new Date(Date.now() + 600_000)))));
    expect(readOnly).toMatchObject({ code: 'Storage_PermissionDenied', permanent: true });
    expect(readOnly.message).toContain('Create and Write');
    expect(readOnly.message).not.toContain('sig=');
    const past = await failureOf(put(carried(await sas('rlcw', new Date(Date.now() - 600_000)))));
    expect(past.permanent).toBe(true);
  });

  it('passes on what the source of tokens says, untouched by the SDK', async () => {
    const { KustoError } = await import('../../src/errors/index.js');
    const refusing: StoreCredential = {
      ...(identity('') as Extract<StoreCredential, { kind: 'token' }>),
      credential: { getToken: () => Promise.reject(new KustoError('General_Throttled', 'no token today')) },
    };
    expect(await failureOf(put(openStore(address, refusing, options())))).toMatchObject({ code: 'General_Throttled' });
  });

  it('says that the container is missing, and not the object', async () => {
    const store = withKey({}, storage.addressOf('acct', 'nowhere'));
    expect(await failureOf(put(store))).toMatchObject({ code: 'Storage_ContainerNotFound', permanent: true });
    const listing = (async () => {
      for await (const found of store.list('')) expect(found).toBeUndefined();
    })();
    expect(await failureOf(listing)).toMatchObject({ code: 'Storage_ContainerNotFound' });
    expect(await failureOf(store.head('x'))).toMatchObject({ code: 'Storage_ContainerNotFound' });
  });

  it.each<[Fault, string, boolean]>([
    [{ kind: 'status', status: 429, code: 'TooManyRequests' }, 'Storage_Throttled', false],
    [{ kind: 'status', status: 503, code: 'ServerBusy' }, 'Storage_Throttled', false],
    [{ kind: 'status', status: 500, code: 'InternalError' }, 'Storage_ServerError', false],
    [{ kind: 'status', status: 502 }, 'Storage_ServerError', false],
    [{ kind: 'status', status: 500, code: 'OperationTimedOut' }, 'Storage_Throttled', false],
    [{ kind: 'status', status: 412, code: 'LeaseIdMissing' }, 'Storage_ObjectChanged', false],
    [{ kind: 'status', status: 409, code: 'BlobImmutableDueToPolicy' }, 'Storage_Conflict', true],
    [{ kind: 'status', status: 409, code: 'ContainerBeingDeleted' }, 'Storage_ServerError', false],
    [{ kind: 'status', status: 403, code: 'AuthorizationFailure' }, 'Storage_AuthorizationFailure', true],
    [{ kind: 'status', status: 403, code: 'KeyBasedAuthenticationNotPermitted' }, 'Storage_AuthorizationFailure', true],
    [{ kind: 'status', status: 400, code: 'InvalidUri' }, 'Storage_RequestRefused', true],
    [{ kind: 'status', status: 404, code: 'ContainerNotFound' }, 'Storage_ContainerNotFound', true],
    [{ kind: 'reset' }, 'Storage_Unreachable', false],
    [{ kind: 'resetAfter' }, 'Storage_Unreachable', false],
    [{ kind: 'stall' }, 'Storage_Timeout', false],
  ])('answers %j with %s, permanent: %s, after one try', async (fault, code, permanent) => {
    const seen: ProxiedRequest[] = [];
    storage.proxy.observe = (request) => void seen.push(request);
    storage.proxy.fault = () => fault;
    const store = withKey({ requestDeadline: fault.kind === 'stall' ? 300 : 10_000 });
    expect(await failureOf(put(store))).toMatchObject({ code, permanent });
    expect(seen).toHaveLength(1);
  });

  it('finds its own file when the answer to the last request was lost', async () => {
    const store = withKey();
    storage.proxy.fault = ({ url }) => (url.includes('comp=blocklist') ? { kind: 'resetAfter' } : undefined);
    expect((await failureOf(put(store, 'lost.csv'))).permanent).toBe(false);
    storage.proxy.fault = undefined;
    expect(await put(store, 'lost.csv')).toBe('exists');
    expect(await store.head('lost.csv')).toMatchObject({ sha256, size: 4 });
  });

  it('shows nothing of a file whose upload broke off between two blocks', async () => {
    const path = join(folder, 'large');
    const bytes = randomBytes(20 * 1024 * 1024);
    await writeFile(path, bytes);
    const hash = createHash('sha256').update(bytes).digest('hex');
    let blocks = 0;
    storage.proxy.fault = ({ url }) => (url.includes('comp=block&') && ++blocks === 2 ? { kind: 'reset' } : undefined);
    const store = withKey();
    expect((await failureOf(store.putFile('large.bin', path, { sha256: hash }))).code).toBe('Storage_Unreachable');
    expect(await store.head('large.bin')).toBeUndefined();
    storage.proxy.fault = undefined;
    expect(await store.putFile('large.bin', path, { sha256: hash })).toBe('created');
    expect(await store.head('large.bin')).toMatchObject({ size: bytes.length, sha256: hash });
  });

  it('never takes a download that broke off, stalled or changed for the file', async () => {
    const store = withKey({ requestDeadline: 2_000 });
    const path = join(folder, 'twenty');
    const bytes = randomBytes(9 * 1024 * 1024);
    await writeFile(path, bytes);
    await store.putFile('twenty.bin', path, { sha256: createHash('sha256').update(bytes).digest('hex') });
    const out = join(folder, 'out');
    const get = ({ method }: ProxiedRequest, fault: Fault) => (method === 'GET' ? fault : undefined);

    storage.proxy.fault = (request) => get(request, { kind: 'truncate', bytes: 1000 });
    expect(await failureOf(store.getFile('twenty.bin', out))).toMatchObject({ permanent: false });
    await expect(stat(out)).rejects.toMatchObject({ code: 'ENOENT' });

    storage.proxy.fault = (request) => get(request, { kind: 'stall' });
    expect(await failureOf(store.getFile('twenty.bin', out))).toMatchObject({ code: 'Storage_Timeout' });

    let reads = 0;
    storage.proxy.fault = (request) => (request.method === 'GET' && ++reads === 2 ? { kind: 'stall' } : undefined);
    const overwriting = store.getFile('twenty.bin', out);
    expect(await failureOf(overwriting)).toMatchObject({ code: 'Storage_Timeout' });

    reads = 0;
    storage.proxy.fault = undefined;
    storage.proxy.observe = ({ method }) => void (method === 'GET' && reads++);
    await store.getFile('twenty.bin', out);
    expect((await readFile(out)).equals(bytes)).toBe(true);
    expect(reads).toBe(2);
  });

  it('stops waiting for a stalled storage as soon as the caller goes away', async () => {
    storage.proxy.fault = () => ({ kind: 'stall' });
    const caller = new AbortController();
    storage.proxy.observe = () => caller.abort();
    const work = withKey().putFile('x', source, { sha256, signal: caller.signal });
    expect(await failureOf(work)).toMatchObject({ code: 'General_Cancelled' });
  });

  it('is unreachable where nobody listens, and refuses a certificate that it does not know', async () => {
    const nobody = withKey({}, 'https://127.0.0.1:1/acct/c');
    expect(await failureOf(put(nobody))).toMatchObject({ code: 'Storage_Unreachable', permanent: false });
    const connection = parseConnectionString(`${address};${storage.keyOf('acct')}`);
    const distrusting = openStore(address, carriedCredential(connection) as StoreCredential);
    expect(await failureOf(put(distrusting))).toMatchObject({ code: 'Storage_CertificateRefused', permanent: true });
  });

  it('asks for storage tokens only, and takes them nowhere else, whatever a server answers', async () => {
    const seen: { host: string; authorization: string }[] = [];
    const scopes: (string | string[])[] = [];
    const elsewhere = createTlsServer({ cert: storage.certificate.cert, key: storage.certificate.key }, (req, res) => {
      seen.push({ host: 'elsewhere', authorization: req.headers.authorization ?? '' });
      res.writeHead(200).end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const trap = createTlsServer({ cert: storage.certificate.cert, key: storage.certificate.key }, (req, res) => {
      req.resume();
      seen.push({ host: 'trap', authorization: req.headers.authorization ?? '' });
      if (seen.length === 1) {
        const tenant = `https://login.microsoftonline.com/${randomUUID()}/oauth2/authorize`;
        res.setHeader(
          'WWW-Authenticate',
          `Bearer authorization_uri=${tenant} resource_id=https://management.azure.com`,
        );
        return res.writeHead(401).end();
      }
      const { port } = elsewhere.address() as AddressInfo;
      res.writeHead(307, { location: `https://127.0.0.1:${port}/acct/c/x` }).end();
    });
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = trap.address() as AddressInfo;
      const credential: StoreCredential = {
        kind: 'token',
        principal: 'managed identity',
        renewable: true,
        credential: {
          getToken: (scope) => {
            scopes.push(scope);
            return Promise.resolve({ token: 'storage-token', expiresOnTimestamp: Date.now() + 3600_000 });
          },
        },
      };
      const store = openStore(`https://127.0.0.1:${port}/acct/c`, credential, options());
      expect((await failureOf(store.head('x'))).code).toMatch(/^Storage_/);
      expect(new Set(scopes)).toEqual(new Set(['https://storage.azure.com/.default']));
      expect(seen.filter(({ host }) => host === 'elsewhere')).toEqual([]);
    } finally {
      for (const server of [trap, elsewhere]) {
        server.closeAllConnections();
        server.close();
      }
    }
  });

  it('keeps its secrets out of everything that is printed', () => {
    const store = withKey();
    expect(inspect(store, { depth: 9, showHidden: true })).not.toContain(storage.keyOf('acct'));
  });
});
