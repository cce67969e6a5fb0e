import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CommandService } from '../commands/command.js';
import { KustoError } from '../errors/index.js';
import { decodeRequest, encodeV1Command, encodeV1Query, encodeV2, isCommand, tableOf } from '../protocol/index.js';
import type { AnswerContext, Chunk, WireRequest, WireResult } from '../protocol/index.js';
import type { QueryService, RequestContext } from '../query/query-service.js';
import type { Caller } from '../security/caller.js';
import type { ServerLimits } from './config.js';
import { codedError } from './failures.js';
import type { RequestScope } from './scope.js';

export interface Statements {
  readonly queries: QueryService;
  readonly commands: CommandService;
  readonly limits: ServerLimits;
}

type Encode = (result: WireResult, context: AnswerContext) => AsyncGenerator<Chunk>;

/** The three endpoints that run KQL and commands. */
export function statementRoutes(app: FastifyInstance, statements: Statements): void {
  const query = (encode: Encode) => (request: FastifyRequest, reply: FastifyReply) =>
    answer(statements, encode, 'query', request, reply);
  for (const [version, encode] of [
    ['v1', encodeV1Query],
    ['v2', encodeV2],
  ] as const) {
    app.get(`/${version}/rest/query`, query(encode));
    app.post(`/${version}/rest/query`, query(encode));
  }
  app.post('/v1/rest/mgmt', (request, reply) => answer(statements, encodeV1Query, 'mgmt', request, reply));
}

async function answer(
  { queries, commands, limits }: Statements,
  encode: Encode,
  endpoint: 'query' | 'mgmt',
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { scope } = request;
  const wire = decodeRequest(request.method === 'GET' ? request.query : request.body);
  scope.text = wire.text;
  scope.database = wire.database;
  scope.adoptClientRequestId(wire.clientRequestId);
  const command = isCommand(wire.text);
  if (endpoint === 'mgmt' && !command) {
    throw new KustoError(
      'General_BadRequest',
      `'/v1/rest/mgmt' takes commands, which begin with a dot. Send queries to '/v2/rest/query' or '/v1/rest/query'.`,
    );
  }
  scope.startTimer(timeout(wire, command, limits));
  const context = requestContext(request, wire, scope.caller as Caller);
  const answerContext: AnswerContext = {
    ids: scope.ids,
    text: wire.text,
    options: wire.options,
    startedAt: scope.startedAt,
    signal: scope.signal,
    now: () => new Date(),
    newId: randomUUID,
    onFailure: (error) => codedError(error, scope, request.log),
  };
  if (command) {
    const readOnly = endpoint === 'query' || isReadOnly(request, wire);
    const { columns, rows } = await scope.race(commands.run(wire.text, context, { readOnly }));
    const table = tableOf(encode === encodeV2 ? 'PrimaryResult' : 'Table_0', columns, rows);
    const result = { tables: [table], visualization: null, cursor: null, truncation: null };
    return send(
      reply,
      scope,
      encode === encodeV2 ? encodeV2(result, answerContext) : encodeV1Command(table, answerContext),
    );
  }
  const result = await scope.race(queries.run(wire.text, context), (late) => void late.close());
  return send(reply, scope, encode(result, answerContext), () => result.close());
}

async function send(
  reply: FastifyReply,
  scope: RequestScope,
  body: AsyncGenerator<Chunk>,
  close: () => Promise<void> = () => Promise.resolve(),
): Promise<FastifyReply> {
  const pieces = gathered(body);
  const start: Chunk[] = [];
  let ended = false;
  try {
    while (!ended && start.length < 2) {
      const { value, done } = await pieces.next();
      ended = done === true;
      if (value !== undefined) start.push(value);
    }
  } catch (error) {
    await close();
    throw error;
  }
  void reply
    .header('content-type', 'application/json; charset=utf-8')
    .header('x-ms-client-request-id', scope.clientRequestId);
  if (ended && start.length === 1 && typeof start[0] === 'string') {
    await close();
    return reply.send(start[0]);
  }
  const stream = Readable.from(continued(start, pieces));
  // Not a `finally` in the generator: one that was never started is not run when the client has gone already.
  stream.once('close', () => {
    close().catch((error: unknown) =>
      reply.log.error({ activityId: scope.activityId, err: error }, 'result not closed'),
    );
  });
  return reply.send(stream);
}

/** Characters that go out together: each write to a socket costs as much as a small answer. */
const TOGETHER = 1 << 16;

async function* gathered(body: AsyncGenerator<Chunk>): AsyncGenerator<Chunk> {
  let text = '';
  for await (const piece of body) {
    if (typeof piece === 'string') {
      text += piece;
      if (text.length < TOGETHER) continue;
      yield text;
    } else {
      if (text !== '') yield text;
      yield piece;
    }
    text = '';
  }
  if (text !== '') yield text;
}

async function* continued(start: readonly Chunk[], rest: AsyncGenerator<Chunk>): AsyncGenerator<Chunk> {
  yield* start;
  yield* rest;
}

function requestContext(request: FastifyRequest, wire: WireRequest, caller: Caller): RequestContext {
  const { scope, headers } = request;
  const one = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    database: wire.database,
    caller,
    options: isReadOnly(request, wire) ? { ...wire.options, request_readonly: true } : wire.options,
    parameters: wire.parameters,
    clientRequestId: scope.clientRequestId,
    activityId: scope.activityId,
    application: one(wire.options['request_app_name'] ?? headers['x-ms-app']),
    user: one(headers['x-ms-user']),
    signal: scope.signal,
  };
}

function isReadOnly(request: FastifyRequest, wire: WireRequest): boolean {
  const header = request.headers['x-ms-readonly'];
  const asked = wire.options['request_readonly'] === true || wire.options['request_readonly_hardline'] === true;
  return asked || (header !== undefined && header !== 'false');
}

/** Milliseconds that the request may take. */
function timeout({ options }: WireRequest, command: boolean, limits: ServerLimits): number {
  if (options['norequesttimeout'] === true) return limits.maxTimeout;
  const asked = options['servertimeout'] as bigint | undefined;
  if (asked === undefined) return command ? limits.commandTimeout : limits.queryTimeout;
  if (asked <= 0n) throw new KustoError('General_BadRequest', `The request property 'servertimeout' must be positive`);
  return Math.min(Math.ceil(Number(asked) / 10_000), limits.maxTimeout);
}
