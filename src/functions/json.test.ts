import { describe, expect, test } from 'vitest';
import { canonicalJson, jsonOf, parseJson, scalarOf, writeJson } from './json.js';

const again = (text: string): string | undefined => {
  const held = parseJson(text);
  return held === undefined ? undefined : writeJson(held);
};

describe('JSON of dynamic values', () => {
  test.each([
    ['keys that look like numbers keep their place', '{"b":1,"2":2,"1":3}', '{"b":1,"2":2,"1":3}'],
    ['names of Object.prototype are plain keys', '{"__proto__":1,"constructor":2}', '{"__proto__":1,"constructor":2}'],
    ['the last of two equal keys counts', '{"a":1,"a":2}', '{"a":2}'],
    [
      'long numbers keep every digit',
      '[9223372036854775807,-9223372036854775808]',
      '[9223372036854775807,-9223372036854775808]',
    ],
    ['reals stay reals', '[1.0,1.50,1e3,-2.5E-2]', '[1.0,1.5,1000.0,-0.025]'],
    ['blanks go, escapes are kept or made plain', ' { "a" : "x\\/\\u00e9\\n" } ', '{"a":"x/é\\n"}'],
    ['digits inside of text are left alone', '["1.0","12345678901234567890"]', '["1.0","12345678901234567890"]'],
  ])('%s', (_, text, expected) => expect(again(text)).toBe(expected));

  test.each(['', '{', '[1,]', '{"a":1,}', "{'a':1}", '01', '1.', 'NaN', '"a\nb"', '1 2', 'nul', '[1}', '-'])(
    'is no JSON: %j',
    (text) => expect(parseJson(text)).toBeUndefined(),
  );

  test('too deep a nesting is no JSON, and no overflow', () => {
    expect(parseJson('['.repeat(900) + ']'.repeat(900))).toBeDefined();
    expect(parseJson('['.repeat(100_000) + ']'.repeat(100_000))).toBeUndefined();
  });

  test('types that JSON has not are text inside', () => {
    expect(jsonOf(637134336000000000n, 'datetime')).toBe('2020-01-01T00:00:00.0000000Z');
    expect(jsonOf(36_000_000_000n, 'timespan')).toBe('01:00:00');
    expect(jsonOf('1.500000000000000000', 'decimal')).toBe('1.5');
    expect(jsonOf(NaN, 'real')).toBe('NaN');
    expect(writeJson(jsonOf(2, 'real'))).toBe('2.0');
    expect(writeJson(jsonOf(2n ** 62n, 'long'))).toBe('4611686018427387904');
  });

  test.each([
    ['text must be whole to be a long', '"1.5"', 'long', null],
    ['a real loses what is behind the point', '-1.9', 'long', -1n],
    ['blanks around digits are none', '" 12 "', 'int', 12],
    ['too great an int is null', '2147483648', 'int', null],
    ['digits are a bool', '"2"', 'bool', true],
    ['other text is no bool', '"yes"', 'bool', null],
    ['true counts as one', 'true', 'long', 1n],
    ['an array is no real', '[1]', 'real', null],
    ['a bag is its JSON as text', '{"a":1}', 'string', '{"a":1}'],
    ['null is the empty text', 'null', 'string', ''],
  ] as const)('converts: %s', (_, text, type, expected) => expect(scalarOf(parseJson(text), type)).toBe(expected));

  test('equal values have one canonical text', () => {
    const canonical = (text: string): string => canonicalJson(parseJson(text)!);
    expect(canonical('{"b":[1.0],"a":2}')).toBe(canonical('{"a":2,"b":[1]}'));
    expect(canonical('"1"')).not.toBe(canonical('1'));
  });
});
