import { mapRelation, visitRelations, type Relation } from '../plan/index.js';
import type { PreparedQuery, ScopedTable, TableUse } from './query-service.js';

/** Tables that a plan reads, each once. */
export function tablesOf(relation: Relation): Pick<PreparedQuery, 'tables' | 'externalTables'> {
  const tables = new Map<string, TableUse>();
  const externalTables = new Map<string, { databaseId: string; name: string }>();
  visitRelations(relation, (node) => {
    if (node.kind === 'scan') {
      const { databaseId, databaseName, tableId, tableName } = node;
      tables.set(tableId, { databaseId, databaseName, tableId, tableName });
    } else if (node.kind === 'externalScan' && node.source.kind === 'externalTable') {
      const { databaseId, name } = node.source;
      externalTables.set(`${databaseId}/${name}`, { databaseId, name });
    }
  });
  return { tables: [...tables.values()], externalTables: [...externalTables.values()] };
}

/** The plan with its scans narrowed to the extents of a window. */
export function narrowed(relation: Relation, scope: readonly ScopedTable[]): Relation {
  return mapRelation(relation, (node) => {
    if (node.kind !== 'scan') return node;
    const window = scope.find((table) => table.tableId === node.tableId);
    return window ? { ...node, extents: window.extents } : node;
  });
}
