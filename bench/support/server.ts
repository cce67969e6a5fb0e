import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

const CALYPSO = fileURLToPath(new URL('../../bin/calypso.mjs', import.meta.url));
const DATABASE = 'NetDefaultDB';

interface Table {
  readonly FrameType: string;
  readonly TableKind: string;
  readonly Rows: readonly (readonly unknown[])[];
}

/** A server of this build in a process of its own, in development mode, on a free port of loopback. */
export class BenchServer {
  private constructor(
    private readonly process: ChildProcess,
    readonly endpoint: string,
  ) {}

  /** Starts it on the data folder; files in `localRoots` may be read and written. */
  static async start(
    data: string,
    localRoots: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Promise<BenchServer> {
    await mkdir(data, { recursive: true });
    const config = join(data, 'bench.yaml');
    await writeFile(config, stringify({ localRoots }));
    const args = [CALYPSO, 'serve', '--development', '--port', '0', '--data', data, '--config', config];
    const server = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    // A parent that dies without stop() must not leave it running.
    const kill = (): void => void server.kill('SIGKILL');
    process.once('exit', kill);
    server.once('exit', () => process.removeListener('exit', kill));
    let log = '';
    const endpoint = await new Promise<string>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        log = (log + chunk.toString()).slice(-10_000);
        const url = /Calypso listens on (\S+)/.exec(log)?.[1];
        if (url) resolve(url);
      };
      server.stdout.on('data', read);
      server.stderr.on('data', read);
      server.once('exit', (code) => reject(new Error(`Calypso ended with code ${code}:\n${log}`)));
    });
    // What it logs from here on is drained unread: reading it would be measured too.
    for (const stream of [server.stdout, server.stderr]) stream.removeAllListeners('data').resume();
    return new BenchServer(server, endpoint);
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** Rows of the first result of a query, over v2. */
  async query(csl: string): Promise<readonly (readonly unknown[])[]> {
    const frames = (await this.post('/v2/rest/query', csl)) as Table[];
    return frames.find((frame) => frame.TableKind === 'PrimaryResult')!.Rows;
  }

  async command(csl: string): Promise<void> {
    await this.post('/v1/rest/mgmt', csl);
  }

  private async post(path: string, csl: string): Promise<unknown> {
    const response = await fetch(this.endpoint + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ db: DATABASE, csl }),
    });
    if (!response.ok) throw new Error(`${csl.slice(0, 200)}: ${await response.text()}`);
    return response.json();
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    await ended;
  }
}
