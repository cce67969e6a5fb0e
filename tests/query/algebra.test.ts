import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KustoType } from '../../src/values/index.js';
import { check, PATIENCE_MS } from './generated/cases.js';
import { oneOf, several } from './generated/calls.js';
import { aggregate, COLUMNS, datatable, predicate } from './generated/expressions.js';
import { LITERALS } from './generated/literals.js';
import { bag, cells, Inquiry, type Answer } from './generated/outcome.js';

/** Laws that tie one operator or function to others: both sides of a law are asked, and must agree. */

let inquiry: Inquiry;
beforeAll(async () => {
  inquiry = await Inquiry.open();
});
afterAll(() => inquiry.close());

type Draw = fc.GeneratorValue;
type Law = (draw: Draw) => readonly [string, string];

const TYPES = ['bool', 'int', 'long', 'real', 'decimal', 'datetime', 'timespan', 'string', 'guid'] as const;
const key = (draw: Draw): string => `c_${oneOf(draw, TYPES)}`;
const keyOf = (draw: Draw, types: readonly KustoType[]): string => `c_${oneOf(draw, types)}`;
const ORDERED = ['int', 'long', 'real', 'decimal', 'datetime', 'timespan', 'string'] as const;
const p = (draw: Draw): string => predicate(draw, COLUMNS);
const tables = (draw: Draw): string => `let T = ${datatable(draw)};\nlet R = ${datatable(draw)};\n`;

/** Both sides over the same two tables. */
const over =
  (make: (draw: Draw) => readonly [string, string]): Law =>
  (draw) => {
    const lets = tables(draw);
    const [a, b] = make(draw);
    return [lets + a, lets + b];
  };

const LEFT = COLUMNS.map(({ name }) => name).join(', ');
const nulls = COLUMNS.map(({ name, type }) => `${name}1 = ${type === 'string' ? '""' : `${type}(null)`}`).join(', ');

