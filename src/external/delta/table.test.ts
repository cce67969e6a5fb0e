import { describe, expect, it } from 'vitest';
import { KustoError } from '../../errors/index.js';
import {
  parseDatetime,
  type ColumnSchema,
  type ColumnStatistics,
  type KustoType,
  type KustoValue,
} from '../../values/index.js';
import type { ColumnCondition } from '../pruning.js';
import type { AddFile, DeltaMetadata } from './actions.js';
import { checkGiven, inferColumns, requireNoNulls, requireReadableColumns, requireWritableColumns } from './drift.js';
import { deltaFiles } from './files.js';
import { partitionFolder, partitionText, partitionValue } from './partition-values.js';
import { requireAppendable, requireReadable } from './protocol.js';
import { statisticsJson } from './statistics.js';

const field = (name: string, type: string | object, more: object = {}) => ({
  name,
  type,
  nullable: true,
  metadata: {},
  ...more,
});
const metadataOf = (fields: readonly object[], change: Partial<DeltaMetadata> = {}): DeltaMetadata => ({
  id: 'm',
  format: { provider: 'parquet' },
  schemaString: JSON.stringify({ type: 'struct', fields }),
  partitionColumns: [],
  configuration: {},
  ...change,
});
const errorOf = (work: () => unknown): KustoError => {
  try {
    work();
  } catch (error) {
    if (error instanceof KustoError) return error;
    throw error;
  }
  throw new Error('not refused');
};
const ticks = (text: string) => parseDatetime(text)!;

describe('the types of a Delta table', () => {
  const map = { type: 'map', keyType: 'string', valueType: 'long', valueContainsNull: true };
  it.each<[string | object, KustoType]>([
    ['string', 'string'],
    ['long', 'long'],
    ['integer', 'int'],
    ['short', 'int'],
    ['byte', 'int'],
    ['float', 'real'],
    ['double', 'real'],
    ['boolean', 'bool'],
    ['date', 'datetime'],
    ['timestamp', 'datetime'],
    ['timestamp_ntz', 'datetime'],
    ['decimal(10,2)', 'decimal'],
    [map, 'dynamic'],
  ])('%j is %s', (type, kusto) => {
    expect(inferColumns('E', metadataOf([field('c', type)])).columns).toEqual([{ name: 'c', type: kusto }]);
  });

  it('that Kusto does not have are named, with the command that leaves them out', () => {
    const { code, message } = errorOf(() =>
      inferColumns('E', metadataOf([field('a b', 'long'), field('c', 'binary')])),
    );
    expect(code).toBe('DeltaTable_SchemaMismatch');
    expect(message).toContain(".create external table E (['a b']:long) kind=delta");
    expect(
      checkGiven('E', [{ name: 'a b', type: 'long' }], metadataOf([field('a b', 'long'), field('c', 'binary')])),
    ).toEqual({
      columns: [{ name: 'a b', type: 'long' }],
      partitions: [],
    });
  });

  it('put partition columns last, given or not, and keep dates apart from times', () => {
    const metadata = metadataOf([field('d', 'date'), field('x', 'long'), field('p', 'integer')], {
      partitionColumns: ['p', 'd'],
    });
    const expected = {
      columns: [{ name: 'x', type: 'long' }],
      partitions: [
        { name: 'p', type: 'int', function: { kind: 'value' } },
        { name: 'd', type: 'datetime', function: { kind: 'startofday' } },
      ],
    };
    expect(inferColumns('E', metadata)).toEqual(expected);
    expect(checkGiven('E', [{ name: 'x', type: 'long' }], metadata)).toEqual(expected);
    expect(
      checkGiven(
        'E',
        [
          { name: 'd', type: 'datetime' },
          { name: 'x', type: 'long' },
        ],
        metadata,
      ),
    ).toEqual(expected);
  });
});

