import { afterAll, beforeAll, expect, test } from 'vitest';
import { startDevelopmentServer, type DevelopmentServer } from '../support/development-server.js';

/** Functions that need stored tables: names of entities, and what a row's extent knows. */

let server: DevelopmentServer;
beforeAll(async () => {
  server = await startDevelopmentServer();
  await server.command('.create table T (x: long)');
  await server.command(`.ingest inline into table T with (tags='["first"]') <| 1`);
  await server.command('.alter table T policy ingestiontime false');
  await server.command('.ingest inline into table T <| 2');
  await server.command('.alter table T policy ingestiontime true');
  await server.command('.ingest inline into table T <| 3');
});
afterAll(() => server.stop());

async function rows(text: string): Promise<unknown> {
  const answer = await server.query(text);
  return answer.error ?? answer.rows;
}

test('ingestion_time() is null over rows that came while the policy was off, and stays so when it is on again', async () => {
  expect(await rows('T | project x, isnull(ingestion_time()) | sort by x asc')).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ]);
  expect(await rows('T | where ingestion_time() between (ago(1h) .. now(1h)) | count')).toEqual([[2]]);
  expect(await rows('print ingestion_time()')).toEqual([[null]]);
});

test('cursors see no rows that came while the policy was off: these have no time to compare', async () => {
  expect(await rows(`T | where cursor_after('') | project x | sort by x asc`)).toEqual([[1], [3]]);
  expect(await rows('T | where cursor_before_or_at(cursor_current()) | project x | sort by x asc')).toEqual([[1], [3]]);
});

test('extent_id() and extent_tags() tell of the extent, and are empty over what is in none', async () => {
  expect(await rows('T | where extent_tags() has "first" | project x, extent_tags()')).toEqual([[1, ['first']]]);
  expect(await rows('T | summarize dcount(extent_id())')).toEqual([[3]]);
  expect(await rows('print extent_id(), extent_tags()')).toEqual([['00000000-0000-0000-0000-000000000000', null]]);
});

test('table(), database() and cluster() name entities by constant strings', async () => {
  expect(await rows('table("T") | count')).toEqual([[3]]);
  expect(await rows('let name = "T"; table(name) | count')).toEqual([[3]]);
  expect(await rows('database("NetDefaultDB").T | count')).toEqual([[3]]);
  expect(await rows('table("None")')).toMatchObject({ code: 'General_BadRequest' });
  expect(await rows('cluster("elsewhere").database("NetDefaultDB").T')).toMatchObject({
    '@message': expect.stringContaining('of another cluster') as string,
  });
});
