import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/storage/secret.js';
import { openSqlTarget } from '../../src/storage/sql/open-sql.js';
import { mariadbMissing, startMariadb } from '../support/sql/mariadb.js';
import { startPostgres } from '../support/sql/postgres.js';
import { startTdsFront } from '../support/tds/front.js';
import { sqlTargetSuite } from './sql-target-suite.js';

sqlTargetSuite('a SQL target on PostgreSQL', startPostgres, {
  fraction: 6,
  nan: true,
  nullCharacter: false,
  wrongTable: 'CREATE TABLE t (label integer, must integer NOT NULL)',
  users: [
    "CREATE ROLE nobody LOGIN PASSWORD 'secret'",
    "CREATE ROLE writer LOGIN PASSWORD 'secret'",
    'GRANT INSERT ON t, calypso_progress TO writer',
  ],
});

it('SQL Server: nothing is said in clear to a server that does not encrypt', async () => {
  const front = await startTdsFront({ encrypts: false });
  try {
    const address = { host: 'localhost', port: front.port, database: 'test', connectTimeout: 5000 };
    const target = openSqlTarget('SqlServer', address, {
      kind: 'password',
      user: 'u',
      password: new Secret('Hunter2'),
    });
    const refused = target.fence({ name: 't' }, { job: 'j', window: 'w' }, AbortSignal.timeout(20_000));
    await expect(refused).rejects.toMatchObject({ code: 'Sql_EncryptionRefused', permanent: true });
    expect(front.clear).toEqual([]);
  } finally {
    await front.stop();
  }
});

const missing = mariadbMissing();
if (missing === undefined) {
  sqlTargetSuite('a SQL target on MariaDB', startMariadb, {
    fraction: 6,
    nan: false,
    nullCharacter: true,
    wrongTable: 'CREATE TABLE t (label integer, must integer NOT NULL) ENGINE=InnoDB',
    users: [
      "CREATE USER nobody IDENTIFIED BY 'secret'",
      'CREATE TABLE x (a int)',
      'GRANT SELECT ON test.x TO nobody',
      "CREATE USER writer IDENTIFIED BY 'secret'",
      'GRANT INSERT ON test.t TO writer',
      'GRANT INSERT ON test.calypso_progress TO writer',
    ],
  });
} else {
  console.warn(`The suite of SQL targets on MariaDB is skipped: ${missing}.`);
  describe('a SQL target on MariaDB', () => it.skip(missing, () => undefined));
}

sqlTargetSuite('a SQL target on a front that speaks TDS', startTdsFront, {
  fraction: 7,
  nan: false,
  nullCharacter: true,
  wrongTable: 'CREATE TABLE t (label integer, must integer NOT NULL)',
  users: [
    'CREATE USER nobody PASSWORD secret',
    'CREATE USER writer PASSWORD secret',
    'GRANT INSERT ON t TO writer',
    'GRANT INSERT ON calypso_progress TO writer',
  ],
});
