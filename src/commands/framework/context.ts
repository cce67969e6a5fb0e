import type { Catalog } from '../../catalog/catalog.js';
import type { DatabaseEntity } from '../../catalog/model.js';
import type { Engine } from '../../engines/engine.js';
import type { Span } from '../../errors/index.js';
import type { IngestionService } from '../../ingestion/ingestion-service.js';
import type { QueryService, RequestContext } from '../../query/query-service.js';
import type { Permission, SecretBox, Security } from '../../security/index.js';
import type { StoreOptions } from '../../storage/index.js';
import type { CommandResult } from '../command.js';
import type { Clock } from './clock.js';
import type { OperationRunner } from './operations.js';

/** Security as it is now: a configuration that is read again gives other values. */
export type CommandSecurity = Pick<
  Security,
  | 'authorization'
  | 'directory'
  | 'calloutDefaults'
  | 'requireCallout'
  | 'requireIdentity'
  | 'credentialFor'
  | 'callerCredentialFor'
>;

/** The server, as `.show version` and `.show cluster` tell it. */
export interface About {
  readonly version: string;
  /** Undefined when it is not known. */
  readonly buildTime?: Date;
  readonly startedOn: Date;
  /** Its public address; empty before it listens. */
  readonly address: string;
}

/** What the handlers of all families work with. Made once, by whoever starts the server. */
export interface CommandServices {
  readonly catalog: Catalog;
  readonly engine: Pick<Engine, 'beginWrite' | 'run' | 'scanFiles' | 'exchangeDirectory'>;
  readonly queries: QueryService;
  readonly security: CommandSecurity;
  readonly secrets: Pick<SecretBox, 'seal' | 'open'>;
  /** How stores are opened: local roots, deadlines. */
  readonly store: StoreOptions;
  readonly ingestion: Pick<IngestionService, 'ingestQuery' | 'ingestInline' | 'ingestFiles'>;
  readonly operations: OperationRunner;
  /** How many exports may run at once, and how many do. */
  readonly exportCapacity: { readonly total: number; readonly consumed: number };
  readonly about: About;
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
  /** Of a command that is kept as an operation: it is told as completed after the handler has answered. */
  readonly operationId: string | undefined;
  /** The database of the request. Throws BadRequest_DatabaseNotExist when there is none of that name. */
  readonly database: DatabaseEntity;
  /** A database by name, or the request's. Throws BadRequest_DatabaseNotExist. */
  databaseOf(name: string | undefined): DatabaseEntity;
  /**
   * Throws Forbidden, or what the caller may know: that the database or entity does not exist. For needs that depend
   * on the arguments; those that a command declares are checked before it runs.
   */
  authorize(permission: Permission, entity?: EntityReference): void;
  allowed(permission: Permission, entity?: EntityReference): boolean;
  /** Where a captured argument (or `properties.<name>`) stands in the command's text. */
  spanOf(argument: string): Span | undefined;
  /** Runs another command of the same request; places in its errors are moved by `offset`. */
  runCommand(text: string, offset: number): Promise<CommandResult>;
  /** The reference's name of a command's operation, or of the command; empty when the text is none. */
  commandType(text: string): string;
}
