import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

const DOCUMENTS = `datatable(k:string, d:dynamic)[
  'a', dynamic({"n": 1, "s": "x"}), 'b', dynamic({"n": 2, "r": 1.5}), 'c', dynamic(null)]`;

describe('operators whose columns only the data tells', () => {
  it('bag_unpack makes typed columns that later operators may name', async () => {
    expect(await kql.rows(`${DOCUMENTS} | evaluate bag_unpack(d) | where n > 1 | project k, n, r, s`)).toEqual([
      ['b', 2, 1.5, ''],
    ]);
  });

  it('bag_unpack gives a property of two types the type dynamic', async () => {
    const text = `datatable(d:dynamic)[dynamic({"v": 1}), dynamic({"v": "x"})] | evaluate bag_unpack(d) | getschema | project ColumnName, ColumnType`;
    expect(await kql.rows(text)).toEqual([['v', 'dynamic']]);
  });

  it('bag_unpack refuses a property that a column has already, unless told which stays', async () => {
    const table = `datatable(n:long, d:dynamic)[7, dynamic({"n": 1})] | evaluate`;
    await expect(kql.rows(`${table} bag_unpack(d)`)).rejects.toMatchObject({ code: 'SEM0001' });
    expect(await kql.rows(`${table} bag_unpack(d, columnsConflict='keep_source')`)).toEqual([[7]]);
    expect(await kql.rows(`${table} bag_unpack(d, columnsConflict='replace_source')`)).toEqual([[1]]);
    expect(await kql.rows(`${table} bag_unpack(d, 'p_')`)).toEqual([[7, 1]]);
  });

  it('a schema in the text binds without a look at the data', async () => {
    expect(await kql.rows(`${DOCUMENTS} | evaluate bag_unpack(d) : (*, n:string)`)).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', ''],
    ]);
  });

  it('the same let table may be used twice', async () => {
    const text = `let T = ${DOCUMENTS} | evaluate bag_unpack(d); T | where n == 1 | join kind=inner (T | project k) on k | project k, n`;
    expect(await kql.rows(text)).toEqual([['a', 1]]);
  });

  it('pivot counts or aggregates for each value, and one open operator may follow another', async () => {
    const table = `datatable(g:string, p:string, v:long)['x', 'a', 1, 'x', 'b', 2, 'y', 'a', 3, 'x', 'a', 5]`;
    expect(await kql.rows(`${table} | evaluate pivot(p, sum(v)) | sort by g asc | project g, a, b`)).toEqual([
      ['x', 6, 2],
      ['y', 3, 0],
    ]);
    const twice = `${table} | extend d = bag_pack(p, v) | evaluate bag_unpack(d) | evaluate pivot(g, count(), p) | sort by p asc | project p, x, y`;
    expect(await kql.rows(twice)).toEqual([
      ['a', 2, 1],
      ['b', 1, 0],
    ]);
  });

  it('errors keep the places of the text as it was written', async () => {
    const text = `${DOCUMENTS} | evaluate bag_unpack(d) | where nosuch == 1`;
    await expect(kql.rows(text)).rejects.toMatchObject({
      code: 'SEM0100',
      span: { start: text.indexOf('nosuch'), end: text.indexOf('nosuch') + 6 },
    });
  });

  it('inside of a function the schema must be written', async () => {
    const text = `let f = (n:long) { ${DOCUMENTS} | evaluate bag_unpack(d) }; f(1)`;
    await expect(kql.rows(text)).rejects.toMatchObject({ code: 'CAL0001' });
  });
});

