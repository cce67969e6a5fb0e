import type { Permission } from '../../security/permissions.js';
import type { ColumnSchema, KustoValue } from '../../values/index.js';
import type { CommandResult } from '../command.js';
import type { CommandContext, EntityReference } from './context.js';
import type { Rule } from './grammar.js';

export type Rows = readonly (readonly KustoValue[])[];

/**
 * One command. `A` are the captures of its grammar. With `operation`, each run is kept as an operation; a capture
 * `async` that is true then answers with its id at once.
 */
export interface CommandDefinition<A extends object> {
  /** As the reference calls it, such as `ShowTables`. */
  readonly name: string;
  readonly grammar: Rule<A>;
  /** A function where it depends on what exists already. */
  readonly permission: Permission | ((args: A, context: CommandContext) => Permission);
  /** What the permission is needed on. Without it: the request's database, or the cluster, as the permission says. */
  readonly scope?: (args: A) => EntityReference | readonly EntityReference[];
  readonly result: readonly ColumnSchema[];
  /** The reference's name of the operation, such as `TableSetOrAppend`. */
  readonly operation?: string;
  /** Rows in the order of `result`, or a result whose columns are known only now. */
  readonly run: (args: A, context: CommandContext) => Rows | CommandResult | Promise<Rows | CommandResult>;
}

export type Command = CommandDefinition<Record<string, unknown>>;

/** Declares a command. The grammar is without its leading dot. */
export function defineCommand<A extends object>(definition: CommandDefinition<A>): Command {
  return definition as unknown as Command;
}
