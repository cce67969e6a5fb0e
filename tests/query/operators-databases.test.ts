import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDevelopmentServer, type DevelopmentServer } from '../support/development-server.js';

/** Names across tables, views, databases and entity groups, and request properties that change what they mean. */

let server: DevelopmentServer;
let database: string;

beforeAll(async () => {
  server = await startDevelopmentServer();
  await server.command('.create database Other');
  for (const name of [undefined, 'Other']) {
    await server.command('.create table T1 (a: long, b: string)', name);
    await server.command('.create table T2 (a: long, c: string)', name);
    await server.command(`.ingest inline into table T1 <|\n1,${name ?? 'own'}`, name);
    await server.command('.ingest inline into table T2 <|\n2,two', name);
  }
  await server.command('.create table Times (t: datetime)');
  await server.command('.ingest inline into table Times <|\n2020-01-01\n2020-01-02\n2020-01-03');
  await server.command('.create function Ones() { T1 }');
  [[database]] = (await server.query('print current_database()')).rows as [[string]];
});
afterAll(() => server.stop());

async function rows(text: string, options = {}): Promise<unknown[]> {
  const answer = await server.query(text, options);
  if (answer.error) throw new Error(answer.error['@message']);
  return answer.rows.map((row) => (row.length === 1 ? row[0] : row));
}

describe('union', () => {
  it('names tables by their database as soon as another one takes part', async () => {
    const names = (text: string): Promise<unknown[]> => rows(`${text} | distinct S | sort by S asc`);
    expect(await names('union withsource=S T1, T2')).toEqual(['T1', 'T2']);
    expect(await names(`union withsource=S T1, database('Other').T*`)).toEqual([
      ...[`database("${database}").T1`, 'database("Other").T1', 'database("Other").T2'].sort(),
    ]);
    expect(await names(`union withsource=S database('Other').T1`)).toEqual(['database("Other").T1']);
  });

  it('a pattern matches views, and what they yield is known after it', async () => {
    const views =
      'let V_1 = view () { print x = 1 }; let V_2 = view () { print x = 2 }; let W_1 = view () { print x = 3 };';
    expect(await rows(`${views} union withsource=S V_* | project S, y = x + 10 | sort by y asc`)).toEqual([
      ['V_1', 11],
      ['V_2', 12],
    ]);
    await expect(rows('union Nothing*')).rejects.toThrow('SEM0100');
  });

  it('kind=inner leaves the columns that all have, for what follows too', async () => {
    expect(await rows('union kind=inner T1, T2 | project-away a | count')).toEqual([2]);
    expect(await rows('union kind=inner withsource=S T1, T2 | sort by a asc')).toEqual([
      ['T1', 1],
      ['T2', 2],
    ]);
    await expect(rows('union kind=inner T1, T2 | project b')).rejects.toThrow('SEM0100');
  });

  it('with best_effort what is missing does not take part', async () => {
    await expect(rows('union T1, Missing')).rejects.toThrow('SEM0100');
    expect(await rows('set best_effort; union T1, Missing | count')).toEqual([1]);
    expect(await rows('union T1, Missing | count', { best_effort: true })).toEqual([1]);
  });
});

describe('this cluster', () => {
  it('goes by its name and by its address, and no other port', async () => {
    const [endpoint] = (await rows('print current_cluster_endpoint()')) as [string];
    expect(await rows(`cluster('${endpoint}').database('Other').T1 | project b`)).toEqual(['Other']);
    const { port, origin } = new URL(endpoint);
    const other = origin.replace(port, String((Number(port) % 60_000) + 1));
    await expect(rows(`cluster('${other}').database('Other').T1`)).rejects.toThrow('CAL0002');
    await expect(rows(`cluster('help').database('Other').T1`)).rejects.toThrow('CAL0002');
  });

  it('has aliases for its databases', async () => {
    expect(await rows(`alias database ["my other"] = database('Other'); database("my other").T1 | project b`)).toEqual([
      'Other',
    ]);
  });
});

