import type { DatabaseEntity, TableEntity } from '../../catalog/model.js';
import type { KustoValue } from '../../values/index.js';
import { cslSchema, orderedColumns } from '../entities.js';
import { schema } from '../framework/index.js';

export const TABLES = schema('TableName: string, DatabaseName: string, Folder: string, DocString: string');
export const TABLE_SCHEMA = schema(
  'TableName: string, Schema: string, DatabaseName: string, Folder: string, DocString: string',
);
export const COLUMN_CHANGE = schema('EntityName: string, DataType: string, Policy: string');

export function tableRow(table: TableEntity, database: DatabaseEntity): readonly KustoValue[] {
  return [table.name, database.name, table.folder, table.docString];
}

/** The schema as JSON, as create and alter commands answer it. */
export function schemaRow(table: TableEntity, database: DatabaseEntity): readonly KustoValue[] {
  const document = JSON.stringify({ Name: table.name, OrderedColumns: orderedColumns(table.columns) });
  return [table.name, document, database.name, table.folder, table.docString];
}

export function cslRow(table: TableEntity, database: DatabaseEntity): readonly KustoValue[] {
  return [table.name, cslSchema(table.columns), database.name, table.folder, table.docString];
}
