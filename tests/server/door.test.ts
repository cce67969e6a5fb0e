import http from 'node:http';
import https from 'node:https';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listen, shutDown } from '../../src/server/index.js';
import { makeCertificates } from '../../src/security/certificates.js';
import { post, testServer, TOKEN } from './fakes.js';
import type { TestServer } from './fakes.js';

let server: TestServer;
const start = (options: Parameters<typeof testServer>[0] = {}): TestServer => (server = testServer(options));
afterEach(() => shutDown(server.app, 0));

const QUERY = { db: 'D', csl: 'rows 1' };

describe('error bodies', () => {
  it('carry the reference form, with the place of the fault', async () => {
    start();
    const response = await post(
      server.app,
      '/v2/rest/query',
      { db: 'D', csl: 'semantic\n| where nope' },
      { 'x-ms-client-request-id': 'me;1' },
    );
    expect(response.statusCode).toBe(400);
    const { error } = response.json();
    expect(error).toMatchObject({
      code: 'General_BadRequest',
      message: 'Request is invalid and cannot be executed.',
      '@type': 'Kusto.Data.Exceptions.KustoBadRequestException',
      '@permanent': true,
      innererror: { code: 'SEM0100', '@type': 'Kusto.Data.Exceptions.SemanticException', '@line': 2, '@pos': 8 },
    });
    expect(error['@message']).toContain(`Semantic error: SEM0100: 'where' operator`);
    expect(error['@context']).toMatchObject({
      clientRequestId: 'me;1',
      activityId: response.headers['x-ms-activity-id'],
    });
  });

  it('of other coded errors carry their own code', async () => {
    start();
    const response = await post(server.app, '/v2/rest/query', { db: 'D', csl: 'forbidden' });
    expect(response.json().error).toMatchObject({
      code: 'BadRequest_EntityNotFound',
      '@message': `Entity 'T' was not found`,
    });
  });

  it('of a defect show no stack and no secret, and the log has it under the activity id', async () => {
    start();
    const response = await post(server.app, '/v2/rest/query', { db: 'D', csl: 'crash' });
    expect(response.statusCode).toBe(520);
    expect(response.body).not.toContain('Cannot read');
    expect(response.json().error.code).toBe('General_InternalServerError');
    const line = server.log.find((l) => l['msg'] === 'unexpected error');
    expect(line).toMatchObject({ activityId: response.headers['x-ms-activity-id'] });
    expect(JSON.stringify(server.log)).not.toContain('secret text');
  });

  it.each([
    ['GET', '/v3/rest/query', 404],
    ['PUT', '/v1/rest/query', 404],
    ['OPTIONS', '/v1/rest/mgmt', 404],
    ['GET', '/%ff', 400],
    ['GET', '/favicon.ico', 404],
    ['HEAD', '/v2/rest/query?csl=rows%201', 404],
  ] as const)('%s %s is %i, as JSON', async (method, url, status) => {
    start();
    const response = await server.app.inject({ method, url });
    expect(response.statusCode).toBe(status);
    if (method !== 'HEAD') expect(response.json().error.code).toBeTypeOf('string');
  });
});

