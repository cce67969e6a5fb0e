import { afterEach, describe, expect, it } from 'vitest';
import { shutDown } from '../../src/server/index.js';
import { post, testServer } from './fakes.js';
import type { TestServer } from './fakes.js';

/** The v1 and v2 answers, checked against how the reference writes them (recorded answers of the official clients' tests). */

let server: TestServer;
const start = (options: Parameters<typeof testServer>[0] = {}): TestServer => (server = testServer(options));
afterEach(() => shutDown(server.app, 0));

type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any

const query = async (version: 'v1' | 'v2', csl: string, Options: object = {}): Promise<Json> => {
  const response = await post(server.app, `/${version}/rest/query`, { db: 'D', csl, properties: { Options } });
  expect(response.statusCode, response.body).toBe(200);
  return JSON.parse(response.body);
};

const frame = (frames: Json, kind: string): Json => frames.find((f: Json) => f.TableKind === kind);

/** As text: JSON.parse would lose the long numbers. */
const FIRST_ROW =
  '[true,-1,9223372036854775807,0.5,"12345678901234567890.5","2020-01-01T00:00:00Z","1.02:03:04.0050000",' +
  '"a \\"quote\\"\\n\\\\é😀","74be27de-1e4e-49d9-b579-fe0b331d3642",{"a":[1,"x",null], "n":12345678901234567890}]';
const OTHER_ROWS =
  '[false,0,0,"NaN","0","0001-01-01T00:00:00.0000001Z","-00:00:00.0000001","","00000000-0000-0000-0000-000000000000","text"],' +
  '[null,null,null,null,null,null,null,"",null,null]';

describe('v1 answer to a query', () => {
  it('has the results, then properties, status and contents, with .NET and Kusto types', async () => {
    start();
    const { Tables } = await query('v1', 'types');
    expect(Tables.map((t: Json) => t.TableName)).toEqual(['Table_0', 'Table_1', 'Table_2', 'Table_3']);
    expect(Tables[0].Columns.map((c: Json) => `${c.ColumnName}:${c.DataType}:${c.ColumnType}`)).toEqual([
      ...[
        'b:SByte:bool',
        'i:Int32:int',
        'l:Int64:long',
        'r:Double:real',
        'm:SqlDecimal:decimal',
        'd:DateTime:datetime',
      ],
      ...['t:TimeSpan:timespan', 's:String:string', 'g:Guid:guid', 'y:Object:dynamic'],
    ]);
    expect(JSON.parse(Tables[1].Rows[0][0])).toMatchObject({ Visualization: 'piechart', Title: null, Ymin: 'NaN' });
    expect(Tables[1].Rows[1]).toEqual(['{"Cursor":"637239957206013576"}']);
    expect(Tables[2].Rows[0].slice(1, 6)).toEqual([4, 'Info', 0, 'Query completed successfully', 1]);
    expect(Tables[3].Rows.map((r: Json) => r.slice(0, 3))).toEqual([
      [0, 'QueryResult', 'PrimaryResult'],
      [1, 'QueryProperties', '@ExtendedProperties'],
      [2, 'QueryStatus', 'QueryStatus'],
    ]);
  });

  it.each(['/v1/rest/query', '/v2/rest/query'])('%s writes every type exactly', async (url) => {
    start();
    const { body } = await post(server.app, url, { db: 'D', csl: 'types' });
    expect(body).toContain(`"Rows":[${FIRST_ROW},${OTHER_ROWS}]`);
  });

  it('tells a failure on the way as an object among the rows, and nothing after it', async () => {
    start();
    const { Tables, Exceptions } = await query('v1', 'late 2000');
    expect(Tables).toHaveLength(1);
    expect(Tables[0].Rows).toHaveLength(2001);
    expect(Tables[0].Rows[2000].OneApiErrors[0].error).toMatchObject({ code: 'LowMemoryCondition' });
    expect(Exceptions).toEqual(['the memory is used up']);
  });

  it('tells it in the status table only when the request defers partial failures', async () => {
    start();
    const { Tables } = await query('v1', 'truncated', { deferpartialqueryfailures: true });
    expect(Tables[0].Rows).toEqual([[0], [1], [2]]);
    expect(Tables[2].Rows[0].slice(1, 3)).toEqual([2, 'Error']);
    expect(Tables[2].Rows[0][4]).toContain('E_QUERY_RESULT_SET_TOO_LARGE');
  });
});

