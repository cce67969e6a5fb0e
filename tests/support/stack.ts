import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContainerClient } from '@azure/storage-blob';
import { createRemoteJWKSet, customFetch } from 'jose';
import { stringify } from 'yaml';
import { startAuthority, type Authority } from '../../src/security/authority/index.js';
import { httpsFetch } from '../../src/security/https-fetch.js';
import { startTestStorage, type TestStorage } from './azurite/index.js';

const ACCOUNT = 'flightsarchive';
const CONTAINER = 'flights';
/** What tokens for the server must be meant for. */
const AUDIENCE = 'api://calypso-local';
const ADMINISTRATOR = {
  type: 'aadapp' as const,
  objectId: 'a0000000-0000-4000-8000-00000000000a',
  clientId: 'a0000000-0000-4000-8000-0000000000ca',
  displayName: 'administrator',
};

/** Identities of the clients' host, which sign in with them; the server knows nothing of them. */
const OPERATORS = {
  user: {
    objectId: '1d000000-0000-4000-8000-000000000002',
    clientId: '1d000000-0000-4000-8000-0000000000c2',
    displayName: 'operator',
  },
  system: {
    objectId: '1d000000-0000-4000-8000-000000000003',
    clientId: '1d000000-0000-4000-8000-0000000000c3',
    displayName: 'operating host',
    isSystem: true,
  },
};

/** Blob storage as the stack's callers see it. */
export interface StackStorage {
  /** `https://127.0.0.1:port/account/container`, before the proxy that checks tokens and roles. */
  readonly url: string;
  readonly key: string;
  /** The owner's way in, with the key and without Calypso. */
  readonly container: ContainerClient;
  /** PEM of the authorities that vouch for the storage and the local authority. */
  readonly certificateFile: string;
  /** Under which the storage listens: the server trusts whoever has it. PEM. */
  readonly certificate: { readonly cert: string; readonly key: string };
  /** Gives the principal the role Storage Blob Data Contributor. */
  grant(objectId: string): void;
  revoke(objectId: string): void;
  /** Resolves when so many more files have been written. */
  uploads(count: number): Promise<void>;
}

/**
 * Everything that the five steps need, on this machine: real storage (Azurite, https, OAuth) behind a proxy that
 * verifies tokens and roles, the local authority, and Calypso as a process of its own with authentication on.
 */
export class Stack {
  readonly identity: { objectId: string; clientId: string; tenantId: string; displayName: string };
  #server: ChildProcess | undefined;
  #endpoint = '';
  readonly #secretsKey = randomBytes(32).toString('base64');
  #log = '';

  private constructor(
    private readonly folder: string,
    private readonly authority: Authority,
    private readonly testStorage: TestStorage,
    private readonly secret: string,
    identity: { objectId: string; clientId: string; displayName: string },
    /** The server may read files from here. */
    readonly importFolder: string,
    readonly storage: StackStorage,
  ) {
    this.identity = { ...identity, tenantId: authority.tenantId };
  }

  /** @param folder an empty folder of the caller's, for data, configuration and files to import */
  static async start(folder: string): Promise<Stack> {
    const secret = randomUUID();
    const identity = {
      objectId: '1d000000-0000-4000-8000-000000000001',
      clientId: '1d000000-0000-4000-8000-0000000000c1',
      displayName: 'flights-exporter',
    };
    const authority = await startAuthority({
      audiences: [AUDIENCE],
      principals: [{ ...ADMINISTRATOR, secret }],
      identities: [identity, OPERATORS.user, OPERATORS.system],
    });
    const keys = new URL(`${authority.url}/${authority.tenantId}/discovery/v2.0/keys`);
    const testStorage = await startTestStorage({
      accounts: [ACCOUNT],
      issuers: [`https://sts.windows.net/${authority.tenantId}/`],
      jwks: createRemoteJWKSet(keys, { [customFetch]: httpsFetch(authority.ca) }),
    }).catch(async (error: unknown) => {
      await authority.close();
      throw error;
    });
    await testStorage.container(ACCOUNT, CONTAINER).create();
    const importFolder = join(folder, 'import');
    await mkdir(importFolder);
    const certificateFile = join(folder, 'authorities.pem');
    await writeFile(certificateFile, `${authority.ca}\n${testStorage.certificate.cert}`);
    const storage = storageOf(testStorage, certificateFile);
    const stack = new Stack(folder, authority, testStorage, secret, identity, importFolder, storage);
    try {
      await stack.#configure();
      await stack.#startServer(0);
    } catch (error) {
      await stack.stop();
      throw error;
    }
    return stack;
  }

  /** Managed identities of whoever runs under `hostEnvironment`: the server knows nothing of them. */
  readonly operators = OPERATORS;

