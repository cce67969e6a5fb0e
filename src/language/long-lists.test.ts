import { describe, expect, it } from 'vitest';
import { NO_FACTS } from '../../tests/support/request-facts.js';
import { KustoError } from '../errors/index.js';
import type { Relation, Scalar } from '../plan/index.js';
import { bind } from './bind.js';
import { LongLists } from './long-lists.js';
import type { Schema } from './schema.js';

const schema: Schema = {
  databases: [{ id: 'db', name: 'db', tables: [], functions: [], externalTables: [] }],
  current: 'db',
};

const relationOf = (text: string): Relation => bind(text, schema, NO_FACTS).results[0]!.relation;

function valuesOf(text: string): readonly (readonly Scalar[])[] {
  const relation = relationOf(text);
  if (relation.kind !== 'values') throw new Error(`${relation.kind} instead of values`);
  return relation.rows;
}

function errorOf(text: string): Pick<KustoError, 'code' | 'message' | 'span'> {
  try {
    relationOf(text);
  } catch (error) {
    if (error instanceof KustoError) return { code: error.code, message: error.message, span: error.span };
    throw error;
  }
  throw new Error('no error');
}

/** Enough elements to make any list long; the same type, so that they need no conversion. */
const filler = (element: string): string => `${element}, `.repeat(1000);
const isShortened = (text: string): boolean => new LongLists(text).text !== text;

/** The part of an element that does not depend on where it stands. */
const placeless = (scalar: unknown): unknown =>
  JSON.parse(
    JSON.stringify(scalar, (key, value: unknown) =>
      key === 'span' ? undefined : typeof value === 'bigint' ? `${value}n` : Number.isNaN(value) ? 'NaN' : value,
    ),
  );

const PLAIN = [
  ...[
    '0',
    '00123',
    '-5',
    '0x1F',
    '9223372036854775807',
    '-9223372036854775808',
    '1.5',
    '1.',
    '-1.5e-3',
    '1e3',
    '2d',
    '-1.5h',
    '3ms',
    '1tick',
  ],
  ...['true', 'FALSE', 'int(3)', 'int(-3)', 'long(0x1f)', 'long(null)', 'int( null )', 'real(nan)', 'real(-inf)'],
  ...['double(2)', 'decimal(1.25)', 'bool(1)', 'guid(74be27de-1e4e-49d9-b579-fe0b331d3642)', 'guid(null)'],
  ...['datetime(2020-01-01)', 'datetime(2020-01-01 10:11:12.1234567)', 'date(2020, 1, 2)', 'datetime(null)'],
  ...['timespan(1.02:03:04)', 'time(5s)', `'it''s'`.replace("''", "\\'"), '"a\\"b]),//\\n"', '"\\u00e9\\x41\\101"'],
  ...['@"c:\\a""b"', "@'x''y'", 'h"secret"', "H@'secret'", '```a ] "b" ```', '~~~ , ~~~', '"héllo 😀 日本"', '""'],
];

