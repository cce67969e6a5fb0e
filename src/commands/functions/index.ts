import type { Command } from '../framework/index.js';
import * as define from './define.js';
import * as manage from './manage.js';

export const FUNCTION_COMMANDS: readonly Command[] = [
  define.createFunction,
  define.alterFunction,
  define.createOrAlterFunction,
  manage.alterFunctionDocString,
  manage.alterFunctionFolder,
  manage.dropFunction,
  manage.dropManyFunctions,
  manage.showFunctions,
  manage.showFunction,
];
