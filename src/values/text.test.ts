import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_DATETIME_TICKS,
  datetimeString,
  datetimeText,
  parseDatetime,
  parseTimespan,
  realJson,
  ticksOfDate,
  timespanText,
} from './index.js';

const anyDatetime = fc.bigInt({ min: 0n, max: MAX_DATETIME_TICKS });
const anyTimespan = fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n });

describe('datetime text', () => {
  it('writes the edges of the range and keeps single ticks', () => {
    expect(datetimeText(0n)).toBe('0001-01-01T00:00:00Z');
    expect(datetimeText(MAX_DATETIME_TICKS)).toBe('9999-12-31T23:59:59.9999999Z');
    expect(datetimeText(1n)).toBe('0001-01-01T00:00:00.0000001Z');
    expect(datetimeText(ticksOfDate(new Date('2018-05-01T09:32:38.910Z')))).toBe('2018-05-01T09:32:38.91Z');
    expect(datetimeString(ticksOfDate(new Date('2020-02-29T23:00:00Z')))).toBe('2020-02-29T23:00:00.0000000Z');
  });

  it('refuses ticks that are no datetime, so that none is written as another', () => {
    expect(() => datetimeText(-1n)).toThrow(RangeError);
    expect(() => datetimeText(MAX_DATETIME_TICKS + 1n)).toThrow(RangeError);
  });

  it('agrees with the calendar of Date on every millisecond', () => {
    const anyDate = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(anyDate, (date) => {
        expect(datetimeString(ticksOfDate(date))).toBe(date.toISOString().replace('Z', '0000Z'));
      }),
    );
  });

  it('comes back from its own text, in both forms', () => {
    fc.assert(
      fc.property(anyDatetime, (ticks) => {
        expect(parseDatetime(datetimeText(ticks))).toBe(ticks);
        expect(parseDatetime(datetimeString(ticks))).toBe(ticks);
      }),
    );
  });

  it.each([
    ['2014-05-25T08:20:03.123456Z', '2014-05-25T08:20:03.123456Z'],
    ['2014-05-25T08:20', '2014-05-25T08:20:00Z'],
    ['2014-11-08 15:55:55', '2014-11-08T15:55:55Z'],
    ['2014-11-08', '2014-11-08T00:00:00Z'],
    ['1970-5-12', '1970-05-12T00:00:00Z'],
    ['2014-11-08T15:05:25 GMT', '2014-11-08T15:05:25Z'],
    ['2014-11-08T01:00:00+02:00', '2014-11-07T23:00:00Z'],
    ['Sat, 8 Nov 14 15:05:02 GMT', '2014-11-08T15:05:02Z'],
    ['8 Nov 14 15:05', '2014-11-08T15:05:00Z'],
    ['Saturday, 08-Nov-14 15:05:02 GMT', '2014-11-08T15:05:02Z'],
    ['08-Nov-14 15:05', '2014-11-08T15:05:00Z'],
    ['12-02-2022', '2022-12-02T00:00:00Z'],
  ])('reads the documented format %s', (text, expected) => {
    expect(datetimeText(parseDatetime(text) as bigint)).toBe(expected);
  });

  it.each([
    '',
    'x',
    '2014-13-01',
    '2014-02-30',
    '2014-11-08 25:00',
    '0000-01-01',
    '8 Foo 14',
    '9999-12-31T23:59:59-01:00',
  ])('reads no datetime out of %j', (text) => expect(parseDatetime(text)).toBeUndefined());
});

describe('timespan text', () => {
  it.each([
    [0n, '00:00:00'],
    [1n, '00:00:00.0000001'],
    [937_840_050_000n, '1.02:03:04.0050000'],
    [-36_000_000_000n, '-01:00:00'],
    [9_223_372_036_854_775_807n, '10675199.02:48:05.4775807'],
    [-9_223_372_036_854_775_808n, '-10675199.02:48:05.4775808'],
  ])('writes %d ticks', (ticks, text) => expect(timespanText(ticks)).toBe(text));

  it('comes back from its own text', () => {
    fc.assert(
      fc.property(anyTimespan, (ticks) => {
        expect(parseTimespan(timespanText(ticks))).toBe(ticks);
      }),
    );
  });

  it.each([
    ['50m', 30_000_000_000n],
    ['1.5h', 54_000_000_000n],
    ['00:04:00', 2_400_000_000n],
    ['0:0:0.001', 10_000n],
    ['1:02', 37_200_000_000n],
    ['10 seconds', 100_000_000n],
    ['2', 1_728_000_000_000n],
    ['100ms', 1_000_000n],
    ['-1d', -864_000_000_000n],
  ])('reads %s', (text, ticks) => expect(parseTimespan(text)).toBe(ticks));

  it.each(['', 'h', '1w', '25:00:00', '00:60:00', '99999999999d', '1 2', '9'.repeat(1_000_000)])(
    'reads no timespan out of %j',
    (text) => expect(parseTimespan(text)).toBeUndefined(),
  );
});

describe('real in JSON', () => {
  it('stays a real when it is whole, and what JSON cannot say is a string', () => {
    expect([0, 1.5, 3, -2, NaN, Infinity, -Infinity, 1e300, 5e-324].map(realJson)).toEqual([
      '0.0',
      '1.5',
      '3.0',
      '-2.0',
      '"NaN"',
      '"Infinity"',
      '"-Infinity"',
      '1e+300',
      '5e-324',
    ]);
  });

  it('is the same number after JSON.parse', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => JSON.parse(realJson(x)) === x));
  });
});
