import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKql, type KqlRunner } from './run-kql.js';

/**
 * Scalar expressions, from text to answer. The rules are the reference's pages and answers that its engine gave; the
 * values are chosen for the edges: negative positions, nulls, limits, other scripts than Latin.
 */
let kql: KqlRunner;
beforeAll(async () => {
  kql = await openKql();
});
afterAll(() => kql.close());

type Case = readonly [expression: string, expected: unknown];

function family(name: string, cases: readonly Case[]): void {
  describe(name, () => {
    test.each(cases)('%s', async (expression, expected) => {
      expect(await kql.value(expression)).toEqual(expected);
    });
  });
}

family('strings count code points from both ends', [
  ['substring("κόσμε", 1, 2)', 'όσ'],
  ['substring("abcdef", -3, 2)', 'de'],
  ['substring("ab", -5, 1)', 'a'],
  ['substring("ab", 7)', ''],
  ['indexof("naïve café", "café")', 6],
  ['indexof("aXbXc", "X", 2)', 3],
  ['indexof("aXbXc", "X", 0, -1, 2)', 3],
  ['indexof("abc", "z")', -1],
  ['countof("aaaa", "aa")', 3],
  ['reverse("añb")', 'bña'],
  ['strcmp("a", "B")', 1],
  ['strrep("ab", 3, "-")', 'ab-ab-ab'],
  ['translate("abc", "xy", "cab")', 'yxy'],
  ['split("a,,b", ",")', ['a', '', 'b']],
  ['split("a,b", ",", 5)', []],
  ['tohex(-1)', 'ffffffffffffffff'],
  ['format_bytes(1536, 1)', '1.5 KB'],
]);

family('regular expressions are Rust’s, on any script', [
  [String.raw`"１２" matches regex @"^\d+$"`, true],
  [String.raw`"12" matches regex @"^\d+$"`, true],
  [String.raw`extract(@"(\w+)@(\w+)", 2, "ann@example")`, 'example'],
  [String.raw`extract(@"(x)?(é)", 1, "é")`, ''],
  [String.raw`extract(@"n=(\d+)", 1, "n=42", typeof(long))`, 42],
  [
    String.raw`extract_all(@"([a-z])(\d)?", "a1b")`,
    [
      ['a', '1'],
      ['b', ''],
    ],
  ],
  [String.raw`extract_all(@"(\d)", "none")`, null],
  [String.raw`replace_regex("John Smith", @"(\w+) (\w+)", @"\2 \1")`, 'Smith John'],
  [String.raw`replace_regex("cost: 5$", @"\d", "$0")`, 'cost: $0$'],
  [String.raw`trim(@"[\sx]", "xx a xx")`, 'x a x'],
  [String.raw`indexof_regex("añ5", @"\d")`, 2],
]);

family('terms end where no letter or digit stands', [
  ['"a_b" has "a"', true],
  ['"1.2.3" has "2.3"', true],
  ['"1.2.3" has "1.2.30"', false],
  ['"Straße 5" has "STRASSE"', false],
  ['"éa b" has "a"', false],
  ['"x" has ""', true],
  ['"North East" has_any (dynamic(["south", "east"]))', true],
  ['has_any_index("north east", dynamic(["no", "east"]))', 1],
]);

family('what does not convert is null', [
  ['toint("1.5")', null],
  ['toint(1.9)', 1],
  ['toint(-1.9)', -1],
  ['toint(2147483648)', -2147483648],
  ['tolong(1e300)', 9223372036854775807n],
  ['tolong(real(inf))', null],
  ['tolong("  12 ")', 12],
  ['toint(dynamic("1.5"))', null],
  ['toint(dynamic(1.5))', 1],
  ['tobool("yes")', null],
  ['tobool("-1")', true],
  ['todouble("1,5")', null],
  ['todouble("5.")', 5],
  ['tostring(true)', 'True'],
  ['tostring(1.0)', '1.0'],
  ['tostring(0.1 + 0.2)', '0.30000000000000007'],
  ['tostring(int(null))', ''],
  ['todatetime(1.5)', '0001-01-01T00:00:00.0000001Z'],
  ['gettype(dynamic({"a": 1}))', 'dictionary'],
  ['decimal(1.1) * decimal(1.1)', '1.21'],
  ['decimal(1) / decimal(0)', null],
]);