  /** Under it a process is, to the SDKs, on a host that has the authority's managed identities. */
  get hostEnvironment(): Readonly<Record<string, string>> {
    return this.authority.appServiceEnvironment;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  /** The part of the configuration that attaches the managed identity. */
  get identityConfiguration(): string {
    return stringify({ identities: this.#identities([this.identity]) }).trim();
  }

  /** The end of what the server wrote. */
  lastLog(): string {
    return this.#log.slice(-3000);
  }

  /** A token of the AllDatabasesAdmin for Calypso, by client secret. */
  async administratorToken(): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: ADMINISTRATOR.clientId,
      client_secret: this.secret,
      scope: `${AUDIENCE}/.default`,
    });
    const url = `${this.authority.url}/${this.authority.tenantId}/oauth2/v2.0/token`;
    const answer = JSON.parse(await post(url, form.toString(), this.authority.ca)) as { access_token?: string };
    if (answer.access_token === undefined) throw new Error(`The authority gave no token: ${JSON.stringify(answer)}`);
    return answer.access_token;
  }

  kill(): void {
    this.#server?.kill('SIGKILL');
  }

  /** Takes the managed identity out of the configuration, or puts it in again, and has the server read it (SIGHUP). */
  async attachIdentity(isAttached: boolean): Promise<void> {
    await this.#configure(isAttached ? [this.identity] : []);
    const reread = new Promise<void>((resolve) => {
      const read = (chunk: Buffer): void => {
        if (!chunk.toString().includes('configuration read again')) return;
        this.#server?.stderr?.off('data', read);
        resolve();
      };
      this.#server?.stderr?.on('data', read);
    });
    this.#server?.kill('SIGHUP');
    await reread;
  }

  /** Starts the server again on its data and its port, after its process has ended. */
  async restart(): Promise<void> {
    if (this.#server) await ended(this.#server);
    await this.#startServer(Number(new URL(this.#endpoint).port));
  }

  async stop(): Promise<void> {
    if (this.#server) {
      this.#server.kill('SIGTERM');
      await ended(this.#server);
    }
    await this.testStorage.stop();
    await this.authority.close();
  }

  #identities(user: readonly Stack['identity'][]): object {
    return { source: 'app-service', user };
  }

  async #configure(identities: readonly Stack['identity'][] = [this.identity]): Promise<void> {
    const configuration = {
      security: {
        authentication: [{ kind: 'development', authority: this.authority.url, caFile: this.storage.certificateFile }],
        audiences: [AUDIENCE],
        admins: [`aadapp=${ADMINISTRATOR.objectId};${this.authority.tenantId}`],
        identities: this.#identities(identities),
        callouts: [
          {
            CalloutType: 'external_data',
            CalloutUriRegex: `^https://127\\.0\\.0\\.1:${new URL(this.storage.url).port}/`,
            CanCall: true,
          },
        ],
        secretsKey: this.#secretsKey,
      },
      localRoots: [this.importFolder],
    };
    await writeFile(join(this.folder, 'calypso.yaml'), stringify(configuration));
  }

  async #startServer(port: number): Promise<void> {
    const calypso = fileURLToPath(new URL('../../bin/calypso.mjs', import.meta.url));
    const file = (name: string): string => join(this.folder, name);
    const args = ['--port', String(port), '--data', file('data'), '--config', file('calypso.yaml')];
    const server = spawn(process.execPath, [calypso, 'serve', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...this.authority.appServiceEnvironment,
        NODE_EXTRA_CA_CERTS: this.storage.certificateFile,
      },
    });
    this.#server = server;
    // A parent that dies without stop() must not leave it running.
    const killOnExit = (): void => void server.kill('SIGKILL');
    process.once('exit', killOnExit);
    server.once('exit', () => process.removeListener('exit', killOnExit));
    this.#endpoint = await new Promise((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        this.#log = (this.#log + chunk.toString()).slice(-20_000);
        const url = /Calypso listens on (\S+)/.exec(chunk.toString())?.[1];
        if (url) resolve(url);
      };
      server.stdout.on('data', read);
      server.stderr.on('data', read);
      server.once('exit', (code) => reject(new Error(`Calypso ended with code ${code}:\n${this.lastLog()}`)));
    });
  }
}

function storageOf(test: TestStorage, certificateFile: string): StackStorage {
  return {
    url: test.addressOf(ACCOUNT, CONTAINER),
    key: test.keyOf(ACCOUNT),
    container: test.container(ACCOUNT, CONTAINER),
    certificateFile,
    certificate: test.certificate,
    grant: (objectId) => test.proxy.grant(objectId, ACCOUNT, 'Storage Blob Data Contributor'),
    revoke: (objectId) => test.proxy.revoke(objectId, ACCOUNT),
    uploads: (count) =>
      new Promise((resolve) => {
        let seen = 0;
        test.proxy.observe = ({ method }) => {
          if (method === 'PUT' && ++seen > count) {
            test.proxy.observe = undefined;
            resolve();
          }
        };
      }),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function post(url: string, form: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = request(url, { method: 'POST', ca, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve(text)).on('error', reject);
    });
    sent.on('error', reject);
    sent.end(form);
  });
}
