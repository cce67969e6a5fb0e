import { quoteText } from '../../sql/dialects/duckdb/layout.js';
import type { KustoType } from '../../values/index.js';
import type { CopyOptions } from '../engine.js';
import { textOf } from './text.js';

export interface CopyColumn {
  /** Column of the table. */
  readonly expression: string;
  /** Name in the file. */
  readonly name: string;
  readonly type: KustoType;
}

export const isText = (type: KustoType) => type === 'string' || type === 'dynamic';

/** SQL for a row's line but for the final line feed, which the writer adds. */
export function line(columns: readonly CopyColumn[], format: CopyOptions['format']): string {
  if (format === 'json') return jsonLine(columns);
  const fields = columns.map(({ expression, type }) => {
    const text = textOf(expression, type);
    return isText(type) ? quotedWhenNeeded(text, format) : `coalesce(${text}, '')`;
  });
  return `concat(${fields.join(`, ${quoteText(separator(format))}, `)}, chr(13))`;
}

export const separator = (format: CopyOptions['format']) => (format === 'tsv' ? '\t' : ',');

function quotedWhenNeeded(text: string, format: CopyOptions['format']): string {
  const special = [`'"'`, 'chr(10)', 'chr(13)', quoteText(separator(format))].map((c) => `contains(${text}, ${c})`);
  return `CASE WHEN ${text} IS NULL THEN '' WHEN ${special.join(' OR ')}
    THEN '"' || replace(${text}, '"', '""') || '"' ELSE ${text} END`;
}

export function quoteField(name: string, format: CopyOptions['format']): string {
  return /["\r\n]/.test(name) || name.includes(separator(format)) ? `"${name.replaceAll('"', '""')}"` : name;
}

/** One JSON object: numbers and booleans as such, dynamic values nested, everything else as text. */
function jsonLine(columns: readonly CopyColumn[]): string {
  const members = columns.map((column, c) => {
    const key = `${c === 0 ? '{' : ','}${JSON.stringify(column.name)}:`;
    return `${quoteText(key)}, ${jsonValue(column)}`;
  });
  return `concat(${members.join(', ')}, '}')`;
}

function jsonValue({ expression, type }: CopyColumn): string {
  const text = textOf(expression, type);
  switch (type) {
    case 'bool':
    case 'int':
    case 'long':
    case 'decimal':
      return `coalesce(${text}, 'null')`;
    case 'real':
      return `CASE WHEN ${expression} IS NULL THEN 'null' WHEN isfinite(${expression}) THEN ${text} ELSE concat('"', ${text}, '"') END`;
    case 'dynamic':
      // On one line; DuckDB's `json` would round long numbers, so it sees only texts of several lines.
      return `coalesce(if(contains(${text}, chr(10)) OR contains(${text}, chr(13)), CAST(json(${text}) AS VARCHAR), ${text}), 'null')`;
    case 'datetime':
    case 'timespan':
    case 'guid':
      return `if(${expression} IS NULL, 'null', concat('"', ${text}, '"'))`;
    case 'string':
      return `CASE WHEN ${expression} IS NULL THEN '""' WHEN regexp_matches(${expression}, '[\\x00-\\x1f"\\\\]')
        THEN CAST(to_json(${expression}) AS VARCHAR) ELSE concat('"', ${expression}, '"') END`;
  }
}
