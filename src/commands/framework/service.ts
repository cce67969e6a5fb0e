import type { Entity } from '../../catalog/model.js';
import type { CatalogSnapshot } from '../../catalog/catalog.js';
import { KustoError } from '../../errors/index.js';
import type { RequestContext } from '../../query/query-service.js';
import { fullyQualifiedName } from '../../security/caller.js';
import type { Permission } from '../../security/permissions.js';
import type { CommandResult, CommandService } from '../command.js';
import type { CommandContext, CommandServices, EntityReference, PermissionTarget } from './context.js';
import type { Command } from './define.js';
import { parseCommand, verbOf, type ParsedCommand } from './parse.js';
import { schema } from './schema.js';
import { shifted } from './spans.js';

const OPERATION_ID = schema('OperationId: guid');

/** Parses, authorizes and runs commands. The first grammar that fits wins, in the order of `commands`. */
export function createCommandService(services: CommandServices, commands: readonly Command[]): CommandService {
  async function run(text: string, request: RequestContext, mode: { readonly readOnly?: boolean } = {}) {
    if (mode.readOnly === true && verbOf(text).verb !== 'show') {
      throw new KustoError(
        'BadRequest_CommandOnQueryEndpoint',
        'Only .show commands may be sent to the query endpoint. Send this command to /v1/rest/mgmt.',
      );
    }
    const parsed = parseCommand(text, commands);
    const context = contextOf(parsed, request, request.signal);
    for (const entity of scopeOf(parsed)) context.authorize(parsed.command.permission, entity);
    const result = await execute(parsed, request);
    const { pipe } = parsed;
    return pipe === undefined
      ? result
      : shifted(pipe.offset, () => services.queries.runOver(result, pipe.text, request));
  }

  async function execute(parsed: ParsedCommand, request: RequestContext): Promise<CommandResult> {
    const { command, args } = parsed;
    const { operations } = services;
    const work = async (signal: AbortSignal): Promise<CommandResult> => ({
      columns: command.result,
      rows: await command.run(args, contextOf(parsed, request, signal)),
    });
    if (command.operation === undefined) return work(request.signal);
    if (args['async'] !== true) return operations.run(command.operation, request, work);
    return { columns: OPERATION_ID, rows: [[await operations.start(command.operation, request, work)]] };
  }

  function contextOf(parsed: ParsedCommand, request: RequestContext, signal: AbortSignal): CommandContext {
    const databaseOf = (name: string | undefined) => {
      const wanted = name ?? request.database;
      const found = services.catalog.snapshot().database(wanted);
      if (found !== undefined) return found;
      throw new KustoError('BadRequest_DatabaseNotExist', `There is no database '${wanted}'.`);
    };
    const allowed = (permission: Permission, entity?: EntityReference): boolean => {
      const target = targetOf(services.catalog.snapshot(), request.database, permission, entity);
      return services.authorizer.allows(request.caller, target.permission, target);
    };
    return {
      ...services,
      request,
      signal,
      databaseOf,
      get database() {
        return databaseOf(undefined);
      },
      allowed,
      authorize(permission, entity) {
        if (!allowed(permission, entity)) throw forbidden(parsed.command, request, permission, entity);
      },
      spanOf: (argument) => parsed.spans[argument],
      runCommand: (text) => run(text, request),
    };
  }

  return { run };
}

function scopeOf({ command, args }: ParsedCommand): readonly (EntityReference | undefined)[] {
  const scope = command.scope?.(args);
  return scope === undefined || !Array.isArray(scope) ? [scope as EntityReference | undefined] : scope;
}

/**
 * Where to look for the permission. An entity that does not exist has no admins: who may see its database learns so
 * from the handler, nobody else does. Likewise, only who may see all databases learns that one does not exist.
 */
function targetOf(
  snapshot: CatalogSnapshot,
  current: string,
  permission: Permission,
  entity: EntityReference | undefined,
): PermissionTarget & { readonly permission: Permission } {
  if (permission === 'Anyone' || permission.startsWith('AllDatabases')) return { permission };
  const inEntity = entity !== undefined && entity.kind !== 'database';
  const database = snapshot.database((inEntity ? entity.database : entity?.name) ?? current);
  if (database === undefined) return { permission: 'AllDatabasesMonitor' };
  if (!inEntity) return { permission, databaseId: database.id };
  const found = snapshot.byName(entity.kind, database.id, entity.name) as Entity | undefined;
  return found === undefined
    ? { permission: 'DatabaseUserViewerOrMonitor', databaseId: database.id }
    : { permission, databaseId: database.id, entityId: found.id };
}

function forbidden(
  command: Command,
  request: RequestContext,
  permission: Permission,
  entity: EntityReference | undefined,
): KustoError {
  const where =
    entity === undefined || entity.name === undefined
      ? `database '${request.database}'`
      : `${entity.kind} '${entity.name}'`;
  const scope = permission.startsWith('AllDatabases') ? 'the cluster' : where;
  return new KustoError(
    'Forbidden',
    `Principal '${fullyQualifiedName(request.caller.principal)}' may not run ${command.name}: it needs ${permission} on ${scope}.`,
  );
}
