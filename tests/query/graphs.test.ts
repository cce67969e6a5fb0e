import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

// 1 → 2 → 3 → 1 (a ring), 3 → 4, 5 → 6
const EDGES = `datatable(a:long, b:long, w:long)[1,2,10, 2,3,20, 3,1,30, 3,4,40, 5,6,50]`;
const GRAPH = `${EDGES} | make-graph a --> b with_node_id=id`;

describe('graphs', () => {
  it('a pattern of fixed edges follows directions', async () => {
    expect(
      await kql.rows(
        `${GRAPH} | graph-match (x)-[e]->(y)-->(z) where x.id == 2 project y.id, z.id, e.w | sort by z_id asc`,
      ),
    ).toEqual([
      [3, 1, 20],
      [3, 4, 20],
    ]);
    expect(await kql.rows(`${GRAPH} | graph-match (x)<--(y) where x.id == 4 project y.id`)).toEqual([[3]]);
    expect(await kql.rows(`${GRAPH} | graph-match (x)--(y) where x.id == 4 project y.id`)).toEqual([[3]]);
  });

  it('an edge is used once in a match, unless all cycles are asked for', async () => {
    const ends = (cycles: string): Promise<unknown[][]> =>
      kql.rows(`${GRAPH} | graph-match ${cycles} (x)-[e*4..4]->(y) where x.id == 1 project y.id | sort by y_id asc`);
    expect(await ends('')).toEqual([]);
    expect(await ends('cycles=all')).toEqual([[2]]);
  });

  it('conditions on an edge of variable length hold for each of its edges', async () => {
    const text = `${GRAPH} | graph-match (x)-[e*1..3]->(y) where x.id == 1 and e.w < 25 project y.id, map(e, w), any(e, w == 20), all(e, w < 20) | sort by y_id asc`;
    expect(await kql.rows(text)).toEqual([
      [2, [10], false, true],
      [3, [10, 20], true, false],
    ]);
  });

  it('nodes tell their degrees and names, and have no labels outside of a model', async () => {
    const text = `${GRAPH} | graph-match (x)-->(y) where y.id == 1 project x.id, node_degree_in(x), node_degree_out(x), node_id(x), labels(x)`;
    expect(await kql.rows(text)).toEqual([[3, 1, 2, '3', []]]);
  });

  it('sequences that share a node are joined on it', async () => {
    const text = `${GRAPH} | graph-match (x)-->(n), (n)-->(y), (n)-->(z) where y.id < z.id project x.id, n.id, y.id, z.id`;
    expect(await kql.rows(text)).toEqual([[2, 3, 1, 4]]);
  });

  it('nodes without a row of their own have their id and nothing else', async () => {
    const text = `${EDGES} | make-graph a --> b with (datatable(id:long, name:string)[1, 'one']) on id | graph-to-table nodes | sort by id asc | take 2`;
    expect(await kql.rows(text)).toEqual([
      [1, 'one'],
      [2, ''],
    ]);
  });

  it('components are counted without regard to direction, or with', async () => {
    const count = (kind: string): Promise<unknown[][]> =>
      kql.rows(
        `${GRAPH} | graph-mark-components kind=${kind} with_component_id=c | graph-to-table nodes | summarize n=count() by c | summarize make_set(n), count()`,
      );
    expect(await count('weak')).toEqual([[expect.anything(), 2]]);
    expect(await count('strong')).toEqual([[expect.anything(), 4]]);
  });

  it('shortest paths are the shortest, one for each pair of ends', async () => {
    const text = `${GRAPH} | graph-shortest-paths (x)-[e*1..5]->(y) where x.id == 1 project y.id, n=array_length(map(e, w)) | sort by y_id asc`;
    expect(await kql.rows(text)).toEqual([
      [1, 3],
      [2, 1],
      [3, 2],
      [4, 3],
    ]);
  });

  it('a graph is no result', async () => {
    await expect(kql.rows(GRAPH)).rejects.toMatchObject({ code: 'SEM0001' });
  });
});
