import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/main.js';

/** The program as people run it, from the sources. */
vi.setConfig({ testTimeout: 180_000 });

const START = [
  ...['--import', 'tsx', '--input-type=module', '--eval'],
  `process.exitCode = await (await import('./src/main.ts')).main(process.argv.slice(1))`,
];

let folder: string;
const running: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calypso-cli-'));
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

function calypso(...args: string[]) {
  const child = spawn(process.execPath, [...START, ...args], { env: { ...process.env, NO_COLOR: '1' } });
  running.push(child);
  const out = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (out.text += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, text: out.text }));
  const address = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /listens on (http\S+)/.exec(out.text)?.[1];
      if (found) resolve(found);
    });
    void ended.then(({ text }) => reject(new Error(text)));
  });
  address.catch(() => undefined);
  return { child, ended, address, out };
}

/** `calypso query …`, in this process: starting another takes seconds. */
async function query(...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const lines: string[] = [];
  const spies = (['log', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(line)),
  );
  try {
    return { code: await main(['query', ...args]), text: lines.join('\n') };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const post = (url: string, form: string, ca: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = request(url, { method: 'POST', ca, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text));
    });
    sent.on('error', reject).end(form);
  });

describe('calypso serve', () => {
  it('says that it is open in development, answers, keeps its data, and stops cleanly', async () => {
    const data = join(folder, 'data');
    const first = calypso('serve', '--development', '--port', '0', '--data', data);
    const address = await first.address;
    expect((await fetch(`${address}/health`)).status).toBe(200);
    expect(await query('.create table T (a: long)', '--endpoint', address)).toMatchObject({ code: 0 });
    first.child.kill('SIGTERM');
    const { code, text } = await first.ended;
    expect(code).toBe(0);
    expect(text).toContain('Development mode: no authentication');

    const second = calypso('serve', '--development', '--port', '0', '--data', data);
    const shown = await query('T | count', '--endpoint', await second.address);
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.text).toMatch(/Count[\s\S]*│ 0/);
    const wrong = await query('Nope', '--endpoint', await second.address);
    expect(wrong.code).toBe(1);
    expect(wrong.text).toContain('Nope');
  });

  it.each([
    [
      'development on an address that others reach',
      ['--development', '--host', '0.0.0.0'],
      '',
      'not a loopback address',
    ],
    ['no issuer and no development', [], '', 'names no issuer'],
    ['a key that is misspelt', [], 'servr: {}\n', 'servr'],
    ['a file that is not there', ['--config', '/nowhere/calypso.yaml'], '', 'ENOENT'],
  ])('refuses to start with %s', async (_name, args, yaml, message) => {
    const file = join(folder, 'calypso.yaml');
    await writeFile(file, yaml);
    const config = args.includes('--config') ? [] : ['--config', file];
    const { code, text } = await calypso('serve', '--port', '0', '--data', join(folder, 'd'), ...config, ...args).ended;
    expect(code).toBe(1);
    expect(text).toContain(message);
    expect(text).not.toContain('    at ');
  });

  it('takes over the issuers of its configuration on SIGHUP, and keeps the old ones when it cannot', async () => {
    const file = join(folder, 'calypso.yaml');
    const security = (extra: string) => `security:
  authentication: [{ kind: entra, tenantId: 11111111-1111-4111-8111-111111111111 }]
  audiences: ['api://first']
  secretsKey: ${Buffer.alloc(32, 1).toString('base64')}
${extra}`;
    await writeFile(file, security(''));
    const { child, address } = calypso('serve', '--port', '0', '--data', join(folder, 'd'), '--config', file);
    const audience = async () =>
      (
        (await (await fetch(`${await address}/v1/rest/auth/metadata`)).json()) as {
          AzureAD: { KustoServiceResourceId: string };
        }
      ).AzureAD.KustoServiceResourceId;
    expect(await audience()).toBe('api://first');
    const refused = await fetch(`${await address}/v2/rest/query`, { method: 'POST', body: '{}' });
    expect(refused.status).toBe(401);
    const logged = async (text: RegExp) => {
      for await (const chunk of child.stderr) if (text.test(String(chunk))) return;
    };
    await writeFile(file, security('').replace('api://first', 'api://second'));
    child.kill('SIGHUP');
    await expect.poll(audience, { timeout: 10_000 }).toBe('api://second');
    await writeFile(file, security('  nonsense: 1\n'));
    const told = logged(/not taken over/);
    child.kill('SIGHUP');
    await told;
    expect(await audience()).toBe('api://second');
  });
});

describe('calypso identity', () => {
  it('issues a token of a configured principal that the server accepts', async () => {
    const authority = join(folder, 'authority.yaml');
    const principal =
      '{ type: aadapp, objectId: a0000000-0000-4000-8000-00000000000a, clientId: a0000000-0000-4000-8000-0000000000ca, displayName: admin, secret: s3cret }';
    await writeFile(authority, `audiences: ['api://calypso']\nprincipals: [${principal}]\n`);
    const caFile = join(folder, 'ca.pem');
    const identity = calypso('identity', '--config', authority, '--ca-file', caFile);
    const issuer = await identity.address;
    const tenant = /tenant (\S+)/.exec(identity.out.text)?.[1];
    const form = {
      grant_type: 'client_credentials',
      client_id: 'a0000000-0000-4000-8000-0000000000ca',
      client_secret: 's3cret',
      scope: 'api://calypso/.default',
    };
    const ca = await readFile(caFile, 'utf8');
    const answer = await post(`${issuer}/${tenant}/oauth2/v2.0/token`, new URLSearchParams(form).toString(), ca);
    const { access_token: token } = JSON.parse(answer) as { access_token: string };

    const file = join(folder, 'calypso.yaml');
    await writeFile(
      file,
      `security:
  authentication: [{ kind: development, authority: '${issuer}', caFile: '${caFile}' }]
  audiences: ['api://calypso']
  admins: ['aadapp=a0000000-0000-4000-8000-00000000000a;${tenant}']
  secretsKey: ${Buffer.alloc(32, 1).toString('base64')}
`,
    );
    const server = calypso('serve', '--port', '0', '--data', join(folder, 'd'), '--config', file);
    const endpoint = await server.address;
    const shown = await query('print current_principal()', '--endpoint', endpoint, '--token', token);
    expect(shown.text).toContain(`aadapp=a0000000-0000-4000-8000-00000000000a;${tenant}`);
    const refused = await query('print 1', '--endpoint', endpoint, '--token', `${token}x`);
    expect(refused).toMatchObject({ code: 1 });
    expect(server.out.text).not.toContain(token);
    identity.child.kill('SIGTERM');
    expect((await identity.ended).code).toBe(0);
  });
});

describe('calypso query', () => {
  it('says where nobody answers', async () => {
    const { code, text } = await query('print 1', '--endpoint', 'http://127.0.0.1:9');
    expect(code).toBe(1);
    expect(text).toContain('http://127.0.0.1:9 does not answer');
  });
});
