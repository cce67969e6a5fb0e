import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caller, openCommands, USER_IDENTITY, type Commands } from './harness.js';

let db: Commands;
beforeEach(async () => {
  db = await openCommands();
});
afterEach(() => db.close());

const BLOB = 'https://account.blob.core.windows.net/container/folder';

describe('external tables', () => {
  it('are created, shown without secrets, and kept with their secrets sealed', async () => {
    const text = `.create external table E (Timestamp:datetime, x:long, s:string) kind=blob
      partition by (Customer:string=s, Month:datetime=startofmonth(Timestamp), Hour:datetime=bin(Timestamp, 1h), Hash:long=hash(s, 8))
      pathformat=("p=" Customer "/" datetime_pattern("yyyy-MM", Month) "/" datetime_pattern("yyyy/MM/dd/HH", Hour) "/h=" Hash)
      dataformat=csv (h'${BLOB};c2VjcmV0a2V5', h@'${BLOB}2?sig=geheim') with (docString='d', folder='f', includeHeaders=all, compressed=true)`;
    const [created] = await db.rows(text);
    expect(created).toMatchObject({ TableName: 'E', TableType: 'Blob', Folder: 'f', DocString: 'd' });
    expect(JSON.parse(String(created?.['ConnectionStrings']))).toEqual([`${BLOB};*******`, `${BLOB}2?*******`]);
    expect(created?.['PathFormat']).toContain('datetime_pattern("yyyy-MM",Month)');
    expect(await db.rows('.show external tables')).toEqual([created]);
    expect(await db.rows('.show external table E')).toEqual([created]);
    expect((await db.rows('.show external table E cslschema'))[0]?.['Schema']).toBe(
      'Timestamp:datetime,x:long,s:string',
    );
    expect((await db.rows('.show external table E schema as json'))[0]?.['Schema']).toContain('"Type":"System.Int64"');
    const kept = JSON.stringify(db.catalog.snapshot().list('externalTable'));
    expect(kept).not.toMatch(/c2VjcmV0a2V5|geheim/);
    const [entity] = db.catalog.snapshot().list('externalTable');
    expect(db.services.secrets.open(entity!.connections[0]!.sealed)).toBe(`${BLOB};c2VjcmV0a2V5`);
    expect(entity!.partitions.map(({ function: by }) => by)).toEqual([
      { kind: 'value' },
      { kind: 'startofmonth' },
      { kind: 'bin', ticks: '36000000000' },
      { kind: 'hash', modulo: 8 },
    ]);
    expect((await db.refusal(text)).code).toBe('BadRequest_EntityNameAlreadyExists');
  });

  it('are altered in place, described, and dropped', async () => {
    await db.run(
      `.create-or-alter external table E (a:long) kind=storage dataformat=csv ('${BLOB}') with (folder='f')`,
    );
    const { id } = db.catalog.snapshot().list('externalTable')[0]!;
    const [altered] = await db.rows(
      `.alter external table E (a:long, b:string) kind=storage dataformat=json ('${BLOB}')`,
    );
    expect(altered).toMatchObject({
      TableName: 'E',
      Folder: 'f',
      Schema: '[{"Name":"a","CslType":"long"},{"Name":"b","CslType":"string"}]',
    });
    expect(db.catalog.snapshot().list('externalTable')[0]!.id).toBe(id);
    await db.run(".alter external table E docstring 'd'");
    expect((await db.rows(".alter external table E folder 'g'"))[0]).toMatchObject({ Folder: 'g', DocString: 'd' });
    expect((await db.refusal(`.alter external table Z (a:long) kind=storage dataformat=csv ('${BLOB}')`)).code).toBe(
      'BadRequest_EntityNotFound',
    );
    expect(await db.rows('.drop external table E')).toHaveLength(1);
    expect((await db.refusal('.drop external table E')).code).toBe('BadRequest_EntityNotFound');
    expect(await db.rows('.drop external table E ifexists')).toEqual([]);
  });

  it('are refused when something is wrong with them, and then nothing is kept', async () => {
    const definition = (rest: string) => `.create external table E (a:long, s:string) kind=storage ${rest}`;
    const cases: readonly (readonly [string, string])[] = [
      [definition(`dataformat=csv ('nonsense')`), 'Storage_InvalidConnectionString'],
      [
        definition(`dataformat=csv ('${BLOB};managed_identity=99999999-9999-9999-9999-999999999999')`),
        'ManagedIdentity_NotAttached',
      ],
      [definition(`dataformat=csv ('https://127.0.0.1:10000/evil/c;impersonate')`), 'Callout_NotAllowed'],
      [definition(`dataformat=csv ('${BLOB}') with (nonsense=1)`), 'ExternalTable_InvalidDefinition'],
      [definition(`partition by (P:string=b) dataformat=csv ('${BLOB}')`), 'ExternalTable_InvalidDefinition'],
      [
        definition(`partition by (P:string=s) pathformat=(P P) dataformat=csv ('${BLOB}')`),
        'ExternalTable_InvalidDefinition',
      ],
      [definition(`dataformat=xml ('${BLOB}')`), 'SYN0002'],
      [
        `.create external table E (a:long) kind=sql table=T ('Server=tcp:x,1433;Password=geheim') with (createifnotexists=true)`,
        'ExternalTable_InvalidDefinition',
      ],
      [`.create-or-alter external table E kind=delta (h'${BLOB};impersonate')`, 'OnBehalfOf_NotConfigured'],
      [`.create external table E (a:long) kind=delta ('${BLOB}', '${BLOB}2')`, 'SYN0002'],
      [
        `.create external table E (a:long) kind=delta ('${BLOB};impersonate') with (AutoUpdateSchema=true)`,
        'ExternalTable_InvalidDefinition',
      ],
    ];
    for (const [text, code] of cases) {
      const refused = await db.refusal(text);
      expect(refused.code, text).toBe(code);
      expect(refused.message).not.toContain('geheim');
    }
    expect(await db.rows('.show external tables')).toEqual([]);
    await db.run('.create table T (a:long)');
    expect((await db.refusal(`.create external table T (a:long) kind=storage dataformat=csv ('${BLOB}')`)).code).toBe(
      'BadRequest_EntityNameAlreadyExists',
    );
  });

  it('are created by users, with an identity by cluster admins only, and belong to who made them', async () => {
    const [maker, other] = [caller('maker'), caller('other')];
    await db.grant(maker, 'User');
    await db.grant(other, 'User');
    const create = (credential: string) =>
      `.create-or-alter external table E (a:long) kind=storage dataformat=csv ('${BLOB}${credential}')`;
    expect((await db.refusal(create(`;managed_identity=${USER_IDENTITY}`), maker)).code).toBe('Forbidden');
    await db.run(create(';impersonate'), maker);
    expect((await db.refusal(create(''), other)).code).toBe('Forbidden');
    expect((await db.refusal('.drop external table E', other)).code).toBe('Forbidden');
    await db.run(create(''), maker);
    await db.run(create(`;managed_identity=${USER_IDENTITY}`));
    await db.run('.drop external table E', maker);
  });

  it('list the files of local folders, before they are kept and after', async () => {
    const folder = join(db.engine.exchangeDirectory, 'external');
    const create = (properties: string) =>
      `.create external table E (a:long) kind=storage partition by (P:string) pathformat=("p=" P) dataformat=csv ('${folder}') with (${properties})`;
    expect((await db.refusal(create('validateNotEmpty=true'))).code).toMatch(/^(ExternalTable_|Storage_)/);
    await mkdir(join(folder, 'p=x'), { recursive: true });
    await writeFile(join(folder, 'p=x', 'one.csv'), '1\n2\n');
    expect(await db.rows(create('dryRun=true, filesPreview=true'))).toEqual([
      { Uri: expect.stringContaining('p=x/one.csv') as string, Size: 4n, Partition: '{"P":"x"}' },
    ]);
    expect(await db.rows(create('dryRun=true, sampleUris=true'))).toHaveLength(2);
    expect(await db.rows('.show external tables')).toEqual([]);
    await db.run(create('validateNotEmpty=true'));
    expect(await db.rows('.show external table E artifacts limit 5')).toHaveLength(1);
    expect((await db.rows('.show external table E cslschema'))[0]?.['Schema']).toBe('a:long,P:string');
  });
});
