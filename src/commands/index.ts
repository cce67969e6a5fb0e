import type { Command } from './framework/index.js';
import { DATABASE_COMMANDS } from './databases/index.js';
import { EXTERNAL_TABLE_COMMANDS } from './external-tables/index.js';
import { FUNCTION_COMMANDS } from './functions/index.js';
import { INGESTION_COMMANDS } from './ingestion/index.js';
import { OPERATION_COMMANDS } from './operations/index.js';
import { POLICY_COMMANDS } from './policies/commands.js';
import { ROLE_COMMANDS } from './roles/index.js';
import { TABLE_COMMANDS } from './tables/index.js';

/** All commands but those of rooms further down (export), which bring their own. Longer heads come first. */
export const CORE_COMMANDS: readonly Command[] = [
  ...TABLE_COMMANDS,
  ...FUNCTION_COMMANDS,
  ...EXTERNAL_TABLE_COMMANDS,
  ...INGESTION_COMMANDS,
  ...ROLE_COMMANDS,
  ...POLICY_COMMANDS,
  ...OPERATION_COMMANDS,
  ...DATABASE_COMMANDS,
];

export type { CommandResult, CommandService } from './command.js';
export { createCommandService, isCommand, obfuscate, OperationRunner } from './framework/index.js';
export type { About, Clock, Command, CommandContext, CommandSecurity, CommandServices } from './framework/index.js';
