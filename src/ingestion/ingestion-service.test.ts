import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoredCatalog } from '../catalog/stored-catalog.js';
import type { DuckDbEngine } from '../engines/duckdb/engine.js';
import { openDuckDb } from '../engines/duckdb/open.js';
import { LocalStore } from '../storage/local/local-store.js';
import { columnName, EXTENT_COLUMN, tableName } from '../sql/dialects/duckdb/layout.js';
import type { ColumnSchema, KustoValue } from '../values/index.js';
import { IngestionService } from './ingestion-service.js';
import type { FileIngestion, QueryIngestion } from './requests.js';

const DB = 'db1';
const schema = (text: string): ColumnSchema[] =>
  text.split(', ').map((part) => {
    const [name, type] = part.split(':');
    return { name: name!, type: type as ColumnSchema['type'] };
  });

describe('ingestion', () => {
  let folder: string;
  let files: string;
  let engine: DuckDbEngine;
  let catalog: StoredCatalog;
  let ingestion: IngestionService;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ingestion-'));
    files = join(folder, 'files');
    await mkdir(files);
    engine = await openDuckDb({ data: join(folder, 'data') });
    catalog = await StoredCatalog.open(engine.persistence, () => new Date('2026-01-01T00:00:00Z'));
    ingestion = await IngestionService.open({ engine, catalog, localRoots: [files] });
  });
  afterEach(async () => {
    await catalog.close();
    await engine.close();
    await rm(folder, { recursive: true });
  });

  const table = (name: string) => catalog.snapshot().byName('table', DB, name)!;
  const create = (name: string, columns: string) =>
    query(
      name,
      'set',
      `SELECT ${schema(columns)
        .map(() => 'NULL')
        .join(', ')} WHERE false`,
      columns,
    );
  const rows = async (name: string): Promise<KustoValue[][]> => {
    const { id, columns } = table(name);
    const result = await engine.run({
      text: `SELECT ${columns.map((column) => columnName(column.id)).join(', ')} FROM ${tableName(id)} ORDER BY ${EXTENT_COLUMN}, rowid`,
      parameters: [],
      columns,
    });
    const all: KustoValue[][] = [];
    for await (const batch of result.batches())
      for (let r = 0; r < batch.rowCount; r++) all.push(batch.columns.map((values) => values[r]!));
    await result.close();
    return all;
  };
  const inline = (name: string, text: string, more: Partial<FileIngestion> = {}) =>
    ingestion.ingestInline({ databaseId: DB, table: name, text, ...more });
  const fromFile = async (
    name: string,
    fileName: string,
    content: string | Uint8Array,
    more: Partial<FileIngestion> = {},
  ) => {
    await writeFile(join(files, fileName), content);
    return ingestion.ingestFiles({
      databaseId: DB,
      table: name,
      sources: [{ kind: 'local', path: join(files, fileName) }],
      ...more,
    });
  };
  const query = (
    name: string,
    mode: QueryIngestion['mode'],
    text: string,
    columns: string,
    more: Partial<QueryIngestion> = {},
  ) =>
    ingestion.ingestQuery({
      databaseId: DB,
      table: name,
      mode,
      columns: schema(columns),
      rows: { text, parameters: [], columns: schema(columns) },
      ...more,
    });

  describe('values', () => {
    const ticks = (iso: string) => BigInt(Date.parse(iso)) * 10_000n + 621_355_968_000_000_000n;
    const cases: [ColumnSchema['type'], string, KustoValue][] = [
      ['bool', 'TRUE', true],
      ['bool', '0', false],
      ['bool', '2', true],
      ['bool', 'maybe', null],
      ['int', '42', 42],
      ['int', '1.5', null],
      ['int', '2147483648', null],
      ['int', '1_000', null],
      ['long', '-9223372036854775808', -9223372036854775808n],
      ['long', '0x1F', 31n],
      ['long', 'x', null],
      ['real', '1e3', 1000],
      ['real', 'nan', NaN],
      ['real', 'one', null],
      ['decimal', '0.1', '0.1'],
      ['guid', '{12345678-9ABC-DEF0-1234-56789ABCDEF0}', '12345678-9abc-def0-1234-56789abcdef0'],
      ['guid', 'x', null],
      ['datetime', '2014-05-25T08:20:03.1234567Z', ticks('2014-05-25T08:20:03.123Z') + 4567n],
      ['datetime', '2014-05-25 08:20:03', ticks('2014-05-25T08:20:03Z')],
      ['datetime', '2014-05-25T08:20Z', ticks('2014-05-25T08:20:00Z')],
      ['datetime', '2014-11-08 15:05:25 GMT', ticks('2014-11-08T15:05:25Z')],
      ['datetime', '2020-01-01T00:00:00.5+02:00', ticks('2019-12-31T22:00:00.500Z')],
      ['datetime', '2014-11-08', ticks('2014-11-08T00:00:00Z')],
      ['datetime', '0001-01-01', 0n],
      ['datetime', '9999-12-31T23:59:59.9999999Z', 3155378975999999999n],
      ['datetime', '"Sat, 8 Nov 14 15:05:02 GMT"', ticks('2014-11-08T15:05:02Z')],
      ['datetime', '"Saturday, 08-Nov-14 15:05"', ticks('2014-11-08T15:05:00Z')],
      ['datetime', '11/8/2014 3:05:02 PM', ticks('2014-11-08T15:05:02Z')],
      ['datetime', 'epoch', null],
      ['datetime', '20000-01-01', null],
      ['datetime', 'soon', null],
      ['timespan', '1.02:03:04.5', 937_845_000_000n],
      ['timespan', '-00:00:00.0000001', -1n],
      ['timespan', '25:00:00', null],
      ['timespan', '1.5h', 54_000_000_000n],
      ['timespan', '2', 1_728_000_000_000n],
      ['timespan', '10675199.02:48:05.4775807', 9223372036854775807n],
      ['timespan', '99999999.00:00:00', null],
      ['string', '" a, b "', ' a, b '],
      ['dynamic', '"{""a"": [1, 2.50]}"', '{"a": [1, 2.50]}'],
      ['dynamic', 'plain text', '"plain text"'],
      ['dynamic', 'null', null],
    ];
    it.each(cases)('reads %s from %s', async (type, text, value) => {
      await create('t', `a:string, v:${type}`);
      await inline('t', `x,${text}`);
      expect(await rows('t')).toEqual([['x', value]]);
    });

    it.each(['bool', 'int', 'real', 'datetime', 'timespan', 'guid', 'dynamic', 'string'] as const)(
      'reads an empty %s',
      async (type) => {
        await create('t', `a:string, v:${type}`);
        await inline('t', 'x,');
        expect(await rows('t')).toEqual([['x', type === 'string' ? '' : null]]);
      },
    );
  });

  describe('delimited text', () => {
    it.each([
      ['csv', ','],
      ['tsv', '\t'],
      ['psv', '|'],
      ['scsv', ';'],
      ['sohsv', '\x01'],
    ] as const)('reads %s by its extension, leaving out the first record', async (extension, d) => {
      await create('t', 'a:string, b:long');
      const text = `\uFEFFname${d}"number\nof"${d}more\r\n"x ${d} ""y"""${d}7${d}\r\n\r\nz${d}8${d}q\r\n`;
      const result = await fromFile('t', `d.${extension}`, text, { ignoreFirstRecord: true });
      expect(await rows('t')).toEqual([
        [`x ${d} "y"`, 7n],
        ['z', 8n],
      ]);
      expect(result.items).toMatchObject([{ rowCount: 2, location: join(files, `d.${extension}`) }]);
    });

    it('reads tsve with its escapes', async () => {
      await create('t', 'a:string, b:string');
      await inline('t', 'a\\tb\\\\t\t"q\\n"', { format: 'tsve' });
      expect(await rows('t')).toEqual([['a\tb\\t', '"q\n"']]);
    });

    it('fills columns that the file does not have with null', async () => {
      await create('t', 'a:string, b:long, c:string');
      await inline('t', 'x\ny');
      expect(await rows('t')).toEqual([
        ['x', null, ''],
        ['y', null, ''],
      ]);
    });

    it('names file and line of a record with another number of fields, and keeps no row of it', async () => {
      await create('t', 'a:string, b:long');
      const failed = fromFile('t', 'd.csv', 'x,1\ny,2\nz\n');
      await expect(failed).rejects.toMatchObject({ code: 'Stream_WrongNumberOfFields' });
      await expect(failed).rejects.toThrow(/d\.csv: Line 3 has 1 fields, the first record has 2/);
      expect(await rows('t')).toEqual([]);
    });

    it('refuses text that is not UTF-8', async () => {
      await create('t', 'a:string');
      await expect(fromFile('t', 'd.csv', Buffer.from([0x61, 0xff, 0xfe, 0x0a]))).rejects.toMatchObject({
        code: 'BadRequest_InvalidBlob',
      });
    });

    it('reads txt line by line and raw as one value', async () => {
      await create('t', 'a:string');
      await inline('t', '"one, two\n\nthree', { format: 'txt' });
      await inline('t', 'l1\nl2', { format: 'raw' });
      expect(await rows('t')).toEqual([['"one, two'], ['three'], ['l1\nl2']]);
    });

    it('makes no extent of an empty file', async () => {
      await create('t', 'a:string');
      const result = await fromFile('t', 'd.csv', '');
      expect(result).toMatchObject({ extents: [], items: [{ extentId: null }] });
    });
  });

  describe('JSON', () => {
    it('reads lines by name, skipping what is no object', async () => {
      await create('t', 'a:long, A:string, d:dynamic, t:datetime');
      const lines = [
        '{"a":1,"A":{"x":1},"d":{"k": [1.0,12345678901234567890]},"t":"2020-01-01"}',
        'oops',
        '{"a":',
        '[1]',
        '{"A":"\\u00e9","d":"s","a":null}',
      ];
      await fromFile('t', 'd.json', lines.join('\n'));
      expect(await rows('t')).toEqual([
        [1n, '{"x":1}', '{"k":[1.0,12345678901234567890]}', 637134336000000000n],
        [null, 'é', '"s"', null],
      ]);
    });

    it('reads multijson as an array or one after the other, and fails on a malformed record', async () => {
      await create('t', 'a:long');
      await fromFile('t', 'd.multijson', '[{"a":1},\n{"a"\n:2}]');
      await inline('t', '{"a":3}{"a":\n4}', { format: 'multijson' });
      expect(await rows('t')).toEqual([[1n], [2n], [3n], [4n]]);
      await expect(inline('t', '{"a":3}{"a":', { format: 'multijson' })).rejects.toMatchObject({
        code: 'BadRequest_InvalidBlob',
      });
    });

    it('follows a mapping: paths, constants, source, Unix time', async () => {
      await create('t', 'a:string, b:long, c:datetime, d:string, e:long, f:dynamic, g:datetime');
      const mapping = JSON.stringify([
        { Column: 'a', Properties: { Path: "$.o['x * y']" } },
        { column: 'b', path: '$.l[1].v' },
        { column: 'c', Properties: { path: '$.ms', Transform: 'DateTimeFromUnixMilliseconds' } },
        { Column: 'd', Properties: { Transform: 'SourceLocation' } },
        { Column: 'e', Properties: { Transform: 'SourceLineNumber' } },
        { Column: 'f', Properties: { Path: '$' } },
        { Column: 'g', Properties: { ConstValue: '2021-01-01' } },
      ]);
      const record = '{"o":{"x * y":"found","x  y":"no"},"l":[0,{"v":5}],"ms":1500}';
      await fromFile('t', 'd.json', record, { mapping });
      expect(await rows('t')).toEqual([
        ['found', 5n, 621355968015000000n, join(files, 'd.json'), 1n, record, 637450560000000000n],
      ]);
    });
  });

  describe('Parquet', () => {
    it('reads back what an export writes', async () => {
      const types = 'b:bool, i:int, l:long, r:real, d:decimal, t:datetime, s:timespan, x:string, g:guid, y:dynamic';
      await create('t', types);
      await create('copy', types);
      await inline(
        't',
        'true,1,2,0.5,1.25,2020-01-01T00:00:00.123456Z,1d,"é",12345678-9abc-def0-1234-56789abcdef0,"[1,{""a"":2}]"\n,,,,,,,,,',
      );
      const { id, columns } = table('t');
      const [file] = await engine
        .copyOut(
          {
            text: `SELECT ${columns.map((c) => columnName(c.id)).join(', ')} FROM ${tableName(id)}`,
            parameters: [],
            columns,
          },
          {
            format: 'parquet',
            directory: files,
            fileName: () => 'x.parquet',
            header: false,
            bom: false,
            compression: 'zstd',
            sizeLimit: 1e9,
            rowGroupSize: 1000,
          },
        )
        .catch(() => []);
      expect(file).toBeUndefined(); // `files` is outside of the exchange directory: the engine may not write there.
      const [allowed] = await engine.copyOut(
        {
          text: `SELECT ${columns.map((c) => columnName(c.id)).join(', ')} FROM ${tableName(id)}`,
          parameters: [],
          columns,
        },
        {
          format: 'parquet',
          directory: engine.exchangeDirectory,
          fileName: () => 'x.parquet',
          header: false,
          bom: false,
          compression: 'zstd',
          sizeLimit: 1e9,
          rowGroupSize: 1000,
        },
      );
      const service = await IngestionService.open({ engine, catalog, localRoots: [engine.exchangeDirectory] });
      await service.ingestFiles({ databaseId: DB, table: 'copy', sources: [{ kind: 'local', path: allowed!.path }] });
      expect(await rows('copy')).toEqual(await rows('t'));
    });

    it('refuses a file that is none', async () => {
      await create('t', 'a:string');
      await expect(fromFile('t', 'd.parquet', 'hello, this is no parquet')).rejects.toMatchObject({
        code: 'BadRequest_InvalidBlob',
      });
    });
  });

  it('unpacks gzip by the name, whatever the format', async () => {
    await create('t', 'a:string');
    await fromFile('t', 'd.csv.gz', gzipSync('x\ny\n'));
    await fromFile('t', 'd.json.gz', gzipSync('{"a":"z"}'));
    await fromFile('t', 'd.raw.gz', gzipSync('whole'));
    expect(await rows('t')).toEqual([['x'], ['y'], ['z'], ['whole']]);
    await expect(fromFile('t', 'e.csv.gz', 'plain')).rejects.toMatchObject({ code: 'BadRequest_InvalidArchive' });
  });

  it('reads every file of a zip archive', async () => {
    await create('t', 'a:string');
    // x.csv with "p", an empty folder y/, y/z.csv with "q".
    const archive =
      'UEsDBBQAAAAAAAAAIQAXgjOOAgAAAAIAAAAFAAAAeC5jc3ZwClBLAwQUAAAAAAAAACEAAAAAAAAAAAAAAAAAAgAAAHkvUEsDBBQAAAAIAAAAIQBWsyiXBAAAAAIAAAAHAAAAeS96LmNzdivkAgBQSwECFAMUAAAAAAAAACEAF4IzjgIAAAACAAAABQAAAAAAAAAAAAAAgAEAAAAAeC5jc3ZQSwECFAMUAAAAAAAAACEAAAAAAAAAAAAAAAAAAgAAAAAAAAAAAAAAgAElAAAAeS9QSwECFAMUAAAACAAAACEAVrMolwQAAAACAAAABwAAAAAAAAAAAAAAgAFFAAAAeS96LmNzdlBLBQYAAAAAAwADAJgAAABuAAAAAAA=';
    await fromFile('t', 'd.csv.zip', Buffer.from(archive, 'base64'));
    expect((await rows('t')).flat().sort()).toEqual(['p', 'q']);
    await expect(fromFile('t', 'e.csv.zip', 'no archive')).rejects.toMatchObject({ code: 'BadRequest_InvalidArchive' });
  });

  it('takes objects from a store, an extent each, all of them or none', async () => {
    await create('t', 'a:string, b:string');
    await writeFile(join(files, 'one.csv'), 'x,1\ny,2');
    await writeFile(join(files, 'two.tsv'), 'z\t3');
    await writeFile(join(files, 'bad.csv'), 'z,3\nw');
    const store = new LocalStore(files, [files]);
    const object = (name: string) => ({ kind: 'object', store, name, location: `https://h/c/${name}` }) as const;
    const ingest = (...names: string[]) =>
      ingestion.ingestFiles({ databaseId: DB, table: 't', sources: names.map(object) });
    await expect(ingest('one.csv', 'bad.csv')).rejects.toThrow('bad.csv: Line 2');
    expect(await rows('t')).toEqual([]);
    await expect(ingest('none.csv')).rejects.toMatchObject({ name: 'KustoError' });
    const result = await ingest('one.csv', 'two.tsv');
    expect(result.items.map(({ rowCount }) => rowCount)).toEqual([2, 1]);
    expect(new Set(result.extents.map(({ cursor }) => cursor)).size).toBe(2);
    expect(await rows('t')).toEqual([
      ['x', '1'],
      ['y', '2'],
      ['z', '3'],
    ]);
  });

  it('refuses mappings that do not fit', async () => {
    await create('t', 'a:string');
    const code = async (more: Partial<FileIngestion>) =>
      inline('t', 'x', more).then(
        () => 'none',
        (error: { code: string }) => error.code,
      );
    expect(await code({ mapping: '{' })).toBe('BadRequest_InvalidMapping');
    expect(await code({ mapping: '[{"Column":"a"}]' })).toBe('BadRequest_InvalidMapping');
    expect(await code({ mapping: '[{"Column":"zz","Properties":{"Ordinal":"0"}}]' })).toBe(
      'BadRequest_InconsistentMapping',
    );
    expect(await code({ mappingReference: 'none' })).toBe('BadRequest_MappingReferenceWasNotFound');
    expect(
      await code({ mapping: '[{"Column":"a","Properties":{"Ordinal":"0","Transform":"DropMappedFields"}}]' }),
    ).toBe('BadRequest_InvalidMapping');
  });

  it('uses the mapping that the table has under a name', async () => {
    await create('t', 'a:string, b:string');
    await catalog.transact((tx) =>
      tx.put({
        kind: 'mapping',
        id: 'm',
        databaseId: DB,
        ownerId: table('t').id,
        format: 'csv',
        name: 'M',
        createdOn: '2026-01-01T00:00:00Z',
        mapping: '[{"Name":"b","Ordinal":"0","DataType":"string"}]',
      }),
    );
    await inline('t', 'x,y', { mappingReference: 'M' });
    expect(await rows('t')).toEqual([['', 'x']]);
  });

  it('opens no file outside of the roots, by no way', async () => {
    await create('t', 'a:string');
    const outside = join(folder, 'secret.csv');
    await writeFile(outside, 'secret');
    await symlink(outside, join(files, 'link.csv'));
    await symlink(folder, join(files, 'dir'));
    for (const path of [
      outside,
      join(files, 'link.csv'),
      join(files, 'dir', 'secret.csv'),
      `${files}/../secret.csv`,
      files,
      '/etc/passwd',
      'relative.csv',
    ]) {
      const failed = ingestion.ingestFiles({ databaseId: DB, table: 't', sources: [{ kind: 'local', path }] });
      await expect(failed, path).rejects.toMatchObject({ code: expect.stringMatching(/^Ingestion_/) as string });
    }
    expect(await rows('t')).toEqual([]);
  });

  describe('from a query', () => {
    it('creates, appends and replaces, in the way of each command', async () => {
      await expect(query('t', 'append', 'SELECT 1::BIGINT', 'a:long')).rejects.toMatchObject({
        code: 'BadRequest_EntityNotFound',
      });
      const creator = { type: 'aaduser', id: 'u', tenantId: 't', displayName: 'U' } as const;
      await query('t', 'set', 'SELECT 1::BIGINT', 'a:long', { creator, folder: 'F' });
      expect(catalog.snapshot().roles(table('t').id)).toMatchObject([{ role: 'Admin', principal: creator }]);
      await expect(query('t', 'set', 'SELECT 1::BIGINT', 'a:long')).rejects.toMatchObject({
        code: 'BadRequest_EntityNameAlreadyExists',
      });
      await query('t', 'append', 'SELECT 2::BIGINT', 'a:long');
      await query('t', 'set-or-append', 'SELECT 3::BIGINT', 'b:long');
      expect(await rows('t')).toEqual([[1n], [2n], [3n]]);
      const { extents } = await query('t', 'set-or-replace', 'SELECT 4::BIGINT', 'a:long');
      expect(await rows('t')).toEqual([[4n]]);
      expect(await catalog.extents(table('t').id)).toEqual(extents);
      expect(table('t').folder).toBe('F');
    });

    it('refuses columns that do not fit, and extends or recreates the schema when told', async () => {
      await create('t', 'a:long');
      await expect(query('t', 'append', "SELECT 'x'", 'a:string')).rejects.toMatchObject({
        code: 'Ingestion_SchemaMismatch',
      });
      await expect(query('t', 'append', "SELECT 1::BIGINT, 'x'", 'a:long, b:string')).rejects.toMatchObject({
        code: 'Ingestion_SchemaMismatch',
      });
      await query('t', 'append', 'SELECT 1::BIGINT', 'a:long');
      await query('t', 'append', "SELECT 2::BIGINT, 'x'", 'a:long, b:string', { extendSchema: true });
      expect(await rows('t')).toEqual([
        [1n, ''],
        [2n, 'x'],
      ]);
      await query('t', 'set-or-replace', "SELECT 'y', 1.5::DOUBLE", 'b:string, c:real', { recreateSchema: true });
      expect(await rows('t')).toEqual([['y', 1.5]]);
      expect(table('t').columns.map(({ name }) => name)).toEqual(['b', 'c']);
    });

    it('replaces a table by a query of the table itself', async () => {
      await query('t', 'set', 'SELECT range FROM range(10)', 'a:long');
      const { id, columns } = table('t');
      await query(
        't',
        'set-or-replace',
        `SELECT ${columnName(columns[0]!.id)} FROM ${tableName(id)} WHERE c0 > 7`,
        'a:long',
      );
      expect(await rows('t')).toEqual([[8n], [9n]]);
    });

    it('takes rows in hand', async () => {
      const batch = {
        rowCount: 2,
        columns: [
          [1n, null],
          ['x', ''],
        ] as KustoValue[][],
      };
      async function* batches() {
        yield await Promise.resolve(batch);
        yield batch;
      }
      const result = await query('t', 'set', '', 'a:long, b:string', { rows: batches() });
      expect(result.extents).toMatchObject([{ rowCount: 4 }]);
      expect(await rows('t')).toEqual([
        [1n, 'x'],
        [null, ''],
        [1n, 'x'],
        [null, ''],
      ]);
    });

    it('leaves nothing when the query fails, not even the table', async () => {
      await expect(query('t', 'set', "SELECT CAST('x' AS BIGINT)", 'a:long')).rejects.toMatchObject({
        name: 'KustoError',
      });
      expect(table('t')).toBeUndefined();
    });
  });

  it('ingests data tagged ingest-by once, also when many try at the same time', async () => {
    await create('t', 'a:string');
    const tagged = { tags: ['ingest-by:p1'], ingestIfNotExists: ['p1'] };
    const results = await Promise.all(Array.from({ length: 6 }, () => inline('t', 'x', tagged)));
    expect(results.filter((result) => !result.skipped)).toHaveLength(1);
    expect((await inline('t', 'x', tagged)).skipped).toBe(true);
    expect(await rows('t')).toEqual([['x']]);
  });

  it('leaves no file in the exchange directory', async () => {
    const { readdir } = await import('node:fs/promises');
    await create('t', 'a:string');
    await inline('t', 'x');
    await inline('t', 'x\ny,z').catch(() => undefined);
    expect(await readdir(join(engine.exchangeDirectory, 'ingest'))).toEqual([]);
  });
});
