import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

/** Visits `id hour state` on 2020-01-01. */
const visits = (...rows: readonly [string, number, string][]): string =>
  `datatable(id:string, h:long, s:string)[${rows.map(([id, hour, state]) => `'${id}', ${hour}, '${state}'`).join(', ')}]
   | extend t = datetime(2020-01-01) + h * 1h`;

const RANGE = 'datetime(2020-01-01), datetime(2020-02-01)';

describe('funnel_sequence', () => {
  const funnel = (table: string, sequence: string, window = '1d'): Promise<unknown[][]> =>
    kql.rows(
      `${table} | evaluate funnel_sequence(id, t, ${RANGE}, ${window}, 31d, s, dynamic(${sequence})) | project prev, next, ['dcount'], samples`,
    );

  it('tells the states around a sequence apart, stays in one state are one', async () => {
    const table = visits(['a', 1, 'H'], ['a', 2, 'T'], ['a', 3, 'T'], ['a', 4, 'W'], ['b', 2, 'T'], ['c', 1, 'H']);
    expect(await funnel(table, "['T']")).toEqual([
      ['H', 'W', 1, ['a']],
      ['', '', 1, ['b']],
    ]);
    expect(await funnel(table, "['H', 'T']")).toEqual([['', 'W', 1, ['a']]]);
  });

  it('needs each step within the window of the one before, and no state between', async () => {
    const table = visits(['a', 1, 'H'], ['a', 9, 'T'], ['b', 1, 'H'], ['b', 2, 'X'], ['b', 3, 'T']);
    expect(await funnel(table, "['H', 'T']", '8h')).toHaveLength(1);
    expect(await funnel(table, "['H', 'T']", '7h')).toEqual([]);
    await expect(funnel(table, '[]')).rejects.toMatchObject({ code: 'SEM0001' });
  });
});

describe('funnel_sequence_completion', () => {
  it('counts for each period the ids that came to each state, others may lie between', async () => {
    const table = visits(['a', 1, 'H'], ['a', 2, 'X'], ['a', 3, 'T'], ['a', 9, 'W'], ['b', 1, 'H'], ['c', 1, 'T']);
    const text = `${table} | evaluate funnel_sequence_completion(id, t, ${RANGE}, 31d, s, dynamic(['H', 'T', 'W']), dynamic([1h, 2h, 1d])) | project s, Period, ['dcount']`;
    expect(await kql.rows(text)).toEqual([
      ['H', '01:00:00', 2],
      ['T', '01:00:00', 0],
      ['W', '01:00:00', 0],
      ['H', '02:00:00', 2],
      ['T', '02:00:00', 1],
      ['W', '02:00:00', 0],
      ['H', '1.00:00:00', 2],
      ['T', '1.00:00:00', 1],
      ['W', '1.00:00:00', 1],
    ]);
  });

  it('measures from the latest first step, and one visit is not two steps', async () => {
    const table = visits(['a', 1, 'H'], ['a', 9, 'H'], ['a', 10, 'T'], ['b', 1, 'H']);
    const counts = async (sequence: string): Promise<unknown[]> =>
      (
        await kql.rows(
          `${table} | evaluate funnel_sequence_completion(id, t, ${RANGE}, 31d, s, dynamic(${sequence}), dynamic([2h])) | project ['dcount']`,
        )
      ).flat();
    expect(await counts("['H', 'T']")).toEqual([2, 1]);
    expect(await counts("['H', 'H']")).toEqual([2, 0]);
  });
});

describe('sequence_detect', () => {
  const detect = (table: string, step: string, span: string): Promise<unknown[][]> =>
    kql.rows(
      `${table} | evaluate sequence_detect(t, ${step}, ${span}, e1=(s == 'H'), e2=(s == 'T'), e3=(s == 'W'), id) | project id, hourofday(e1_t), hourofday(e2_t), hourofday(e3_t), Duration`,
    );

  it('finds every choice of times in order, for each dimension by itself', async () => {
    const table = visits(['a', 1, 'H'], ['a', 2, 'T'], ['a', 3, 'T'], ['a', 4, 'W'], ['b', 5, 'W']);
    expect(await detect(table, '1d', '1d')).toEqual([
      ['a', 1, 2, 4, '03:00:00'],
      ['a', 1, 3, 4, '03:00:00'],
    ]);
  });

  it('keeps to the longest step and to the longest span', async () => {
    const table = visits(['a', 1, 'H'], ['a', 2, 'T'], ['a', 3, 'T'], ['a', 5, 'W']);
    expect(await detect(table, '2h', '1d')).toEqual([['a', 1, 3, 5, '04:00:00']]);
    expect(await detect(table, '1d', '3h')).toEqual([]);
  });
});

describe('small plugins', () => {
  it('estimate_rows_count counts, identity passes on', async () => {
    expect(await kql.rows('range x from 1 to 7 step 1 | evaluate estimate_rows_count()')).toEqual([[7]]);
    expect(await kql.rows('print x = 1 | evaluate identity()')).toEqual([[1]]);
  });

  it('those that cannot be answered say why, also at the beginning of a query', async () => {
    for (const call of [`execute_query('c', 'q')`, `http_request("http://x")`, `identity_v3('m', 'e')`]) {
      await expect(kql.rows(`evaluate ${call}`)).rejects.toMatchObject({ code: 'CAL0001' });
    }
  });

  it('active_users_count counts ids with enough periods in their lookback', async () => {
    const text = `datatable(id:string, t:datetime)['a', datetime(2020-01-01), 'a', datetime(2020-01-02), 'a', datetime(2020-01-02 05:00), 'b', datetime(2020-01-02)]
      | evaluate active_users_count(id, t, datetime(2020-01-01), datetime(2020-01-05), 7d, 1d, 2, 1d) | project ['dcount']`;
    expect(await kql.rows(text)).toEqual([[1]]);
  });
});
