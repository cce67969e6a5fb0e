import type { Catalog } from '../../catalog/catalog.js';
import type { DatabaseEntity } from '../../catalog/model.js';
import type { Engine } from '../../engines/engine.js';
import type { Span } from '../../errors/index.js';
import type { QueryService, RequestContext } from '../../query/query-service.js';
import type { Caller } from '../../security/caller.js';
import type { Permission } from '../../security/permissions.js';
import type { CommandResult } from '../command.js';
import type { OperationRunner } from './operations.js';

/** Where a permission is needed: the cluster when empty, a database, or an entity in it. */
export interface PermissionTarget {
  readonly databaseId?: string;
  readonly entityId?: string;
}

export interface Authorizer {
  allows(caller: Caller, permission: Permission, target: PermissionTarget): boolean;
}

export interface Clock {
  now(): Date;
}

/** What the handlers of all families work with. Made once, by whoever starts the server. */
export interface CommandServices {
  readonly catalog: Catalog;
  readonly engine: Pick<Engine, 'beginWrite'>;
  readonly queries: QueryService;
  readonly authorizer: Authorizer;
  readonly operations: OperationRunner;
  readonly clock: Clock;
}

/** The entity that a command's permission is about. A database without a name is the request's. */
export type EntityReference =
  | { readonly kind: 'database'; readonly name?: string }
  | {
      readonly kind: 'table' | 'function' | 'externalTable' | 'continuousExport';
      readonly database?: string;
      readonly name: string;
    };

/** One command under way. */
export interface CommandContext extends CommandServices {
  readonly request: RequestContext;
  /** Cancels the work: the request's signal, or an operation's own. */
  readonly signal: AbortSignal;
  /** The database of the request. Throws BadRequest_DatabaseNotExist when there is none of that name. */
  readonly database: DatabaseEntity;
  /** A database by name, or the request's. Throws BadRequest_DatabaseNotExist. */
  databaseOf(name: string | undefined): DatabaseEntity;
  /** Throws the 403 of a caller who may not. For needs that depend on the arguments. */
  authorize(permission: Permission, entity?: EntityReference): void;
  allowed(permission: Permission, entity?: EntityReference): boolean;
  /** Where a captured argument (or `properties.<name>`) stands in the command's text. */
  spanOf(argument: string): Span | undefined;
  /** Runs another command of the same request (`.execute database script`). */
  runCommand(text: string): Promise<CommandResult>;
}
