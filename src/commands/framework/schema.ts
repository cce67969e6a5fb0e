import { kustoTypeOf, type ColumnSchema, type KustoValue } from '../../values/index.js';

/** Columns in the notation of the reference: `TableName: string, Size: long`. */
export function schema(text: string): readonly ColumnSchema[] {
  return text.split(',').map((column) => {
    const [name = '', typeName = ''] = column.split(':').map((part) => part.trim());
    const type = kustoTypeOf(typeName);
    if (name === '' || type === undefined) throw new Error(`Result schema '${column}' is not name: type.`);
    return { name, type };
  });
}

/** A row by column names; what is not given is empty (string) or null. */
export function row(
  columns: readonly ColumnSchema[],
  cells: Readonly<Record<string, KustoValue>>,
): readonly KustoValue[] {
  for (const name of Object.keys(cells)) {
    if (!columns.some((column) => column.name === name)) throw new Error(`There is no result column '${name}'.`);
  }
  return columns.map((column) => cells[column.name] ?? (column.type === 'string' ? '' : null));
}
