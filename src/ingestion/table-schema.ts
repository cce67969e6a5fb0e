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

/**
 * Gives a table other columns: those that `next` hands back as they were are kept, all others are new, and what it
 * leaves out is dropped with its data. Waits for the appends under way; `next` sees the table once it is locked.
 */
export async function alterColumns(
  engine: Engine,
  catalog: Catalog,
  tableId: string,
  next: (columns: readonly TableColumn[]) => readonly (ColumnSchema | TableColumn)[],
): Promise<void> {
  const write = await engine.beginWrite({ change: [tableId] });
  try {
    const table = catalog.snapshot().get('table', tableId);
    if (!table) throw new KustoError('BadRequest_EntityNotFound', 'The table was dropped meanwhile.');
    let { nextColumnId } = table;
    const columns = next(table.columns).map((column): TableColumn =>
      'id' in column ? column : { id: nextColumnId++, name: column.name, type: column.type, docString: '' },
    );
    assertDistinct(columns);
    for (const column of columns) if (!table.columns.includes(column)) await write.addColumn(tableId, column);
    for (const column of table.columns) if (!columns.includes(column)) await write.dropColumn(tableId, column.id);
    await catalog.transact((tx) => {
      // Its folder and docstring may have changed meanwhile: they need no lock.
      tx.put({ ...(tx.get('table', tableId) ?? table), columns, nextColumnId });
      tx.publish({ write, extents: [] });
    });
  } finally {
    await write.discard();
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
