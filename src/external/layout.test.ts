import { describe, expect, it } from 'vitest';
import type { ExternalTableEntity, PartitionColumn, PathElement } from '../catalog/model.js';
import { parseDatetime, type KustoValue } from '../values/index.js';
import { checkDefinition, visibleColumns } from './definition.js';
import { DEFAULT_PARTITION, PathLayout } from './layout.js';
import { listPrefixes, mayMatch, type PartitionPredicate } from './pruning.js';

const at = (text: string): bigint => parseDatetime(text) as bigint;
const text = (t: string): PathElement => ({ kind: 'separator', text: t });
const place = (name: string): PathElement => ({ kind: 'partition', name });
const pattern = (p: string, name: string): PathElement => ({ kind: 'datetime', pattern: p, name });
const customer: PartitionColumn = { name: 'Part', type: 'string', source: 'Customer', function: { kind: 'value' } };
const time = (by: PartitionColumn['function']): PartitionColumn => ({
  ...{ name: 'Date', type: 'datetime', source: 'Timestamp', function: by },
});
const day = time({ kind: 'startofday' });
const bin = (ticks: bigint) => time({ kind: 'bin', ticks: String(ticks) });
const columns: ExternalTableEntity['columns'] = [
  { name: 'Timestamp', type: 'datetime' },
  { name: 'Customer', type: 'string' },
  { name: 'N', type: 'long' },
];
const layoutOf = (partitions: PartitionColumn[], pathFormat: PathElement[] = []) =>
  new PathLayout({ partitions, pathFormat });

