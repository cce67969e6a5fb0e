import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caller, openCommands, requestOf, ADMIN, type Commands } from './harness.js';

let db: Commands;
beforeEach(async () => {
  db = await openCommands({ realQueries: true });
});
afterEach(() => db.close());

const NO_EXTENT = '00000000-0000-0000-0000-000000000000';

/** All rows of a query. */
async function query(text: string) {
  const result = await db.services.queries.run(text, requestOf(ADMIN));
  try {
    const rows: unknown[][] = [];
    for (const table of result.tables) {
      for await (const batch of table.batches()) {
        for (let r = 0; r < batch.rowCount; r++) rows.push(batch.columns.map((column) => column[r]));
      }
    }
    return rows;
  } finally {
    await result.close();
  }
}

describe('ingestion from queries', () => {
  it('sets, appends and replaces', async () => {
    const [set] = await db.rows(".set T with (folder='f', docstring='d') <| print a=1, s='x'");
    expect(set).toMatchObject({ ExtentId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, RowCount: 1n });
    expect((await db.refusal('.set T <| print 1')).code).toBe('BadRequest_EntityNameAlreadyExists');
    await db.run(".append T <| print a=2, s='y'");
    await db.run('.set-or-append T <| T | where a == 2 | project a = 3, s');
    expect(await query('T | sort by a asc')).toEqual([
      [1n, 'x'],
      [2n, 'y'],
      [3n, 'y'],
    ]);
    await db.run(".set-or-replace T <| print a=9, s='z'");
    expect(await query('T')).toEqual([[9n, 'z']]);
    expect((await db.refusal('.append Missing <| print 1')).code).toBe('BadRequest_EntityNotFound');
    expect((await db.refusal('.append T <| print 1')).code).toBe('Ingestion_SchemaMismatch');
    expect(await db.rows('.show tables')).toEqual([
      { TableName: 'T', DatabaseName: 'Db', Folder: 'f', DocString: 'd' },
    ]);
  });

  it('runs in the background, and tells its extents when it is done', async () => {
    const id = String((await db.rows('.set async T <| range x from 1 to 10 step 1'))[0]?.['OperationId']);
    while (db.operations.isRunning(id)) await new Promise((resolve) => setImmediate(resolve));
    expect((await db.rows(`.show operations ${id}`))[0]).toMatchObject({ Operation: 'TableSet', State: 'Completed' });
    expect((await db.rows(`.show operation ${id} details`))[0]).toMatchObject({ RowCount: 10n });
  });

  it('knows tags and what is ingested already', async () => {
    const text = `.set-or-append T with (tags='["ingest-by:one"]', ingestIfNotExists='["one"]') <| print a=1`;
    expect(await db.rows(text)).toHaveLength(1);
    expect(await db.rows(text)).toHaveLength(0);
    expect((await db.refusal(`.append T with (tags='nonsense') <| print a=1`)).code).toBe(
      'BadRequest_MalformedIngestionProperty',
    );
    expect((await db.refusal('.append T with (creationTime=datetime(2020-01-01)) <| print a=1')).code).toBe('CAL0102');
  });

  it('takes the result of a command', async () => {
    await db.run('.set A <| print x=1');
    await db.run('.set Tables <| .show tables | project TableName');
    expect(await query('Tables')).toEqual([['A']]);
  });

  it('tells the place of an error in the whole command', async () => {
    const text = '.append T <|  print nonsense';
    await db.run('.create table T (a:long)');
    expect((await db.refusal(text)).span).toMatchObject({ start: text.indexOf('nonsense') });
  });

  it('takes the roles that the reference asks for', async () => {
    const [ingestor, user, stranger] = [caller('ingestor'), caller('user'), caller('stranger')];
    await db.run('.create table T (a:long)');
    await db.grant(ingestor, 'Viewer');
    await db.grant(ingestor, 'Ingestor', { table: 'T' });
    await db.grant(user, 'User');
    await db.run('.append T <| print a=1', ingestor);
    await db.run('.set-or-append T <| print a=1', ingestor);
    await db.run('.ingest inline into table T <| 5', ingestor);
    for (const [text, as] of [
      ['.set-or-append New <| print a=1', ingestor],
      ['.set-or-replace T <| print a=1', ingestor],
      ['.append T <| print a=1', user],
      ['.set-or-append T <| print a=1', stranger],
      ['.set async New <| print a=1', stranger],
      ['.ingest inline into table T <| 5', stranger],
    ] as const) {
      expect((await db.refusal(text, as)).code, text).toBe('Forbidden');
    }
    const messages = await Promise.all(
      ['T', 'Other'].map(async (name) => (await db.refusal(`.set-or-append ${name} <| print a=1`, stranger)).message),
    );
    expect(messages[0]).toBe(messages[1]?.replace('Other', 'T'));
    await db.run('.set Mine <| print a=1', user);
    await db.run('.set-or-replace Mine <| print a=2', user);
  });
});