describe('the columns of an external table', () => {
  const metadata = metadataOf([field('a', 'long'), field('b', 'string'), field('c', 'date')]);
  const table = (...columns: ColumnSchema[]) => ({ name: 'E', columns, partitions: [] });

  it('are read as what holds every value, and refused by name, both types and the cure else', () => {
    requireReadableColumns(table({ name: 'a', type: 'timespan' }, { name: 'b', type: 'guid' }), metadata);
    const { message } = errorOf(() =>
      requireReadableColumns(table({ name: 'a', type: 'real' }, { name: 'gone', type: 'long' }), metadata),
    );
    expect(message).toContain("'a' is long in the Delta table, real in the external table");
    expect(message).toContain("'gone' (long) is not in the Delta table");
    expect(message).toContain('.alter external table E (a:long, b:string, c:datetime) kind=delta');
  });

  it('are written only as the type that the files will hold', () => {
    requireWritableColumns(table({ name: 'a', type: 'long' }, { name: 'b', type: 'dynamic' }), metadata);
    expect(errorOf(() => requireWritableColumns(table({ name: 'c', type: 'datetime' }), metadata)).message).toContain(
      "'c' is date in the Delta table, datetime in the external table (exports write timestamp)",
    );
    const strict = metadataOf([field('a', 'long'), field('b', 'string', { nullable: false })]);
    expect(errorOf(() => requireWritableColumns(table({ name: 'a', type: 'long' }), strict)).message).toContain(
      "'b' may not be null",
    );
  });

  it('are refused when the table is partitioned by others', () => {
    const other = metadataOf([field('a', 'long'), field('b', 'string')], { partitionColumns: ['b'] });
    expect(errorOf(() => requireReadableColumns(table({ name: 'a', type: 'long' }), other)).message).toContain(
      'the Delta table is partitioned by b, the external table by nothing',
    );
  });

  it('hold no null where the table allows none', () => {
    const strict = metadataOf([field('a', 'long', { nullable: false }), field('p', 'string', { nullable: false })]);
    const file = (nulls: number, p: string | null) => ({
      partitionValues: { p },
      stats: `{"nullCount":{"a":${nulls}}}`,
    });
    requireNoNulls([file(0, 'x')], strict);
    expect(errorOf(() => requireNoNulls([file(0, 'x'), file(1, 'x')], strict)).message).toContain("'a'");
    expect(errorOf(() => requireNoNulls([file(0, null)], strict)).message).toContain("'p'");
  });
});

describe('the protocol of a table', () => {
  const rules = (reader: number, writer: number, features: readonly string[] = [], metadata = metadataOf([])) => ({
    protocol: {
      minReaderVersion: reader,
      minWriterVersion: writer,
      readerFeatures: [...features],
      writerFeatures: [...features],
    },
    metadata,
  });
  const configured = (configuration: Record<string, string>) => metadataOf([], { configuration });

  it.each([
    [rules(1, 1)],
    [rules(1, 2)],
    [rules(1, 4)],
    [rules(3, 7, ['deletionVectors', 'timestampNtz'])],
    [rules(2, 4, [], configured({ 'delta.columnMapping.mode': 'none' }))],
  ])('is read and appended to: %j', (table) => {
    requireReadable(table);
    requireAppendable(table);
  });

  it.each([
    [rules(1, 5), 'writer version 5'],
    [rules(1, 8), 'writer version 8'],
    [rules(3, 7, ['rowTracking']), 'rowTracking'],
    [rules(1, 2, [], configured({ 'delta.constraints.positive': 'a > 0' })), 'delta.constraints.positive'],
    [rules(1, 2, [], metadataOf([field('a', 'long', { metadata: { 'delta.invariants': '{}' } })])), 'invariants'],
    [
      rules(1, 4, [], metadataOf([field('a', 'long', { metadata: { 'delta.generationExpression': 'b' } })])),
      'generatedColumns',
    ],
  ])('is not appended to, and the reason is named: %j', (table, what) => {
    const { code, message } = errorOf(() => requireAppendable(table));
    expect(code).toBe('DeltaTable_FeatureNotSupported');
    expect(message).toContain(what);
  });

  it.each([
    [rules(4, 7), 'reader version 4'],
    [rules(3, 7, ['variantType']), 'variantType'],
    [rules(3, 7, ['typeWidening']), 'typeWidening'],
    [rules(2, 5, [], configured({ 'delta.columnMapping.mode': 'name' })), 'columnMapping'],
  ])('is not read, and the reason is named: %j', (table, what) => {
    expect(errorOf(() => requireReadable(table)).message).toContain(what);
  });
});

