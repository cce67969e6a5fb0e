import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { CommandResult, CommandService } from '../../src/commands/command.js';
import { KustoError } from '../../src/errors/index.js';
import type { QueryResult, QueryService, RequestContext, ResultTable } from '../../src/query/query-service.js';
import type { Caller } from '../../src/security/caller.js';
import { buildServer, DEFAULT_LIMITS } from '../../src/server/index.js';
import type { ServerConfig } from '../../src/server/index.js';
import type { ColumnBatch, ColumnSchema, KustoValue } from '../../src/values/index.js';

/**
 * In-memory query and command services whose texts say what happens (`rows 5`, `crash`, …), so that the wire can be
 * tested at every outcome, those included that a real engine gives rarely.
 */

export const CALLER: Caller = {
  principal: { type: 'aadapp', id: '11111111-1111-1111-1111-111111111111', tenantId: 't', displayName: 'Test' },
  identifiers: [],
  groups: [],
};

export const EVERY_TYPE: readonly ColumnSchema[] = [
  { name: 'b', type: 'bool' },
  { name: 'i', type: 'int' },
  { name: 'l', type: 'long' },
  { name: 'r', type: 'real' },
  { name: 'm', type: 'decimal' },
  { name: 'd', type: 'datetime' },
  { name: 't', type: 'timespan' },
  { name: 's', type: 'string' },
  { name: 'g', type: 'guid' },
  { name: 'y', type: 'dynamic' },
];

const EVERY_ROW: readonly (readonly KustoValue[])[] = [
  [
    ...[true, -1, 9_223_372_036_854_775_807n, 0.5, '12345678901234567890.5', 637_134_336_000_000_000n],
    ...[
      937_840_050_000n,
      'a "quote"\n\\é😀',
      '74be27de-1e4e-49d9-b579-fe0b331d3642',
      '{"a":[1,"x",null],\n"n":12345678901234567890}',
    ],
  ],
  [false, 0, 0n, NaN, '0', 1n, -1n, '', '00000000-0000-0000-0000-000000000000', '"text"'],
  [null, null, null, null, null, null, null, null, null, null],
];

function table(name: string, columns: readonly ColumnSchema[], batches: () => AsyncIterable<ColumnBatch>): ResultTable {
  return { name, columns, rowCount: 0, batches };
}

const columnsOf = (columns: readonly ColumnSchema[], rows: readonly (readonly KustoValue[])[]): ColumnBatch => ({
  rowCount: rows.length,
  columns: columns.map((_, c) => rows.map((row) => row[c] as KustoValue)),
});

async function* numbers(count: number, failAfter = Infinity): AsyncGenerator<ColumnBatch> {
  for (let start = 0; start < count; start += 1000) {
    if (start >= failAfter) throw new KustoError('E_RUNAWAY_QUERY', 'the memory is used up');
    const size = Math.min(1000, count - start);
    yield { rowCount: size, columns: [Array.from({ length: size }, (_, k) => BigInt(start + k))] };
    await Promise.resolve();
  }
}

const X: readonly ColumnSchema[] = [{ name: 'x', type: 'long' }];

export class FakeQueries implements QueryService {
  readonly contexts: RequestContext[] = [];
  readonly closed: string[] = [];
  /** Resolves when a query that waits has seen its signal. */
  cancelled: Promise<void> = Promise.resolve();

  run(text: string, context: RequestContext): Promise<QueryResult> {
    this.contexts.push(context);
    return this.#run(text.trim(), context);
  }

