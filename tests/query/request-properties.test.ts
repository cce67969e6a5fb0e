import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDevelopmentServer, type DevelopmentServer } from '../support/development-server.js';

/** Request properties, query parameters and names across databases, through HTTP. */

let server: DevelopmentServer;
let between: string;

beforeAll(async () => {
  server = await startDevelopmentServer();
  for (const table of ['T', 'U']) {
    await server.command(`.create table ${table} (x: long)`);
    await server.command(`.ingest inline into table ${table} <|\n1\n2`);
  }
  between = await cursor();
  for (const table of ['T', 'U']) await server.command(`.ingest inline into table ${table} <|\n3`);
  await server.command('.create database Other');
  await server.command('.create table Away (x: long)', 'Other');
  await server.command('.ingest inline into table Away <|\n7', 'Other');
});
afterAll(() => server.stop());

async function cursor(): Promise<string> {
  return String((await server.query('print cursor_current()')).rows[0]![0]);
}

async function rows(text: string, options = {}, parameters = {}): Promise<unknown[]> {
  const answer = await server.query(text, options, parameters);
  if (answer.error) throw new Error(answer.error['@message']);
  return answer.rows.map((row) => (row.length === 1 ? row[0] : row));
}

/** What is in the rows of a result that was cut. */
async function truncation(text: string, options = {}): Promise<string | undefined> {
  const { rows: found } = await server.query(text, options);
  return found.some((row) => !Array.isArray(row)) ? JSON.stringify(found.at(-1)) : undefined;
}

describe('cursors', () => {
  it('have defaults that the request gives, and refuse to guess without them', async () => {
    const after = { query_cursor_after_default: between };
    const upTo = { query_cursor_before_or_at_default: between };
    expect(await rows('T | where cursor_after() | project x', after)).toEqual([3]);
    expect(await rows('T | where cursor_before_or_at() | sort by x asc', upTo)).toEqual([1, 2]);
    expect(await rows(`set query_cursor_after_default="${between}"; T | where cursor_after()`)).toEqual([3]);
    const { status, error } = await server.query('T | where cursor_after()');
    expect(status).toBe(400);
    expect(error!['@message']).toContain('query_cursor_after_default');
  });

  it('scope the tables that the request names, and no others', async () => {
    const options = { query_cursor_after_default: between, query_cursor_scoped_tables: ['T'] };
    expect(await rows('T', options)).toEqual([3]);
    expect(await rows('union (T | count), (U | count) | sort by Count asc', options)).toEqual([1, 3]);
    const shown = {
      query_cursor_before_or_at_default: between,
      query_cursor_scoped_tables: ["['NetDefaultDB'].['T']"],
    };
    expect(await rows('T | count', shown)).toEqual([2]);
    expect((await server.query('T', options)).extendedProperties).toContainEqual({ Cursor: await cursor() });
  });

  it('may be times, and nothing else', async () => {
    expect(await rows(`T | where cursor_after('2001-01-01') | count`)).toEqual([3]);
    expect(await rows(`T | where cursor_after('2101-01-01') | count`)).toEqual([0]);
    expect(await rows(`T | where cursor_before_or_at('2001-01-01') | count`)).toEqual([0]);
    for (const wrong of ['yesterday', '9'.repeat(30), '-1']) {
      const { status, error } = await server.query(`T | where cursor_after('${wrong}')`);
      expect([status, error!['@message']]).toEqual([400, expect.stringContaining('cursor_current()')]);
    }
  });

  it('need the IngestionTime policy', async () => {
    await server.command('.create table Untimed (x: long)');
    await server.command('.alter table Untimed policy ingestiontime false');
    const { status, error } = await server.query(`Untimed | where cursor_after('')`);
    expect([status, error!['@message']]).toEqual([400, expect.stringContaining('policy ingestiontime true')]);
  });

  it('are told of where they are used, and not elsewhere', async () => {
    const told = await server.query(`T | where cursor_after('${between}')`);
    expect(told.extendedProperties).toContainEqual({ Cursor: await cursor() });
    const untold = await server.query('T');
    expect(untold.extendedProperties.some((property) => Object.hasOwn(property as object, 'Cursor'))).toBe(false);
  });

  it('are overridden and forbidden by the request', async () => {
    expect(await rows('print cursor_current()', { query_cursor_current: '42' })).toEqual(['42']);
    for (const text of ['print cursor_current()', `T | where cursor_after('')`]) {
      const { error } = await server.query(text, { query_cursor_disabled: true });
      expect(error!['@message']).toContain('query_cursor_disabled');
    }
  });
});