describe('partition values', () => {
  const column = (type: KustoType, kind: 'value' | 'startofday' = 'value') => ({ name: 'p', type, function: { kind } });

  it.each<[KustoType, KustoValue, string | null]>([
    ['string', 'a/b', 'a/b'],
    ['string', '', null],
    ['long', -9_007_199_254_740_993n, '-9007199254740993'],
    ['int', 7, '7'],
    ['bool', false, 'false'],
    ['real', 1.5, '1.5'],
    ['decimal', '1.50', '1.50'],
    ['datetime', ticks('2024-02-29T01:02:03.456789Z'), '2024-02-29 01:02:03.456789'],
    ['long', null, null],
  ])('%s %s is %j, and read back as it was', (type, value, text) => {
    expect(partitionText(column(type), value)).toBe(text);
    expect(String(partitionValue(column(type), text))).toBe(type === 'decimal' ? '1.5' : String(value));
  });

  it('that are dates lose no time of day', () => {
    expect(partitionText(column('datetime', 'startofday'), ticks('2024-02-29'))).toBe('2024-02-29');
    expect(partitionValue(column('datetime', 'startofday'), '2024-02-29')).toBe(ticks('2024-02-29'));
    expect(errorOf(() => partitionText(column('datetime', 'startofday'), ticks('2024-02-29') + 1n)).code).toBe(
      'Export_PartitionValueNotDate',
    );
  });

  it('have a folder each that every store can hold', () => {
    const texts = [
      null,
      '__HIVE_DEFAULT_PARTITION__',
      '..',
      'a.',
      'a/b',
      'a%2Fb',
      'é',
      'l'.repeat(500),
      'l'.repeat(501),
    ];
    const folders = texts.map((text) => partitionFolder([['p', text]]));
    expect(new Set(folders).size).toBe(texts.length);
    for (const folder of folders) expect(folder).toMatch(/^p=[A-Za-z0-9_%=-]{1,150}$/);
  });
});

