export * from './grammar.js';
export { properties, type Properties, type PropertyType } from './properties.js';
export * from './readers.js';
export { defineCommand, type Command, type CommandDefinition, type Rows } from './define.js';
export type {
  Authorizer,
  Clock,
  CommandContext,
  CommandServices,
  EntityReference,
  PermissionTarget,
} from './context.js';
export { isCommand } from './parse.js';
export { OperationRunner } from './operations.js';
export { row, schema } from './schema.js';
export { createCommandService } from './service.js';
export { shifted } from './spans.js';
export { obfuscate, type StringLiteral } from './text.js';
export * from './literals.js';