describe('path of partition values', () => {
  const when = at('2019-02-01T13:45:07.1234567Z');
  it.each<[string, PartitionColumn, string]>([
    ['startofyear', time({ kind: 'startofyear' }), '2019'],
    ['startofmonth', time({ kind: 'startofmonth' }), '2019/02'],
    ['startofweek', time({ kind: 'startofweek' }), '2019/02/01'],
    ['startofday', day, '2019/02/01'],
    ['bin by a day', bin(864_000_000_000n), '2019/02/01'],
    ['bin by an hour', bin(36_000_000_000n), '2019/02/01/13'],
    ['bin by five minutes', bin(3_000_000_000n), '2019/02/01/13/45'],
  ])('has the documented default form for %s', (_name, partition, expected) => {
    expect(layoutOf([partition]).folderOf([when])).toBe(expected);
  });

  it.each([
    ["'year='yyyy'/month='MM", 'year=2019/month=02'],
    ['year={yyyy}/month={MM}', 'year=2019/month=02'],
    ['yyyyMMdd', '20190201'],
    ["yyyy-MM-ddTHH'h'", '2019-02-01T13h'],
    ['yyyy"d"M', '2019d2'],
    ['yyyy\\d/MM/dd/HH/mm/ss/fffffff', '2019d/02/01/13/45/07/1234567'],
  ])('renders the pattern %s', (p, expected) => {
    const layout = layoutOf([day], [pattern(p, 'Date')]);
    expect(layout.folderOf([when])).toBe(expected);
    expect(layout.read(`${expected}/x.csv`)).toBeDefined();
  });

  it.each(['yy', 'MMM', 'dddd', 'hh', 'tt', "'yyyy", '{yyyy', 'yyyyMd', 'literal?', ''])(
    'refuses the pattern %j, which cannot be read back',
    (p) => {
      expect(() => layoutOf([day], [pattern(p, 'Date')])).toThrow(
        expect.objectContaining({ code: 'ExternalTable_InvalidDefinition' }),
      );
    },
  );

  it('joins separators and values as the reference shows', () => {
    const hash: PartitionColumn = {
      name: 'Id',
      type: 'long',
      source: 'Customer',
      function: { kind: 'hash', modulo: 10 },
    };
    const byHash = layoutOf(
      [hash, day],
      [text('customer_id='), place('Id'), text('/dt='), pattern('yyyyMMdd', 'Date')],
    );
    expect(byHash.folderOf([5n, when])).toBe('customer_id=5/dt=20190201');
    expect(layoutOf([customer, day]).folderOf(['Softworks', when])).toBe('Softworks/2019/02/01');
    expect(layoutOf([customer], [text('//a='), place('Part'), text('/')]).folderOf(['x'])).toBe('a=x');
    expect(layoutOf([]).folderOf([])).toBe('');
  });

  it.each<[KustoValue]>([
    [null],
    [''],
    ['a/b'],
    ['a\\b'],
    ['..'],
    ['.'],
    ['a.'],
    ['a\nb'],
    ['\ud800'],
    ['x'.repeat(300)],
  ])('puts %j, which is no name of a folder, into the default partition', (value) => {
    const layout = layoutOf([customer], [text('c='), place('Part')]);
    expect(layout.folderOf([value])).toBe(`c=${DEFAULT_PARTITION}`);
    expect(layout.read(`c=${DEFAULT_PARTITION}/f.csv`)).toMatchObject([{ value: '', isDefault: true }]);
  });

  it('puts a null datetime into the default partition, as one folder', () => {
    expect(layoutOf([day]).folderOf([null])).toBe(DEFAULT_PARTITION);
    expect(layoutOf([day]).read(`${DEFAULT_PARTITION}/f.csv`)).toMatchObject([{ value: null, isDefault: true }]);
  });

  it('reads back what it wrote, for values of every script', () => {
    const layout = layoutOf([customer, day], [text('c='), place('Part'), text('/'), pattern('yyyy-MM-dd', 'Date')]);
    for (const value of ['a b', 'Ærø=1', '東京', '100%', "o'x", 'a.b', '-5', '?#;&+']) {
      const path = `${layout.folderOf([value, at('2020-02-29')])}/deep/f.csv`;
      expect(layout.read(path)).toMatchObject([
        { value, isCertain: true },
        { value: at('2020-02-29'), range: { from: at('2020-02-29'), before: at('2020-03-01') } },
      ]);
    }
  });

  it.each(['f.csv', 'c=/f.csv', 'c=x/2020-02-30/f.csv', 'c=x/2020-2-3/f.csv', 'c=x/2020-02-03', 'c=x/y/2020-02-03/f'])(
    'does not take %s for a file of the layout',
    (name) => {
      const layout = layoutOf([customer, day], [text('c='), place('Part'), text('/'), pattern('yyyy-MM-dd', 'Date')]);
      expect(layout.read(name)).toBeUndefined();
    },
  );

  it('does not trust a text that can be read in two ways', () => {
    const other: PartitionColumn = { ...customer, name: 'Other' };
    const layout = layoutOf([customer, other], [place('Part'), text('-'), place('Other')]);
    expect(layout.read('a-b/f')).toMatchObject([{ isCertain: true }, { isCertain: true }]);
    expect(layout.read('a-b-c/f')).toMatchObject([{ isCertain: false }, { isCertain: false }]);
  });

  it('puts a datetime together from several places', () => {
    const virtual: PartitionColumn = { name: 'Date', type: 'datetime', function: { kind: 'value' } };
    const format = [
      text('y='),
      pattern('yyyy', 'Date'),
      text('/m='),
      pattern('MM', 'Date'),
      text('/d='),
      pattern('dd', 'Date'),
    ];
    expect(layoutOf([virtual], format).read('y=2020/m=03/d=04/f')).toMatchObject([{ value: at('2020-03-04') }]);
  });
});

