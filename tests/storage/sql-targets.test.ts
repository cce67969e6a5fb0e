import { describe, it } from 'vitest';
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
