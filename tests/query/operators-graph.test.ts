import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

/** What graph operators and functions beyond plain patterns promise. */

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

// p → q → r → s, p → r, s → p (a ring of four)
const EDGES = `datatable(a:string, b:string, w:long)['p','q',1, 'q','r',2, 'r','s',3, 'p','r',4, 's','p',5]`;
const NODES = `datatable(id:string, size:long)['p',10, 'q',20, 'r',30, 's',40]`;
const GRAPH = `${EDGES} | make-graph a --> b with ${NODES} on id`;

describe('functions of a pattern', () => {
  it.each([
    [
      'inner nodes leave out both ends',
      `(x)-[e*1..2]->(y) where x.id == 'p'`,
      `y.id, map(inner_nodes(e), id)`,
      [
        ['q', []],
        ['r', []],
        ['r', ['q']],
        ['s', ['r']],
      ],
    ],
    [
      'all() over inner nodes bars the way',
      `(x)-[e*1..2]->(y) where x.id == 'p' and all(inner_nodes(e), size > 20)`,
      `y.id, n = array_length(map(e, w))`,
      [
        ['q', 1],
        ['r', 1],
        ['s', 2],
      ],
    ],
    [
      'any() over inner nodes wants one',
      `(x)-[e*2..2]->(y) where any(inner_nodes(e), size == 20)`,
      `x.id, y.id`,
      [['p', 'r']],
    ],
    ['all() over edges bars the way', `(x)-[e*1..3]->(y) where x.id == 'p' and all(e, w < 3)`, `y.id`, [['q'], ['r']]],
    [
      'degrees count edges at a node',
      `(x)-->(y) where node_degree_in(y) == 2`,
      `x.id, node_degree_in(y), node_degree_out(x)`,
      [
        ['p', 2, 2],
        ['q', 2, 1],
      ],
    ],
    [
      'degrees of inner nodes',
      `(x)-[e*2..2]->(y) where x.id == 'p'`,
      `y.id, map(inner_nodes(e), node_degree_in())`,
      [
        ['r', [1]],
        ['s', [2]],
      ],
    ],
    [
      'node_id() is the id as text',
      `(x)-->(y) where x.id == 's'`,
      `node_id(y), map_size = strlen(node_id(x))`,
      [['p', 1]],
    ],
    ['a graph of make-graph has no labels', `(x)-[e]->(y) where x.id == 's'`, `labels(x), labels(e)`, [[[], []]]],
  ])('%s', async (_name, pattern, projection, expected) => {
    const found = await kql.rows(`${GRAPH} | graph-match ${pattern} project ${projection}`);
    expect(found.sort()).toEqual([...expected].sort());
  });

  it('take the node id for a property where no table has one', async () => {
    const text = `${EDGES} | make-graph a --> b with_node_id=n | graph-match (x)-[e*2..2]->(y) where all(inner_nodes(e), n == 'q') project x.n, y.n`;
    expect(await kql.rows(text)).toEqual([['p', 'r']]);
  });
});

describe('cycles and shortest paths', () => {
  it('cycles=none meets no node twice, inside of a path or beside it', async () => {
    const count = (pattern: string): Promise<unknown[][]> =>
      kql.rows(`${GRAPH} | graph-match cycles=none ${pattern} project 1 | count`);
    expect(await count('(x)-[e*4..4]->(y)')).toEqual([[0]]);
    expect(await count('(x)-[e*3..3]->(y)')).toEqual([[4]]);
    expect(await count('(x)-->(y)-->(x)')).toEqual([[0]]);
    expect(await count('(x)-[e*2..2]->(y)-[f*1..1]->(z)')).toEqual([[4]]);
  });

  it('conditions on edges and inner nodes are met on the way, not after it', async () => {
    const to = (condition: string): Promise<unknown[][]> =>
      kql.rows(
        `${GRAPH} | graph-shortest-paths (x)-[e*1..5]->(y) where x.id == 'p' and y.id == 'r' ${condition} project map(e, w)`,
      );
    expect(await to('')).toEqual([[[4]]]);
    expect(await to('and all(e, w < 4)')).toEqual([[[1, 2]]]);
    expect(await to('and e.w < 4')).toEqual([[[1, 2]]]);
    expect(await to(`and all(e, w < 4) and all(inner_nodes(e), id != 'q')`)).toEqual([]);
  });
});

describe('graphs as tables', () => {
  it('ids are hashes of what the user gave', async () => {
    const nodes = await kql.rows(`${GRAPH} | graph-to-table nodes with_node_id=h | where h == hash(id) | count`);
    const edges = await kql.rows(
      `${GRAPH} | graph-to-table edges with_source_id=s with_target_id=t | where s == hash(a) and t == hash(b) | count`,
    );
    expect([nodes, edges]).toEqual([[[4]], [[5]]]);
  });

  it('edges go with their nodes, and nodes stay without edges', async () => {
    expect(
      await kql.rows(`${GRAPH} | graph-where-nodes size != 30 | graph-to-table edges | project w | sort by w asc`),
    ).toEqual([[1], [5]]);
    expect(await kql.rows(`${GRAPH} | graph-where-edges w > 4 | graph-to-table nodes | count`)).toEqual([[4]]);
  });

  it('equal nodes of two partitions are two nodes', async () => {
    const edges = `datatable(a:string, b:string, t:string)['p','q','one', 'q','r','two', 'r','p','two']`;
    const nodes = `datatable(id:string, t:string)['p','one', 'q','one', 'q','two', 'r','two', 'p','two']`;
    const graph = `${edges} | make-graph a --> b with ${nodes} on id partitioned-by t`;
    expect(await kql.rows(`${graph} (graph-match (x)-[e*2..2]->(y) project x.id, y.id, x.t)`)).toEqual([
      ['q', 'p', 'two'],
    ]);
    expect(
      await kql.rows(`${graph} (graph-match cycles=all (x)-->(y), (z)-->(u) where x.id == 'p' project z.t)`),
    ).toEqual([['one']]);
  });

  it('what is no property of the graph is refused by name', async () => {
    await expect(kql.rows(`${GRAPH} | graph-where-nodes weight > 1 | graph-to-table nodes`)).rejects.toMatchObject({
      code: 'SEM0100',
    });
  });
});
