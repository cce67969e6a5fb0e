import { KustoError } from '../../errors/index.js';
import { quoteText } from '../../sql/dialects/duckdb/layout.js';
import type { FileColumn, FileField, FileScan } from '../engine.js';
import { fromText, fromUnixTime } from './convert.js';
import { textOf } from './text.js';
import { stored } from './types.js';

/** Expressions for all columns of a scan over a FROM clause that offers the `calypso:file` column. */
export function selectColumns(scan: FileScan, from: string, field: (column: FileColumn) => string): string {
  const expressions = scan.columns.map((column, c) => {
    const value = columnValue(scan, column, field);
    return `${stored(value, column.type)} AS f${c}`;
  });
  return `SELECT ${expressions.join(', ')} FROM ${from}`;
}

function columnValue(scan: FileScan, column: FileColumn, field: (column: FileColumn) => string): string {
  switch (column.source.kind) {
    case 'constant':
      return fromText(quoteText(column.source.text), column.type);
    case 'sourceLineNumber':
      return fromText('CAST(row_number() OVER () AS VARCHAR)', column.type);
    case 'sourceLocation': {
      const cases = scan.files.map((file) => `WHEN ${quoteText(file.path)} THEN ${quoteText(file.location)}`);
      return fromText(`CASE "calypso:file" ${cases.join(' ')} END`, column.type);
    }
    case 'ordinal':
    case 'path':
      return field(column);
  }
}

/** A field that was read as text. */
export function textField(column: FileColumn, text: string): string {
  return column.unixTime ? unixTimeField(column, text) : fromText(text, column.type);
}

export function unixTimeField(column: FileColumn, text: string): string {
  const ticks = fromUnixTime(text, column.unixTime!);
  return column.type === 'datetime' ? ticks : fromText(textOf(ticks, 'datetime'), column.type);
}

/** As JSON pointer: in DuckDB's `$.` paths a `*` in a name is a wildcard. */
export function jsonPointer(field: FileField): string {
  if (field.kind === 'ordinal')
    throw new KustoError(
      'BadRequest_InvalidMapping',
      'Columns of JSON and Parquet are mapped by Path, not by Ordinal.',
    );
  if (field.kind !== 'path') return '';
  return field.steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
