import type { Suite } from './suite.js';

export const suites: readonly Suite[] = [
  {
    title: 'terms of `has` end where no letter or digit stands',
    cases: [
      ['"a_b" has "a"', true],
      ['"1.2.3" has "2.3"', true],
      ['"1.2.3" has "1.2.30"', false],
      ['"Straße 5" has "STRASSE"', false],
      ['"Straße 5" has "STRAßE"', true],
      ['"éa b" has "a"', false],
      ['"x" has ""', true],
      ['"日本語" has "日本"', false],
      ['"user@contoso.com" has "@contoso.com"', true],
      ['"user@contoso.com" has "@contos"', false],
      ['"a.exe" has ".exe"', true],
      ['"North America" has_cs "america"', false],
      ['"North America" !has "amer"', true],
      ['"North America" hasprefix "ame"', true],
      ['"North_America" hasprefix "ame"', true],
      ['"xyz ab" hasprefix "z"', false],
      ['"North America" hassuffix "ICA"', true],
      ['"ab.c" hassuffix_cs "b"', true],
      ['"North East" has_any (dynamic(["south", "east"]))', true],
      ['"null" has_any (dynamic(null))', false],
      ['"North East" has_all ("north", "east")', true],
      ['"North East" has_all (dynamic(["north", "west"]))', false],
      ['has_any_index("north east", dynamic(["no", "east"]))', 1],
      ['has_any_index("north east", dynamic([]))', -1],
    ],
  },
  {
    title: 'terms of other operators are any part of the text',
    cases: [
      ['"ABC" contains "b"', true],
      ['"ABC" contains_cs "b"', false],
      ['"ABC" !contains "x"', true],
      ['"ABC" startswith "ab"', true],
      ['"ABC" startswith_cs "ab"', false],
      ['"ABC" endswith "bc"', true],
      ['"abc" contains ""', true],
      ['"ΟΔΟΣ" =~ "οδοσ"', true],
      ['"a" !~ "A"', false],
      ['"a" in~ ("B", "A")', true],
      ['"a" !in~ (dynamic(["B", "A"]))', false],
      ['5 in (5.0, 7)', true],
      ['5 in (dynamic([1, 5]))', true],
      ['int(null) in (1, 2)', false],
      ['int(null) !in (1, 2)', true],
      ['5 in (dynamic(null))', false],
    ],
  },
  {
    title: 'terms of lists may be the first column of a table, in a type that compares',
    cases: [
      [
        'let T = datatable(x: string)["A"]; datatable(y: string)["a", "b"] | project y in (T), y in~ (T), y !in~ (T)',
        [
          [false, true, false],
          [false, false, true],
        ],
      ],
      [
        'let T = datatable(x: long)[1, long(null)]; datatable(y: int)[1, 2, int(null)] | project y in (T), y !in (T)',
        [
          [true, false],
          [false, true],
          [false, true],
        ],
      ],
      ['let T = datatable(x: long)[3]; print d = dynamic(3.7) | project d in (T), tolong(d) in (T)', [[false, true]]],
      [
        'let T = datatable(x: dynamic)[dynamic("a"), dynamic(5)]; print s = "a", n = 5 | project s in (T), n in (T), s !in (T)',
        [[true, true, false]],
      ],
      [
        'let T = datatable(x: string)["a", "b"]; datatable(s: string)["A b", "b c"] | project s has_any (T), s has_all (T)',
        [
          [true, true],
          [true, false],
        ],
      ],
    ],
  },
];
