import type { Suite } from './suite.js';

export const suites: readonly Suite[] = [
  {
    title: 'regexes are Rust’s, on any script',
    cases: [
      [String.raw`"１２" matches regex @"^\d+$"`, true],
      [String.raw`"12" matches regex @"^\d+$"`, true],
      [String.raw`"a\nb" matches regex "a.b"`, false],
      [String.raw`"a\nb" matches regex "(?s)a.b"`, true],
      [String.raw`"a\nb" matches regex "(?m)^b"`, true],
      ['"É" matches regex "(?i)é"', true],
      ['"abc" matches regex ""', true],
      [String.raw`extract(@"(\w+)@(\w+)", 2, "ann@example")`, 'example'],
      [String.raw`extract(@"(\w+)@(\w+)", 0, "to ann@example!")`, 'ann@example'],
      ['extract(@"(x)?(é)", 1, "é")', ''],
      [String.raw`extract(@"(\d)", 3, "1")`, ''],
      [String.raw`extract(@"n=(\d+)", 1, "n=42", typeof(long))`, 42],
      ['extract(@"([a-z]+)", 1, "abc", typeof(int))', null],
      ['extract(@"(.*)", 1, "2020-01-02", typeof(datetime))', '2020-01-02T00:00:00Z'],
      [
        String.raw`extract_all(@"([a-z])(\d)?", "a1b")`,
        [
          ['a', '1'],
          ['b', ''],
        ],
      ],
      [String.raw`extract_all(@"(\w)(\d)", dynamic([2]), "a1 b2")`, ['1', '2']],
      [String.raw`extract_all(@"(?P<l>\w)(?P<d>\d)", dynamic(["d", "l"]), "a1")`, [['1', 'a']]],
      [String.raw`extract_all(@"(\d)", "none")`, null],
      [String.raw`replace_regex("John Smith", @"(\w+) (\w+)", @"\2 \1")`, 'Smith John'],
      [String.raw`replace_regex("cost: 5$", @"\d", "$0")`, 'cost: $0$'],
      ['replace_regex("abc", "b*", "-")', '-a-c-'],
      [String.raw`replace_regex("abc", "b", @"[\0]")`, 'a[b]c'],
      [String.raw`trim(@"[\sx]", "xx a xx")`, 'x a x'],
      [String.raw`indexof_regex("añ5", @"\d")`, 2],
      [String.raw`indexof_regex("a1b2", @"\d", 2)`, 3],
      [String.raw`indexof_regex("a1b2", @"\d", 0, -1, 2)`, 3],
      [String.raw`indexof_regex("abc", @"\d")`, -1],
      ['indexof_regex("abc", "b", 0, -2)', null],
    ],
  },
];
