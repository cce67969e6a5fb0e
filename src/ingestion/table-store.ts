import { randomUUID } from 'node:crypto';
import type { Catalog, CatalogTransaction } from '../catalog/catalog.js';
import type { PrincipalRef, TableColumn, TableEntity } from '../catalog/model.js';
import type { Engine } from '../engines/engine.js';
import { KustoError } from '../errors/index.js';
import type { ColumnSchema } from '../values/index.js';

export interface NewTable {
  readonly databaseId: string;
  readonly name: string;
  readonly columns: readonly ColumnSchema[];
  readonly folder?: string;
  readonly docString?: string;
}

/** A new table's record, with an id that the engine takes (lower case, never used before). */
export function newTable(table: NewTable): TableEntity {
  assertDistinct(table.columns);
  return {
    kind: 'table',
    id: randomUUID(),
    databaseId: table.databaseId,
    name: table.name,
    folder: table.folder ?? '',
    docString: table.docString ?? '',
    columns: table.columns.map(({ name, type }, id) => ({ id, name, type, docString: '' })),
    nextColumnId: table.columns.length,
  };
}

/** Who creates an entity becomes its admin. */
export function putCreator(tx: CatalogTransaction, entityId: string, creator: PrincipalRef): void {
  tx.put({ kind: 'role', id: randomUUID(), scope: entityId, role: 'Admin', principal: creator, notes: '' });
}

/** What changes a table in the engine and in the catalog, in one commit. */
export class TableStore {
  constructor(
    private readonly engine: Engine,
    private readonly catalog: Catalog,
  ) {}

  /** `more` joins the commit (creator's role, policies). */
  async create(table: TableEntity, more?: (tx: CatalogTransaction) => void): Promise<void> {
    const write = await this.engine.beginWrite({ change: [table.id] });
    try {
      await write.createTable(table.id, table.columns);
      await this.catalog.transact((tx) => {
        tx.put(table);
        more?.(tx);
        tx.publish({ write, extents: [] });
      });
    } finally {
      await write.discard();
    }
  }

  /**
   * Gives the table other columns: those whose `id` it has are kept, those without are new, all others are dropped with
   * their data. Waits for the appends under way. `next` sees the table as it is once the table is locked.
   */
  async alterColumns(
    tableId: string,
    next: (table: TableEntity) => readonly (ColumnSchema & { readonly id?: number; readonly docString?: string })[],
    more?: (tx: CatalogTransaction, table: TableEntity) => void,
  ): Promise<TableEntity> {
    const write = await this.engine.beginWrite({ change: [tableId] });
    try {
      const table = this.existing(tableId);
      let { nextColumnId } = table;
      const columns = next(table).map((column): TableColumn => {
        const kept = column.id === undefined ? undefined : table.columns.find(({ id }) => id === column.id);
        return {
          name: column.name,
          type: column.type,
          docString: column.docString ?? kept?.docString ?? '',
          id: kept?.id ?? nextColumnId++,
        };
      });
      assertDistinct(columns);
      for (const column of columns)
        if (!table.columns.some(({ id }) => id === column.id)) await write.addColumn(tableId, column);
      for (const { id } of table.columns)
        if (!columns.some((column) => column.id === id)) await write.dropColumn(tableId, id);
      const altered = { ...table, columns, nextColumnId };
      await this.catalog.transact((tx) => {
        // Folder and docstring may have changed meanwhile: they need no table lock.
        const current = tx.get('table', tableId) ?? table;
        tx.put({ ...current, columns, nextColumnId });
        more?.(tx, altered);
        tx.publish({ write, extents: [] });
      });
      return altered;
    } finally {
      await write.discard();
    }
  }

  /** Drops the table with its rows, extents, mappings, policies and roles. */
  async drop(tableId: string, more?: (tx: CatalogTransaction) => void): Promise<void> {
    const write = await this.engine.beginWrite({ change: [tableId] });
    try {
      const table = this.existing(tableId);
      const dropped = (await this.catalog.extents(tableId)).map((extent) => extent.number);
      await write.dropTable(tableId);
      await this.catalog.transact((tx) => {
        more?.(tx);
        for (const role of tx.roles(tableId)) tx.delete('role', role.id);
        for (const policy of tx.list('policy', tableId)) tx.delete('policy', policy.id);
        for (const mapping of tx.list('mapping', table.databaseId))
          if (mapping.ownerId === tableId) tx.delete('mapping', mapping.id);
        tx.delete('table', tableId);
        tx.publish({ write, extents: [], dropped });
      });
    } finally {
      await write.discard();
    }
  }

  /** Removes the extents that `choose` picks, with their rows; answers their numbers. */
  async dropExtents(
    tableId: string,
    choose: (extent: { readonly id: string; readonly tags: readonly string[] }) => boolean,
  ): Promise<readonly bigint[]> {
    const write = await this.engine.beginWrite({ change: [tableId] });
    try {
      this.existing(tableId);
      const dropped = (await this.catalog.extents(tableId)).filter(choose).map((extent) => extent.number);
      if (dropped.length === 0) return [];
      await write.deleteExtents(tableId, dropped);
      await this.catalog.transact((tx) => tx.publish({ write, extents: [], dropped }));
      return dropped;
    } finally {
      await write.discard();
    }
  }

  private existing(tableId: string): TableEntity {
    const table = this.catalog.snapshot().get('table', tableId);
    if (!table) throw new KustoError('BadRequest_EntityNotFound', 'The table was dropped meanwhile.');
    return table;
  }
}

function assertDistinct(columns: readonly ColumnSchema[]): void {
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) throw new KustoError('General_BadRequest', `The column '${name}' is given twice.`);
    seen.add(name);
  }
  if (columns.length === 0) throw new KustoError('General_BadRequest', 'A table needs at least one column.');
}