describe('ingestion of data', () => {
  beforeEach(() => db.run('.create table T (a:long, s:string)'));

  it('takes rows behind <|, indented or not, and in brackets', async () => {
    const [one] = await db.rows('.ingest inline into table T <|\n    1,Shoes\n    2,"Coats ""q"", black"\n\n');
    expect(one?.['ExtentId']).not.toBe(NO_EXTENT);
    await db.run('.ingest inline into table T <| 3,//no comment');
    await db.run('.ingest inline into table T [4,"a ] b"] [5,x]');
    expect(await query('T | sort by a asc')).toEqual([
      [1n, 'Shoes'],
      [2n, 'Coats "q", black'],
      [3n, '//no comment'],
      [4n, 'a ] b'],
      [5n, 'x'],
    ]);
    expect((await db.refusal('.ingest inline into table Missing <| 1')).code).toBe('BadRequest_EntityNotFound');
  });

  it('takes formats and mappings, in the command or by name', async () => {
    const mapping = '[{"Column":"a","Properties":{"Path":"$.x"}},{"Column":"s","Properties":{"Path":"$.y"}}]';
    await db.run(`.create table T ingestion json mapping "M" '${mapping.slice(0, 20)}'\n'${mapping.slice(20)}'`);
    await db.run(
      `.ingest inline into table T with (format='multijson', ingestionMappingReference='M') <| {"x":1,"y":"p"}`,
    );
    await db.run(`.ingest inline into table T with (format=json, ingestionMapping='${mapping}') <| {"x":2,"y":"q"}`);
    expect(await query('T | sort by a asc')).toEqual([
      [1n, 'p'],
      [2n, 'q'],
    ]);
    expect(await db.rows('.show table T ingestion json mapping "M"')).toMatchObject([
      { Name: 'M', Kind: 'JSON', Mapping: mapping, Database: 'Db', Table: 'T' },
    ]);
    expect((await db.refusal('.show table T ingestion csv mapping "M"')).code).toBe('BadRequest_EntityNotFound');
    expect(await db.rows('.show table T ingestion mappings')).toHaveLength(1);
    expect((await db.refusal(`.create table T ingestion json mapping "M" '${mapping}'`)).code).toBe(
      'BadRequest_EntityNameAlreadyExists',
    );
    await db.run(`.create-or-alter table T ingestion json mapping "M" '${mapping}'`);
    for (const wrong of ['nonsense', '{}', '[]', '[{"Path":"$"}]']) {
      expect((await db.refusal(`.create table T ingestion csv mapping "N" '${wrong}'`)).code, wrong).toBe(
        'BadRequest_InvalidMapping',
      );
    }
    await db.run(`.create database Db ingestion csv mapping "D" '[{"Column":"a","Properties":{"Ordinal":0}}]'`);
    expect(await db.rows('.show database Db ingestion csv mappings')).toMatchObject([{ Name: 'D', Table: '' }]);
    expect(await db.rows('.drop table T ingestion json mapping "M"')).toEqual([]);
    expect((await db.refusal('.drop table T ingestion json mapping "M"')).code).toBe('BadRequest_EntityNotFound');
  });

  it('reads files, one or many, and tells an extent for each', async () => {
    const files = ['one.csv', 'two.csv'].map((file) => join(db.engine.exchangeDirectory, file));
    for (const [index, file] of files.entries()) await writeFile(file, `${index},x\n`);
    const loaded = await db.rows(`.ingest into table T ('${files[0]}', h'${files[1]}') with (format=csv)`);
    expect(loaded).toMatchObject([
      { ItemLoaded: files[0], HasErrors: false },
      { ItemLoaded: files[1], HasErrors: false },
    ]);
    const operation = String(loaded[0]?.['OperationId']);
    expect((await db.rows(`.show operations ${operation}`))[0]).toMatchObject({
      Operation: 'DataIngestPull',
      State: 'Completed',
    });
    expect(await query('T | count')).toEqual([[2n]]);
  });

  it('asks nobody for a token who is not allowed to have it, and shows no secret', async () => {
    const cases = [
      [`'https://account.blob.core.windows.net/c/f.csv;managed_identity=system'`, 'ManagedIdentity_UsageNotAllowed'],
      [`'https://127.0.0.1:10000/evil/c/f.csv;impersonate'`, 'Callout_NotAllowed'],
      [`h'https://account.blob.core.windows.net/c/f.csv;sig=geheim'`, 'Storage_InvalidConnectionString'],
      [`'/etc/passwd'`, 'Ingestion_PathNotAllowed'],
    ] as const;
    for (const [source, code] of cases) {
      const refused = await db.refusal(`.ingest into table T (${source})`);
      expect(refused.code, source).toBe(code);
      expect(refused.message).not.toContain('geheim');
    }
    expect(
      JSON.stringify(await db.rows('.show operations'), (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)),
    ).not.toContain('geheim');
  });
});
