import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isQuery, SUITES } from './cases/index.js';
import { openKql, type KqlRunner } from './run-kql.js';

/** Scalar expressions, from text to answer. The rules are the reference's pages and answers that its engine gave. */
let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

describe.each(SUITES)('$title', ({ cases }) => {
  test.each(cases)('%s', async (text, expected) => {
    expect(isQuery(text) ? await kql.rows(text) : await kql.value(text)).toEqual(expected);
  });
});

test('expressions over rows answer as over constants', async () => {
  const rows = await kql.rows(
    `datatable(s:string, n:long, t:datetime)["ann@x", 5, datetime(2024-02-29 10:00), "", long(null), datetime(null)]
     | project extract("@(.)", 1, s), substring(s, n - 6, 2), startofmonth(t), bin(t, 1d), format_datetime(t, "yyyy"), iff(n > 1, "y", "n"), tostring(n)`,
  );
  expect(rows).toEqual([
    ['x', 'x', '2024-02-01T00:00:00Z', '2024-02-29T00:00:00Z', '2024', 'y', '5'],
    ['', '', null, null, '', 'n', ''],
  ]);
});

test.each([
  ['print "a" matches regex "("', /not a valid regular expression/],
  ['print format_datetime(now(), "yyyyTMM")', /neither a specifier nor a delimiter/],
  ['print datetime_utc_to_local(now(), "Mars/Olympus")', /not a time zone/],
  ['print assert(1 > 2, "never")', /assert\(\) has failed/],
  ['datatable(x: long)[1] | extend prev(x)', /needs rows in an order/],
  ['print x = 1 == "1"', /cannot be compared/],
])('%s is a coded error', async (text, message) => {
  await expect(kql.rows(text)).rejects.toMatchObject({
    code: 'SEM0001',
    message: expect.stringMatching(message) as string,
  });
});

test.each([
  [`tolong('1')${' + 1'.repeat(20)}`, 21],
  ["tolong('9223372036854775807') + 1 + 0 - 1", 9223372036854775807n],
  ["(tolong('9223372036854775807') + 0) * (tolong('1') + 1)", -2],
  ["(-9223372036854775807 - tolong('1')) / tolong('-1')", null],
])('%s is answered at once, and wraps around', async (expression, expected) => {
  expect(await kql.value(expression)).toEqual(expected);
});

test('a negative number of rows is refused, not run', async () => {
  for (const operator of ['take -1', 'sample -1', 'top -1 by a', 'sample-distinct -1 of a']) {
    await expect(kql.value(`toscalar(print a = 1 | ${operator})`)).rejects.toMatchObject({ code: 'SEM0001' });
  }
});

test.each([
  [
    'functions',
    'let f0 = (x: long) { x + x };',
    (i: number) => `let f${i} = (x: long) { f${i - 1}(x) + f${i - 1}(x) };`,
    'print f24(1)',
  ],
  ['values', 'let f0 = rand();', (i: number) => `let f${i} = f${i - 1} + f${i - 1};`, 'print f24'],
])('%s that double at every name are refused before they hold up the server', async (_, first, next, last) => {
  const text = [first, ...Array.from({ length: 24 }, (_unused, i) => next(i + 1)), last].join('\n');
  await expect(kql.rows(text)).rejects.toMatchObject({ code: 'E_RUNAWAY_QUERY' });
});

test.each(['toint', 'tolong', 'tobool', 'todecimal', 'totimespan'])('%s() of a null real is null', async (name) => {
  expect(await kql.rows(`datatable(r: real)[real(null)] | project x = ${name}(r)`)).toEqual([[null]]);
});
