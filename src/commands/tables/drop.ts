import type { TableEntity } from '../../catalog/model.js';
import { notFound, removeEntity, tableScope } from '../entities.js';
import { defineCommand, flag, name, NAME, schema, seq, values, type CommandContext } from '../framework/index.js';
import { changeTables } from './changes.js';
import { TABLES, tableRow } from './results.js';

async function dropTables(context: CommandContext, names: readonly string[], ifExists: boolean): Promise<void> {
  const { database } = context;
  const snapshot = context.catalog.snapshot();
  const tables: TableEntity[] = [];
  for (const name of new Set(names)) {
    const table = snapshot.byName('table', database.id, name);
    if (table !== undefined) tables.push(table);
    else if (!ifExists) throw notFound('table', name);
  }
  if (tables.length === 0) return;
  await changeTables(
    context,
    tables.map(({ id }) => id),
    async (write) => {
      const dropped: bigint[] = [];
      for (const { id } of tables) {
        // Somebody may have dropped it while the command waited for its lock.
        if (context.catalog.snapshot().get('table', id) === undefined) continue;
        dropped.push(...(await context.catalog.extents(id)).map(({ number }) => number));
        await write.dropTable(id);
      }
      return dropped;
    },
    (tx) => {
      for (const table of tables) removeEntity(tx, 'table', table.id, database.id);
    },
  );
}

/** Answers the tables that remain. */
function remaining(context: CommandContext) {
  const { database } = context;
  return context.catalog
    .snapshot()
    .list('table', database.id)
    .map((table) => [table.name, database.name]);
}

const REMAINING = schema('TableName: string, DatabaseName: string');

export const dropTable = defineCommand({
  name: 'DropTable',
  grammar: seq('drop table', name('table'), flag('ifExists', 'ifexists')),
  permission: 'TableAdmin',
  scope: (args) => tableScope(args.table),
  result: REMAINING,
  operation: 'TableDrop',
  async run({ table, ifExists }, context) {
    await dropTables(context, [table], ifExists);
    return remaining(context);
  },
});

export const dropManyTables = defineCommand({
  name: 'DropTables',
  grammar: seq('drop tables (', values('tables', NAME), ')', flag('ifExists', 'ifexists')),
  permission: 'TableAdmin',
  scope: (args) => args.tables.map(tableScope),
  result: REMAINING,
  operation: 'TablesDrop',
  async run({ tables, ifExists }, context) {
    await dropTables(context, tables, ifExists);
    return remaining(context);
  },
});

/** Removes all rows; schema, policies and roles stay. */
export const clearTableData = defineCommand({
  name: 'ClearTableData',
  grammar: seq('clear', flag('async', 'async'), 'table', name('table'), 'data'),
  permission: 'TableAdmin',
  scope: (args) => tableScope(args.table),
  result: TABLES,
  operation: 'TableDataClear',
  async run({ table: name }, context) {
    const { database } = context;
    const table = context.catalog.snapshot().byName('table', database.id, name);
    if (table === undefined) throw notFound('table', name, context.spanOf('table'));
    await changeTables(
      context,
      [table.id],
      async (write) => {
        const dropped = (await context.catalog.extents(table.id)).map(({ number }) => number);
        await write.deleteExtents(table.id, dropped);
        return dropped;
      },
      () => undefined,
    );
    return [tableRow(table, database)];
  },
});
