import type { CatalogTransaction } from '../../catalog/catalog.js';
import type { FunctionEntity } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import { admin, bracketed, checkName, makeAdmin, newId, notFound } from '../entities.js';
import {
  BRACES,
  defineCommand,
  flag,
  name,
  obfuscate,
  PARENTHESES,
  properties,
  seq,
  shifted,
  value,
  type CommandContext,
  type EntityReference,
  type Properties,
} from '../framework/index.js';
import { FUNCTION, functionRow } from './results.js';

const PROPERTIES = { docstring: 'string', folder: 'string', view: 'bool', skipvalidation: 'bool' } as const;
const texts = properties(PROPERTIES);
const declaration = seq(name('function'), value('parameters', PARENTHESES), value('body', BRACES));

interface Declaration {
  readonly function: string;
  readonly parameters: string;
  readonly body: string;
  readonly properties: Properties<typeof PROPERTIES>;
}

export function functionScope(name: string): EntityReference {
  return { kind: 'function', name };
}

/**
 * Refuses what cannot be kept or bound. The function is bound by the query service as a `let` statement, with its
 * errors where they stand in the command.
 */
async function check(args: Declaration, context: CommandContext): Promise<void> {
  checkName(args.function, context.spanOf('function'));
  if (args.properties.view === true) {
    const span = context.spanOf('properties.view');
    throw new KustoError(
      'CAL0102',
      'Calypso has no stored views yet. Leave view out; the function can be called by its name.',
      span && { span },
    );
  }
  if (obfuscate(args.body) !== args.body) {
    const span = context.spanOf('body');
    throw new KustoError(
      'CAL0102',
      'Calypso keeps secrets encrypted only, and a function is kept as it is written. Take the obfuscated literal out of it; an external table can hold the connection string.',
      span && { span },
    );
  }
  if (args.properties.skipvalidation === true) return;
  const start = context.spanOf('parameters')?.start ?? 0;
  const gap = (context.spanOf('body')?.start ?? 0) - (context.spanOf('parameters')?.end ?? 0);
  const prefix = `let ${bracketed(args.function)} = `;
  const text = `${prefix}${args.parameters}${' '.repeat(Math.max(0, gap))}${args.body};\nprint 0`;
  await shifted(start - prefix.length, () => context.queries.prepare(text, context.request));
}

function entity(args: Declaration, databaseId: string, existing: FunctionEntity | undefined): FunctionEntity {
  return {
    kind: 'function',
    id: existing?.id ?? newId(),
    databaseId,
    name: args.function,
    parameters: args.parameters,
    body: args.body,
    folder: args.properties.folder ?? existing?.folder ?? '',
    docString: args.properties.docstring ?? existing?.docString ?? '',
  };
}

function existing(tx: Pick<CatalogTransaction, 'byName'>, args: Declaration, context: CommandContext) {
  return tx.byName('function', context.database.id, args.function);
}

async function put(args: Declaration, context: CommandContext, mode: 'create' | 'alter' | 'either' | 'ifMissing') {
  await check(args, context);
  const { value } = await context.catalog.transact((tx) => {
    const known = existing(tx, args, context);
    if (known !== undefined && mode === 'ifMissing') return known;
    if (known === undefined && mode === 'alter') throw notFound('function', args.function, context.spanOf('function'));
    const made = entity(args, context.database.id, mode === 'create' ? undefined : known);
    tx.put(made);
    if (made.id !== known?.id) makeAdmin(tx, context, made.id);
    return made;
  });
  return [functionRow(value)];
}

export const createFunction = defineCommand({
  name: 'CreateFunction',
  grammar: seq('create function', flag('ifNotExists', 'ifnotexists'), texts, declaration),
  permission: 'DatabaseUser',
  result: FUNCTION,
  operation: 'FunctionCreate',
  run: (args, context) => put(args, context, args.ifNotExists ? 'ifMissing' : 'create'),
});

export const alterFunction = defineCommand({
  name: 'AlterFunction',
  grammar: seq('alter function', texts, declaration),
  permission: 'FunctionAdmin',
  scope: (args) => functionScope(args.function),
  result: FUNCTION,
  operation: 'FunctionAlter',
  run: (args, context) => put(args, context, 'alter'),
});

export const createOrAlterFunction = defineCommand({
  name: 'CreateOrAlterFunction',
  grammar: seq('create-or-alter function', texts, declaration),
  permission: (args, context) => admin(context, 'function', args.function, 'FunctionAdmin'),
  scope: (args) => functionScope(args.function),
  result: FUNCTION,
  operation: 'FunctionCreateOrAlter',
  run: (args, context) => put(args, context, 'either'),
});