describe('a long list of plain literals', () => {
  it.each(PLAIN)('has for %s the value that it has in a short one', (element) => {
    for (const column of ['string', 'long', 'real', 'dynamic']) {
      const long = `datatable(a:${column})[${filler('long(7)')}${element}]`;
      expect(isShortened(long)).toBe(true);
      const rows = valuesOf(long);
      expect(rows).toHaveLength(1001);
      expect(placeless(rows.at(-1))).toEqual(placeless(valuesOf(`datatable(a:${column})[${element}]`)[0]));
    }
  });

  it('is read row by row, whatever blanks, lines and comments stand in it', () => {
    const rows = Array.from({ length: 600 }, (_, i) => `  ${i} // a ] comment, "\r\n\t,\n"v${i}"`).join(',');
    const text = `datatable (['a,b']:long, c:string) [ // begin\n${rows} , ]`;
    expect(isShortened(text)).toBe(true);
    const values = valuesOf(text).map((row) => row.map((cell) => (cell.kind === 'literal' ? cell.value : cell)));
    expect(values).toEqual(Array.from({ length: 600 }, (_, i) => [BigInt(i), `v${i}`]));
  });

  it.each(['in', '!in', 'in~', '!in~', 'has_any', 'has_all'])('is the list of %s', (operator) => {
    const text = (list: string): string => `print a = 'x' | where a ${operator} (${list})`;
    const names = (count: number): string => Array.from({ length: count }, (_, i) => `'v${i}'`).join(',');
    expect(isShortened(text(names(1200)))).toBe(true);
    const of = (count: number) => {
      const relation = relationOf(text(names(count)));
      if (relation.kind !== 'filter' || relation.predicate.kind !== 'call') throw new Error('no call');
      const { name, args } = relation.predicate;
      return { name, args };
    };
    const { name, args } = of(1200);
    expect(name).toBe(of(2).name);
    expect(args.slice(0, 3)).toEqual(of(2).args);
    expect(args).toHaveLength(1201);
    expect(args.at(-1)).toMatchObject({ type: 'string', value: 'v1199' });
  });

  it('is the same in the body of a function, called twice, and beside another', () => {
    const list = (from: number): string => Array.from({ length: 1100 }, (_, i) => i + from).join(',');
    const text = `let f = (x: long) { datatable(a:long)[${list(0)}] | where a < x };
      union (f(5)), (f(6)), (datatable(a:long)[${list(7000)}])`;
    const found: string[] = [];
    JSON.stringify(relationOf(text), (_, value: unknown) => {
      const node = value as Relation | null;
      if (node && typeof node === 'object' && node.kind === 'values') {
        const [first, last] = [node.rows[0]![0]!, node.rows.at(-1)![0]!];
        found.push([first, last].map((cell) => (cell.kind === 'literal' ? String(cell.value) : cell.kind)).join());
      }
      return typeof value === 'bigint' ? `${value}` : value;
    });
    expect(found).toEqual(['0,1099', '0,1099', '7000,8099']);
  });

  it('leaves places behind it as they are', () => {
    const text = `datatable(a:long)[${filler('7')}8] | where nothing > 1`;
    const { code, span } = errorOf(text);
    expect(code).toBe('SEM0100');
    expect(text.slice(span!.start, span!.end)).toBe('nothing');
  });
});

describe('what is wrong in a long list', () => {
  it.each(['datetime(zz)', 'int(abc)', 'guid(1)', '99999999999999999999', 'long(1.5)', '-9223372036854775809'])(
    'is told of %s with its place, as in a short one',
    (element) => {
      const before = `datatable(a:long)[${filler('7')}`;
      const short = errorOf(`datatable(a:long)[${element}, 7, 7]`);
      const shift = before.length - 'datatable(a:long)['.length;
      const long = `${before}${element}, 7, 7]`;
      expect(isShortened(long)).toBe(true);
      expect(errorOf(long)).toEqual({
        ...short,
        span: { start: short.span!.start + shift, end: short.span!.end + shift },
      });
    },
  );

  it.each([
    ['a last row that is not full', 'datatable(a:long, b:long)[', '7]'],
    ['a last row that is not full, of many', 'datatable(a:long, b:long, c:long, d:long)[', '7]'],
  ])('is told of %s', (_, before, after) => {
    const text = `${before}${filler('7')}${after}`;
    expect(isShortened(text)).toBe(true);
    const { code, span, message } = errorOf(text);
    expect(code).toBe('SEM0001');
    expect(message).toMatch(/multiples of \d/);
    expect([span!.start, span!.end]).toEqual([before.length, text.length - 1]);
  });

  it.each([
    ...['1 + 1', 'now()', 'datetime()', '"a" "b"', '"\\q"', 'x', 'null', 'dynamic([1])', '1L', '1_000', ',', '(1)', ''],
    ...['-int(3)', '"open'],
  ])('and anything but plain literals (%s) is left to the official parser', (element) => {
    expect(isShortened(`datatable(a:long)[${filler('7')}${element}, 7]`)).toBe(false);
  });

  it('a list of values may not end with a comma', () => {
    expect(isShortened(`print a = 1 | where a in (${filler('7')})`)).toBe(false);
  });

  it.each(['"', "'", '```', '@"', '// '])('and what stands in a text or a comment (%s) is no list', (open) => {
    const close = open === '// ' ? '\n' : open.replace('@', '');
    const text = `print ${open} x in (${filler('7')}8) ${close}`;
    expect(isShortened(text)).toBe(false);
  });
});
