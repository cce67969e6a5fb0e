import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

/** Dynamic values, arrays and their expansion, from text to rows: rules that SQL and JavaScript share. */
let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

function family(name: string, cases: readonly (readonly [expression: string, expected: unknown])[]): void {
  describe(name, () => {
    test.each(cases)('%s', async (expression, expected) => expect(await kql.value(expression)).toEqual(expected));
  });
}

const D = (json: string): string => `parse_json('${json}')`;

family('parse_json takes JSON and nothing looser, in SQL as in JavaScript', [
  [`tostring(${D(' { "a" : 1.50, "b" : [1e3 , 2] }')})`, '{"a":1.5,"b":[1000.0,2]}'],
  [`tostring(${D('{"x":NaN}')})`, '{"x":NaN}'],
  [`gettype(${D('[1,2,]')})`, 'string'],
  [`gettype(${D('[12345678901234567890]')}[0])`, 'real'],
  [`gettype(${D('{"say":", nan"}')})`, 'dictionary'],
  ['isnull(parse_json(""))', true],
  ['isnull(parse_json("null"))', true],
]);

family('elements are found by the kind of key that fits', [
  [`tostring(${D('{"0":"zero"}')}["0"])`, 'zero'],
  [`isnull(${D('["a"]')}["0"])`, true],
  [`isnull(${D('{"0":"zero"}')}[0])`, true],
  [`tostring(${D('["a","b"]')}[-1])`, 'b'],
  [`tostring(${D('{"a/b~c":1}')}["a/b~c"])`, '1'],
  [`isnull(${D('{"a":1}')}["*"])`, true],
  [`isnull(${D('{"a":1}')}.constructor)`, true],
]);

family('packing keeps types', [
  ['pack_array(1, 2.0, "x", true, int(null), 1h, decimal(1.50))', [1, 2, 'x', true, null, '01:00:00', '1.5']],
  ['tostring(pack_array(2.0, real(nan)))', '[2.0,"NaN"]'],
  [
    'tostring(bag_pack("b", datetime(2020-01-01), "a", dynamic({"z":[1]})))',
    '{"b":"2020-01-01T00:00:00.0000000Z","a":{"z":[1]}}',
  ],
  ['bag_pack("quote\\"", 1)', { 'quote"': 1 }],
]);

family('arrays', [
  ['array_slice(dynamic([1,2,3,4]), -3, -2)', [2, 3]],
  ['array_slice(dynamic([1,2,3]), 1, 99)', [2, 3]],
  ['array_slice(dynamic([1,2,3]), 2, 0)', []],
  ['array_split(dynamic([1,2,3,4,5]), dynamic([1,-1]))', [[1], [2, 3, 4], [5]]],
  ['array_shift_right(dynamic(["a","b"]), 1)', ['', 'a']],
  ['array_shift_left(dynamic([1,2]), 5)', [null, null]],
  ['array_rotate_left(dynamic([1,2,3]), -4)', [3, 1, 2]],
  ['array_sum(dynamic([]))', null],
  ['array_sum(dynamic([1,"2"]))', null],
  ['array_index_of(dynamic([1,2,1]), 1, 1)', 2],
  ['array_index_of(dynamic(["2020-01-01"]), datetime(2020-01-01))', 0],
  ['array_sort_asc(dynamic([null,"b",3,"a",1.5]))', [1.5, 3, 'a', 'b', null]],
  ['array_sort_desc(dynamic([9223372036854775807,9223372036854775806]))[0] == 9223372036854775807', true],
  ['array_concat(dynamic([1]), dynamic({"a":1}), dynamic([[2]]))', [1, [2]]],
  [
    'zip(dynamic([1,2]), dynamic(["a"]))',
    [
      [1, 'a'],
      [2, null],
    ],
  ],
  ['strcat_array(dynamic([1,null,{"a":true}]), "-")', '1--{"a":true}'],
  ['set_union(dynamic([2,1,2]), dynamic([1,3]))', [2, 1, 3]],
  ['set_difference(dynamic([3,1,3]), dynamic([1]))', [3]],
  ['set_has_element(dynamic(["1"]), 1)', false],
  ['range(5, 1, -2)', [5, 3, 1]],
  ['range(1, 2, 0.5)', [1, 1.5, 2]],
  ['array_length(range(1, 1000000000))', 1_048_576],
]);

family('bags', [
  ['bag_merge(dynamic({"a":1}), dynamic(null), dynamic({"a":2,"b":3}))', { a: 1, b: 3 }],
  ['bag_set_key(dynamic({}), "$.a.b", 1)', { a: { b: 1 } }],
  ['bag_remove_keys(dynamic({"a":{"b":1,"c":2}}), dynamic(["$.a.b","$.x.y"]))', { a: { c: 2 } }],
  ['bag_has_key(dynamic({"a":null}), "a")', true],
  ['bag_keys(dynamic({"10":1,"9":2}))', ['10', '9']],
  ['treepath(dynamic({"a":[{"b":1},{"c":2}]}))', ["['a']", "['a'][0]", "['a'][0]['b']", "['a'][0]['c']"]],
]);

