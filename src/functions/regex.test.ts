import { expect, test } from 'vitest';
import { asciiRe2, quoteRegex, Regex } from './regex.js';

test('a group that took no part does not move the numbers of the others', () => {
  expect(Regex.of(String.raw`(x)?(a)(?P<n>q)?(b)`).exec('ab')).toEqual(['ab', '', 'a', '', 'b']);
});

test('brackets in classes and escapes are no groups', () => {
  expect(Regex.of(String.raw`[()\]](\()(?:b)([[:alpha:]&&[^c]])`).exec(')(ba')).toEqual([')(ba', '(', 'a']);
});

test('a pattern that would run for ever in JavaScript answers at once', () => {
  expect(Regex.of('^(a+)+$').test(`${'a'.repeat(5000)}!`)).toBe(false);
});

test('a replacement knows groups by \\1 and nothing by $', () => {
  expect(Regex.of('(b)').replaceAll('abc', String.raw`[\1$1]`)).toBe('a[b$1]c');
});

test('quoted text matches itself only', () => {
  const text = String.raw`a.b*(c)[d]{2}^$|\-~#&`;
  expect(Regex.of(`^${quoteRegex(text)}$`).test(text)).toBe(true);
});

test('only what both engines read alike goes to the database engine', () => {
  expect(asciiRe2(String.raw`^\w+\s\d{2,}(a|b)$`)).toBe(String.raw`^\w+[\t-\r ]\d{2,}(a|b)$`);
  for (const pattern of [String.raw`\bword\b`, '(?x) a', '[a&&b]', '[[:alpha:]]', '(?P<n>a)', '(']) {
    expect(asciiRe2(pattern)).toBeUndefined();
  }
});
