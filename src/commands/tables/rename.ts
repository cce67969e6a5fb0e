import type { TableEntity } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import { checkName, notFound, tableScope } from '../entities.js';
import { defineCommand, flag, list, name, seq, type CommandContext } from '../framework/index.js';
import { tableRow, TABLES } from './results.js';

interface Rename {
  readonly to: string;
  readonly from: string;
  readonly ifExists: boolean;
}

/** All at once: names may be swapped, or taken over from each other. */
async function renameTables(context: CommandContext, renames: readonly Rename[]) {
  const { database } = context;
  for (const { to } of renames) checkName(to);
  const { value } = await context.catalog.transact((tx) => {
    const renamed: TableEntity[] = [];
    for (const { from, to, ifExists } of renames) {
      const table = tx.byName('table', database.id, from);
      if (table !== undefined) renamed.push({ ...table, name: to });
      else if (!ifExists) throw notFound('table', from);
    }
    const names = renamed.map(({ name }) => name);
    const twice = names.find((one, index) => names.indexOf(one) !== index);
    if (twice !== undefined) {
      throw new KustoError('BadRequest_EntityNameAlreadyExists', `Two tables would be called '${twice}'.`);
    }
    // The catalog refuses a name that is taken, even for a moment: a table in the way steps aside first.
    for (const table of renamed) tx.put({ ...table, name: `${table.id} is being renamed` });
    for (const table of renamed) tx.put(table);
    return renamed;
  });
  return value.map((table) => tableRow(table, database));
}

export const renameTable = defineCommand({
  name: 'RenameTable',
  grammar: seq('rename table', name('from'), 'to', name('to'), flag('ifExists', 'ifexists')),
  permission: 'TableAdmin',
  scope: (args) => tableScope(args.from),
  result: TABLES,
  operation: 'TableRename',
  run: (args, context) => renameTables(context, [args]),
});

export const renameManyTables = defineCommand({
  name: 'RenameTables',
  grammar: seq('rename tables', list('renames', seq(name('to'), '=', name('from'), flag('ifExists', 'ifexists')))),
  permission: 'TableAdmin',
  scope: (args) => args.renames.map(({ from }) => tableScope(from)),
  result: TABLES,
  operation: 'TablesRename',
  run: (args, context) => renameTables(context, args.renames),
});
