import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

const one = (text: string): string => `print s = ${JSON.stringify(text)}`;

test('has_any finds one of very many terms, whatever their edges are', async () => {
  const terms = Array.from({ length: 20_000 }, (_, i) => `"term${i}"`);
  const found = await kql.rows(
    `datatable(s:string)["a term19999", "term20000", "term19 b", "xterm5", "x-. ", "(y z"]
     | where s has_any (${[...terms, '"-."', '"(y"', '"."'].join(', ')}) | project s`,
  );
  expect(found).toEqual([['a term19999'], ['term19 b'], ['x-. '], ['(y z']]);
});

describe('parse', () => {
  test('a typed column that does not fit empties the whole row', async () => {
    const rows = await kql.rows(`datatable(s:string)["id=7 at=2020-01-01;", "id=x at=2020-01-01;"]
      | parse s with "id=" id:long " at=" at:datetime ";" | project id, at`);
    expect(rows).toEqual([
      [7, '2020-01-01T00:00:00Z'],
      [null, null],
    ]);
  });
  test('relaxed keeps the columns that fit', async () => {
    expect(
      await kql.rows(
        `${one('id=x name=ann')} | parse kind=relaxed s with "id=" id:long " name=" name | project id, name`,
      ),
    ).toEqual([[null, 'ann']]);
  });
  test('a text is not a regular expression unless the kind says so', async () => {
    expect(await kql.rows(`${one('a.*b c')} | parse s with "a.*b " rest | project rest`)).toEqual([['c']]);
    expect(await kql.rows(`${one('aXXb c')} | parse kind=regex s with "a(X+)b " rest | project rest`)).toEqual([['c']]);
  });
  test('parse-where drops what does not fit', async () => {
    expect(await kql.rows('datatable(s:string)["a=1", "b"] | parse-where s with "a=" a:int | project a')).toEqual([
      [1],
    ]);
  });
});

describe('parse-kv', () => {
  test('quoted values may hold delimiters and escaped quotes', async () => {
    const text = String.raw`src=10.0.0.1 failure="host said \"bye, bye\"" "event time"=2021-01-01`;
    expect(
      await kql.rows(`print s = ${JSON.stringify(text)} | parse-kv s as (['event time']:datetime, src:string, failure:string)
        with (pair_delimiter=' ', kv_delimiter='=', quote='"', escape='\\\\') | project ['event time'], src, failure`),
    ).toEqual([['2021-01-01T00:00:00Z', '10.0.0.1', 'host said "bye, bye"']]);
  });
  test('greedy values run to the next known key', async () => {
    expect(
      await kql.rows(`${one('name=John Doe phone=555 5555')} | parse-kv s as (name:string, phone:string)
        with (pair_delimiter=' ', kv_delimiter='=', greedy=true) | project name, phone`),
    ).toEqual([['John Doe', '555 5555']]);
  });
  test('without delimiters any character that is no letter or digit ends a token', async () => {
    expect(
      await kql.rows(`${one('2021-01-01T10:00:34 [INFO] ThreadId:458745723, Machine:Node001, Text: Started')}
        | parse-kv s as (Text:string, ThreadId:long, Machine:string) | project Text, ThreadId, Machine`),
    ).toEqual([['Started', 458745723, 'Node001']]);
  });
  test('a regular expression names key and value', async () => {
    expect(
      await kql.rows(
        `${one('<a>1</a><b>2</b>')} | parse-kv s as (b:long, c:long) with (regex=@"<(\\w)>(\\d)") | project b, c`,
      ),
    ).toEqual([[2, null]]);
  });
});

describe('search and find', () => {
  const table = 'let A = datatable(name:string, n:int)["red apple", 3, "green pear", 42];';
  test('a bare term is looked for in every column', async () => {
    expect(await kql.rows(`${table} A | search "42" | project name`)).toEqual([['green pear']]);
    expect(await kql.rows(`${table} A | search "app*" and not("pear") | project name`)).toEqual([['red apple']]);
    expect(await kql.rows(`${table} A | search kind=case_sensitive "RED" | count`)).toEqual([[0]]);
    expect(await kql.rows(`${table} A | search "r*d" | project name`)).toEqual([['red apple']]);
  });
  test('where * tests every column', async () => {
    expect(await kql.rows(`${table} A | where * has "pear" | project n`)).toEqual([[42]]);
    expect(await kql.rows(`${table} A | where * == 3 | project name`)).toEqual([['red apple']]);
  });
  test('find takes rows of several tables and packs what they do not share', async () => {
    const text = `${table} let B = datatable(n:int, other:string)[3, "x", 4, "y"]; find in (A, B) where n == 3`;
    expect(await kql.rows(text)).toEqual([
      ['union_arg0', 3, { name: 'red apple' }],
      ['union_arg1', 3, { other: 'x' }],
    ]);
  });
});