const QUERY_LAWS: Readonly<Record<string, Law>> = {
  'leftouter is inner and leftanti': over((draw) => {
    const k = key(draw);
    return [
      `T | join kind=leftouter (R) on ${k}`,
      `union (T | join kind=inner (R) on ${k}), (T | join kind=leftanti (R) on ${k} | extend ${nulls})`,
    ];
  }),
  'fullouter is leftouter and the rest of the right': over((draw) => {
    const k = key(draw);
    return [
      `T | join kind=fullouter (R) on ${k} | count`,
      `union (T | join kind=leftouter (R) on ${k}), (T | join kind=rightanti (R) on ${k}) | count`,
    ];
  }),
  'rightouter is leftouter of the sides exchanged': over((draw) => {
    const k = key(draw);
    return [
      `T | join kind=rightouter (R) on ${k} | project c_long, c_string, c_long1, c_string1`,
      `R | join kind=leftouter (T) on ${k} | project c_long = c_long1, c_string = c_string1, c_long1 = c_long, c_string1 = c_string`,
    ];
  }),
  'leftsemi and leftanti share out the left': over((draw) => {
    const k = key(draw);
    return [`union (T | join kind=leftsemi (R) on ${k}), (T | join kind=leftanti (R) on ${k})`, 'T'];
  }),
  'rightsemi is leftsemi of the sides exchanged': over((draw) => {
    const [a, b] = [key(draw), key(draw)];
    return [`T | join kind=rightsemi (R) on ${a}, ${b}`, `R | join kind=leftsemi (T) on ${a}, ${b}`];
  }),
  'inner with $left and $right is inner by name': over((draw) => {
    const k = key(draw);
    return [`T | join kind=inner (R) on ${k}`, `T | join kind=inner (R) on $left.${k} == $right.${k}`];
  }),
  'innerunique counts distinct keys of the left': over((draw) => {
    const k = key(draw);
    return [`T | join kind=innerunique (R) on ${k} | count`, `T | distinct ${k} | join kind=inner (R) on ${k} | count`];
  }),
  'lookup is leftouter without the keys of the right': over((draw) => {
    const k = key(draw);
    return [
      `T | lookup kind=leftouter (R | project ${k}, w = c_dynamic) on ${k}`,
      `T | join kind=leftouter (R | project ${k}, w = c_dynamic) on ${k} | project-away ${k}1`,
    ];
  }),
  'a condition on the left goes before a join': over((draw) => {
    const [k, where] = [key(draw), p(draw)];
    const kind = oneOf(draw, ['inner', 'leftouter', 'leftsemi', 'leftanti']);
    return [`T | join kind=${kind} (R) on ${k} | where ${where}`, `T | where ${where} | join kind=${kind} (R) on ${k}`];
  }),
  'in a table is leftsemi': over((draw) => {
    const k = keyOf(draw, ['string', 'long', 'int', 'guid']);
    const kept = k === 'c_string' ? '' : ` | where isnotnull(${k})`;
    return [`T${kept} | where ${k} in ((R${kept} | project ${k}))`, `T${kept} | join kind=leftsemi (R${kept}) on ${k}`];
  }),
  'not in a table is leftanti': over((draw) => {
    const k = keyOf(draw, ['string', 'long', 'int', 'guid']);
    const kept = k === 'c_string' ? '' : ` | where isnotnull(${k})`;
    return [
      `T${kept} | where ${k} !in ((R${kept} | project ${k}))`,
      `T${kept} | join kind=leftanti (R${kept}) on ${k}`,
    ];
  }),
  'distinct is summarize by': over((draw) => {
    const keys = several(draw, 1, 3, () => key(draw)).filter((k, i, all) => all.indexOf(k) === i);
    return [`T | distinct ${keys.join(', ')}`, `T | summarize by ${keys.join(', ')}`];
  }),
  'count_distinct counts distinct rows': over((draw) => {
    const k = key(draw);
    const kept = k === 'c_string' ? '' : ` | where isnotnull(${k})`;
    return [`T${kept} | summarize n = count_distinct(${k})`, `T${kept} | distinct ${k} | summarize n = count()`];
  }),
  'countif is count of what passes': over((draw) => {
    const where = p(draw);
    return [`T | summarize n = countif(${where})`, `T | where ${where} | summarize n = count()`];
  }),
  'an aggregate with if is the aggregate over what passes': over((draw) => {
    const where = p(draw);
    const [all, some, column] = oneOf(draw, [
      ['sum', 'sumif', 'c_int'],
      ['min', 'minif', 'c_datetime'],
      ['max', 'maxif', 'c_real'],
      ['avg', 'avgif', 'c_int'],
      ['dcount', 'dcountif', 'c_string'],
      ['make_set', 'make_set_if', 'c_bool'],
      ['count_distinct', 'count_distinctif', 'c_guid'],
    ] as const);
    return [`T | summarize x = ${some}(${column}, ${where})`, `T | where ${where} | summarize x = ${all}(${column})`];
  }),
  'sums of groups are the sum': over((draw) => {
    const k = key(draw);
    return [
      'T | summarize n = count(), s = sum(c_int), a = min(c_long), b = max(c_datetime)',
      `T | summarize n = count(), s = sum(c_int), a = min(c_long), b = max(c_datetime) by ${k} | summarize n = sum(n), s = sum(s), a = min(a), b = max(b)`,
    ];
  }),
  'arg_max is the top row': over((draw) => {
    const by = keyOf(draw, ['long', 'int', 'datetime', 'timespan', 'real', 'decimal']);
    return [
      `T | where isnotnull(${by}) and ${by} == ${by} | summarize x = arg_max(${by}, c_long) | project ${by === 'c_long' ? 'x' : 'x'}`,
      `T | where isnotnull(${by}) and ${by} == ${by} | summarize x = max(${by})`,
    ];
  }),
  'top is sort and take': over((draw) => {
    const k = keyOf(draw, ORDERED);
    const by = `${k} ${oneOf(draw, ['asc', 'desc', 'asc nulls last', 'desc nulls first'])}`;
    return [`T | sort by ${by} | take 3 | project ${k}`, `T | top 3 by ${by} | project ${k}`];
  }),
  'row_number counts rows': over((draw) => [
    `T | sort by ${keyOf(draw, ORDERED)} asc | extend n = row_number() | summarize n = max(n), m = count() | project n = coalesce(n, 0), m`,
    'T | count | project n = Count, m = Count',
  ]),
  'prev of next is the row itself but for the last': over((draw) => {
    const k = keyOf(draw, ['int', 'long', 'string', 'datetime', 'guid']);
    return [
      `T | serialize n = row_number() | extend x = next(${k}, 1) | extend y = prev(x, 1) | where n > 1 | project y`,
      `T | serialize n = row_number() | where n > 1 | project y = ${k}`,
    ];
  }),
  'partition is the whole of its parts': over((draw) => {
    const k = keyOf(draw, ['string', 'long', 'int', 'bool']);
    const where = p(draw);
    const kept = k === 'c_string' ? '' : ` | where isnotnull(${k})`;
    return [`T${kept} | partition by ${k} (where ${where})`, `T${kept} | where ${where}`];
  }),
  'mv-expand undoes make_list': over((draw) => {
    const k = keyOf(draw, ['long', 'int', 'string', 'datetime', 'timespan', 'guid', 'bool']);
    const type = k.slice(2);
    const kept = type === 'string' ? 'where isnotempty' : 'where isnotnull';
    return [
      `T | ${kept}(${k}) | summarize l = make_list(${k}) | mv-expand x = l to typeof(${type}) | project x | ${kept}(x)`,
      `T | ${kept}(${k}) | project x = ${k}`,
    ];
  }),
  'mv-apply with a plain body is mv-expand': over((draw) => {
    const type = oneOf(draw, ['', ' to typeof(long)', ' to typeof(string)', ' to typeof(real)']);
    const test = oneOf(draw, ['isnotnull(e)', 'tostring(e) != "1"']);
    return [
      `T | mv-apply e = c_dynamic${type} on (where ${test}) | project c_long, e`,
      `T | mv-expand e = c_dynamic${type} | where ${test} | project c_long, e`,
    ];
  }),
  'scan with one step that keeps a sum is row_cumsum': over(() => [
    `T | where isnotnull(c_int) | serialize | scan declare (s: long = 0) with (step a: true => s = a.s + c_int;) | project s`,
    `T | where isnotnull(c_int) | serialize | project s = row_cumsum(tolong(c_int))`,
  ]),
  'make-series counts what summarize by bin counts': over((draw) => {
    const [column, step] = oneOf(draw, [
      ['c_datetime', '3650d'],
      ['c_int', '1000000000'],
      ['c_timespan', '1000000d'],
    ]);
    const axis = column === 'c_int' ? 'tolong(c_int)' : column;
    return [
      `T | where isnotnull(${column}) | make-series n = count() on x = ${axis} step ${step} | mv-expand n to typeof(long), x to typeof(${column === 'c_int' ? 'long' : column.slice(2)}) | where n > 0 | project x, n`,
      `T | where isnotnull(${column}) | summarize n = count() by x = bin(${axis}, ${step}) | project x, n`,
    ];
  }),
  'top-nested of all is summarize': over((draw) => {
    const k = keyOf(draw, ['string', 'long', 'int', 'guid', 'datetime']);
    return [
      `T | top-nested of x = ${k} by n = count()`,
      `T | summarize n = tolong(count()) by x = ${k} | project x, n`,
    ];
  }),
  'union of kinds keeps the rows': over((draw) => [
    `union kind=${oneOf(draw, ['inner', 'outer'])} T, (R | project ${LEFT}, more = 1) | count`,
    `union T, R | count`,
  ]),
  'as many rows however they are numbered': over((draw) => [
    `T | ${oneOf(draw, ['serialize', 'sort by c_long', 'extend x = 1', 'project c_int', 'project-away c_int', 'as A'])} | count`,
    'T | count',
  ]),
  'a subquery is its value': over((draw) => {
    const call = oneOf(draw, ['count()', 'max(c_long)', 'min(c_datetime)', 'sum(c_int)', 'make_set(c_bool)', 'any(1)']);
    return [`T | summarize x = ${call}`, `print x = toscalar(T | summarize ${call})`];
  }),
  'a function of a table is its body': over((draw) => {
    const where = p(draw);
    const schema = COLUMNS.map(({ name, type }) => `${name}: ${type}`).join(', ');
    return [
      `let f = (t: (${schema}), n: long = 2, s: string = "a") { t | where ${where} | extend n, s };\nf(T, s = "b")`,
      `T | where ${where} | extend n = 2, s = "b"`,
    ];
  }),
  'an aggregate by a key is the aggregate of its rows': over((draw) => {
    const call = aggregate(draw, COLUMNS);
    return [
      `T | where c_bool | summarize x = ${call} by c_bool | project x`,
      `T | where c_bool == true | summarize x = ${call} by k = c_bool | project x`,
    ];
  }),
};

