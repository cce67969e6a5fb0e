import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KustoError } from '../../errors/index.js';
import { CORE_COMMANDS } from '../index.js';
import { parseCommand } from './parse.js';
import { hiddenValues, obfuscate, splitScript } from './text.js';

/** Pieces that commands are made of, so that many random texts come far. */
const PIECE = fc.constantFrom(
  ...'.show .create .alter .drop .set .append .ingest .add .execute table tables database cluster external function policy'.split(
    ' ',
  ),
  ...'T Db.T * ( ) [ ] { } , ; : = | <| with a:long kind=storage dataformat=csv caching hot 1d true'.split(' '),
  `'x'`,
  `h"geheim"`,
  `["a b"]`,
  '```',
  `'`,
  '//',
  '\n',
  'h@',
);
const TEXT = fc.oneof(
  fc.array(PIECE, { maxLength: 25 }).map((pieces) => pieces.join(' ')),
  fc.string({ maxLength: 60 }).map((text) => `.${text}`),
  fc.string({ maxLength: 60, unit: 'binary' }).map((text) => `.show ${text}`),
);

describe('any text', () => {
  it('is read as a command or refused with a code, a place inside the text, and no secret', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        try {
          parseCommand(text, CORE_COMMANDS);
        } catch (error) {
          expect(error).toBeInstanceOf(KustoError);
          const { message, span } = error as KustoError;
          expect(message).not.toContain('geheim');
          expect(span?.start ?? 0).toBeLessThanOrEqual(text.length);
          expect(span?.end ?? 0).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('shows no hidden literal once it is obfuscated, and is as it was where there is none', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        const shown = obfuscate(text);
        if (hiddenValues(text).length === 0) expect(shown).toBe(text);
        for (const secret of hiddenValues(text)) if (secret.includes('geheim')) expect(shown).not.toContain(secret);
      }),
      { numRuns: 2000 },
    );
  });

  it('splits into commands or is refused with a code', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        try {
          for (const command of splitScript(text)) expect(text.slice(command.offset)).toContain(command.text);
        } catch (error) {
          expect(error).toBeInstanceOf(KustoError);
        }
      }),
    );
  });

  it('of great length is read in a moment', () => {
    const columns = Array.from({ length: 5000 }, (_, index) => `c${index}:long`).join(', ');
    const started = performance.now();
    parseCommand(`.create table T (${columns})`, CORE_COMMANDS);
    expect(() => parseCommand(`.create table T (${columns}, x)`, CORE_COMMANDS)).toThrow(KustoError);
    expect(() => parseCommand(`.show ${'('.repeat(20_000)}`, CORE_COMMANDS)).toThrow(KustoError);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
