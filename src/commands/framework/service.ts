import { KustoError } from '../../errors/index.js';
import type { RequestContext } from '../../query/query-service.js';
import type { Permission, Target } from '../../security/index.js';
import type { CommandResult, CommandService } from '../command.js';
import type { CommandContext, CommandServices, EntityReference } from './context.js';
import type { Command } from './define.js';
import { parseCommand, verbOf, type ParsedCommand } from './parse.js';
import { schema } from './schema.js';
import { shifted, withoutSecrets } from './spans.js';

const OPERATION_ID = schema('OperationId: guid');

/** Parses, authorizes and runs commands. The first grammar that fits wins, in the order of `commands`. */
export function createCommandService(services: CommandServices, commands: readonly Command[]): CommandService {
  function run(text: string, request: RequestContext, mode: { readonly readOnly?: boolean } = {}) {
    return withoutSecrets(text, () => runNow(text, request, mode));
  }

  async function runNow(text: string, request: RequestContext, mode: { readonly readOnly?: boolean }) {
    if (mode.readOnly === true && verbOf(text).verb !== 'show') {
      throw new KustoError(
        'BadRequest_CommandOnQueryEndpoint',
        'Only .show commands may be sent to the query endpoint. Send this command to /v1/rest/mgmt.',
      );
    }
    const parsed = parseCommand(text, commands);
    const context = contextOf(parsed, request, request.signal, undefined);
    for (const entity of scopeOf(parsed)) authorize(parsed, context, entity);
    const result = await execute(text, parsed, request);
    const { pipe } = parsed;
    return pipe === undefined
      ? result
      : shifted(pipe.offset, () => services.queries.runOver(result, pipe.text, request));
  }

  async function execute(text: string, parsed: ParsedCommand, request: RequestContext): Promise<CommandResult> {
    const { command, args } = parsed;
    const { operations } = services;
    // Here too: what an operation fails with is kept, and shown.
    const work = (signal: AbortSignal, operationId?: string): Promise<CommandResult> =>
      withoutSecrets(text, async () => {
        const result = await command.run(args, contextOf(parsed, request, signal, operationId));
        return 'columns' in result ? result : { columns: command.result, rows: result };
      });
    if (command.operation === undefined) return work(request.signal);
    if (args['async'] !== true) return operations.run(command.operation, request, work);
    return { columns: OPERATION_ID, rows: [[await operations.start(command.operation, request, work)]] };
  }

  function contextOf(
    parsed: ParsedCommand,
    asked: RequestContext,
    signal: AbortSignal,
    operationId: string | undefined,
  ): CommandContext {
    const request = { ...asked, signal };
    const { catalog } = services;
    const databaseOf = (name: string | undefined) => {
      const wanted = name ?? request.database;
      const found = catalog.snapshot().database(wanted);
      if (found !== undefined) return found;
      throw new KustoError('BadRequest_DatabaseNotExist', `There is no database '${wanted}'.`);
    };
    const target = (permission: Permission, entity?: EntityReference): Target =>
      targetOf(permission, entity, request.database);
    return {
      ...services,
      request,
      signal,
      operationId,
      databaseOf,
      get database() {
        return databaseOf(undefined);
      },
      allowed: (permission, entity) =>
        services.security.authorization.allows(
          catalog.snapshot(),
          request.caller,
          permission,
          target(permission, entity),
        ),
      authorize: (permission, entity) =>
        services.security.authorization.require(
          catalog.snapshot(),
          request.caller,
          permission,
          target(permission, entity),
        ),
      spanOf: (argument) => parsed.spans[argument],
      runCommand: (text, offset) => shifted(offset, () => run(text, request)),
      commandType,
    };
  }

  function commandType(text: string): string {
    try {
      const { command } = parseCommand(text, commands);
      return command.operation ?? command.name;
    } catch (error) {
      if (error instanceof KustoError) return '';
      throw error;
    }
  }

  return { run };
}

/** With `ifexists`, who could see the entity may run the command that finds it missing. */
function authorize(
  { command, args }: ParsedCommand,
  context: CommandContext,
  entity: EntityReference | undefined,
): void {
  try {
    const { permission } = command;
    context.authorize(typeof permission === 'function' ? permission(args, context) : permission, entity);
  } catch (error) {
    const isMissing = error instanceof KustoError && error.code === 'BadRequest_EntityNotFound';
    if (!isMissing || args['ifExists'] !== true) throw error;
  }
}

function scopeOf({ command, args }: ParsedCommand): readonly (EntityReference | undefined)[] {
  const scope = command.scope?.(args);
  return scope === undefined || !Array.isArray(scope) ? [scope as EntityReference | undefined] : scope;
}

/** Names only, for what may not exist: authorization decides who learns that. */
function targetOf(permission: Permission, entity: EntityReference | undefined, current: string): Target {
  if (entity === undefined || entity.kind === 'database') return { database: entity?.name ?? current };
  const database = entity.database ?? current;
  if (entity.kind === 'continuousExport' || !/^(Table|Function|ExternalTable)/.test(permission)) return { database };
  return { database, entity: { kind: entity.kind, name: entity.name } };
}
