import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDevelopmentServer, type DevelopmentServer } from '../support/development-server.js';

/** `infer_storage_schema` and its sister over files of a real store. */

let server: DevelopmentServer;
let folder: string;
beforeAll(async () => {
  server = await startDevelopmentServer();
  folder = join(server.files, 'inferred');
  await mkdir(folder, { recursive: true });
}, 60_000);
afterAll(() => server.stop());

let second = 0;
/** Each file is written a second after the one before. */
async function write(name: string, content: string | Buffer): Promise<void> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, content);
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, second++));
  await utimes(path, time, time);
}

async function infer(options: object, plugin = 'infer_storage_schema'): Promise<unknown> {
  const bag = JSON.stringify({ StorageContainers: [folder], ...options });
  const { rows, columns, error } = await server.query(`let o = dynamic(${bag}); evaluate ${plugin}(o)`);
  if (error) return error['@message'];
  expect(columns).toEqual([plugin === 'infer_storage_schema' ? 'CslSchema' : 'SuggestedTableSchema']);
  expect(rows).toHaveLength(1);
  return rows[0]![0];
}

describe('infer_storage_schema', () => {
  it('reads types from the fields of delimited text, and names from its header', async () => {
    await write(
      'typed/a.csv',
      `flag,n,x,when,took,id,code,doc,a b,none\ntrue,1,1,2026-01-02,00:01:02,74be27de-1e4e-49d9-b579-fe0b331d3642,007,"{""a"":1}",x,\n` +
        `False,-5,2.5,2026-01-02T03:04:05Z,1.02:03:04.5,74be27de-1e4e-49d9-b579-fe0b331d3642,8,"[1,\n2]",12,\n`,
    );
    const options = { DataFormat: 'csv', FileNamePrefix: 'a' };
    const types = ['bool', 'long', 'real', 'datetime', 'timespan', 'guid', 'string', 'dynamic', 'string', 'string'];
    expect(await infer({ ...options, InferenceOptions: { UseFirstRowAsHeader: true } })).toBe(
      ['flag', 'n', 'x', 'when', 'took', 'id', 'code', 'doc', "['a b']", 'none']
        .map((name, i) => `${name}:${types[i]}`)
        .join(', '),
    );
    expect(await infer(options)).toMatch(/^Column1:string, Column2:string, .*Column10:string$/);
  });

  it('reads the properties of JSON records, also compressed ones, and merges what differs', async () => {
    await write('j/1.json.gz', gzipSync('{"a":1,"b":"x","c":{"d":1}}\n{"a":1.5,"e":null,"t":"2026-01-01 10:00:00"}\n'));
    expect(await infer({ DataFormat: 'multijson', FileExtension: '.json.gz' })).toBe(
      'a:real, b:string, c:dynamic, e:string, t:datetime',
    );
  });

  it('takes the types of Parquet from the file', async () => {
    await server.command(
      `.export to parquet (h@"${folder}/p") with (fileExtension=".parquet") <| print i = int(1), l = 2, r = 1.5, s = "x", b = true, t = datetime(2026-01-01), d = dynamic([1])`,
    );
    const schema = await infer({ DataFormat: 'parquet', FileExtension: '.parquet' });
    expect(schema).toMatch(/^i:int, l:long, r:real, s:string, b:bool, t:datetime, d:(string|dynamic)$/);
  });

  it('reads the file written last, the first one, or all', async () => {
    await write('m/mode-2.csv', '1,2\n');
    await write('m/mode-1.csv', 'x\n');
    await write('m/mode-3.csv', '1.5,y,2026-01-01\n');
    await write('m/mode-0.csv', '2\n');
    const options = { DataFormat: 'csv', FileNamePrefix: 'mode-' };
    expect(await infer(options)).toBe('Column1:long');
    expect(await infer({ ...options, Mode: 'any', FileNamePrefix: 'mode-1' })).toBe('Column1:string');
    expect(await infer({ ...options, Mode: 'all' })).toBe('Column1:string, Column2:string, Column3:datetime');
    expect(await infer({ ...options, Mode: 'some' })).toContain('Mode must be one of any, last, all');
  });

  it('tells what is missing or cannot be read', async () => {
    expect(await infer({})).toContain('DataFormat must be given');
    expect(await infer({ DataFormat: 'csv', FileNamePrefix: 'nothing' })).toContain('no file');
    expect(await infer({ DataFormat: 'avro' })).toContain("'avro' cannot be read");
    expect(await infer({ DataFormat: 'csv', Wrong: 1 })).toContain("'Wrong' is no property");
    expect(await infer({ DataFormat: 'csv', StorageContainers: [] })).toContain('StorageContainers');
    expect(await infer({ DataFormat: 'csv', StorageContainers: ['/etc'] })).not.toContain(':string');
  });

  it('recommends text for ids and times for unix times', async () => {
    await write(
      's/js-1.json',
      '{"source":"x","created_at":"2022-04-10 15:47:57","author_id":739144091473215488,"time_millisec":1547083647000}\n',
    );
    const told = await infer({ DataFormat: 'json', FileNamePrefix: 'js-' }, 'infer_storage_schema_with_suggestions');
    const { Columns } = JSON.parse(told as string) as { Columns: Record<string, never>[] };
    const type = (type: string, IsNumeric: boolean, IsSummable: boolean) => ({ type, IsNumeric, IsSummable });
    expect(Columns.map((column) => Object.values(column))).toEqual([
      [
        { Name: 'source', CslType: type('string', false, false) },
        { Name: 'source', CslType: type('string', false, false) },
        'None',
      ],
      [
        { Name: 'created_at', CslType: type('datetime', false, true) },
        { Name: 'created_at', CslType: type('datetime', false, true) },
        'None',
      ],
      [
        { Name: 'author_id', CslType: type('long', true, true) },
        { Name: 'author_id', CslType: type('string', false, false) },
        'None',
      ],
      [
        { Name: 'time_millisec', CslType: type('long', true, true) },
        { Name: 'time_millisec', CslType: type('datetime', false, true) },
        'DateTimeFromUnixMilliseconds',
      ],
    ]);
  });
});