describe('macro-expand', () => {
  const group = (...names: string[]): string => `entity_group [${names.join(', ')}]`;
  const both = (): string => group(`database('${database}')`, `database('Other')`);

  it('runs the subquery for each database, with its name', async () => {
    const text = `macro-expand ${both()} as X (let least = 1; X.T1 | where a >= least | project b, d = X.$current_database)`;
    expect(await rows(`${text} | sort by b asc`)).toEqual([
      ['Other', 'Other'],
      ['own', database],
    ]);
  });

  it('takes groups of let, of tables, nested, and columns that only some have', async () => {
    const let_ = `let G = ${both()};`;
    expect(
      await rows(`${let_} macro-expand G as X (macro-expand G as Y (X.T1 | extend y = Y.$current_database)) | count`),
    ).toEqual([4]);
    expect(await rows(`let G = ${group('T1', 'T2')}; macro-expand G as X (X | where a > 0) | sort by a asc`)).toEqual([
      [1, 'own', ''],
      [2, '', 'two'],
    ]);
    expect(
      await rows(
        `let G = ${group('T1', 'T2')}; macro-expand kind=inner G as X (X) | project-reorder a | sort by a asc`,
      ),
    ).toEqual([1, 2]);
  });
});

describe('restrict access', () => {
  it.each([
    ['a view stays, with what it reads', 'let V = view () { T1 | project a }; restrict access to (V); V', [1]],
    ['a pattern means views only', 'let V = view () { T1 | project a }; restrict access to (*); union * | count', [1]],
    [
      'tables by database',
      `restrict access to (database().T1, database('Other').T2); union T1, database('Other').T2 | count`,
      [2],
    ],
    [
      'all of another database',
      `restrict access to (database('Other').*); database('Other').T1 | project b`,
      ['Other'],
    ],
    ['a stored function, with what it reads', 'restrict access to (Ones); Ones | project a', [1]],
    ['unions see what is left', 'restrict access to (T2); union * | project c', ['two']],
    ['scalars stay', 'let n = 5; restrict access to (T1); T1 | project a + n', [6]],
  ])('%s', async (_name, text, expected) => {
    expect(await rows(text)).toEqual(expected);
  });

  it.each([
    ['a table', 'restrict access to (T1); T2'],
    ['a table by function', `restrict access to (T1); table('T2')`],
    ['a table of a name elsewhere', `restrict access to (T1); database('Other').T1`],
    ['what the view reads', 'let V = view () { T1 }; restrict access to (V); T1'],
    ['another let', 'let V = view () { T1 }; let W = T1; restrict access to (V); W'],
    ['a stored function', 'restrict access to (T1); Ones'],
    ['more than both of two', 'restrict access to (T1, T2); restrict access to (T2); T1'],
  ])('hides %s', async (_name, text) => {
    await expect(rows(text)).rejects.toThrow('SEM0100');
  });
});

describe('properties of a request', () => {
  it('scope tables in time, where they have the column', async () => {
    const scope = `set query_datetimescope_column = 't'; set query_datetimescope_from = datetime(2020-01-02);`;
    expect(await rows(`${scope} Times | count`)).toEqual([2]);
    expect(await rows(`${scope} set query_datetimescope_to = datetime(2020-01-02); Times | count`)).toEqual([1]);
    expect(await rows(`${scope} T1 | count`)).toEqual([1]);
    expect(await rows('set query_datetimescope_from = datetime(2020-01-02); Times | count')).toEqual([3]);
  });

  it('ask for schemas, and bound the columns', async () => {
    expect(await rows('T1 | extend n = 1.5', { query_results_apply_getschema: true })).toEqual([
      ['a', 0, 'System.Int64', 'long'],
      ['b', 1, 'System.String', 'string'],
      ['n', 2, 'System.Double', 'real'],
    ]);
    expect(await rows('T1 | project a', { maxoutputcolumns: 1 })).toEqual([1]);
    await expect(rows('T1', { maxoutputcolumns: 1 })).rejects.toThrow('maxoutputcolumns');
  });

  it('bound the rows that a command stores, too', async () => {
    await server.command('.set-or-replace Few <| set query_take_max_records = 2; range x from 1 to 9 step 1');
    expect(await rows('Few | count')).toEqual([2]);
  });
});
