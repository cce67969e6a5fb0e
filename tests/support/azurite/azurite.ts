import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './certificate.js';

export interface Azurite {
  readonly port: number;
  stop(): Promise<void>;
}

export interface AzuriteOptions {
  readonly certificate: Certificate;
  /** Account keys, base64, by the accounts' names. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Kept in memory when absent. */
  readonly folder?: string;
}

/** The real Azurite blob service as a child process, over https with OAuth, on a free port. */
export async function startAzurite({ certificate, accounts, folder }: AzuriteOptions): Promise<Azurite> {
  const own = await mkdtemp(join(tmpdir(), 'calypso-azurite-'));
  const [cert, key] = [join(own, 'cert.pem'), join(own, 'key.pem')];
  await writeFile(cert, certificate.cert);
  await writeFile(key, certificate.key, { mode: 0o600 });
  const main = createRequire(import.meta.url).resolve('azurite/dist/src/blob/main.js');
  const keep = folder ? ['--location', folder] : ['--inMemoryPersistence'];
  const child = spawn(
    process.execPath,
    [
      ...[main, '--blobHost', '127.0.0.1', '--blobPort', '0', '--oauth', 'basic', '--cert', cert, '--key', key],
      ...['--skipApiVersionCheck', '--disableTelemetry', '--silent', ...keep],
    ],
    {
      cwd: own,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        AZURITE_ACCOUNTS: Object.entries(accounts)
          .map(([name, accountKey]) => `${name}:${accountKey}`)
          .join(';'),
      },
    },
  );
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
    await rm(own, { recursive: true, force: true });
  };
  // A parent that dies without stop() must not leave it running.
  const killOnExit = () => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  void exited.then(() => process.removeListener('exit', killOnExit));
  try {
    return { port: await listening(child.stdout, child.stderr, exited), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function listening(stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream, exited: Promise<unknown>) {
  return new Promise<number>((resolve, reject) => {
    let text = '';
    const read = (chunk: Buffer) => {
      text += chunk.toString();
      const port = /successfully listens on https:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1];
      if (port) resolve(Number(port));
    };
    stdout.on('data', read);
    stderr.on('data', read);
    void exited.then(() => reject(new Error(`Azurite ended before it listened: ${text}`)));
  });
}
