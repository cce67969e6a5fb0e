import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAILPOINTS } from '../../src/values/index.js';
import { mariadbMissing, startMariadb } from '../support/sql/mariadb.js';
import { startPostgres } from '../support/sql/postgres.js';
import type { TestDatabase } from '../support/sql/test-database.js';
import { startTdsFront } from '../support/tds/front.js';
import { reportOf, runChild, type ChildResult } from './support/process.js';

/** More windows than all kills of a test use up. */
const SLICES = 60;
const SIZE = 30;

const missing = mariadbMissing();
if (missing !== undefined) console.warn(`Kills of exports to MariaDB are skipped: ${missing}.`);
const TARGETS = [
  ['PostgreSQL', startPostgres],
  ...(missing === undefined ? [['MariaDB', startMariadb] as const] : []),
  ['the TDS front', startTdsFront],
] as const;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'calypso-sql-kill-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** The ids that somebody meets who looks at the table, and knows nothing of Calypso. */
async function idsOf(database: TestDatabase): Promise<number[]> {
  const rows = await database.query('SELECT id FROM exported').catch(() => []);
  return rows.map(([id]) => Number(id)).sort((a, b) => a - b);
}

/** A key would hide a row that is written twice behind an error: the table has none. */
const WITHOUT_KEY: Readonly<Record<TestDatabase['dialect'], string>> = {
  PostgreSQL: 'CREATE TABLE exported (id bigint, label text, at timestamptz)',
  MySQL: 'CREATE TABLE exported (id bigint, label longtext, at datetime(6)) ENGINE=InnoDB',
  SqlServer: 'CREATE TABLE exported (id bigint, label nvarchar(max), at datetime2(7))',
};

describe.each(TARGETS)('an export to %s that is killed', (_name, start) => {
  it('at every step goes on to export each record once', { timeout: 1_800_000 }, async () => {
    const database = await start();
    try {
      await database.query(WITHOUT_KEY[database.dialect]);
      const authority = join(root, 'ca.pem');
      await writeFile(authority, database.certificateAuthority);
      const text = `Server=${database.host},${database.port};Database=test;User Id=${database.user};Password="${database.password.replaceAll('"', '""')}"`;
      const args = [root, SLICES, SIZE, text];
      const env = { TEST_SQL_DIALECT: database.dialect, TEST_SQL_CA: authority };
      const run = async (failpoints?: string): Promise<ChildResult> => {
        const { result } = runChild(args, { env, ...(failpoints === undefined ? {} : { failpoints }) });
        const ended = await result;
        const ids = await idsOf(database);
        expect(new Set(ids).size, `doubled after ${failpoints}`).toBe(ids.length);
        return ended;
      };
      const names = FAILPOINTS.filter(
        (name) =>
          (name.startsWith('sql.') && name !== 'sql.create.after') ||
          ['export.manifest.after', 'export.uploading.after', 'export.commit.before', 'export.commit.after'].includes(
            name,
          ),
      );
      for (const name of names) {
        const killed = await run(`${name}=kill@2`);
        expect(killed.signal, `${name}: ${killed.output}`).toBe('SIGKILL');
      }
      const { files, failures } = reportOf(await run());
      expect(failures).toEqual([]);
      expect(await idsOf(database)).toEqual(Array.from({ length: SLICES * SIZE }, (_, id) => id));
      expect(files.reduce((sum, [, rows]) => sum + rows, 0)).toBe(SLICES * SIZE);
    } finally {
      await database.stop();
    }
  });
});
