import { describe, expect, it } from 'vitest';
import type { KustoType, KustoValue } from '../../values/index.js';
import type { SqlColumn } from './column-kinds.js';
import { whereClause } from './conditions.js';
import { MYSQL } from './mysql/dialect.js';
import { POSTGRESQL } from './postgresql/dialect.js';
import { parseTableName } from './sql-table.js';
import { fromText, holdsDecimal, textWriter, TIME_OF_DAY } from './values.js';

const column = (kind: SqlColumn['kind'], facts: Partial<SqlColumn> = {}): SqlColumn => ({
  name: 'c',
  type: kind,
  kind,
  nullable: true,
  isOptional: true,
  ...facts,
});
const LIMITS = { nan: false, nullCharacter: false, fraction: 6, ...TIME_OF_DAY };
const write = (type: KustoType, value: KustoValue, target: SqlColumn): string | null =>
  textWriter({ source: { name: 'c', type }, target }, LIMITS)(value, 7);
/** Ticks of 2024-02-29T23:59:59.9999999Z. */
const LEAP = 638_448_479_999_999_999n;

describe('values for a database', () => {
  it('lose digits of a second to the column, and never move to the next second', () => {
    const digits = [0, 3, 6, 7].map((scale) => write('datetime', LEAP, column('datetime', { scale })));
    expect(digits).toEqual([
      '2024-02-29 23:59:59',
      '2024-02-29 23:59:59.999',
      '2024-02-29 23:59:59.999999',
      '2024-02-29 23:59:59.9999999',
    ]);
    const spans = [-1n, 15n, 36_000_000_000n * 30n].map((ticks) => write('timespan', ticks, column('interval')));
    expect(spans).toEqual(['-00:00:00.000001', '00:00:00.000001', '30:00:00.000000']);
  });

  it('are refused with the record and the column where the column cannot hold them', () => {
    const day = 864_000_000_000n;
    for (const [type, value, target] of [
      ['real', NaN, column('float64')],
      ['string', 'a\0', column('text')],
      ['timespan', day, column('time')],
      ['timespan', -1n, column('time')],
      ['decimal', '1.005', column('decimal', { precision: 10, scale: 2 })],
      ['decimal', '123456789', column('decimal', { precision: 10, scale: 2 })],
    ] as const) {
      expect(() => write(type, value, target), `${type} ${String(value)}`).toThrow(/Record 7, column 'c'/);
    }
    expect(write('timespan', day - 1n, column('time'))).toBe('23:59:59.999999');
  });

  it('a decimal fits as long as no digit is lost', () => {
    const money = column('decimal', { precision: 5, scale: 2 });
    const fits = ['123.45', '-0.10', '000123.4500', '0', '123'].map((text) => holdsDecimal(text, money));
    expect(fits).toEqual([true, true, true, true, true]);
    expect(['1234', '0.001', '-1234.5'].map((text) => holdsDecimal(text, money))).toEqual([false, false, false]);
  });

  it('that come back as something else than the type are refused, not made null', () => {
    const read = (type: KustoType, text: string | null): KustoValue =>
      fromText({ source: { name: 'c', type }, target: column('other') }, text);
    expect([read('string', null), read('long', null)]).toEqual(['', null]);
    expect(() => read('datetime', 'infinity')).toThrow(/column 'c'.*'infinity', which is no datetime/);
    expect(() => read('decimal', '1e40')).toThrow(/no decimal/);
    expect(read('dynamic', 'no json')).toBe('"no json"');
  });
});

describe('conditions for a database', () => {
  const pair = (type: KustoType, kind: SqlColumn['kind']) => [[{ name: 'c', type }, column(kind)]] as const;

  it('let through every row that fulfils them: what it may compare otherwise is widened or left out', () => {
    const range = { kind: 'range', column: 'c', from: LEAP, to: LEAP } as const;
    expect(whereClause([range], pair('datetime', 'datetime'), POSTGRESQL)).toBe(
      `"c" >= '2024-02-29 23:59:57+00' AND "c" <= '2024-03-01 00:00:01+00'`,
    );
    expect(whereClause([range], pair('datetime', 'date'), MYSQL)).toContain("`c` >= '2024-02-28 23:59:59'");
    const values = (...held: KustoValue[]) => [{ kind: 'in', column: 'c', values: held }] as const;
    expect(whereClause(values(0.5), pair('real', 'float64'), POSTGRESQL)).toBeUndefined();
    // An empty text is also how a null is seen; a guid may stand in a text in capitals.
    expect(whereClause(values('a', ''), pair('string', 'text'), POSTGRESQL)).toBeUndefined();
    expect(whereClause(values('a'), pair('guid', 'text'), POSTGRESQL)).toBeUndefined();
    expect(whereClause(values(null), pair('long', 'int64'), POSTGRESQL)).toBeUndefined();
  });

  it('cannot be broken out of', () => {
    const hostile = `'; DROP TABLE t; -- \\' \\`;
    const clause = whereClause([{ kind: 'in', column: 'c', values: [hostile] }], pair('string', 'text'), MYSQL);
    expect(clause).toBe("`c` IN ('''; DROP TABLE t; -- \\'' \\')");
    for (const name of ['a;b', 'a"b', 'a]b', 'a`b', "a'b", '', 'a.b.c', '.', 'a\0']) {
      expect(() => parseTableName(name), name).toThrow(/is no name of a SQL table/);
    }
    expect(parseTableName('My Schema.Näme-1_2')).toEqual({ schema: 'My Schema', name: 'Näme-1_2' });
  });
});
