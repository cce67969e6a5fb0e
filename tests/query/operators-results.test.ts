import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

const TABLE = `datatable(k:string, v:long)['a', 1, 'b', 2, 'a', 3]`;

describe('operators that give several tables, or none of their own', () => {
  it('facet gives the values of each column with their counts, then what its own pipe makes', async () => {
    const tables = await kql.tables(`${TABLE} | facet by k, v with (summarize total = sum(v))`);
    expect(tables.map(({ columns }) => columns.map(({ name }) => name))).toEqual([
      ['k', 'count_k'],
      ['v', 'count_v'],
      ['total'],
    ]);
    expect(tables[0]!.rows.map(([k, n]) => `${String(k)} ${String(n)}`).sort()).toEqual(['a 2', 'b 1']);
    expect(tables[2]!.rows).toEqual([[6n]]);
  });

  it('fork gives a table for each branch over the same input', async () => {
    const tables = await kql.tables(`${TABLE} | fork (where v > 1) (summarize n = count() by k | where k == 'b')`);
    expect(tables.map(({ rows }) => rows)).toEqual([
      [
        ['b', 2n],
        ['a', 3n],
      ],
      [['b', 1n]],
    ]);
  });

  it('project-rename keeps the places of the columns, and what it does not name', async () => {
    expect(await kql.answer(`${TABLE} | project-rename key = k | take 1`)).toMatchObject({
      columns: ['key:string', 'v:long'],
    });
    await expect(kql.rows(`${TABLE} | project-rename key = missing`)).rejects.toMatchObject({ code: 'SEM0001' });
  });

  it('render changes no row, and says how to draw them', async () => {
    const result = await kql.run(`${TABLE} | summarize n = count() by k | render piechart with (title = 'Shares')`);
    try {
      expect(result.tables[0]!.columns.map(({ name }) => name)).toEqual(['k', 'n']);
      expect(JSON.parse(JSON.stringify(result.visualization))).toMatchObject({
        Visualization: 'piechart',
        Title: 'Shares',
      });
    } finally {
      await result.close();
    }
  });
});
