import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

const [FIRST, SECOND] = ['2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z'];
const VISITS = `datatable(u:string, t:datetime)[
  'a', datetime(2024-01-01), 'b', datetime(2024-01-01), 'a', datetime(2024-01-02), 'c', datetime(2024-01-02)]`;
const visits = (plugin: string): Promise<unknown[][]> => kql.rows(`${VISITS} | evaluate ${plugin}`);
const WINDOW = 'u, t, datetime(2024-01-01), datetime(2024-01-03), 1d';

describe('who comes, and who comes again', () => {
  it('activity_counts_metrics: records, ids, ids not seen before, and ids so far', async () => {
    expect(await visits(`activity_counts_metrics(${WINDOW})`)).toEqual([
      [FIRST, 2, 2, 2, 2],
      [SECOND, 2, 2, 1, 3],
    ]);
  });

  it('activity_engagement: ids of the inner window by those of the outer one, which reaches back', async () => {
    expect(await visits(`activity_engagement(${WINDOW}, 2d)`)).toEqual([
      [FIRST, 2, 2, 1],
      [SECOND, 2, 3, 2 / 3],
    ]);
  });

  it('activity_metrics: what stayed and what left since the period before, of which the first has none', async () => {
    expect(await visits(`activity_metrics(${WINDOW})`)).toEqual([
      [FIRST, 2, 2, NaN, NaN],
      [SECOND, 2, 1, 0.5, 0.5],
    ]);
  });

  it('session_count: a session goes on while the next record falls within the bins that it may skip', async () => {
    const text = `datatable(u:string, t:datetime)['a', datetime(2024-01-01 00:00), 'a', datetime(2024-01-01 00:20),
      'a', datetime(2024-01-01 03:00), 'b', datetime(2024-01-01 00:10)]
      | evaluate session_count(u, t, datetime(2024-01-01), datetime(2024-01-02), 1h, 3)`;
    expect(await kql.rows(text)).toEqual([
      [FIRST, 3],
      ['2024-01-01T03:00:00Z', 1],
    ]);
  });

  it('rolling_percentile: over the bins of the window that ends with the bin', async () => {
    const text = `datatable(t:datetime, v:long)[datetime(2024-01-01), 10, datetime(2024-01-02), 30, datetime(2024-01-03), 20]
      | evaluate rolling_percentile(v, 100, t, 1d, 2)`;
    expect((await kql.rows(text)).map(([, value]) => value)).toEqual([10, 30, 30]);
  });
});

describe('rows around rows', () => {
  const near = async (plugin: string): Promise<unknown[]> =>
    (await kql.rows(`range x from 1 to 9 step 1 | sort by x asc | evaluate ${plugin}`)).flat();

  it('rows_near takes neighbours on both sides, each once, or another number after than before', async () => {
    expect(await near('rows_near(x == 5, 1)')).toEqual([4, 5, 6]);
    expect(await near('rows_near(x == 5 or x == 6, 1)')).toEqual([4, 5, 6, 7]);
    expect(await near('rows_near(x == 5, 2, 1)')).toEqual([3, 4, 5, 6]);
    expect(await near('rows_near(x == 50, 2)')).toEqual([]);
  });

  it('preview gives the first rows, and the number of all in a table of its own', async () => {
    const [rows, , ...others] = await kql.tables('range x from 1 to 60 step 1 | evaluate preview(2)');
    expect(rows!.rows).toEqual([[1n], [2n]]);
    expect(others).toEqual([]);
    const [, count] = await kql.tables('range x from 1 to 60 step 1 | evaluate preview(2)');
    expect(count!.rows).toEqual([[60n]]);
  });

  it('narrow gives a row for each cell, its value as text', async () => {
    expect(await kql.rows("datatable(a:long, b:string)[1, 'x', 2, ''] | evaluate narrow()")).toEqual([
      [0, 'a', '1'],
      [0, 'b', 'x'],
      [1, 'a', '2'],
      [1, 'b', ''],
    ]);
  });

  it('schema_merge unites the columns of getschema, with all types that a column has', async () => {
    const text = `union (datatable(a:long, b:string)[] | getschema), (datatable(a:long, c:real)[] | getschema) | evaluate schema_merge()`;
    const names = (await kql.rows(text)).map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(['a', 'b', 'c']));
    await expect(kql.rows('print 1 | evaluate schema_merge()')).rejects.toThrow('getschema');
  });
});

describe('lookups by what contains', () => {
  it('ipv6_lookup matches prefixes, and keeps the rest when told', async () => {
    const text = (more: string): string =>
      `let L = datatable(net:string, name:string)['2001:db8::/32', 'doc', 'fe80::/10', 'local'];
       datatable(ip:string)['2001:db8::1', '2002::1'] | evaluate ipv6_lookup(L, ip, net${more}) | project ip, name`;
    expect(await kql.rows(text(''))).toEqual([['2001:db8::1', 'doc']]);
    expect(await kql.rows(text(', return_unmatched = true'))).toEqual([
      ['2001:db8::1', 'doc'],
      ['2002::1', ''],
    ]);
  });

  it('geo_line_lookup matches lines within the distance, in metres', async () => {
    const text = (metres: number): string =>
      `let L = datatable(line:dynamic, name:string)[dynamic({"type": "LineString", "coordinates": [[0, 0], [0, 1]]}), 'meridian'];
       datatable(x:real, y:real)[0.001, 0.5] | evaluate geo_line_lookup(L, line, x, y, ${metres}) | project name`;
    // A thousandth of a degree at the equator is 111 metres.
    expect(await kql.rows(text(100))).toEqual([]);
    expect(await kql.rows(text(120))).toEqual([['meridian']]);
  });
});