family('a dynamic value takes the type of what it is compared with', [
  [`${D('{"a":3.7}')}.a > 3`, true],
  [`${D('{"a":3.7}')}.a == 3`, false],
  [`${D('{"a":9007199254740993}')}.a == 9007199254740992`, false],
  [`${D('{"a":1e300}')}.a > 5`, true],
  [`${D('{"a":"x"}')}.a == "x"`, true],
  [`tolong(${D('3.7')})`, 3],
  [`2 in (${D('[1,2]')})`, true],
  [`"B" in~ (${D('["a","b"]')})`, true],
  [`"c" !in (${D('["a","b"]')})`, true],
]);

test('two dynamic values do not compare', async () => {
  await expect(kql.rows('print d=parse_json("1"), e=parse_json("1") | where d == e')).rejects.toMatchObject({
    code: 'SEM0001',
  });
});

describe('mv-expand', () => {
  const expand = (json: string, rest: string) =>
    kql.rows(`print a=1, b=${D(json)} | mv-expand ${rest} | project-away a`);

  test('null is a row, an empty array or bag is none', async () => {
    expect(await expand('null', 'b')).toEqual([[null]]);
    expect(await expand('[]', 'b')).toEqual([]);
    expect(await expand('{}', 'b')).toEqual([]);
    expect(await expand('[null]', 'b')).toEqual([[null]]);
  });

  test('shorter arrays are filled with null', async () => {
    const rows = await kql.rows(
      'print b=dynamic([1,2,3]), c=dynamic([]) | mv-expand with_itemindex=i b, c to typeof(string)',
    );
    expect(rows).toEqual([
      [1, '', 0],
      [2, '', 1],
      [3, '', 2],
    ]);
  });

  test('a type is cast to, not parsed to', async () => {
    expect(await expand('[1.9,"2",true,null]', 'b to typeof(long)')).toEqual([[1], [null], [null], [null]]);
    expect(await expand('[1,"x",{"a":1}]', 'b to typeof(string)')).toEqual([['1'], ['x'], ['{"a":1}']]);
    expect(await expand('["2020-01-01","5",5]', 'b to typeof(datetime)')).toEqual([
      ['2020-01-01T00:00:00Z'],
      [null],
      [null],
    ]);
  });

  test('bags are taken apart by property, or into pairs', async () => {
    expect(await expand('{"x":1,"y":[2]}', 'b')).toEqual([[{ x: 1 }], [{ y: [2] }]]);
    expect(await expand('{"x":1,"y":[2]}', 'kind=array b limit 1')).toEqual([[['x', 1]]]);
  });

  // An array that range() makes is expanded without becoming JSON; `iff` hides where it comes from.
  test.each([
    ['long', 'long', '1', 'n', '1'],
    ['long', 'long', 'n', '1', '-2'],
    ['int', 'long', 'toint(1)', 'toint(n)', 'toint(2)'],
    ['datetime', 'datetime', 'datetime(2024-01-01)', 'datetime(2024-01-01) + n * 1h', '30m'],
    ['timespan', 'timespan', 'n * 1s', '3s', '1s'],
    ['long', 'datetime', '1', 'n', '1'],
    ['timespan', 'long', '0s', 'n * 1s', '1s'],
    ['real', 'real', '0.5', 'n * 1.0', '0.25'],
  ])('range() of %s to typeof(%s) yields what its array yields', async (_of, type, from, to, step) => {
    const source = 'datatable(n:long)[1, 3, -1, long(null)]';
    const expanded = (array: string): Promise<unknown> =>
      kql.rows(
        `${source} | extend a = ${array} | mv-expand with_itemindex=i b = a to typeof(${type}) limit 4 | project n, b, i | sort by n, i asc`,
      );
    const kept = (array: string): Promise<unknown> =>
      kql.rows(`${source} | project n, a = ${array} | mv-expand a to typeof(${type}) | project n, a | sort by n, a`);
    const array = `range(${from}, ${to}, ${step})`;
    const hidden = `iff(rand() >= 0, ${array}, dynamic(null))`;
    expect(await expanded(array)).toEqual(await expanded(hidden));
    expect(await kept(array)).toEqual(await kept(hidden));
  });

  test('mvexpand stops at 128 rows', async () => {
    expect(await kql.rows('print b=range(1, 300) | mvexpand b | count')).toEqual([[128]]);
  });
});

test('mv-apply: an empty array yields no row, even of an aggregate', async () => {
  const rows = await kql.rows(
    'datatable(k:long, b:dynamic)[1, dynamic([]), 2, dynamic([1,2]), 3, dynamic(null)] | mv-apply b to typeof(long) on (summarize n=count(), s=sum(b))',
  );
  expect(rows).toEqual([
    [2, 2, 3],
    [3, 1, 0],
  ]);
});
