import fc from 'fast-check';

/** Text in the way of any quoting: quotes of both languages, comments, statement ends, keywords, NUL, unicode. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "'",
        '"',
        '`',
        '\\',
        '--',
        '/*',
        '*/',
        '//',
        ';',
        '\0',
        '\n',
        '\r\n',
        ' DROP TABLE x',
        '$1',
        '{}',
        '%',
        ']',
        "']",
        '|',
        '.drop',
        '<|',
        '\u200b',
        '\ufeff',
        '💥',
      ),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** Names that mean something to one language or the other, or nothing but trouble. */
export const hostileName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('select', 'from', 'where', 'order', 'none', 'k0', 'c0', 't', 'null', 'true', 'table', 'let'),
  hostileText.filter((name) => name.trim() === name && name.length > 0),
);