const any = (draw: Draw, type: KustoType): string => oneOf(draw, LITERALS[type]);
const EXACT_DATES = LITERALS.datetime.filter((literal) => !/0001|9999/.test(literal));
const SMALL_SPANS = LITERALS.timespan.filter((literal) => !literal.includes('10675199'));
const date = (draw: Draw): string => oneOf(draw, EXACT_DATES);
const span = (draw: Draw): string => oneOf(draw, SMALL_SPANS);
const STRINGS = LITERALS.string.filter((literal) => !literal.includes('ud83d'));
const text = (draw: Draw): string => oneOf(draw, STRINGS);

/** Two expressions that are equal, over columns and over literals. */
const VALUE_LAWS: Readonly<Record<string, (draw: Draw) => readonly [string, string]>> = {
  'a date moved there and back': (draw) => {
    const [d, s] = [date(draw), span(draw)];
    return [`(${d} + ${s}) - ${s}`, s === 'time(null)' ? 'datetime(null)' : d];
  },
  'the distance of dates': (draw) => {
    const [a, b] = [date(draw), date(draw)];
    return [`${b} + (${a} - ${b})`, b === 'datetime(null)' ? b : a];
  },
  'bin and what is over it': (draw) => {
    const d = date(draw);
    const unit = oneOf(draw, ['1d', '1h', '7d', '1tick', '1ms']);
    return [
      `bin(${d}, ${unit}) <= ${d} and ${d} < bin(${d}, ${unit}) + ${unit}`,
      d === 'datetime(null)' ? 'bool(null)' : 'true',
    ];
  },
  'a datetime from its parts': (draw) => {
    const d = date(draw);
    return [`make_datetime(getyear(${d}), monthofyear(${d}), dayofmonth(${d})) + (${d} - startofday(${d}))`, d];
  },
  'a datetime in milliseconds of the epoch': (draw) => {
    const d = date(draw);
    return [
      `bin(${d}, 1ms)`,
      `unixtime_milliseconds_todatetime(tolong((bin(${d}, 1ms) - datetime(1970-01-01)) / 1ms))`,
    ];
  },
  'a formatted datetime': (draw) => {
    const d = date(draw);
    return [`todatetime(format_datetime(${d}, "yyyy-MM-dd HH:mm:ss.fffffff"))`, d];
  },
  'a local time': (draw) => {
    const d = date(draw);
    return [`datetime_local_to_utc(datetime_utc_to_local(${d}, "UTC"), "UTC")`, d];
  },
  'a timespan from its parts': (draw) => {
    const s = span(draw);
    return [`totimespan(tolong(${s} / 1tick) * 1tick)`, s];
  },
  'a negative twice': (draw) => {
    const [type, x] = oneOf(draw, [
      ['long', any(draw, 'long')],
      ['timespan', span(draw)],
      ['real', any(draw, 'real')],
    ]);
    return [`-(-(to${type}(${x})))`, x!];
  },
  'quotient and remainder': (draw) => {
    const [a, b] = [oneOf(draw, ['17', '-17', '0', '4294967296', 'long(null)']), oneOf(draw, ['3', '5', '1'])];
    return [
      `${b} * toint(floor(${a}, ${b}) / ${b}) + ${a} % ${b} == ${a}`,
      a === 'long(null)'
        ? 'bool(null)'
        : a === '4294967296'
          ? `${b} * toint(floor(${a}, ${b}) / ${b}) + ${a} % ${b} == ${a}`
          : 'true',
    ];
  },
  base64: (draw) => {
    const s = text(draw);
    return [`base64_decode_tostring(base64_encode_tostring(${s}))`, s];
  },
  'url encoding': (draw) => {
    const s = text(draw);
    return [`url_decode(url_encode_component(${s}))`, s];
  },
  compression: (draw) => {
    const s = text(draw);
    return [`gzip_decompress_from_base64_string(gzip_compress_to_base64_string(${s}))`, s];
  },
  'code points': (draw) => {
    const s = text(draw);
    return [`unicode_codepoints_to_string(unicode_codepoints_from_string(${s}))`, s];
  },
  'split and joined': (draw) => {
    const s = text(draw);
    const by = oneOf(draw, ['","', '" "', '"a"', '"=="']);
    return [`strcat_array(split(${s}, ${by}), ${by})`, s];
  },
  'reversed twice': (draw) => {
    const s = text(draw);
    return s.includes('👩') || s.includes('ﬀ') ? [s, s] : [`reverse(reverse(${s}))`, s];
  },
  'both parts of a text': (draw) => {
    const s = text(draw);
    const at = oneOf(draw, ['0', '1', '2', '3', '100']);
    return [`strcat(substring(${s}, 0, ${at}), substring(${s}, ${at}))`, s];
  },
  'a quoted text as a regular expression': (draw) => {
    const s = text(draw);
    return [`strcat("<", ${s}, ">") matches regex strcat("<", regex_quote(${s}), ">")`, 'true'];
  },
  'contains is indexof': (draw) => {
    const [a, b] = [text(draw), text(draw)];
    return [`${a} contains_cs ${b}`, `indexof(${a}, ${b}) >= 0`];
  },
  'startswith is contains in order': (draw) => {
    const [a, b] = [text(draw), text(draw)];
    return [`${a} startswith_cs ${b}`, `substring(${a}, 0, strlen(${b})) == ${b}`];
  },
  'parsed text of a dynamic': (draw) => {
    const d = any(draw, 'dynamic');
    return d === 'dynamic("")' ? ['1', '1'] : [`tostring(parse_json(tostring(${d})))`, `tostring(${d})`];
  },
  'a bag of its keys': (draw) => {
    const [k, d] = [text(draw), any(draw, 'dynamic')];
    return [`tostring(bag_pack(${k}, ${d})[${k}])`, `tostring(${d})`];
  },
  'an array of its elements': (draw) => {
    const a = any(draw, 'dynamic');
    const n = oneOf(draw, ['0', '1', '2']);
    return [`tostring(pack_array(1, 2, ${a})[2])`, `tostring(iff(${n} >= 0, ${a}, ${a}))`];
  },
  'an array there and back': (draw) => {
    const a = oneOf(
      draw,
      LITERALS.dynamic.filter((literal) => literal.startsWith('dynamic([')),
    );
    const by = oneOf(draw, [
      ['array_reverse', 'array_reverse', ''],
      ['array_rotate_left', 'array_rotate_right', ', 3'],
      ['array_rotate_right', 'array_rotate_right', ', 0'],
    ] as const);
    return [`tostring(${by[1]}(${by[0]}(${a}${by[2]})${by[2]}))`, `tostring(${a})`];
  },
  'a set and its parts': (draw) => {
    const arrays = LITERALS.dynamic.filter((literal) => /^dynamic\(\[[\d"]/.test(literal));
    const [a, b] = [oneOf(draw, arrays), oneOf(draw, arrays)];
    return [
      `array_length(set_union(${a}, ${b}))`,
      `array_length(set_difference(${a}, ${b})) + array_length(set_difference(${b}, ${a})) + array_length(set_intersect(${a}, ${b}))`,
    ];
  },
  'not and its opposite': (draw) => {
    const [a, b] = [any(draw, 'string'), any(draw, 'string')];
    const o = oneOf(draw, [
      'has',
      'contains',
      'startswith',
      'endswith',
      'has_cs',
      'hasprefix',
      'hassuffix_cs',
      'in~',
      'in',
    ]);
    const list = o.startsWith('in') ? `(${b})` : b;
    return [`${a} !${o} ${list}`, `not(${a} ${o} ${list})`];
  },
  'case is iff': (draw) => {
    const [c, d] = [predicate(draw, []), predicate(draw, [])];
    const [x, y, z] = [any(draw, 'long'), any(draw, 'long'), any(draw, 'long')];
    return [`case(${c}, ${x}, ${d}, ${y}, ${z})`, `iff(${c}, ${x}, iff(${d}, ${y}, ${z}))`];
  },
  'between is two comparisons': (draw) => {
    const type = oneOf(draw, ['int', 'long', 'real', 'decimal', 'datetime', 'timespan'] as const);
    const [x, a, b] = [any(draw, type), any(draw, type), any(draw, type)];
    return [`${x} between (${a} .. ${b})`, `${x} >= ${a} and ${x} <= ${b}`];
  },
  'max_of is an order': (draw) => {
    const type = oneOf(draw, ['long', 'datetime', 'timespan', 'decimal'] as const);
    const [a, b] = [any(draw, type), any(draw, type)];
    return [`max_of(${a}, ${b})`, `max_of(${b}, ${a})`];
  },
  'coalesce is iff': (draw) => {
    const type = oneOf(draw, ['long', 'datetime', 'guid', 'bool', 'real'] as const);
    const [a, b] = [any(draw, type), any(draw, type)];
    return [`coalesce(${a}, ${b})`, `iff(isnull(${a}), ${b}, ${a})`];
  },
  'strlen of a concatenation': (draw) => {
    const [a, b] = [text(draw), text(draw)];
    return [`strlen(strcat(${a}, ${b}))`, `strlen(${a}) + strlen(${b})`];
  },
  bits: (draw) => {
    const [a, b] = [any(draw, 'long'), any(draw, 'long')];
    return [`binary_xor(${a}, ${b})`, `binary_and(binary_or(${a}, ${b}), binary_not(binary_and(${a}, ${b})))`];
  },
  hexadecimal: (draw) => {
    const a = any(draw, 'long');
    return [`tolong(strcat("0x", tohex(${a})))`, a.includes('-') ? `tolong(strcat("0x", tohex(${a})))` : a];
  },
  'series of the same': (draw) => {
    const a = oneOf(draw, ['dynamic([1, 2, 3])', 'dynamic([1.5, -2.5, 0.0])', 'dynamic([])']);
    return [`tostring(series_subtract(series_add(${a}, ${a}), ${a}))`, `tostring(series_multiply(${a}, 1))`];
  },
};

const cased = (laws: Readonly<Record<string, Law>>): fc.Arbitrary<{ law: string; sides: readonly [string, string] }> =>
  fc.gen().map((draw) => {
    const law = oneOf(draw, Object.keys(laws));
    return { law, sides: laws[law]!(draw) };
  });

const asked = (text: string): Promise<Answer | undefined> => inquiry.answer(text);

describe('laws', { timeout: PATIENCE_MS }, () => {
  it('of operators hold over tables of the ten types', async () => {
    await check(100, cased(QUERY_LAWS), async ({ law, sides: [a, b] }) => {
      const [left, right] = [await asked(a), await asked(b)];
      expect(left && bag(left), `${law}\n${a}\n---\n${b}`).toEqual(right && bag(right));
    });
  });

  it('of values hold over literals and over columns', async () => {
    await check(150, cased(VALUE_LAWS), async ({ law, sides: [a, b] }) => {
      for (const query of [
        `print x = ${a}, y = ${b}`,
        `datatable(k: long)[0] | extend x = ${a}, y = ${b} | project x, y`,
      ]) {
        const answer = await asked(query);
        if (!answer) continue;
        const [x, y] = cells(answer)[0]!.split(' | ');
        expect(x, `${law}\n${query}`).toEqual(y);
      }
    });
  });
});
