import { describe, expect, it } from 'vitest';
import { KustoError } from '../../errors/index.js';
import { defineCommand, type Command } from './define.js';
import {
  data,
  flag,
  list,
  literal,
  name,
  oneOf,
  opt,
  qualified,
  query,
  seq,
  text,
  type,
  value,
  values,
  word,
  type Rule,
} from './grammar.js';
import { parseCommand } from './parse.js';
import { properties } from './properties.js';
import { DATETIME, GUID_VALUE, LONG_VALUE, STRING, TIMESPAN } from './readers.js';
import { obfuscate } from './text.js';

const command = <A extends object>(grammar: Rule<A>, called = 'Test'): Command =>
  defineCommand({ name: called, grammar, permission: 'Anyone', result: [], run: () => [] });

const args = (source: string, grammar: Rule<object>) => parseCommand(source, [command(grammar)]).args;

function failure(source: string, ...grammars: Rule<object>[]): KustoError {
  try {
    parseCommand(
      source,
      grammars.map((grammar) => command(grammar)),
    );
  } catch (error) {
    if (error instanceof KustoError) return error;
    throw error;
  }
  throw new Error(`'${source}' was read.`);
}

describe('grammar of commands', () => {
  const create = seq(
    'create table',
    name('table'),
    '(',
    list('columns', seq(name('column'), ':', type('type'))),
    ')',
    properties({ docstring: 'string', folder: 'string' }),
  );

  it('reads names, lists, types and properties, with comments and white space anywhere', () => {
    expect(
      args(".create // why\n table ['my table'](a:string, b :\n date) with (DocString='x', folder = \"f\")", create),
    ).toEqual({
      table: 'my table',
      columns: [
        { column: 'a', type: 'string' },
        { column: 'b', type: 'datetime' },
      ],
      properties: { docstring: 'x', folder: 'f' },
    });
  });

  it('finds out by itself that an optional name is not there', () => {
    const show = seq('show database', opt(name('database')), 'schema', flag('json', 'as json'));
    expect(args('.show database schema', show)).toEqual({ json: false });
    expect(args('.show database schema schema as json', show)).toEqual({ database: 'schema', json: true });
  });

  it('takes the tail of a query and of data with its place', () => {
    const source = '.append T <| // all\n  print 1 | take 2';
    expect(args(source, seq('append', name('table'), query('query')))).toEqual({
      table: 'T',
      query: { text: 'print 1 | take 2', offset: source.indexOf('print') },
    });
    expect(args('.ingest T <|\n//a,1\n', seq('ingest', name('table'), data('data')))).toMatchObject({
      data: { text: '\n//a,1\n' },
    });
  });

  it('gives the text after a pipe apart', () => {
    const source = '.show tables | where TableName == "|" | count';
    expect(parseCommand(source, [command(seq('show tables'))]).pipe).toEqual({
      text: ' where TableName == "|" | count',
      offset: source.indexOf('|') + 1,
    });
  });

  it('reads every form of a string literal', () => {
    const one = (source: string) => args(`.x ${source}`, seq('x', text('s')))['s'];
    expect(one(`'a\\'b\\n\\u0041'`)).toBe("a'b\nA");
    expect(one(`"a'b"`)).toBe("a'b");
    expect(one(`@'c:\\d''e'`)).toBe("c:\\d'e");
    expect(one('h@"p\\q"')).toBe('p\\q');
    expect(one('```\nline "1"\n```')).toBe('\nline "1"\n');
    expect(one(`'a' // first\n "b" h'c'`)).toBe('abc');
    expect(args(`.x 'a' h'b'`, seq('x', literal('s')))['s']).toMatchObject({ value: 'ab', hidden: true });
  });

  it('reads scalars', () => {
    const scalars = seq(
      'x',
      value('t', TIMESPAN),
      value('d', DATETIME),
      value('g', GUID_VALUE),
      value('n', LONG_VALUE),
    );
    expect(
      args(
        '.x time(1.02:03:04.5) datetime(2020-01-01T00:00:00.0000001Z) 00000000-0000-0000-0000-00000000ABCD 0x1f',
        scalars,
      ),
    ).toEqual({
      t: 937845000000n,
      d: 637134336000000001n,
      g: '00000000-0000-0000-0000-00000000abcd',
      n: 31n,
    });
    expect(args('.x 1.5h', seq('x', value('t', TIMESPAN)))['t']).toBe(54_000_000_000n);
  });

  it('reads lists of values and keywords as they are declared', () => {
    expect(args(".x ('a', 'b') CSV", seq('x (', values('v', STRING), ')', word('format', 'csv', 'json')))).toEqual({
      v: ['a', 'b'],
      format: 'csv',
    });
    expect(args('.drop table Db.T', seq('drop table', qualified('table')))).toEqual({
      table: { database: 'Db', name: 'T' },
    });
  });

  it('knows properties without case, bare or quoted or as JSON, and refuses others', () => {
    const job = seq(
      'x',
      properties({ intervalBetweenRuns: 'timespan', managedIdentity: 'word', sizeLimit: 'long', isDisabled: 'bool' }),
    );
    expect(
      args('.x with (IntervalBetweenRuns=1h, managedIdentity=system, sizeLimit=104857600, isDisabled=true)', job),
    ).toEqual({
      properties: {
        intervalBetweenRuns: 36_000_000_000n,
        managedIdentity: 'system',
        sizeLimit: 104857600n,
        isDisabled: true,
      },
    });
    expect(args(`.x with '{"sizeLimit":"5","isDisabled":false}'`, job)).toEqual({
      properties: { sizeLimit: 5n, isDisabled: false },
    });
    const unknown = failure('.x with (sizeLimt=1)', job);
    expect(unknown).toMatchObject({ code: 'BadRequest_UnknownProperty', span: { start: 9, end: 17 } });
    expect(unknown.message).toContain('sizeLimit');
    expect(failure('.x with (sizeLimit=large)', job)).toMatchObject({
      code: 'BadRequest_InvalidPropertyValue',
      span: { start: 19, end: 24 },
    });
    expect(failure('.x with (sizeLimit=1, sizelimit=2)', job).code).toBe('SYN0002');
  });
});

