import { spawn } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Path of `moto_server` (Python package moto, which CI installs); without it the S3 tests are skipped. */
export const MOTO = process.env['CALYPSO_MOTO_SERVER'];
export const WITHOUT_MOTO =
  'needs an S3 service: pip install "moto[server]", CALYPSO_MOTO_SERVER=<path of moto_server>';

export interface S3Service {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** An S3 service on loopback that keeps objects in memory. It knows conditional writes; it does not check signatures. */
export async function startMoto(): Promise<S3Service> {
  const port = await freePort();
  const server = spawn(MOTO!, ['-H', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = (): void => void server.kill('SIGKILL');
  process.once('exit', kill);
  let log = '';
  server.stderr.on('data', (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    if (server.exitCode !== null || tries > 300) throw new Error(`moto_server did not start: ${log}`);
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      break;
    await pause(100);
  }
  return {
    endpoint,
    stop: async () => {
      process.removeListener('exit', kill);
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
