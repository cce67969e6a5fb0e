import { createServer, type Server } from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose, type Calypso } from '../../src/cli/compose.js';
import { parseConfiguration } from '../../src/cli/config.js';
import { makeCertificates } from '../../src/security/certificates.js';
import { DEVELOPMENT_TENANT } from '../../src/security/tenants.js';
import type { ServerLog } from '../../src/server/index.js';

/** Tokens and roles as a stranger meets them: the whole server, over HTTP, with an issuer whose keys the test has. */

const AUDIENCE = 'api://calypso';
const ISSUER = `https://sts.windows.net/${DEVELOPMENT_TENANT}/`;
const ADMINISTRATOR = 'a0000000-0000-4000-8000-00000000000a';
const VIEWER = 'b0000000-0000-4000-8000-00000000000b';
const STRANGER = 'c0000000-0000-4000-8000-00000000000c';
const OTHER_TENANT = '22222222-2222-4222-8222-222222222222';

let folder: string;
let issuer: Server;
let key: CryptoKey;
let forger: CryptoKey;
let calypso: Calypso;
let endpoint: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calypso-front-door-'));
  const [pair, forged, tls] = await Promise.all([
    generateKeyPair('RS256'),
    generateKeyPair('RS256'),
    makeCertificates(),
  ]);
  key = pair.privateKey;
  forger = forged.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', use: 'sig', alg: 'RS256' };
  issuer = createServer(tls, (_request, response) => void response.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, tls.ca);
  const { port } = issuer.address() as AddressInfo;
  const configuration = parseConfiguration(
    JSON.stringify({
      server: { port: 0 },
      security: {
        authentication: [{ kind: 'development', authority: `https://127.0.0.1:${port}`, caFile }],
        audiences: [AUDIENCE],
        admins: [`aadapp=${ADMINISTRATOR};${DEVELOPMENT_TENANT}`],
        secretsKey: Buffer.alloc(32, 1).toString('base64'),
      },
    }),
    folder,
  );
  const log = pino({ level: 'silent' }) as unknown as ServerLog;
  calypso = await compose(configuration, { development: false, log });
  endpoint = await calypso.listen();
  await administer('.create table Secrets (Password: string)');
  await administer('.create database Hidden');
  await administer('.create table Deep (x: long)', 'Hidden');
  await administer(`.add database NetDefaultDB viewers ('aadapp=${VIEWER};${DEVELOPMENT_TENANT}')`);
});
afterAll(async () => {
  await calypso.stop();
  issuer.close();
  await rm(folder, { recursive: true, force: true });
});

const now = () => Math.floor(Date.now() / 1000);

function claims(change: JWTPayload = {}): JWTPayload {
  const at = { iat: now() - 10, nbf: now() - 10, exp: now() + 3600 };
  const who = { oid: ADMINISTRATOR, appid: ADMINISTRATOR, idtyp: 'app', ver: '1.0' };
  return { iss: ISSUER, aud: AUDIENCE, tid: DEVELOPMENT_TENANT, ...who, ...at, ...change };
}

const sign = (payload: JWTPayload, by = key): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'JWT' }).sign(by);

interface Answer {
  readonly status: number;
  readonly challenge: string | null;
  readonly text: string;
}

async function send(token: string | undefined, csl: string, db = 'NetDefaultDB', path?: string): Promise<Answer> {
  const url = `${endpoint}${path ?? (csl.startsWith('.') ? '/v1/rest/mgmt' : '/v2/rest/query')}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ db, csl }),
  });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    text: await response.text(),
  };
}

async function administer(csl: string, db?: string): Promise<void> {
  const answer = await send(await sign(claims()), csl, db);
  if (answer.status !== 200) throw new Error(answer.text);
}

const as = async (oid: string, csl: string, db?: string): Promise<Answer> =>
  send(await sign(claims({ oid, appid: oid })), csl, db);

/** What the answer says, without ids and times, and with one name for the database asked for. */
const told = ({ status, text }: Answer, db: string): unknown => {
  const { error } = JSON.parse(text) as { error: { code: string; '@message': string } };
  return [status, error.code, error['@message'].replaceAll(db, 'DB')];
};

describe('a token that proves nothing gets 401, and no answer', () => {
  it.each<readonly [string, () => string | undefined | Promise<string>]>([
    ['none', () => undefined],
    ['a forged one', () => sign(claims(), forger)],
    ['an expired one', () => sign(claims({ exp: now() - 301 }))],
    ['an unsigned one', () => new UnsecuredJWT(claims()).encode()],
    ['one for another service', () => sign(claims({ aud: 'https://storage.azure.com/' }))],
    [
      'one of another tenant',
      () => sign(claims({ tid: OTHER_TENANT, iss: `https://sts.windows.net/${OTHER_TENANT}/` })),
    ],
    ['one whose tenant is not that of its issuer', () => sign(claims({ tid: OTHER_TENANT }))],
  ])('%s', async (_what, make) => {
    const token = await make();
    for (const [path, csl] of [
      ['/v1/rest/query', 'Secrets'],
      ['/v2/rest/query', 'Secrets'],
      ['/v1/rest/mgmt', '.show tables'],
    ] as const) {
      const answer = await send(token, csl, undefined, path);
      expect(answer.status).toBe(401);
      expect(answer.challenge).toMatch(/^Bearer/);
      expect(answer.text).not.toContain('Password');
      expect((JSON.parse(answer.text) as { error: unknown }).error).toMatchObject({ code: 'Unauthorized' });
    }
  });

  it('while a good one is answered', async () => {
    expect(await as(ADMINISTRATOR, 'Secrets')).toMatchObject({ status: 200 });
  });
});

describe('a principal without a role', () => {
  it('gets 403 for every query and command, and cannot tell what exists', async () => {
    for (const csl of ['Secrets', 'Nothing', '.show tables', '.show table Secrets', '.drop table Secrets', 'print 1']) {
      const there = await as(STRANGER, csl);
      expect(there.status).toBe(403);
      expect(there.text).not.toContain('Password');
      expect(told(there, 'NetDefaultDB')).toEqual(told(await as(STRANGER, csl, 'Nowhere'), 'Nowhere'));
    }
    const databases = await as(STRANGER, '.show databases');
    expect(databases.status).toBe(200);
    expect((JSON.parse(databases.text) as { Tables: { Rows: unknown[] }[] }).Tables[0]!.Rows).toEqual([]);
  });

  it('of one database sees that one, and of others not even that they exist', async () => {
    expect((await as(VIEWER, 'Secrets')).status).toBe(200);
    expect((await as(VIEWER, '.create table Mine (x: long)')).status).toBe(403);
    expect((await as(VIEWER, '.show databases')).text).not.toContain('Hidden');
    for (const [hidden, nowhere] of [
      [`database('Hidden').Deep`, `database('Nowhe1').Deep`],
      [`union database('Hidden').*`, `union database('Nowhe1').*`],
    ] as const) {
      const answer = await as(VIEWER, hidden);
      expect(answer.status).toBe(400);
      expect(told(answer, 'Hidden')).toEqual(told(await as(VIEWER, nowhere), 'Nowhe1'));
    }
  });

  it('and one whose role is taken away: at once', async () => {
    const viewer = `viewers ('aadapp=${VIEWER};${DEVELOPMENT_TENANT}')`;
    await administer(`.drop database NetDefaultDB ${viewer}`);
    expect((await as(VIEWER, 'Secrets')).status).toBe(403);
    await administer(`.add database NetDefaultDB ${viewer}`);
    expect((await as(VIEWER, 'Secrets')).status).toBe(200);
  });
});