describe('what is told of text that is no command', () => {
  const tables = seq('show tables', opt('details'));
  const drop = seq('drop table', name('table'), flag('ifExists', 'ifexists'));

  it('says what was expected, what was found, and where', () => {
    expect(failure('.drop table (T)', tables, drop)).toMatchObject({
      code: 'SYN0002',
      message: "Expected a name, found '('.",
      span: { start: 12, end: 13 },
    });
    expect(failure('.drop table', tables, drop).message).toBe('Expected a name, found the end of the command.');
    expect(failure('.show tables detail', tables, drop).message).toBe("Expected 'details', found 'detail'.");
  });

  it('refuses a command of the reference by its name', () => {
    expect(failure('.show table T policy caching', seq('show table', name('table')))).toMatchObject({
      code: 'CAL0100',
      message: "The command '.show table … policy caching' is not available in Calypso.",
    });
  });

  it('blames the grammar when the command itself is known', () => {
    expect(
      failure('.create table T (a:strin)', seq('create table', name('t'), '(', name('c'), ':', type('type'), ')')),
    ).toMatchObject({ code: 'SYN0002', span: { start: 19, end: 24 } });
  });

  it('says that no command begins like this', () => {
    expect(failure('.frobnicate all', tables)).toMatchObject({
      code: 'CAL0101',
      message: "There is no command that begins with 'frobnicate'.",
    });
  });

  it('never quotes a literal, which may be a secret', () => {
    expect(failure(".drop table h'secret'", drop).message).not.toContain('secret');
    expect(failure(".x h'secret", seq('x', text('s'))).message).not.toContain('secret');
  });

  it('lets one command refuse what another takes', () => {
    const first = seq('show x', properties({ a: 'long' }));
    const second = seq('show x', properties({ b: 'long' }));
    const commands = [command(first, 'First'), command(second, 'Second')];
    expect(parseCommand('.show x with (b=1)', commands).command.name).toBe('Second');
  });

  it('takes alternatives in order', () => {
    expect(args('.x b 1', seq('x', oneOf(seq('a', value('n', LONG_VALUE)), seq('b', value('n', LONG_VALUE)))))).toEqual(
      { n: 1n },
    );
  });
});

describe('obfuscation', () => {
  it('blots out hidden literals in every form, closed or not, and nothing else', () => {
    expect(obfuscate(`.x (h'secret', h@"secret", H\`\`\`secret\`\`\`, 'open') // h'x'`)).not.toContain('secret');
    expect(obfuscate(`.x ('open', path'y')`)).toBe(`.x ('open', path'y')`);
    expect(obfuscate(`.x h'secret`)).not.toContain('secret');
    expect(obfuscate(`.x // ('a', h"secret"\n1`)).toBe(`.x // ('a', h'****'\n1`);
    expect(obfuscate(`.x // the Earth's moon`)).toBe(`.x // the Earth's moon`);
  });
});
