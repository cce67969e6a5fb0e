import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { makeCertificates } from '../../../src/security/certificates.js';
import { freePort } from './free-port.js';
import type { TestDatabase } from './test-database.js';

const SERVER = '/usr/sbin/mariadbd';
const INSTALL = '/usr/bin/mariadb-install-db';

/** Why there is no MariaDB here; undefined where there is one. */
export function mariadbMissing(): string | undefined {
  return existsSync(SERVER) && existsSync(INSTALL)
    ? undefined
    : 'MariaDB is not installed on this machine (apt-get install mariadb-server)';
}

/** A real MariaDB, from the package of the system, with a data folder of its own. */
export async function startMariadb(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'calypso-mariadb-'));
  await chmod(folder, 0o755);
  const { ca, cert, key } = await makeCertificates();
  const [certFile, keyFile, data] = [join(folder, 'server.pem'), join(folder, 'server-key.pem'), join(folder, 'data')];
  await writeFile(certFile, cert);
  await writeFile(keyFile, key);
  const isRoot = userInfo().uid === 0;
  const asUser = isRoot ? ['--user=mysql'] : [];
  execFileSync(
    INSTALL,
    ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', ...asUser],
    {
      stdio: 'pipe',
    },
  );
  if (isRoot) execFileSync('chown', ['mysql', folder, certFile, keyFile]);
  const port = await freePort();
  const password = "it's \\ 100%";
  const init = join(folder, 'init.sql');
  await writeFile(
    init,
    [
      'CREATE DATABASE test CHARACTER SET utf8mb4;',
      `CREATE USER 'owner'@'%' IDENTIFIED BY '${password.replaceAll('\\', '\\\\').replaceAll("'", "''")}';`,
      "GRANT ALL ON test.* TO 'owner'@'%';",
      "GRANT SUPER, CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO 'owner'@'%' WITH GRANT OPTION;",
      '',
    ].join('\n'),
  );
  if (isRoot) execFileSync('chown', ['mysql', init]);
  const server = spawn(
    SERVER,
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--socket=${join(folder, 's')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--innodb-flush-log-at-trx-commit=0',
      '--skip-log-bin',
      `--ssl-cert=${certFile}`,
      `--ssl-key=${keyFile}`,
      `--init-file=${init}`,
      ...asUser,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (data: Buffer) => {
      log += data.toString();
      if (/ready for connections/.test(log)) resolve();
    });
    server.on('exit', () => reject(new Error(`MariaDB did not start:\n${log}`)));
  });
  const owner = await mysql.createConnection({
    host: '127.0.0.1',
    port,
    user: 'owner',
    password,
    database: 'test',
    rowsAsArray: true,
    typeCast: (field) => field.string(),
  });
  return {
    dialect: 'MySQL',
    host: '127.0.0.1',
    port,
    database: 'test',
    user: 'owner',
    password,
    certificateAuthority: ca,
    async query(statement) {
      const [rows] = await owner.query(statement);
      return Array.isArray(rows) ? (rows as (string | null)[][]) : [];
    },
    async breakConnections() {
      const [list] = await owner.query(
        'SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND db = DATABASE()',
      );
      for (const [id] of list as string[][]) await owner.query(`KILL CONNECTION ${id}`);
    },
    async stop() {
      await owner.end();
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
