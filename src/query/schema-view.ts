import type { CatalogSnapshot } from '../catalog/catalog.js';
import type { DatabaseEntity } from '../catalog/model.js';
import { visibleColumns } from '../external/index.js';
import type { Schema, SchemaDatabase } from '../language/schema.js';

/**
 * The catalog as the language room sees it. A database's view is kept for as long as its entities are the same, since
 * the binder's symbols are cached by it.
 */
export class SchemaViews {
  private readonly views = new Map<string, { readonly parts: readonly unknown[]; readonly view: SchemaDatabase }>();

  schema(snapshot: CatalogSnapshot, visible: readonly DatabaseEntity[], current: string): Schema {
    return { databases: visible.map((database) => this.view(snapshot, database)), current };
  }

  private view(snapshot: CatalogSnapshot, database: DatabaseEntity): SchemaDatabase {
    const tables = snapshot.list('table', database.id);
    const functions = snapshot.list('function', database.id);
    const externalTables = snapshot.list('externalTable', database.id);
    const parts = [database, ...tables, null, ...functions, null, ...externalTables];
    const known = this.views.get(database.id);
    if (known && known.parts.length === parts.length && known.parts.every((part, i) => part === parts[i])) {
      return known.view;
    }
    const view: SchemaDatabase = {
      id: database.id,
      name: database.name,
      tables,
      functions,
      externalTables: externalTables.map((table) => ({ ...table, columns: visibleColumns(table) })),
    };
    this.views.set(database.id, { parts, view });
    return view;
  }
}
