import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

/** Names, types and order of result columns, where the query does not give them. */

let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

const X = 'range x from 1 to 2 step 1';

describe('names of expressions', () => {
  it.each([
    [`${X} | project x, x + 1, tostring(x), bin(x, 2)`, 'x:long, Column1:long, x1:string, x2:long'],
    ['print 1, a = 2, dynamic([1])[0]', 'print_0:long, a:long, print_2:dynamic'],
    [
      'print d = dynamic({"a":{"b":1}}) | project d.a.b, d["a"], tostring(d.a)',
      'd_a_b:dynamic, d_a:dynamic, d_a1:string',
    ],
    // Named after the column it reads, an expression takes that column's place.
    [`${X} | extend tostring(x)`, 'x:string'],
    [`${X} | extend toreal(x), x + 1, strcat(x, 'a')`, 'x:real, Column1:long, Column2:string'],
    [
      `print d = dynamic({"a":1}), s = 'x' | extend d.a, toupper(s), strlen(s), tolong(s)`,
      'd:dynamic, s:long, d_a:dynamic, Column1:string, strlen_s:long',
    ],
    [`${X} | extend x, y = x`, 'x:long, y:long'],
    [`${X} | distinct x, x * 2`, 'x:long, Column1:long'],
  ])('%s', async (text, columns) => {
    expect((await kql.answer(text)).columns.join(', ')).toBe(columns);
  });

  it('gives each name its own value', async () => {
    const text = `print d = dynamic({"a":1}), s = 'x' | extend d.a, toupper(s), strlen(s), tolong(s)`;
    expect(await kql.rows(text)).toEqual([[{ a: 1 }, null, 1, 'X', 1]]);
  });
});

describe('union', () => {
  const VIEWS =
    'let V_1 = view () { print x = 1 }; let V_2 = view () { print x = int(2) }; let F = () { print x = 3 };';

  it.each([
    ["union (print x = 1, y = 2), (print x = 'a', z = 3)", 'x_long:long, x_string:string, y:long, z:long'],
    ['union kind=inner (print x = 1, y = 2), (print x = 2, z = 3)', 'x:long'],
    ["union kind=inner (print x = 1, y = 2), (print x = 'a', y = 3)", 'y:long'],
    [
      'union withsource=s (print x = 1), (print x = int(1)), (print x_long = 3)',
      's:string, x_long1:long, x_int:int, x_long:long',
    ],
    [`${VIEWS} union V_*`, 'x_long:long, x_int:int'],
  ])('%s', async (text, columns) => {
    expect((await kql.answer(text)).columns.join(', ')).toBe(columns);
  });

  it('counts views of let in a pattern, and leaves out what isfuzzy=true does not find', async () => {
    const text = `${VIEWS} union withsource=s isfuzzy=true V_*, Nothing* | where x_long == 1 or x_int == 2 | project s`;
    expect(await kql.rows(text)).toEqual([['V_1'], ['V_2']]);
    expect(await kql.rows('let V = view () { print x = 1 }; search x == 1')).toEqual([['V', 1]]);
    await expect(kql.rows(`${VIEWS} union F_*`)).rejects.toMatchObject({ code: 'SEM0100' });
  });
});

it('refuses a join key that is dynamic', async () => {
  const text = 'print d = dynamic(1) | join (print d = dynamic(1)) on d';
  await expect(kql.rows(text)).rejects.toThrow(/'d' is dynamic/);
});
