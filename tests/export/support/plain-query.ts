import type { Catalog } from '../../../src/catalog/catalog.js';
import type { PreparedQuery, RequestContext } from '../../../src/query/query-service.js';
import { columnName, EXTENT_COLUMN, tableName } from '../../../src/sql/dialects/duckdb/layout.js';
import type { ColumnSchema } from '../../../src/values/index.js';

/** Stands in for the query service: knows `T` and `T | project ['a'], ['$partition0']=['b']`. */
export class PlainQueries {
  asked = 0;

  constructor(private readonly catalog: Catalog) {}

  prepare(text: string, context: RequestContext): Promise<PreparedQuery> {
    const snapshot = this.catalog.snapshot();
    const database = snapshot.database(context.database)!;
    const name = text.split('|')[0]!.trim();
    const table = snapshot.byName('table', database.id, name)!;
    const projected = [...text.matchAll(/(?:\['([^']+)'\]=)?\['([^']+)'\]/g)].map(([, as, source]) => {
      const column = table.columns.find((one) => one.name === source)!;
      return { name: as ?? column.name, type: column.type, id: column.id };
    });
    const chosen = projected.length > 0 ? projected : table.columns;
    const columns: ColumnSchema[] = chosen.map(({ name, type }) => ({ name, type }));
    return Promise.resolve({
      columns,
      tables: [{ databaseId: database.id, databaseName: database.name, tableId: table.id, tableName: name }],
      externalTables: [],
      crossCluster: false,
      compile: (scope) => {
        this.asked++;
        const extents = scope?.find((one) => one.tableId === table.id)?.extents;
        const within = extents === undefined ? 'true' : `${EXTENT_COLUMN} IN (${[...extents, -1n].join(', ')})`;
        const list = chosen.map(({ id }) => columnName(id)).join(', ');
        return Promise.resolve({
          sql: { text: `SELECT ${list} FROM ${tableName(table.id)} WHERE ${within}`, parameters: [], columns },
          release: () => Promise.resolve(),
        });
      },
    });
  }
}