describe('request and answer headers', () => {
  it('echo the client request id, or make one', async () => {
    start();
    const echoed = await post(server.app, '/v2/rest/query', QUERY, { 'x-ms-client-request-id': 'App;7' });
    expect(echoed.headers['x-ms-client-request-id']).toBe('App;7');
    const body = { ...QUERY, properties: { ClientRequestId: 'Body;1' } };
    expect((await post(server.app, '/v2/rest/query', body)).headers['x-ms-client-request-id']).toBe('Body;1');
    expect((await post(server.app, '/v2/rest/query', QUERY)).headers['x-ms-client-request-id']).toMatch(
      /^unspecified;/,
    );
  });

  it('are not broken by an id that is no header value', async () => {
    start();
    const body = { ...QUERY, properties: { ClientRequestId: 'a\r\nset-cookie: x' } };
    const response = await post(server.app, '/v2/rest/query', body);
    expect(response.statusCode).toBe(200);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('reach the services: application, user, options, parameters', async () => {
    start();
    const properties = { Options: { query_take_max_records: 5 }, Parameters: { n: 1 } };
    await post(server.app, '/v2/rest/query', { ...QUERY, properties }, { 'x-ms-app': 'App', 'x-ms-user': 'me' });
    expect(server.queries.contexts[0]).toMatchObject({
      database: 'D',
      application: 'App',
      user: 'me',
      options: { query_take_max_records: 5 },
      parameters: { n: '1' },
    });
  });

  it('GET takes the request from its query string', async () => {
    start();
    const response = await server.app.inject({
      url: '/v2/rest/query',
      query: { db: 'D', csl: 'rows 2', properties: '{}' },
    });
    expect(response.json()[2].Rows).toEqual([[0], [1]]);
  });
});

describe('what the door refuses', () => {
  it.each([['text/plain'], ['application/x-www-form-urlencoded'], ['multipart/form-data; boundary=x'], ['']])(
    'a body of type %j',
    async (type) => {
      start();
      const response = await post(server.app, '/v1/rest/mgmt', '{"csl":".show version"}', { 'content-type': type });
      expect(response.statusCode).toBe(415);
      expect(server.commands.runs).toEqual([]);
    },
  );

  it('a body beyond the limit', async () => {
    start({ limits: { ...testServer().config.limits, bodySize: 1000 } });
    const response = await post(server.app, '/v2/rest/query', { csl: 'x'.repeat(2000) });
    expect(response.statusCode).toBe(413);
    expect(response.json().error.code).toBe('Request_TooLarge');
  });

  it('requests without a token, with a challenge, but not health and metadata', async () => {
    start({ development: false });
    const refused = await post(server.app, '/v2/rest/query', QUERY);
    expect(refused.statusCode).toBe(401);
    expect(refused.headers['www-authenticate']).toContain('authorization_uri="https://login.example"');
    expect(server.queries.contexts).toEqual([]);
    expect((await post(server.app, '/v2/rest/query', QUERY, { authorization: TOKEN })).statusCode).toBe(200);
    expect((await server.app.inject('/health')).json()).toEqual({ status: 'ok' });
    const { AzureAD } = (await server.app.inject('/v1/rest/auth/metadata')).json();
    expect(Object.keys(AzureAD).sort()).toEqual([
      ...['FirstPartyAuthorityUrl', 'KustoClientAppId', 'KustoClientRedirectUri', 'KustoServiceResourceId'],
      ...['LoginEndpoint', 'LoginMfaRequired'],
    ]);
    expect(JSON.stringify(server.log)).not.toContain('Bearer');
  });

  it('the body of a stranger: it is not even read', async () => {
    start({ development: false });
    expect((await post(server.app, '/v2/rest/query', '{not json')).statusCode).toBe(401);
  });
});

describe('development mode against web pages', () => {
  it.each([
    [{ host: 'evil.example' }],
    [{ host: 'evil.example:80' }],
    [{ host: '127.0.0.1.evil.example' }],
    [{ host: '10.0.0.1' }],
    [{ origin: 'http://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }],
  ])('refuses %j', async (headers) => {
    start();
    const response = await post(server.app, '/v1/rest/mgmt', { csl: '.show version' }, headers);
    expect(response.statusCode).toBe(403);
    expect(response.json().error.code).toBe('Request_OriginNotAllowed');
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
    expect(server.commands.runs).toEqual([]);
  });

  it('answers its own page and programs of this machine', async () => {
    start();
    const own: Record<string, string>[] = [
      { host: 'localhost' },
      { host: '127.0.0.1', origin: 'http://127.0.0.1' },
      { host: '[::1]' },
    ];
    for (const headers of own) {
      expect((await post(server.app, '/v2/rest/query', QUERY, headers)).statusCode).toBe(200);
    }
    const link = { accept: 'text/html', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    const page = await server.app.inject({ url: '/<b>', headers: link });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('&lt;b&gt;');
  });

  it('refuses the right name with the port of another server', async () => {
    start();
    const address = await listen(server.app, server.config, '127.0.0.1', 0);
    const { port } = new URL(address);
    const status = (host: string) =>
      new Promise<number>((resolve, reject) =>
        http
          .get(`${address}/health`, { headers: { host } }, (r) => (r.resume(), resolve(r.statusCode ?? 0)))
          .on('error', reject),
      );
    expect(await status(`localhost:${port}`)).toBe(200);
    expect(await status(`localhost:${Number(port) + 1}`)).toBe(403);
    expect(await status('localhost')).toBe(403);
  });

  it('does not listen on an address that others reach, nor without TLS in production', async () => {
    start();
    await expect(listen(server.app, server.config, '0.0.0.0', 0)).rejects.toThrow(/not a loopback address/);
    const production = { ...server.config, development: false };
    await expect(listen(server.app, production, '0.0.0.0', 0)).rejects.toThrow(/server.tls/);
  });
});

describe('TLS', () => {
  it('is served with the certificate of the configuration, also beyond this machine', async () => {
    const { ca, cert, key } = await makeCertificates();
    start({ development: false, tls: { certificate: cert, key } });
    const address = await listen(server.app, server.config, '0.0.0.0', 0);
    const url = `https://127.0.0.1:${new URL(address).port}/health`;
    const status = await new Promise((resolve, reject) => {
      https.get(url, { ca }, (answer) => (answer.resume(), resolve(answer.statusCode))).on('error', reject);
    });
    expect(status).toBe(200);
  });
});

describe('what ends a request early', () => {
  it('its time: 504, and the work is cancelled', async () => {
    start();
    const properties = { Options: { servertimeout: '00:00:00.05' } };
    const response = await post(server.app, '/v2/rest/query', { db: 'D', csl: 'wait', properties });
    expect(response.statusCode).toBe(504);
    expect(response.json().error).toMatchObject({ code: 'General_Timeout', '@permanent': false });
    await server.queries.cancelled;
  });

  it('the client going away: the work is cancelled', async () => {
    start();
    const address = await listen(server.app, server.config, '127.0.0.1', 0);
    const controller = new AbortController();
    const request = fetch(`${address}/v2/rest/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ db: 'D', csl: 'wait' }),
      signal: controller.signal,
    });
    while (server.queries.contexts.length === 0) await new Promise(setImmediate);
    controller.abort();
    await expect(request).rejects.toThrow();
    await server.queries.cancelled;
    expect(server.queries.contexts[0]?.signal.reason).toMatchObject({ code: 'General_Cancelled' });
  });

  it('the client going away in the middle of a large answer: the result is closed', async () => {
    start();
    const address = await listen(server.app, server.config, '127.0.0.1', 0);
    const response = await fetch(`${address}/v2/rest/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ db: 'D', csl: 'rows 5000000', properties: { Options: { notruncation: true } } }),
    });
    await response.body?.cancel();
    await vi.waitFor(() => expect(server.queries.closed).toHaveLength(1));
    expect(server.app.inFlight.size).toBe(0);
  });

  it('the server shutting down: what runs is cancelled after the grace period', async () => {
    start();
    const address = await listen(server.app, server.config, '127.0.0.1', 0);
    const request = fetch(`${address}/v2/rest/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ db: 'D', csl: 'wait' }),
    });
    while (server.queries.contexts.length === 0) await new Promise(setImmediate);
    await shutDown(server.app, 20);
    expect((await request).status).toBe(503);
  });
});

describe('the log', () => {
  it('has a line a request, and the text only when asked, without its secrets', async () => {
    start({ level: 'debug' });
    await post(server.app, '/v2/rest/query', { db: 'D', csl: 'rows 1 // h"hidden"' }, { authorization: 'Bearer abc' });
    const line = server.log.find((l) => l['msg'] === 'request');
    expect(line).toMatchObject({ route: '/v2/rest/query', status: 200, database: 'D', text: 'rows 1 // h"***"' });
    expect(JSON.stringify(server.log)).not.toMatch(/hidden|Bearer/);
  });
});

describe('fuzz', () => {
  it('no mangled request gets a 5xx or no answer', async () => {
    start();
    const odd = fc.oneof(
      fc.json(),
      fc.string(),
      fc.record({ db: fc.anything(), csl: fc.anything(), properties: fc.anything() }, { requiredKeys: [] }).map((v) => {
        try {
          return JSON.stringify(v) ?? '';
        } catch {
          return '{}';
        }
      }),
      fc.record({ csl: fc.constant('rows 1'), properties: fc.json() }).map((v) => JSON.stringify(v)),
      fc
        .record({
          csl: fc.constant('rows 1'),
          Options: fc.dictionary(
            fc.constantFrom('servertimeout', 'truncationmaxsize', 'query_now', 'notruncation', '__proto__'),
            fc.jsonValue(),
          ),
        })
        .map(({ csl, Options }) => JSON.stringify({ csl, properties: { Options } })),
    );
    const header = fc.string({
      unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)),
      maxLength: 40,
    });
    const headers = fc.record(
      {
        'content-type': fc.oneof(fc.constant('application/json'), header),
        'x-ms-client-request-id': header,
        'x-ms-app': header,
        authorization: header,
        accept: header,
        'x-ms-readonly': header,
        'content-encoding': header,
      },
      { requiredKeys: [] },
    );
    const url = fc.constantFrom(
      '/v1/rest/query',
      '/v2/rest/query',
      '/v1/rest/mgmt',
      '/v2/rest/query?csl=%',
      '//',
      '/v1/rest/query/',
    );
    await fc.assert(
      fc.asyncProperty(url, odd, headers, fc.constantFrom('POST', 'GET'), async (path, payload, sent, method) => {
        const response = await server.app.inject({
          method: method as 'POST',
          url: path,
          headers: { 'content-type': 'application/json', ...sent },
          ...(method === 'POST' && { payload }),
        });
        expect(response.statusCode).toBeLessThan(500);
        expect(JSON.parse(response.body)).toBeTypeOf('object');
      }),
      { numRuns: 1000 },
    );
  });
});
