import type { DatabaseEntity } from '../../catalog/model.js';
import { KustoError } from '../../errors/index.js';
import { checkName, newId, removeEntity } from '../entities.js';
import { defineCommand, flag, name, opt, row, schema, seq, text, type CommandContext } from '../framework/index.js';
import { changeTables } from '../tables/changes.js';
import { databaseScope } from './schema-rows.js';

const CREATED = schema(
  'DatabaseName: string, PersistentPath: string, Created: string, StoresMetadata: bool, StoresData: bool',
);

/** On Azure an operation of the resource manager; here, of whoever administers the cluster. */
export const createDatabase = defineCommand({
  name: 'CreateDatabase',
  grammar: seq('create database', name('database'), opt('volatile'), flag('ifNotExists', 'ifnotexists')),
  permission: 'AllDatabasesAdmin',
  result: CREATED,
  operation: 'DatabaseCreate',
  async run({ database: called, ifNotExists }, context) {
    checkName(called, context.spanOf('database'));
    const { value: created } = await context.catalog.transact((tx) => {
      if (ifNotExists && tx.database(called) !== undefined) return false;
      tx.put({ kind: 'database', id: newId(), name: called, prettyName: '' });
      return true;
    });
    return [row(CREATED, { DatabaseName: called, Created: String(created), StoresMetadata: true, StoresData: true })];
  },
});

/** With everything in it. */
export const dropDatabase = defineCommand({
  name: 'DropDatabase',
  grammar: seq('drop database', name('database'), flag('ifExists', 'ifexists'), opt('skip-seal')),
  permission: 'AllDatabasesAdmin',
  result: schema('Table: string, NumberOfRemovedExtents: string'),
  operation: 'DatabaseDrop',
  async run({ database: called, ifExists }, context) {
    const database = context.catalog.snapshot().database(called);
    if (database === undefined) {
      if (ifExists) return [];
      throw new KustoError('BadRequest_DatabaseNotExist', `There is no database '${called}'.`);
    }
    return dropAll(database, context);
  },
});

async function dropAll(database: DatabaseEntity, context: CommandContext) {
  const tables = context.catalog.snapshot().list('table', database.id);
  const removed: (readonly string[])[] = [];
  await changeTables(
    context,
    tables.map(({ id }) => id),
    async (write) => {
      const dropped: bigint[] = [];
      for (const { id, name: table } of tables) {
        const extents = (await context.catalog.extents(id)).map(({ number }) => number);
        dropped.push(...extents);
        removed.push([table, String(extents.length)]);
        await write.dropTable(id);
      }
      return dropped;
    },
    (tx) => {
      const now = tx.list('table', database.id);
      if (now.length !== tables.length || now.some(({ id }) => !tables.some((table) => table.id === id))) {
        throw new KustoError(
          'BadRequest_EntityInUse',
          `Tables of database '${database.name}' were created or dropped while it was to be dropped. Send the command again.`,
        );
      }
      for (const kind of ['table', 'function', 'externalTable', 'continuousExport'] as const) {
        for (const { id } of tx.list(kind, database.id)) removeEntity(tx, kind, id, database.id);
      }
      for (const mapping of tx.list('mapping', database.id)) tx.delete('mapping', mapping.id);
      for (const role of tx.roles(database.id)) tx.delete('role', role.id);
      for (const policy of tx.list('policy', database.id)) tx.delete('policy', policy.id);
      tx.delete('database', database.id);
    },
  );
  return removed;
}

const PRETTY_NAME = schema('DatabaseName: string, PrettyName: string');

async function setPrettyName(called: string | undefined, prettyName: string, context: CommandContext) {
  const { id } = context.databaseOf(called);
  const { value: database } = await context.catalog.transact((tx) => {
    const now = tx.get('database', id) ?? context.databaseOf(called);
    tx.put({ ...now, prettyName });
    return now;
  });
  return [[database.name, prettyName]];
}

export const alterPrettyName = defineCommand({
  name: 'AlterDatabasePrettyName',
  grammar: seq('alter database', opt(name('database')), 'prettyname', text('prettyName')),
  permission: 'DatabaseAdmin',
  scope: (args) => databaseScope(args.database),
  result: PRETTY_NAME,
  run: ({ database, prettyName }, context) => setPrettyName(database, prettyName, context),
});

export const dropPrettyName = defineCommand({
  name: 'DropDatabasePrettyName',
  grammar: seq('drop database', name('database'), 'prettyname'),
  permission: 'DatabaseAdmin',
  scope: (args) => databaseScope(args.database),
  result: PRETTY_NAME,
  run: ({ database }, context) => setPrettyName(database, '', context),
});