describe('the files of a snapshot', () => {
  const columns: ColumnSchema[] = [
    { name: 'n', type: 'long' },
    { name: 's', type: 'string' },
    { name: 'at', type: 'datetime' },
  ];
  const metadata = metadataOf(
    [field('n', 'long'), field('s', 'string'), field('at', 'timestamp'), field('p', 'string')],
    {
      partitionColumns: ['p'],
    },
  );
  const table = {
    name: 'E',
    columns,
    partitions: [{ name: 'p', type: 'string', function: { kind: 'value' } } as const],
  };
  const bounds = (...pairs: readonly (readonly [KustoValue, KustoValue])[]): ColumnStatistics[] =>
    pairs.map(([min, max]) => ({ min, max, nullCount: 0 }));
  const file = (path: string, p: string | null, stats: string | null): AddFile => ({
    path,
    partitionValues: { p },
    size: 1,
    stats,
  });
  const filesOf = (files: readonly AddFile[], ...predicate: ColumnCondition[]) =>
    deltaFiles(
      table,
      {
        version: 0,
        protocol: { minReaderVersion: 1, minWriterVersion: 2 },
        metadata,
        transactions: new Map(),
        files: new Map(files.map((one) => [one.path, one])),
      },
      predicate,
    ).map(({ name }) => name);

  const low = file(
    'low',
    'x',
    statisticsJson(columns, bounds([1n, 9n], ['a', 'm'], [ticks('2024-01-01'), ticks('2024-01-31')]), 9),
  );
  const high = file(
    'high',
    'y',
    statisticsJson(columns, bounds([10n, 99n], ['n', 'z'], [ticks('2024-02-01'), ticks('2024-02-28')]), 9),
  );
  const unknown = file('unknown', null, null);
  const all = [low, high, unknown];

  it.each<[string, ColumnCondition, readonly string[]]>([
    ['a partition', { kind: 'in', column: 'p', values: ['y'] }, ['high']],
    ['the empty string, which is null there', { kind: 'in', column: 'p', values: [''] }, ['unknown']],
    ['a number', { kind: 'in', column: 'n', values: [9n] }, ['low', 'unknown']],
    ['a range', { kind: 'range', column: 'n', from: 10n }, ['high', 'unknown']],
    ['a text', { kind: 'in', column: 's', values: ['q', 'zz'] }, ['high', 'unknown']],
    ['a text that a null may be', { kind: 'in', column: 's', values: [''] }, ['high', 'low', 'unknown']],
    ['a time', { kind: 'range', column: 'at', to: ticks('2024-01-15') }, ['low', 'unknown']],
    [
      'a time within what another writer cut off',
      { kind: 'range', column: 'at', from: ticks('2024-01-31') + 9_999n, to: ticks('2024-01-31') + 9_999n },
      ['low', 'unknown'],
    ],
    ['null', { kind: 'in', column: 'n', values: [null] }, ['high', 'low', 'unknown']],
    ['a column that is not there', { kind: 'in', column: 'zzz', values: [1n] }, ['high', 'low', 'unknown']],
  ])('are those that may hold %s', (_, condition, expected) => {
    expect(filesOf(all, condition)).toEqual(expected);
  });

  it('are kept when their bounds are cut off, too large for JSON, or no JSON', () => {
    const long = 'x'.repeat(100);
    const cut = file('cut', 'x', statisticsJson(columns, bounds([1n, 2n], [long, `${long}y`], [null, null]), 1));
    expect(cut.stats).not.toContain('x'.repeat(33));
    expect(filesOf([cut], { kind: 'in', column: 's', values: [`${long}abc`] })).toEqual(['cut']);
    expect(filesOf([cut], { kind: 'in', column: 's', values: ['y'] })).toEqual([]);
    const big = statisticsJson(
      columns,
      bounds([9_007_199_254_740_993n, 9_007_199_254_740_993n], ['', ''], [null, null]),
      1,
    );
    expect(big).toContain('"minValues":{"n":9007199254740993');
    expect(filesOf([file('big', 'x', big)], { kind: 'in', column: 'n', values: [9_007_199_254_740_993n] })).toEqual([
      'big',
    ]);
    expect(filesOf([file('odd', 'x', '{')], { kind: 'in', column: 'n', values: [1n] })).toEqual(['odd']);
  });

  it('are refused when rows of them are deleted, or when they lie elsewhere', () => {
    expect(errorOf(() => filesOf([{ ...low, deletionVector: { storageType: 'u' } }])).message).toContain(
      'deletion vectors',
    );
    expect(errorOf(() => filesOf([file('abfss://a@b/c', 'x', null)])).code).toBe('DeltaTable_FeatureNotSupported');
    expect(errorOf(() => filesOf([file('/tmp/x', 'x', null)])).code).toBe('DeltaTable_FeatureNotSupported');
    expect(filesOf([file('p=a%2520b/x.parquet', 'a b', null)])).toEqual(['p=a%20b/x.parquet']);
  });

  it('hold no bounds that are no numbers of JSON', () => {
    const real: ColumnSchema[] = [{ name: 'r', type: 'real' }];
    expect(statisticsJson(real, [{ min: 1, max: NaN, nullCount: 2 }], 3)).toBe(
      '{"numRecords":3,"minValues":{},"maxValues":{},"nullCount":{"r":2}}',
    );
  });
});