describe('limits', () => {
  const many = 'range x from 1 to 100 step 1';

  it('of records and of size cut the result and say so, by property or by set', async () => {
    for (const limit of ['truncationmaxrecords', 'truncationmaxsize']) {
      expect(await truncation(many, { [limit]: 10 })).toContain('E_QUERY_RESULT_SET_TOO_LARGE');
      expect(await truncation(`set ${limit}=10; ${many}`)).toContain('E_QUERY_RESULT_SET_TOO_LARGE');
    }
    expect(await truncation(many, { truncationmaxrecords: 100 })).toBeUndefined();
  });

  it('are the lower of the two where property and set differ', async () => {
    expect(await truncation(`set truncationmaxrecords=1000; ${many}`, { truncationmaxrecords: 10 })).toBeDefined();
    expect(await truncation(`set truncationmaxrecords=10; ${many}`, { truncationmaxrecords: 1000 })).toBeDefined();
  });

  it('are lifted by notruncation, which a limit beside it overrules', async () => {
    const tooMany = 'range x from 1 to 500001 step 1';
    expect(await truncation(tooMany)).toBeDefined();
    expect(await truncation(tooMany, { notruncation: true })).toBeUndefined();
    expect(await truncation(`set notruncation; ${tooMany}`)).toBeUndefined();
    expect(await truncation(many, { notruncation: true, truncationmaxrecords: 10 })).toBeDefined();
    expect(await truncation(`set notruncation; set truncationmaxrecords=10; ${many}`)).toBeDefined();
    expect(await truncation(tooMany, { notruncation: true, query_take_max_records: 600_000 })).toBeDefined();
  });

  it('of query_take_max_records give fewer rows without a failure', async () => {
    expect(await rows(`${many} | sort by x desc`, { query_take_max_records: 2 })).toEqual([100, 99]);
    expect(await rows(`set query_take_max_records=2; ${many} | sort by x desc`)).toEqual([100, 99]);
  });

  it('of time end the request', async () => {
    const slow = 'range x from 1 to 100000000 step 1 | extend y = hash_sha256(tostring(x)) | summarize max(y)';
    const { status, error } = await server.query(slow, { servertimeout: '00:00:00.050' });
    expect([status, error!['@message']]).toEqual([504, expect.stringContaining('servertimeout')]);
  });
});

describe('other properties', () => {
  it('have the same effect by set', async () => {
    expect(await rows('print now()', { query_now: '2020-01-02T03:04:05Z' })).toEqual(['2020-01-02T03:04:05Z']);
    expect(await rows('set query_now=datetime(2020-01-02T03:04:05Z); print now()')).toEqual(['2020-01-02T03:04:05Z']);
    expect(await rows('print bin_auto(17)', { query_bin_auto_size: '5' })).toEqual([15]);
    expect(await rows('set query_bin_auto_size=5; print bin_auto(17)')).toEqual([15]);
  });

  it('ask for the columns alone, or for a window of time, where they say so', async () => {
    const columns = (await rows('T', { query_results_apply_getschema: true })) as unknown;
    expect(columns).toEqual(await rows('T | getschema'));
    const window = { query_datetimescope_column: 'At', query_datetimescope_from: '2024-01-02' };
    const text = 'datatable(At: datetime)[datetime(2024-01-01), datetime(2024-01-03)]';
    expect(await rows(text, window)).toHaveLength(2);
  });

  it('of another type, or that would change the answer and are not built, are refused by name', async () => {
    for (const [text, options, name] of [
      ['set query_take_max_records="two"; T', {}, 'type long'],
      ['T', { query_take_max_records: 'two' }, 'query_take_max_records'],
      ['SELECT 1', { query_language: 'sql' }, ''],
    ] as const) {
      const { status, error } = await server.query(text, options);
      expect(status).toBe(400);
      expect(error!['@message']).toContain(name);
    }
  });

  it('forbid external data and other databases', async () => {
    const external = `externaldata(x: long) ['https://a.blob.core.windows.net/c/f.csv']`;
    for (const [text, option] of [
      [external, 'request_external_data_disabled'],
      [`database('Other').Away`, 'request_remote_entities_disabled'],
    ] as const) {
      const { error } = await server.query(text, { [option]: true });
      expect(error!['@message']).toContain(option);
    }
  });

  it('validate permissions without running the query', async () => {
    const option = { validatepermissions: true };
    expect(await rows('T | extend y = 1', option)).toEqual(['OK']);
    expect(await rows('T | extend d = bag_pack("a", x) | evaluate bag_unpack(d)', option)).toEqual(['Incomplete']);
    expect((await server.query('Nowhere', option)).status).toBe(400);
  });
});

describe('query parameters', () => {
  const text = 'declare query_parameters(least: long = 2, tag: string = "none"); T | where x >= least | extend tag';

  it('are literals, with defaults, and never text', async () => {
    expect(await rows(`${text} | sort by x asc`)).toEqual([
      [2, 'none'],
      [3, 'none'],
    ]);
    const evil = `"it's | take 0"`;
    expect(await rows(text, {}, { least: 'long(3)', tag: evil })).toEqual([[3, `it's | take 0`]]);
  });
});

describe('functions and databases', () => {
  it('stored functions take defaults, names and tables', async () => {
    await server.command('.create function Least(n: long = 2) { T | where x >= n }');
    await server.command(
      '.create function Tally(rows: (x: long), factor: long = 10) { rows | summarize n = sum(x) * factor }',
    );
    await server.command('.create function Twice(n: long) { n * 2 }');
    expect(await rows('Least | count')).toEqual([2]);
    expect(await rows('Least(3) | extend y = Twice(x)')).toEqual([[3, 6]]);
    expect(await rows('Tally(T)')).toEqual([60]);
    expect(await rows('T | invoke Tally(factor = 1)')).toEqual([6]);
  });

  it('read tables and functions of another database', async () => {
    expect(await rows(`database('Other').Away`)).toEqual([7]);
    expect(await rows(`union T, database('Other').Away | summarize sum(x)`)).toEqual([13]);
    await server.command('.create function Far() { Away | extend y = x + 1 }', 'Other');
    expect(await rows(`database('Other').Far()`)).toEqual([[7, 8]]);
  });
});
