import type { FunctionEntity } from '../../catalog/model.js';
import { find, notFound, removeEntity, SHOW_PERMISSION } from '../entities.js';
import {
  defineCommand,
  flag,
  name,
  NAME,
  properties,
  schema,
  seq,
  text,
  values,
  type CommandContext,
} from '../framework/index.js';
import { functionScope } from './define.js';
import { FUNCTION, functionRow } from './results.js';

export const showFunctions = defineCommand({
  name: 'ShowFunctions',
  grammar: seq('show functions', properties({})),
  permission: SHOW_PERMISSION,
  result: FUNCTION,
  run: (_, context) => all(context),
});

/** No function holds an obfuscated literal, so that there is nothing to show or to hide. */
export const showFunction = defineCommand({
  name: 'ShowFunction',
  grammar: seq(
    'show function',
    name('function'),
    properties({ ShowObfuscatedStrings: 'bool', Builtin: 'bool', IncludeHiddenFunctions: 'bool' }),
  ),
  permission: SHOW_PERMISSION,
  scope: (args) => functionScope(args.function),
  result: FUNCTION,
  run({ function: name }, context) {
    const span = context.spanOf('function');
    return [functionRow(find(context.catalog.snapshot(), 'function', context.database.id, name, span))];
  },
});

async function drop(names: readonly string[], ifExists: boolean, context: CommandContext): Promise<void> {
  const { database } = context;
  await context.catalog.transact((tx) => {
    for (const name of new Set(names)) {
      const found = tx.byName('function', database.id, name);
      if (found !== undefined) removeEntity(tx, 'function', found.id, database.id);
      else if (!ifExists) throw notFound('function', name);
    }
  });
}

function all(context: CommandContext) {
  return context.catalog.snapshot().list('function', context.database.id).map(functionRow);
}

export const dropFunction = defineCommand({
  name: 'DropFunction',
  grammar: seq('drop function', name('function'), flag('ifExists', 'ifexists')),
  permission: 'FunctionAdmin',
  scope: (args) => functionScope(args.function),
  result: schema('Name: string'),
  operation: 'FunctionDrop',
  async run({ function: name, ifExists }, context) {
    await drop([name], ifExists, context);
    return [[name]];
  },
});

/** Answers the functions that remain. */
export const dropManyFunctions = defineCommand({
  name: 'DropFunctions',
  grammar: seq('drop functions (', values('functions', NAME), ')', flag('ifExists', 'ifexists')),
  permission: 'FunctionAdmin',
  scope: (args) => args.functions.map(functionScope),
  result: FUNCTION,
  operation: 'FunctionsDrop',
  async run({ functions, ifExists }, context) {
    await drop(functions, ifExists, context);
    return all(context);
  },
});

async function describe(name: string, change: Partial<FunctionEntity>, context: CommandContext) {
  const { value } = await context.catalog.transact((tx) => {
    const found = find(tx, 'function', context.database.id, name, context.spanOf('function'));
    tx.put({ ...found, ...change });
    return { ...found, ...change };
  });
  return [functionRow(value)];
}

export const alterFunctionDocString = defineCommand({
  name: 'AlterFunctionDocString',
  grammar: seq('alter function', name('function'), 'docstring', text('docString')),
  permission: 'FunctionAdmin',
  scope: (args) => functionScope(args.function),
  result: FUNCTION,
  run: ({ function: name, docString }, context) => describe(name, { docString }, context),
});

export const alterFunctionFolder = defineCommand({
  name: 'AlterFunctionFolder',
  grammar: seq('alter function', name('function'), 'folder', text('folder')),
  permission: 'FunctionAdmin',
  scope: (args) => functionScope(args.function),
  result: FUNCTION,
  run: ({ function: name, folder }, context) => describe(name, { folder }, context),
});