describe('pruning', () => {
  const may = (layout: PathLayout, name: string, predicate: PartitionPredicate) => {
    const partitions = layout.read(name);
    return partitions !== undefined && mayMatch(layout, partitions, predicate);
  };
  const range = (from?: string, to?: string): PartitionPredicate => [
    { kind: 'range', column: 'Timestamp', ...(from ? { from: at(from) } : {}), ...(to ? { to: at(to) } : {}) },
  ];

  it('keeps a file whenever a row of it may be in the range, to the tick', () => {
    const layout = layoutOf([day]);
    expect(may(layout, '2020/01/02/f', range('2020-01-02T23:59:59.9999999', '2020-02-01'))).toBe(true);
    expect(may(layout, '2020/01/02/f', range('2020-01-03', '2020-02-01'))).toBe(false);
    expect(may(layout, '2020/01/02/f', range('2019-01-01', '2020-01-02'))).toBe(true);
    expect(may(layout, '2020/01/02/f', range('2019-01-01', '2020-01-01T23:59:59.9999999'))).toBe(false);
    expect(may(layout, `${DEFAULT_PARTITION}/f`, range('2019-01-01'))).toBe(false);
  });

  it('counts with functions that are coarser, and patterns that are finer, than a folder shows', () => {
    const week = layoutOf([time({ kind: 'startofweek' })]);
    expect(may(week, '2020/01/05/f', range('2020-01-11', '2020-01-11'))).toBe(true);
    expect(may(week, '2020/01/05/f', range('2020-01-12', '2020-01-12'))).toBe(false);
    const monthByDay = layoutOf([time({ kind: 'startofmonth' })], [pattern('yyyy/MM/dd', 'Date')]);
    expect(may(monthByDay, '2020/01/01/f', range('2020-01-31T20:00', '2020-01-31T21:00'))).toBe(true);
    const dayByYear = layoutOf([day], [pattern('yyyy', 'Date')]);
    expect(may(dayByYear, '2020/f', range('2020-12-31', '2020-12-31'))).toBe(true);
    expect(may(dayByYear, '2020/f', range('2021-01-01', '2021-12-31'))).toBe(false);
  });

  it('keeps the default partition for values that have no folder of their own', () => {
    const layout = layoutOf([customer], [text('c='), place('Part')]);
    const want = (...values: KustoValue[]): PartitionPredicate => [{ kind: 'in', column: 'Customer', values }];
    expect(may(layout, 'c=a/f', want('a', 'b'))).toBe(true);
    expect(may(layout, 'c=A/f', want('a', 'b'))).toBe(false);
    expect(may(layout, `c=${DEFAULT_PARTITION}/f`, want('a'))).toBe(false);
    expect(may(layout, `c=${DEFAULT_PARTITION}/f`, want('a', 'x/y'))).toBe(true);
    expect(may(layout, `c=${DEFAULT_PARTITION}/f`, want(''))).toBe(true);
    expect(listPrefixes(layout, want('a', 'x/y'))).toEqual([`c=${DEFAULT_PARTITION}`, 'c=a']);
  });

  it('never prunes by what it cannot tell: other columns, hashes, ambiguous names', () => {
    const hash: PartitionColumn = {
      name: 'Id',
      type: 'long',
      source: 'Customer',
      function: { kind: 'hash', modulo: 10 },
    };
    const want: PartitionPredicate = [{ kind: 'in', column: 'Customer', values: ['a'] }];
    expect(may(layoutOf([hash]), '7/f', want)).toBe(true);
    expect(may(layoutOf([customer]), 'a/f', [{ kind: 'in', column: 'N', values: [1n] }])).toBe(true);
    const other: PartitionColumn = { name: 'Other', type: 'string', function: { kind: 'value' } };
    expect(may(layoutOf([customer, other], [place('Part'), text('-'), place('Other')]), 'b-a-c/f', want)).toBe(true);
  });

  it('lists only the folders of a closed range or of a few values', () => {
    const layout = layoutOf([customer, day], [text('c='), place('Part'), text('/'), place('Date')]);
    const predicate: PartitionPredicate = [
      ...range('2020-02-28T10:00', '2020-03-01'),
      { kind: 'in', column: 'Customer', values: ['b', 'a'] },
    ];
    expect(listPrefixes(layout, predicate)).toEqual([
      ...['c=a/2020/02/28', 'c=a/2020/02/29', 'c=a/2020/03/01'],
      ...['c=b/2020/02/28', 'c=b/2020/02/29', 'c=b/2020/03/01'],
    ]);
    expect(listPrefixes(layout, range('2020-02-28', '2020-03-01'))).toEqual(['c=']);
    expect(listPrefixes(layout, [])).toEqual(['c=']);
    expect(listPrefixes(layoutOf([day]), range('2000-01-01', '2020-01-01'))).toEqual(['']);
    expect(listPrefixes(layoutOf([day]), range('2020-01-01'))).toEqual(['']);
    expect(listPrefixes(layoutOf([]), predicate)).toEqual(['']);
  });

  it('never lists less than what may match', () => {
    const files = ['c=a/2020/02/28/f', 'c=ab/2020/02/28/f', 'c=a/2020/12/31/f', `c=${DEFAULT_PARTITION}/2020/02/28/f`];
    const layout = layoutOf([customer, day], [text('c='), place('Part'), text('/'), place('Date')]);
    const predicates: PartitionPredicate[] = [
      [],
      range('2020-02-28', '2020-02-28'),
      [{ kind: 'in', column: 'Customer', values: ['a'] }],
      [{ kind: 'in', column: 'Customer', values: ['ab', ''] }, ...range('2020-02-28', '2020-03-28')],
    ];
    for (const predicate of predicates) {
      const prefixes = listPrefixes(layout, predicate);
      for (const file of files.filter((f) => may(layout, f, predicate))) {
        expect(prefixes.filter((prefix) => file.startsWith(prefix))).toHaveLength(1);
      }
    }
  });
});

