import {
  Client,
  ClientRequestProperties,
  KustoConnectionStringBuilder,
  kustoTrustedEndpoints,
  MatchRule,
} from 'azure-kusto-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, shutDown } from '../../src/server/index.js';
import { testServer } from './fakes.js';
import type { TestServer } from './fakes.js';

/** The vendor's own client for Node, unchanged, against the wire. */

let server: TestServer;
let client: Client;

beforeAll(async () => {
  server = testServer({ development: false });
  const address = await listen(server.app, server.config, '127.0.0.1', 0);
  kustoTrustedEndpoints.addTrustedHosts([new MatchRule('127.0.0.1', true)], false);
  client = new Client(KustoConnectionStringBuilder.withTokenProvider(address, () => Promise.resolve('good')));
});
afterAll(async () => {
  client.close();
  await shutDown(server.app, 0);
});

describe('azure-kusto-data', () => {
  it('reads rows, types and tables of version 2', async () => {
    const answer = await client.execute('D', 'two');
    expect(answer.primaryResults).toHaveLength(2);
    const [numbers, types] = answer.primaryResults;
    expect([...numbers!.rows()].map((row) => row['x'])).toEqual([0, 1]);
    const [row] = [...types!.rows()];
    expect(row!['d']).toEqual(new Date('2020-01-01T00:00:00Z'));
    expect(row!['t']).toBe(26 * 3_600_000 + 3 * 60_000 + 4_005);
    expect(row!['b']).toBe(true);
    expect(row!['y']).toMatchObject({ a: [1, 'x', null] });
    expect(answer.statusTable).toBeDefined();
  });

  it('reads version 1', async () => {
    const answer = await client.executeQueryV1('D', 'rows 3');
    expect(answer.primaryResults[0]!._rows).toEqual([[0], [1], [2]]);
    expect(answer.tables.map((t) => t.name)).toEqual([
      'PrimaryResult',
      '@ExtendedProperties',
      'QueryStatus',
      'Table_3',
    ]);
  });

  it('reads the answer of a command', async () => {
    const answer = await client.executeMgmt('D', '.show version');
    expect([...answer.primaryResults[0]!.rows()][0]!['BuildVersion']).toBe('1.0');
  });

  it('sends its properties: options, parameters, timeout, ids', async () => {
    const properties = new ClientRequestProperties({ query_take_max_records: 9 }, { n: 5 }, 'Test;1', 'me', 'App');
    properties.setTimeout(90_000);
    await client.execute('D', 'rows 1', properties);
    expect(server.queries.contexts.at(-1)).toMatchObject({
      clientRequestId: 'Test;1',
      user: 'me',
      application: 'App',
      options: { query_take_max_records: 9, servertimeout: 900_000_000n },
      parameters: { n: '5' },
    });
  });

  it('throws for an error answer, with the message at the usual place', async () => {
    const failure = await client.execute('D', 'semantic x').catch((error: unknown) => error);
    expect(failure).toMatchObject({
      response: { status: 400, data: { error: { '@message': expect.stringContaining('SEM0100') } } },
    });
  });

  it('throws for a partial failure, with its message', async () => {
    await expect(client.execute('D', 'truncated')).rejects.toThrow(/E_QUERY_RESULT_SET_TOO_LARGE/);
    await expect(client.execute('D', 'late 1000')).rejects.toThrow(/memory is used up/);
  });
});
