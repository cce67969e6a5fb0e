import { describe, expect, it } from 'vitest';
import { decodeRequest, isCommand } from './request.js';
import { maskSecrets } from './mask.js';

describe('decodeRequest', () => {
  const properties = {
    Options: {
      servertimeout: '50m',
      truncationmaxrecords: 10,
      notruncation: 'true',
      query_now: '2020-01-01',
      new_one: 1,
    },
    Parameters: { n: 10, d: 'dynamic([1])', yes: true },
    ClientRequestId: 'me;1',
  };

  it('reads properties as an object and, as Python sends them, as JSON in a string', () => {
    const expected = {
      database: 'D',
      text: 'print 1',
      options: {
        servertimeout: 30_000_000_000n,
        truncationmaxrecords: 10,
        notruncation: true,
        query_now: 637_134_336_000_000_000n,
      },
      parameters: { n: '10', d: 'dynamic([1])', yes: 'true' },
      clientRequestId: 'me;1',
    };
    expect(decodeRequest({ db: 'D', csl: 'print 1', properties })).toEqual(expected);
    expect(decodeRequest({ db: 'D', csl: 'print 1', properties: JSON.stringify(properties) })).toEqual(expected);
  });

  it('takes the default database where none is named', () => {
    expect(decodeRequest({ csl: 'x' }).database).toBe('NetDefaultDB');
    expect(decodeRequest({ db: null, csl: 'x', properties: null }).options).toEqual({});
  });

  it.each([
    [undefined],
    ['text'],
    [{}],
    [{ csl: 1 }],
    [{ csl: ' ' }],
    [{ csl: 'x', db: 1 }],
    [{ csl: 'x', properties: '{' }],
    [{ csl: 'x', properties: [] }],
    [{ csl: 'x', properties: '[1]' }],
    [{ csl: 'x', properties: { Parameters: { a: {} } } }],
    [{ csl: 'x', properties: { Options: { servertimeout: 'soon' } } }],
    [{ csl: 'x', properties: { Options: { notruncation: 'maybe' } } }],
    [{ csl: 'x', properties: { Options: { truncationmaxsize: 1.5 } } }],
    [{ csl: 'x', properties: { Options: { results_error_reporting_placement: 'nowhere' } } }],
  ])('refuses %j with a coded error', (body) => {
    expect(() => decodeRequest(body)).toThrow(expect.objectContaining({ code: 'General_BadRequest' }));
  });
});

describe('isCommand', () => {
  it.each(['.show tables', '  \n.show', '\uFEFF.show', '// why\n.show', '//\n  // two\r\n\t.drop'])(
    '%j is one',
    (text) => expect(isCommand(text)).toBe(true),
  );
  it.each(['print 1', '// .show', 'T | where a == ".x"', '', '/.x'])('%j is none', (text) =>
    expect(isCommand(text)).toBe(false),
  );
});

it('isCommand takes megabytes of comments and white space', () => {
  expect(isCommand('//x\n'.repeat(1_000_000) + ' '.repeat(4_000_000) + '.show')).toBe(true);
  expect(isCommand(' '.repeat(4_000_000))).toBe(false);
});

describe('maskSecrets', () => {
  it.each([
    [`h"a;b"`, `h"***"`],
    [`H'it\\'s secret' | x`, `h"***" | x`],
    [`(h@'c:\\')`, `(h"***")`],
    ['h```multi\nline```', 'h"***"'],
    [`"https://a.blob.core.windows.net/c?sv=1&sig=abc%2B&x=1"`, `"https://a.blob.core.windows.net/c?sv=1&sig=***&x=1"`],
    [`Password=p4ss;Server=x`, `Password=***;Server=x`],
  ])('%s', (text, masked) => expect(maskSecrets(text)).toBe(masked));

  it('leaves other text as it is', () => {
    const text = `T | where name == "h" and ash'x' != 'y' // it's`;
    expect(maskSecrets(text)).toBe(text);
  });
});