family('datetimes', [
  ['startofweek(datetime(2024-02-29 13:00))', '2024-02-25T00:00:00Z'],
  ['endofmonth(datetime(2023-12-31), 2)', '2024-02-29T23:59:59.9999999Z'],
  ['endofyear(datetime(9999-06-01))', '9999-12-31T23:59:59.9999999Z'],
  ['endofweek(datetime(9999-12-31))', null],
  ['dayofweek(datetime(2024-02-29))', '4.00:00:00'],
  ['week_of_year(datetime(2016-01-01))', 53],
  ['datetime_add("month", 1, datetime(2024-01-31))', '2024-02-29T00:00:00Z'],
  ['datetime_diff("week", datetime(2017-10-29), datetime(2017-09-30 23:59))', 5],
  ['datetime_diff("second", datetime(2020-01-01 00:00:01.9), datetime(2020-01-01 00:00:00.1))', 1],
  ['datetime_part("nanosecond", datetime(2017-10-30 01:02:03.7654321))', 765_432_100],
  ['format_datetime(datetime(2017-01-29 09:00:05), "yy-MM-dd [hh:mm:ss tt]")', '17-01-29 [09:00:05 AM]'],
  ['format_timespan(time(29.09:00:05.12345), "dd.hh:mm:ss:FF")', '29.09:00:05:12'],
  ['make_datetime(2023, 2, 29)', null],
  ['bin(datetime(1955-11-05), 7d)', '1955-10-31T00:00:00Z'],
  ['bin(datetime(2020-01-01), -1h)', null],
  ['bin_at(time(1h), 1d, 12h)', '-12:00:00'],
  ['datetime_utc_to_local(datetime(2024-07-01), "Europe/Paris")', '2024-07-01T02:00:00Z'],
  ['datetime_local_to_utc(datetime(2022-03-27 02:00), "Europe/Brussels")', '2022-03-27T00:00:00Z'],
  ['datetime(0001-01-01) - 1tick', null],
  ['unixtime_milliseconds_todatetime(-1)', '1969-12-31T23:59:59.999Z'],
]);

family('mathematics', [
  ['round(-2.5)', -3],
  ['round(2.15, 1)', 2.2],
  ['bin(-5.5, 2.0)', -6],
  ['bin(-5, 2)', -6],
  ['-5 % 3', 1],
  ['log(-1)', NaN],
  ['log(0)', -Infinity],
  ['acos(2)', NaN],
  ['ceiling(-0.5)', -0],
  ['binary_shift_left(1, 65)', 2],
  ['binary_shift_right(1, -1)', null],
  ['bitset_count_ones(-1)', 64],
  ['sign(-3)', -1],
  ['convert_length(1, "Mile", "Foot")', 5280],
  ['convert_angle(1, "Degree", "Nothing")', null],
]);

family('encodings', [
  ['base64_decode_tostring(base64_encode_tostring("κόσμε"))', 'κόσμε'],
  ['base64_decode_tostring("U3RyaW5n0KHR0tGA0L7Rh9C60LA=")', ''],
  ['gzip_decompress_from_base64_string(gzip_compress_to_base64_string("aaaaaaaaaaaaaaaaaaaaaaaa"))', 'a'.repeat(24)],
  ['zlib_decompress_from_base64_string("nonsense")', ''],
  ['url_decode(url_encode_component("a b&c=ä"))', 'a b&c=ä'],
  ['hash("World")', 1846988464401551951n],
  ['hash("World", 100)', 51],
  ['parse_version("1.2") > parse_version("1.1.9.9")', true],
  ['parse_csv(@"a,""b,""""c""""""")', ['a', 'b,"c"']],
]);

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
])('%s is a coded error', async (text, message) => {
  await expect(kql.rows(text)).rejects.toMatchObject({
    code: 'SEM0001',
    message: expect.stringMatching(message) as string,
  });
});

family('sums of many terms are answered at once, and wrap around', [
  [`tolong('1')${' + 1'.repeat(20)}`, 21],
  ["tolong('9223372036854775807') + 1 + 0 - 1", 9223372036854775807n],
  ["(tolong('9223372036854775807') + 0) * (tolong('1') + 1)", -2],
  ["(-9223372036854775807 - tolong('1')) / tolong('-1')", null],
]);

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