describe('plugins', () => {
  it('those that need a service are refused by name', async () => {
    for (const call of [`python(typeof(*), 'x')`, `sql_request('a', 'b')`, `http_request('https://a')`]) {
      await expect(kql.rows(`print x=1 | evaluate ${call}`)).rejects.toMatchObject({ code: 'CAL0001' });
    }
  });

  it('sliding_window_counts has a row for each window with rows in it, its own or earlier', async () => {
    const text = `datatable(id:string, t:datetime)['a', datetime(2020-01-01), 'b', datetime(2020-01-02), 'a', datetime(2020-01-02)]
      | evaluate sliding_window_counts(id, t, datetime(2020-01-01), datetime(2020-01-04), 2d, 1d) | project Count, Dcount`;
    expect(await kql.rows(text)).toEqual([
      [1, 1],
      [3, 2],
      [2, 2],
    ]);
  });

  it('new_activity_metrics follows each cohort of new ids to the end', async () => {
    const text = `datatable(id:string, t:long)['a', 0, 'b', 0, 'b', 1, 'c', 1]
      | evaluate new_activity_metrics(id, t, 0, 2, 1) | project from_t, to_t, dcount_new_values, dcount_retained_values, dcount_churn_values`;
    expect(await kql.rows(text)).toEqual([
      [0, 0, 2, 2, 0],
      [0, 1, 1, 1, 1],
      [0, 2, 0, 0, 2],
      [1, 1, 1, 1, 0],
      [1, 2, 0, 0, 1],
    ]);
  });

  it('ipv4_lookup matches in the bits of the shorter prefix, and on extra keys', async () => {
    const nets = `(datatable(net:string, g:string, label:string)['10.0.0.0/8', 'x', 'ten', '10.1.0.0/16', 'y', 'ten-one'])`;
    const ips = `datatable(ip:string, g:string)['10.1.2.3', 'y', '11.0.0.1', 'x', 'nonsense', 'x']`;
    expect(await kql.rows(`${ips} | evaluate ipv4_lookup(${nets}, ip, net) | project ip, label`)).toEqual([
      ['10.1.2.3', 'ten'],
      ['10.1.2.3', 'ten-one'],
    ]);
    expect(await kql.rows(`${ips} | evaluate ipv4_lookup(${nets}, ip, net, g) | project ip, label`)).toEqual([
      ['10.1.2.3', 'ten-one'],
    ]);
    expect(await kql.rows(`${ips} | evaluate ipv4_lookup(${nets}, ip, net, return_unmatched=true) | count`)).toEqual([
      [4],
    ]);
  });

  it('dcount_intersect is exact for small sets', async () => {
    const text = `range x from 1 to 12 step 1 | summarize a=hll(x), b=hll(iff(x % 2 == 0, x, 2)), c=hll(iff(x % 3 == 0, x, 3)) | evaluate dcount_intersect(a, b, c) | project s0, s1, s2`;
    expect(await kql.rows(text)).toEqual([[12, 6, 2]]);
  });
});

describe('operators that run a pipeline or a sequence', () => {
  it('partition runs a procedure for each key', async () => {
    const text = `datatable(k:long, v:long)[1, 1, 2, 10, 1, 2, 2, 20]
      | partition by k (sort by v asc | scan declare (total:long = 0) with (step s: true => total = v + s.total;)) | sort by k asc, v asc | project k, total`;
    expect(await kql.rows(text)).toEqual([
      [1, 1],
      [1, 3],
      [2, 10],
      [2, 30],
    ]);
  });

  it('scan partition by keeps the sequences apart', async () => {
    const text = `datatable(k:long, v:long)[1, 1, 2, 10, 1, 2, 2, 20] | sort by v asc
      | scan partition by k declare (total:long = 0) with (step s: true => total = v + s.total;) | sort by v asc | project total`;
    expect(await kql.rows(text)).toEqual([[1], [3], [10], [30]]);
  });

  it('row_window_session begins anew after a gap, after the longest span, and on a restart', async () => {
    const text = `datatable(m:long, r:bool)[0, false, 3, false, 9, false, 12, false, 13, true]
      | serialize s=row_window_session(datetime(2020-01-01) + m * 1m, 10m, 5m, r)
      | project tolong((s - datetime(2020-01-01)) / 1m)`;
    expect(await kql.rows(text)).toEqual([[0], [0], [9], [9], [13]]);
  });

  it('a pattern chooses its table by literals', async () => {
    const text = `declare pattern p = (a:string)[b:string] { ('x').['1'] = { print v=1 }; ('x').['2'] = { print v=2 }; }; p('x').['2']`;
    expect(await kql.rows(text)).toEqual([[2]]);
  });

  it('union isfuzzy leaves out tables that do not exist, unless none does', async () => {
    expect(await kql.rows('union isfuzzy=true (print x=1), (NoSuch | where x > 0)')).toEqual([[1]]);
    await expect(kql.rows('union isfuzzy=true NoSuch')).rejects.toMatchObject({ code: 'SEM0100' });
  });
});