describe('definition', () => {
  const virtual: PartitionColumn = { name: 'V', type: 'string', function: { kind: 'value' } };
  it('adds virtual columns after those of the files', () => {
    const table = { columns, partitions: [customer, virtual], pathFormat: [] };
    checkDefinition(table);
    expect(visibleColumns(table).map(({ name }) => name)).toEqual(['Timestamp', 'Customer', 'N', 'V']);
  });

  const hash = (modulo: number, source = 'Customer'): PartitionColumn => ({
    ...{ name: 'H', type: 'long', source, function: { kind: 'hash', modulo } },
  });
  it.each<[string, PartitionColumn[], PathElement[]]>([
    ['a source that is no column', [{ ...customer, source: 'Nobody' }], []],
    ['a string partition of a long column', [{ ...customer, source: 'N' }], []],
    ['a datetime partition of a string column', [{ ...day, source: 'Customer' }], []],
    ['a partition of another type than its function', [{ ...day, type: 'string' }], []],
    ['a virtual column that stands in the files', [{ ...virtual, name: 'Customer' }], []],
    ['a virtual column of type long', [{ ...virtual, type: 'long' }], []],
    ['two partitions of one name', [customer, customer], []],
    ['a hash modulo zero', [hash(0)], []],
    ['a hash of a long', [hash(3, 'N')], []],
    ['a bin of nothing', [bin(0n)], []],
    ['a bin of a second without a pattern', [bin(10_000_000n)], []],
    ['partitions that touch', [customer, day], [place('Part'), place('Date')]],
    ['a place of no partition', [customer], [place('Part'), text('/'), place('Who')]],
    ['a partition without a place', [customer, day], [text('c='), place('Part')]],
    ['a datetime pattern of a string', [customer], [pattern('yyyy', 'Part')]],
    ['a datetime without a year', [day], [pattern('MM/dd', 'Date')]],
    ['a path format without partitions', [], [text('x')]],
    ['a separator that climbs', [customer], [text('../'), place('Part')]],
  ])('refuses %s', (_name, partitions, pathFormat) => {
    expect(() => checkDefinition({ columns, partitions, pathFormat })).toThrow(
      expect.objectContaining({ code: 'ExternalTable_InvalidDefinition' }),
    );
  });

  it('refuses columns with a star, columns named twice, and none at all', () => {
    const definition = { partitions: [], pathFormat: [] };
    for (const names of [['a*'], ['a', 'a'], []]) {
      const given = names.map((name) => ({ name, type: 'string' as const }));
      expect(() => checkDefinition({ ...definition, columns: given })).toThrow(/column/);
    }
  });
});