  async #run(text: string, context: RequestContext): Promise<QueryResult> {
    const [verb, number = '0'] = text.split(/\s/);
    const result = (tables: readonly ResultTable[], rest: Partial<QueryResult> = {}): QueryResult => ({
      tables,
      visualization: null,
      cursor: null,
      truncation: null,
      close: () => {
        this.closed.push(text);
        return Promise.resolve();
      },
      ...rest,
    });
    switch (verb) {
      case 'rows':
        return result([table('PrimaryResult', X, () => numbers(Number(number)))]);
      case 'two':
        return result([
          table('PrimaryResult', X, () => numbers(2)),
          table('PrimaryResult', EVERY_TYPE, async function* () {
            yield columnsOf(EVERY_TYPE, EVERY_ROW);
          }),
        ]);
      case 'types':
        return result(
          [
            table('Types', EVERY_TYPE, async function* () {
              yield columnsOf(EVERY_TYPE, EVERY_ROW);
            }),
          ],
          { visualization: { Visualization: 'piechart' }, cursor: '637239957206013576' },
        );
      case 'truncated':
        return result([table('PrimaryResult', X, () => numbers(3))], {
          truncation: {
            code: 'E_QUERY_RESULT_SET_TOO_LARGE',
            message: 'The results of this query exceed the set limit of 3 records (E_QUERY_RESULT_SET_TOO_LARGE)',
          },
        });
      case 'late':
        return result([table('PrimaryResult', X, () => numbers(5000, Number(number)))]);
      case 'semantic':
        throw new KustoError('SEM0100', `'where' operator: Failed to resolve 'nope'`, { span: { start: 17, end: 21 } });
      case 'forbidden':
        throw new KustoError('BadRequest_EntityNotFound', `Entity 'T' was not found`);
      case 'crash':
        throw new TypeError(`Cannot read properties of h"secret text" undefined`);
      case 'wait': {
        let seen = () => undefined as void;
        this.cancelled = new Promise((resolve) => (seen = resolve));
        return new Promise((_, reject) => {
          context.signal.addEventListener('abort', () => {
            seen();
            reject(new Error('INTERRUPT Error: Interrupted!'));
          });
        });
      }
      default:
        throw new KustoError('SYN0001', `'${text.slice(0, 20)}' is not a query`);
    }
  }

  prepare(): Promise<never> {
    throw new Error('not needed here');
  }

  runOver(): Promise<never> {
    throw new Error('not needed here');
  }
}

export class FakeCommands implements CommandService {
  readonly runs: { readonly text: string; readonly readOnly: boolean }[] = [];

  async run(text: string, _context: RequestContext, mode?: { readonly readOnly?: boolean }): Promise<CommandResult> {
    const readOnly = mode?.readOnly === true;
    this.runs.push({ text, readOnly });
    if (readOnly && !text.includes('.show')) throw new KustoError('General_BadRequest', 'only .show is allowed here');
    return {
      columns: [
        { name: 'BuildVersion', type: 'string' },
        { name: 'Up', type: 'bool' },
      ],
      rows: [['1.0', true]],
    };
  }
}

export interface TestServer {
  readonly app: FastifyInstance;
  readonly queries: FakeQueries;
  readonly commands: FakeCommands;
  /** Lines of the log, parsed. */
  readonly log: Record<string, unknown>[];
  readonly config: ServerConfig;
}

export const TOKEN = 'Bearer good';

export function testServer(options: Partial<ServerConfig> & { readonly level?: string } = {}): TestServer {
  const log: Record<string, unknown>[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  const config: ServerConfig = {
    development: true,
    limits: DEFAULT_LIMITS,
    trustedProxy: false,
    authMetadata: () => ({
      LoginEndpoint: 'https://login.example',
      LoginMfaRequired: false,
      KustoClientAppId: 'app',
      KustoClientRedirectUri: 'https://redirect.example',
      KustoServiceResourceId: 'https://calypso.example',
      FirstPartyAuthorityUrl: '',
    }),
    ...options,
  };
  const queries = new FakeQueries();
  const commands = new FakeCommands();
  const authenticate = async (authorization: string | undefined): Promise<Caller> => {
    if (config.development || authorization === TOKEN) return CALLER;
    throw new KustoError('Unauthorized', 'The request has no valid token.');
  };
  const logger = pino({ level: options.level ?? 'info' }, sink) as unknown as FastifyBaseLogger;
  return { app: buildServer({ queries, commands, authenticate, config, log: logger }), queries, commands, log, config };
}

export const post = (
  app: FastifyInstance,
  url: string,
  payload: object | string,
  headers: Record<string, string> = {},
) => app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', ...headers } });
