import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caller, openCommands, type Commands } from './harness.js';

let db: Commands;
beforeEach(async () => {
  db = await openCommands();
});
afterEach(() => db.close());

describe('databases', () => {
  it('are created, shown to who may see them, and dropped with everything in them', async () => {
    await db.run('.create database Other');
    expect((await db.refusal('.create database Other')).code).toBe('BadRequest_EntityNameAlreadyExists');
    await db.run('.create database Other ifnotexists');
    expect((await db.rows('.show databases')).map((row) => [row['DatabaseName'], row['IsCurrent']])).toEqual([
      ['Db', true],
      ['Other', false],
    ]);
    expect(await db.rows('.show databases (O*)')).toHaveLength(1);
    const viewer = caller('viewer');
    expect(await db.rows('.show databases', viewer)).toEqual([]);
    await db.grant(viewer, 'Viewer');
    expect(await db.rows('.show cluster databases', viewer)).toHaveLength(1);
    expect((await db.refusal('.show database Other schema', viewer)).code).toBe('Forbidden');
    expect((await db.refusal('.show database NoSuch schema', viewer)).code).toBe('Forbidden');
    expect((await db.refusal('.drop database Other', viewer)).code).toBe('Forbidden');
    await db.run('.create table T (a:long)', undefined, 'Other');
    await db.run('.create function F() { print 1 }', undefined, 'Other');
    expect(await db.rows('.drop database Other')).toEqual([{ Table: 'T', NumberOfRemovedExtents: '0' }]);
    expect(db.catalog.snapshot().list('table')).toEqual([]);
    expect(db.catalog.snapshot().list('function')).toEqual([]);
    expect((await db.refusal('.drop database Other')).code).toBe('BadRequest_DatabaseNotExist');
    await db.run('.drop database Other ifexists');
  });

  it('have pretty names and details', async () => {
    await db.run(".alter database Db prettyname 'The database'");
    await db.run(".add database Db viewers ('aaduser=a@fabrikam.com')");
    const [details] = await db.rows('.show databases details');
    expect(details).toMatchObject({ PrettyName: 'The database', RetentionPolicy: 'null' });
    expect(String(details?.['AuthorizedPrincipals'])).toContain('a@fabrikam.com');
    expect(await db.rows('.show database Db details')).toEqual([details]);
    expect((await db.rows('.show database identity'))[0]).toMatchObject({ CurrentUserIsUnrestrictedViewer: false });
    await db.run('.drop database Db prettyname');
    expect((await db.rows('.show database'))[0]).toMatchObject({ PrettyName: '' });
  });
});

describe('schemas', () => {
  beforeEach(async () => {
    await db.run(".create table T (a:long, ['b c']:string) with (folder='f', docstring='say \"hi\"')");
    await db.run(".alter table T column-docstrings (a:'about a')");
    await db.run('.alter table T policy ingestiontime false');
    await db.run(`.create table T ingestion csv mapping "M" '[{"Column":"a","Properties":{"Ordinal":0}}]'`);
    await db.run('.create function F(n:long=dynamic([1,2]), T:(x:int, y:string), U:(*)) { T | take n }');
  });

  it('are told as rows, as commands take them, and as a document', async () => {
    expect(
      (await db.rows('.show database Db schema')).map((row) => [
        row['TableName'],
        row['ColumnName'],
        row['ColumnType'],
      ]),
    ).toEqual([
      ['', '', ''],
      ['T', '', ''],
      ['T', 'a', 'System.Int64'],
      ['T', 'b c', 'System.String'],
    ]);
    expect(await db.rows('.show schema')).toEqual(await db.rows('.show databases (Db) schema'));
    expect((await db.rows('.show database cslschema'))[0]).toMatchObject({ Schema: "a:long,['b c']:string" });
    const document = JSON.parse(String((await db.rows('.show database Db schema as json'))[0]?.['DatabaseSchema'])) as {
      Databases: { Db: { Tables: object; Functions: { F: { InputParameters: object[] } } } };
    };
    expect(document.Databases.Db.Tables).toMatchObject({
      T: { OrderedColumns: [{ Name: 'a', CslType: 'long', DocString: 'about a' }, { Name: 'b c' }] },
    });
    expect(document.Databases.Db.Functions.F.InputParameters).toEqual([
      { Name: 'n', Type: 'System.Int64', CslType: 'long', CslDefaultValue: 'dynamic([1,2])' },
      {
        Name: 'T',
        Columns: [
          { Name: 'x', Type: 'System.Int32', CslType: 'int' },
          { Name: 'y', Type: 'System.String', CslType: 'string' },
        ],
      },
      { Name: 'U', Columns: [] },
    ]);
    const onlyTables = await db.rows('.show databases (Db) schema as json with (Tables=true)');
    expect(String(onlyTables[0]?.['DatabaseSchema'])).toContain('"Functions":{}');
  });

  it('are told as a list of entities', async () => {
    expect(await db.rows('.show databases entities')).toMatchObject([
      { EntityType: 'Table', EntityName: 'T', CslOutputSchema: "a:long,['b c']:string", Folder: 'f' },
      { EntityType: 'Function', EntityName: 'F', Content: '{ T | take n }', CslOutputSchema: '' },
    ]);
    expect(await db.rows('.show databases entities', caller('stranger'))).toEqual([]);
  });

  it('are told as a script that makes the same again', async () => {
    const script = String((await db.rows('.show database Db schema as csl script'))[0]?.['DatabaseSchemaScript']);
    const before = await db.rows('.show database Db schema as json');
    const mappings = await db.rows('.show table T ingestion mappings | count');
    await db.run('.drop table T');
    await db.run('.drop function F');
    const done = await db.rows(`.execute database script <|\n${script}`);
    expect(done.filter((row) => row['Result'] !== 'Completed')).toEqual([]);
    expect(await db.rows('.show database Db schema as json')).toEqual(before);
    expect(await db.rows('.show table T ingestion mappings | count')).toEqual(mappings);
    expect((await db.rows('.show table T policy ingestiontime'))[0]?.['Policy']).toBe('{"IsEnabled":false}');
  });
});

describe('the cluster', () => {
  it('tells its version, its node and its capacity', async () => {
    expect(await db.rows('.show version')).toMatchObject([{ BuildVersion: '1.2.3', ServiceType: 'Engine' }]);
    expect(await db.rows('.show cluster')).toMatchObject([{ Address: 'https://calypso.test' }]);
    expect(await db.rows('.show capacity data-export')).toEqual([
      { Resource: 'data-export', Total: 3n, Consumed: 1n, Remaining: 2n, Origin: 'CapacityPolicy/Export' },
    ]);
    expect((await db.refusal('.show capacity ingestions')).code).toBe('CAL0100');
    expect((await db.refusal('.show cluster', caller('x'))).code).toBe('Forbidden');
  });
});
