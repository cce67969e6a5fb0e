import type { KustoType, KustoValue } from '../../../values/index.js';
import type { Sql } from '../../tree.js';
import { DUCKDB_TYPES } from './types.js';

/** Renders a tree as DuckDB SQL. The only place where names and values become text. */
export function write(tree: Sql): string {
  const pieces: string[] = [];
  render(tree, pieces);
  return pieces.join('');
}

function render(node: Sql, out: string[]): void {
  switch (node.kind) {
    case 'template':
      node.strings.forEach((text, i) => {
        out.push(text);
        const hole = node.holes[i];
        if (hole) render(hole, out);
      });
      return;
    case 'list':
      node.items.forEach((item, i) => {
        if (i > 0) out.push(node.separator);
        render(item, out);
      });
      return;
    case 'name':
      out.push(quotedName(node.name));
      return;
    case 'value':
      out.push(literalText(node.value, node.type));
      return;
  }
}

export function quotedName(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** DuckDB ends a string at a NUL byte, so those are put in by chr(). */
export function quotedString(text: string): string {
  return text
    .split('\0')
    .map((part) => `'${part.replaceAll("'", "''")}'`)
    .join(' || chr(0) || ');
}

export function literalText(value: KustoValue, type: KustoType): string {
  if (value === null) return type === 'string' ? "''" : `CAST(NULL AS ${DUCKDB_TYPES[type]})`;
  switch (type) {
    case 'bool':
      return value ? 'true' : 'false';
    case 'int':
      return `CAST(${String(value)} AS INTEGER)`;
    case 'long':
    case 'datetime':
    case 'timespan':
      return value === -9223372036854775808n
        ? "CAST('-9223372036854775808' AS BIGINT)"
        : `CAST(${String(value)} AS BIGINT)`;
    case 'real':
      // Quoted: DuckDB reads a bare number as a decimal first, which loses the last digit of a long one.
      return `CAST('${Object.is(value, -0) ? '-0' : String(value)}' AS DOUBLE)`;
    case 'decimal':
      return `CAST(${quotedString(value as string)} AS ${DUCKDB_TYPES.decimal})`;
    case 'guid':
      return `CAST(${quotedString(value as string)} AS UUID)`;
    case 'string':
    case 'dynamic':
      return (value as string).includes('\0') ? `(${quotedString(value as string)})` : quotedString(value as string);
  }
}
