import type { CatalogTransaction } from '../../catalog/catalog.js';
import type { TableColumn, TableEntity } from '../../catalog/model.js';
import type { WriteSession } from '../../engines/engine.js';
import { KustoError, type Span } from '../../errors/index.js';
import type { ColumnSchema, KustoType } from '../../values/index.js';
import { makeAdmin, newId } from '../entities.js';
import type { CommandContext } from '../framework/index.js';

/** Changes of tables in engine and catalog at once. */

export interface ColumnDeclaration {
  readonly column: string;
  readonly type: KustoType;
}

export interface TableTexts {
  readonly folder?: string;
  readonly docstring?: string;
}

/**
 * Runs `stage` with the locks of the tables that change (it answers the extents that disappear), then `commit` in the catalog's transaction, which publishes
 * the engine's write. The locks come first: the catalog is never held while waiting for one.
 */
export async function changeTables<T>(
  context: CommandContext,
  tableIds: readonly string[],
  stage: (write: WriteSession) => Promise<readonly bigint[] | void>,
  commit: (tx: CatalogTransaction) => T,
): Promise<T> {
  const write = await context.engine.beginWrite({ change: tableIds }, context.signal);
  try {
    const dropped = (await stage(write)) ?? [];
    const { value } = await context.catalog.transact((tx) => {
      const result = commit(tx);
      tx.publish({ extents: [], dropped, write });
      return result;
    });
    return value;
  } finally {
    await write.discard();
  }
}

export function newTable(
  databaseId: string,
  name: string,
  columns: readonly ColumnDeclaration[],
  texts: TableTexts,
): TableEntity {
  return {
    kind: 'table',
    id: newId(),
    databaseId,
    name,
    folder: texts.folder ?? '',
    docString: texts.docstring ?? '',
    columns: columns.map(({ column, type }, id) => ({ id, name: column, type, docString: '' })),
    nextColumnId: columns.length,
  };
}

/** Creates those of the tables whose names are free, and answers what stands under each name afterwards. */
export async function createTables(
  context: CommandContext,
  tables: readonly TableEntity[],
): Promise<readonly TableEntity[]> {
  const snapshot = context.catalog.snapshot();
  const missing = tables.filter(({ databaseId, name }) => snapshot.byName('table', databaseId, name) === undefined);
  if (missing.length > 0) {
    try {
      await changeTables(
        context,
        [],
        async (write) => {
          for (const table of missing) await write.createTable(table.id, table.columns.map(engineColumn));
        },
        (tx) => {
          for (const table of missing) {
            tx.put(table);
            makeAdmin(tx, context, table.id);
          }
        },
      );
    } catch (error) {
      const now = context.catalog.snapshot();
      const overtaken = missing.some(({ databaseId, name }) => now.byName('table', databaseId, name) !== undefined);
      // Somebody else created one of them meanwhile: nothing of ours was kept, and theirs stays.
      if (!overtaken || !(error instanceof KustoError) || error.code !== 'BadRequest_EntityNameAlreadyExists')
        throw error;
      return createTables(context, tables);
    }
  }
  const now = context.catalog.snapshot();
  return tables.map((table) => now.byName('table', table.databaseId, table.name) ?? table);
}

export function engineColumn({ id, type }: TableColumn): { readonly id: number; readonly type: KustoType } {
  return { id, type };
}

/** The table's columns after a merge: those that are new stand at the end. Throws when a type would change. */
export function mergedColumns(
  table: TableEntity,
  wanted: readonly ColumnDeclaration[],
  span?: Span,
): Pick<TableEntity, 'columns' | 'nextColumnId'> {
  let { nextColumnId } = table;
  const added: TableColumn[] = [];
  for (const { column, type } of wanted) {
    const known = table.columns.find(({ name }) => name === column);
    if (known === undefined) added.push({ id: nextColumnId++, name: column, type, docString: '' });
    else requireType(known, type, table.name, span);
  }
  return { columns: [...table.columns, ...added], nextColumnId };
}

/** The table's columns as declared, in that order: kept where the name is known, new otherwise. */
export function replacedColumns(
  table: TableEntity,
  wanted: readonly ColumnDeclaration[],
  span?: Span,
): Pick<TableEntity, 'columns' | 'nextColumnId'> {
  let { nextColumnId } = table;
  const columns = wanted.map(({ column, type }): TableColumn => {
    const known = table.columns.find(({ name }) => name === column);
    if (known === undefined) return { id: nextColumnId++, name: column, type, docString: '' };
    requireType(known, type, table.name, span);
    return known;
  });
  return { columns, nextColumnId };
}

function requireType(known: ColumnSchema, type: KustoType, table: string, span?: Span): void {
  if (known.type === type) return;
  throw new KustoError(
    'BadRequest_InvalidSchema',
    `The column '${known.name}' of table '${table}' is of type ${known.type}, not ${type}. To change the type (its data becomes null), use .alter column.`,
    span && { span },
  );
}

/** Gives a table other columns: adds and drops what the engine keeps, and swaps the catalog's entity. */
export async function changeColumns(
  context: CommandContext,
  tableId: string,
  change: (table: TableEntity) => TableEntity,
): Promise<TableEntity> {
  let planned: TableEntity | undefined;
  const current = (): TableEntity => {
    const table = context.catalog.snapshot().get('table', tableId);
    if (table === undefined) {
      throw new KustoError('BadRequest_EntityNotFound', 'The table was dropped while the command was waiting for it.');
    }
    return table;
  };
  return changeTables(
    context,
    [tableId],
    async (write) => {
      const before = current();
      planned = change(before);
      const kept = new Set(planned.columns.map(({ id }) => id));
      const known = new Set(before.columns.map(({ id }) => id));
      for (const column of planned.columns)
        if (!known.has(column.id)) await write.addColumn(tableId, engineColumn(column));
      for (const { id } of before.columns) if (!kept.has(id)) await write.dropColumn(tableId, id);
    },
    (tx) => {
      // Names and texts may have changed meanwhile, without the lock: the change is made anew on what is there now.
      const now = tx.get('table', tableId);
      const after = now && change(now);
      if (after === undefined || !sameColumns(after, planned)) {
        throw new KustoError(
          'BadRequest_EntityInUse',
          'The table changed while the command ran. Send the command again.',
        );
      }
      tx.put(after);
      return after;
    },
  );
}

function sameColumns(a: TableEntity, b: TableEntity | undefined): boolean {
  const ids = (table: TableEntity): string => table.columns.map(({ id, type }) => `${id}:${type}`).join();
  return b !== undefined && ids(a) === ids(b);
}
