import type { ExternalTableEntity } from '../../catalog/model.js';
import { describeTable } from '../../external/index.js';
import type { KustoValue } from '../../values/index.js';
import { schema } from '../framework/index.js';

export const EXTERNAL_TABLE = schema(
  'TableName: string, TableType: string, Folder: string, DocString: string, Properties: string, ConnectionStrings: dynamic, Partitions: dynamic, PathFormat: string',
);

/** What `.alter`, `.create-or-alter` and `.drop` answer. */
export const EXTERNAL_TABLE_FULL = schema(
  'TableName: string, TableType: string, Folder: string, DocString: string, Schema: string, Properties: string',
);

/** Connection strings are shown without their secrets. */
export function externalTableRow(table: ExternalTableEntity): readonly KustoValue[] {
  const { tableType, properties, connectionStrings, partitions, pathFormat } = describeTable(table);
  return [table.name, tableType, table.folder, table.docString, properties, connectionStrings, partitions, pathFormat];
}

export function fullRow(table: ExternalTableEntity): readonly KustoValue[] {
  const { tableType, properties } = describeTable(table);
  const columns = JSON.stringify(table.columns.map(({ name, type }) => ({ Name: name, CslType: type })));
  return [table.name, tableType, table.folder, table.docString, columns, properties];
}
