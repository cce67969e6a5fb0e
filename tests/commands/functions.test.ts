import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KustoError } from '../../src/errors/index.js';
import { caller, openCommands, type Commands } from './harness.js';

let db: Commands;
beforeEach(async () => {
  db = await openCommands();
});
afterEach(() => db.close());

describe('functions', () => {
  it('are created as written, bound first, shown, altered and dropped', async () => {
    const text =
      ".create function with (docstring='d', folder='f') F(n:int=5, T:(a:long)) { T | where a > n // }\n | take 1 }";
    const [created] = await db.rows(text);
    expect(created).toEqual({
      Name: 'F',
      Parameters: '(n:int=5, T:(a:long))',
      Body: '{ T | where a > n // }\n | take 1 }',
      Folder: 'f',
      DocString: 'd',
    });
    expect(db.queries.asked.at(-1)?.text).toBe(
      'let F = (n:int=5, T:(a:long)) { T | where a > n // }\n | take 1 };\nprint 0',
    );
    expect(await db.rows('.show functions')).toEqual([created]);
    expect(await db.rows('.show function F')).toEqual([created]);
    expect((await db.refusal('.create function F() { print 1 }')).code).toBe('BadRequest_EntityNameAlreadyExists');
    expect(await db.rows('.create function ifnotexists F() { print 1 }')).toEqual([created]);
    expect((await db.rows('.create-or-alter function F() { print 2 }'))[0]).toMatchObject({
      Body: '{ print 2 }',
      Folder: 'f',
    });
    await db.run(".alter function F folder 'g'");
    await db.run(".alter function F docstring 'e'");
    expect((await db.rows('.alter function F() { print 3 }'))[0]).toMatchObject({ Folder: 'g', DocString: 'e' });
    expect((await db.refusal('.alter function G() { print 3 }')).code).toBe('BadRequest_EntityNotFound');
    expect(await db.rows('.drop function F')).toEqual([{ Name: 'F' }]);
    expect((await db.refusal('.show function F')).code).toBe('BadRequest_EntityNotFound');
    await db.run('.drop functions (F, G) ifexists');
  });

  it('that do not bind are refused, with the place in the command', async () => {
    const text = '.create function F() { print nonsense }';
    db.queries.prepare = (query) =>
      Promise.reject(
        new KustoError('SEM0100', 'There is no nonsense.', {
          span: { start: query.indexOf('nonsense'), end: query.indexOf('nonsense') + 8 },
        }),
      );
    expect(await db.refusal(text)).toMatchObject({ code: 'SEM0100', span: { start: text.indexOf('nonsense') } });
    expect(await db.rows('.show functions')).toEqual([]);
    await db.run(text.replace('F()', 'with (skipvalidation=true) F()'));
  });

  it('hold no secrets and are no views', async () => {
    const secret = await db.refusal(`.create function F() { externaldata(a:long)[h'https://x?sig=geheim'] }`);
    expect(secret).toMatchObject({ code: 'CAL0102' });
    expect(secret.message).not.toContain('geheim');
    expect((await db.refusal('.create function with (view=true) F() { print 1 }')).code).toBe('CAL0102');
  });

  it('are changed by their admins', async () => {
    const [maker, other] = [caller('maker'), caller('other')];
    await db.grant(maker, 'User');
    await db.grant(other, 'User');
    await db.run('.create function F() { print 1 }', maker);
    expect((await db.refusal('.create-or-alter function F() { print 2 }', other)).code).toBe('Forbidden');
    expect((await db.refusal('.drop function F', other)).code).toBe('Forbidden');
    await db.run('.drop function F', maker);
  });
});