describe('v2 answer', () => {
  it('is header, properties, results, completion information, completion', async () => {
    start();
    const frames = await query('v2', 'two');
    expect(frames.map((f: Json) => `${f.FrameType} ${f.TableKind ?? ''} ${f.TableId ?? ''}`)).toEqual([
      ...['DataSetHeader  ', 'DataTable QueryProperties 0', 'DataTable PrimaryResult 1', 'DataTable PrimaryResult 2'],
      ...['DataTable QueryCompletionInformation 3', 'DataSetCompletion  '],
    ]);
    expect(frames.at(-1)).toEqual({ FrameType: 'DataSetCompletion', HasErrors: false, Cancelled: false });
    const statistics = JSON.parse(frame(frames, 'QueryCompletionInformation').Rows[1].at(-1));
    expect(statistics.dataset_statistics.map((s: Json) => s.table_row_count)).toEqual([2, 3]);
  });

  it('puts visualization and cursor into the properties, by table', async () => {
    start();
    const { Rows } = frame(await query('v2', 'types'), 'QueryProperties');
    expect(Rows[0].slice(0, 2)).toEqual([1, 'Visualization']);
    expect(JSON.parse(Rows[0][2]).Visualization).toBe('piechart');
    expect(Rows[1]).toEqual([1, 'Cursor', '637239957206013576']);
  });

  it('is a line a frame, fragmented, with the header in the order that the Go client reads, when asked', async () => {
    start();
    const Options = {
      results_v2_newlines_between_frames: true,
      results_v2_fragment_primary_tables: true,
      results_error_reporting_placement: 'end_of_table',
    };
    const { body } = await post(server.app, '/v2/rest/query', { db: 'D', csl: 'rows 30000', properties: { Options } });
    const lines = body.split('\n');
    expect(lines[0]).toBe(
      '[{"FrameType":"DataSetHeader","IsProgressive":false,"Version":"v2.0","IsFragmented":true,"ErrorReportingPlacement":"EndOfTable"}',
    );
    expect(lines.slice(-2)).toEqual([']', '']);
    const frames = lines.slice(1, -2).map((line) => JSON.parse(line.replace(/^,/, '')));
    const fragments = frames.filter((f) => f.FrameType === 'TableFragment');
    expect(fragments.length).toBeGreaterThan(1);
    expect(fragments.flatMap((f) => f.Rows)).toHaveLength(30_000);
    expect(frames.find((f) => f.FrameType === 'TableCompletion')).toMatchObject({ TableId: 1, RowCount: 30_000 });
  });

  it('says how far it is when progressive', async () => {
    start();
    const frames = await query('v2', 'rows 3', { results_progressive_enabled: true });
    expect(frames[0].IsProgressive).toBe(true);
    expect(frames.find((f: Json) => f.FrameType === 'TableProgress')).toMatchObject({ TableId: 1, TableProgress: 100 });
  });

  it.each([
    ['in_data', (frames: Json) => frame(frames, 'PrimaryResult').Rows.at(-1).OneApiErrors],
    ['end_of_table', (frames: Json) => frame(frames, 'PrimaryResult').OneApiErrors],
    ['end_of_dataset', (frames: Json) => frames.at(-1).OneApiErrors],
  ])('places a failure %s, and always in the completion', async (placement, find) => {
    start();
    const frames = await query('v2', 'truncated', { results_error_reporting_placement: placement });
    expect(find(frames)[0].error).toMatchObject({
      code: 'LimitsExceeded',
      '@type': 'Kusto.Data.Exceptions.KustoServicePartialQueryFailureLimitsExceededException',
    });
    expect(frames.at(-1)).toMatchObject({ HasErrors: true, Cancelled: false });
    expect(frame(frames, 'PrimaryResult').Rows.filter(Array.isArray)).toEqual([[0], [1], [2]]);
  });
});

describe('commands', () => {
  it('answer with one table of version 1', async () => {
    start();
    const response = await post(server.app, '/v1/rest/mgmt', { db: 'D', csl: '// c\n .show version' });
    const { Tables } = response.json();
    expect(Tables).toHaveLength(1);
    expect(Tables[0]).toMatchObject({ TableName: 'Table_0', Rows: [['1.0', true]] });
  });

  it('of the query endpoints are .show only, and answer in the version asked', async () => {
    start();
    expect((await query('v1', '.show version')).Tables[0].TableName).toBe('Table_0');
    expect(frame(await query('v2', '.show version'), 'PrimaryResult').Rows).toEqual([['1.0', true]]);
    const refused = await post(server.app, '/v2/rest/query', { db: 'D', csl: '.drop table T' });
    expect(refused.statusCode).toBe(400);
    expect(server.commands.runs.every((r) => r.readOnly)).toBe(true);
  });

  it('are read-only when the request says so', async () => {
    start();
    const body = { db: 'D', csl: '.drop table T' };
    expect((await post(server.app, '/v1/rest/mgmt', body)).statusCode).toBe(200);
    expect((await post(server.app, '/v1/rest/mgmt', body, { 'x-ms-readonly': 'true' })).statusCode).toBe(400);
    const properties = { Options: { request_readonly: true } };
    expect((await post(server.app, '/v1/rest/mgmt', { ...body, properties })).statusCode).toBe(400);
  });

  it('of the command endpoint are commands', async () => {
    start();
    const response = await post(server.app, '/v1/rest/mgmt', { db: 'D', csl: 'print 1' });
    expect(response.json().error['@message']).toContain('/v2/rest/query');
  });
});
