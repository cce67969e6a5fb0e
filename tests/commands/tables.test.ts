import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caller, openCommands, type Commands } from './harness.js';

let db: Commands;
beforeEach(async () => {
  db = await openCommands();
});
afterEach(() => db.close());

const cslSchema = async (table: string) => (await db.rows(`.show table ['${table}'] cslschema`))[0]?.['Schema'];

/** Puts a row into a table, straight through the engine. */
async function fill(table: string, columns: readonly (readonly [number, 'string' | 'long', string | bigint])[]) {
  const database = db.catalog.snapshot().database('Db')!;
  const { id } = db.catalog.snapshot().byName('table', database.id, table)!;
  const write = await db.engine.beginWrite({ append: [id] });
  const number = db.catalog.newExtentNumber();
  const types = columns.map(([id, type]) => ({ id, type }));
  await write.insertBatch(id, types, number, { rowCount: 1, columns: columns.map(([, , cell]) => [cell]) });
  await db.catalog.transact((tx) =>
    tx.publish({ extents: [{ number, id: crypto.randomUUID(), tableId: id, rowCount: 1, tags: [] }], write }),
  );
}

describe('tables', () => {
  it('are created with their texts, shown, and stay as they are when created again', async () => {
    const created = await db.rows(".create table Logs (Level:string, ['a b']:int64) with (docstring='d', folder='f')");
    expect(created).toEqual([
      {
        TableName: 'Logs',
        Schema: JSON.stringify({
          Name: 'Logs',
          OrderedColumns: [
            { Name: 'Level', Type: 'System.String', CslType: 'string' },
            { Name: 'a b', Type: 'System.Int64', CslType: 'long' },
          ],
        }),
        DatabaseName: 'Db',
        Folder: 'f',
        DocString: 'd',
      },
    ]);
    expect(await db.rows('.create table Logs (Other:long)')).toEqual(created);
    expect(await db.rows('.show table Logs schema as json')).toEqual(created);
    expect(await cslSchema('Logs')).toBe("Level:string,['a b']:long");
    expect(await db.rows('.show tables')).toEqual([
      { TableName: 'Logs', DatabaseName: 'Db', Folder: 'f', DocString: 'd' },
    ]);
    expect((await db.rows('.show table Logs')).map((row) => row['AttributeName'])).toEqual(['Level', 'a b']);
  });

  it('are created once when many ask at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => db.rows('.create table T (a:long)')));
    expect(new Set(all.map((rows) => JSON.stringify(rows))).size).toBe(1);
    expect(await db.rows('.show tables')).toHaveLength(1);
  });

  it('are created many at once, and merged', async () => {
    expect((await db.rows('.create tables A (x:int), B (y:string)')).map((row) => row['TableName'])).toEqual([
      'A',
      'B',
    ]);
    await db.run('.create-merge table A (x:int, z:guid) with (folder="g")');
    await db.run('.create-merge tables B (y:string, q:real), C (c:dynamic)');
    expect([await cslSchema('A'), await cslSchema('B'), await cslSchema('C')]).toEqual([
      'x:int,z:guid',
      'y:string,q:real',
      'c:dynamic',
    ]);
    expect(await db.refusal('.create-merge table A (x:string)')).toMatchObject({ code: 'BadRequest_InvalidSchema' });
    await db.run('.create table A2 based-on A');
    expect(await cslSchema('A2')).toBe('x:int,z:guid');
  });

  it('refuse names and columns that cannot be', async () => {
    expect((await db.refusal(".create table ['a/b'] (x:int)")).code).toBe('BadRequest_InvalidName');
    expect((await db.refusal('.create table T (x:int, x:long)')).code).toBe('BadRequest_InvalidSchema');
    expect(await db.refusal('.create table T (x:varchar)')).toMatchObject({
      code: 'SYN0002',
      span: { start: 19, end: 26 },
    });
  });

  it('are altered: columns go, come and change places, and keep what they hold', async () => {
    await db.run('.create table T (a:string, b:long)');
    await fill('T', [
      [0, 'string', 'kept'],
      [1, 'long', 7n],
    ]);
    await db.run(".alter table T (c:int, a:string) with (docstring='new')");
    expect(await cslSchema('T')).toBe('c:int,a:string');
    expect((await db.rows('.show tables details'))[0]).toMatchObject({
      DocString: 'new',
      TotalRowCount: 1n,
      TotalExtents: 1n,
    });
    expect((await db.refusal('.alter table T (a:long)')).code).toBe('BadRequest_InvalidSchema');
    await db.run('.alter-merge table T (d:datetime)');
    expect(await cslSchema('T')).toBe('c:int,a:string,d:datetime');
    const table = db.catalog.snapshot().list('table')[0]!;
    expect(table.columns.map(({ id }) => id)).toEqual([2, 0, 3]);
  });

  it('have columns that are renamed, swapped, retyped, dropped and described', async () => {
    await db.run('.create table T (a:string, b:long, c:int)');
    await db.run('.rename column T.a to x');
    await db.run('.rename columns x = T.b, b = T.x');
    expect(await cslSchema('T')).toBe('b:string,x:long,c:int');
    expect((await db.refusal('.rename column T.b to x')).code).toBe('BadRequest_EntityNameAlreadyExists');
    expect(await db.rows('.alter column T.c type=datetime')).toEqual([
      { EntityName: 'T.c', DataType: 'System.DateTime', Policy: '' },
    ]);
    await db.run('.drop column T.b');
    await db.run('.drop column T.b ifexists');
    expect((await db.refusal('.drop column T.b')).code).toBe('BadRequest_EntityNotFound');
    expect(await cslSchema('T')).toBe('x:long,c:datetime');
    await db.run(".alter table T column-docstrings (x:'about x')");
    await db.run(".alter-merge table T column-docstrings (c:'about c')");
    expect((await db.rows('.show table T schema as json'))[0]?.['Schema']).toContain('"DocString":"about x"');
    await db.run('.drop table T columns (x)');
    expect((await db.refusal('.drop table T columns (c)')).code).toBe('BadRequest_InvalidSchema');
  });

  it('are renamed, also in a ring', async () => {
    await db.run('.create tables A (a:int), B (b:int), C (c:int)');
    expect(await db.rows('.rename tables A=B, B=A, D=C')).toHaveLength(3);
    expect([await cslSchema('A'), await cslSchema('B'), await cslSchema('D')]).toEqual(['b:int', 'a:int', 'c:int']);
    expect((await db.refusal('.rename table A to B')).code).toBe('BadRequest_EntityNameAlreadyExists');
    expect((await db.refusal('.rename table Z to Y')).code).toBe('BadRequest_EntityNotFound');
    await db.run('.rename tables Y=Z ifexists');
  });

  it('are dropped with what belongs to them, and come back empty', async () => {
    await db.run('.create tables A (a:long), B (b:long)');
    await fill('A', [[0, 'long', 1n]]);
    await db.run(".add table A admins ('aaduser=someone@fabrikam.com')");
    expect(await db.rows('.drop table A')).toEqual([{ TableName: 'B', DatabaseName: 'Db' }]);
    expect((await db.refusal('.drop table A')).code).toBe('BadRequest_EntityNotFound');
    await db.run('.drop table A ifexists');
    await db.run('.drop tables (A, B) ifexists');
    await db.run('.create table A (a:long)');
    expect((await db.rows('.show table A details'))[0]).toMatchObject({ TotalRowCount: 0n });
    expect(db.catalog.snapshot().list('role')).toEqual([]);
  });

  it('are cleared and keep their schema', async () => {
    await db.run('.create table A (a:long)');
    await fill('A', [[0, 'long', 1n]]);
    await db.run('.clear table A data');
    expect((await db.rows('.show table A details'))[0]).toMatchObject({ TotalRowCount: 0n, TotalExtents: 0n });
    expect(await cslSchema('A')).toBe('a:long');
  });

  it('belong to who creates them', async () => {
    const [maker, other] = [caller('maker'), caller('other')];
    await db.grant(maker, 'User');
    await db.grant(other, 'User');
    await db.run('.create table Mine (a:long)', maker);
    expect((await db.refusal('.drop table Mine', other)).code).toBe('Forbidden');
    await db.run(".alter table Mine docstring 'x'", maker);
    expect((await db.refusal('.create-merge table Mine (b:long)', other)).code).toBe('Forbidden');
    await db.run('.drop table Mine', maker);
    await db.run('.drop table Mine ifexists', other);
  });

  it('are not told of to who may not see them', async () => {
    await db.run('.create table Secret (a:long)');
    const stranger = caller('stranger');
    const refused = [
      await db.refusal('.show tables', stranger),
      await db.refusal('.show table Secret cslschema', stranger),
      await db.refusal('.show table Missing cslschema', stranger),
      await db.refusal('.drop table Missing ifexists', stranger),
      await db.refusal('.show tables', stranger, 'NoSuchDatabase'),
    ];
    expect(refused.map(({ code }) => code)).toEqual(Array(5).fill('Forbidden'));
    expect((await db.refusal('.show tables', undefined, 'NoSuchDatabase')).code).toBe('BadRequest_DatabaseNotExist');
  });
});

describe('results of commands', () => {
  it('go through KQL after a pipe', async () => {
    await db.run('.create tables A (a:long), B (b:long)');
    expect(await db.rows('.show tables | count')).toEqual([{ Count: 2n }]);
    expect(db.queries.asked.at(-1)?.text).toBe(' count');
  });

  it('are of .show commands only on the query endpoint', async () => {
    await expect(
      db.service.run('.drop table A', (await import('./harness.js')).requestOf(caller('x')), { readOnly: true }),
    ).rejects.toMatchObject({ code: 'BadRequest_CommandOnQueryEndpoint' });
  });
});
