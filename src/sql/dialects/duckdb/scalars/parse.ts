import { plainPattern, scalarFunction } from '../../../../functions/index.js';
import type { LoweredArgument, LoweredCall, ScalarRow } from '../../../dialect.js';
import { list, sql, value, type Sql } from '../../../tree.js';
import { CONVERSION_ROWS } from './conversions.js';
import { fromDynamic } from './dynamic-conversion.js';

/** What the operator parse finds, and the outputs of functions that have several. */
export const PARSE_ROWS: Readonly<Record<string, ScalarRow>> = {
  tuple_item: ({ args, type, lowering }) => {
    const [tuple, index] = args as [LoweredArgument, LoweredArgument];
    const item = sql`kql_null_json(json_extract(${tuple.sql}, ${value('string', `$[${String(index.literal)}]`)}))`;
    return lowering.emptyForNull(fromDynamic(item, type, lowering), type);
  },
  // When its texts are no regular expressions: one match by DuckDB's own engine.
  parse_pattern: (call) => {
    const [source, parts, kind] = call.args as [LoweredArgument, LoweredArgument, LoweredArgument];
    if (kind.literal !== 'simple' && kind.literal !== 'relaxed') return undefined;
    const { pattern, columns } = plainPattern(parts.literal as string, kind.literal);
    const matches = sql`regexp_matches(${source.sql}, ${value('string', pattern)})`;
    if (columns.length === 0) return sql`CASE WHEN ${matches} THEN '[]' END`;
    const groups = columns.map((_, i) => value('string', `g${i}`));
    const found = sql`regexp_extract(${source.sql}, ${value('string', pattern)}, [${list(groups)}])`;
    // The lambda holds the match, which DuckDB would else look for again in every branch.
    const texts = groups.map((group) => sql`struct_extract(m, ${group})`);
    const converted =
      kind.literal === 'relaxed'
        ? []
        : columns.flatMap(({ type }, i) =>
            type === 'string' ? [] : [sql`${fromText(texts[i]!, type, call)} IS NOT NULL`],
          );
    const array = sql`CAST(json_array(${list(texts)}) AS VARCHAR)`;
    const held = converted.length === 0 ? array : sql`CASE WHEN ${list(converted, ' AND ')} THEN ${array} END`;
    return sql`CASE WHEN ${matches} THEN list_transform([${found}], lambda m: ${held})[1] END`;
  },
};

function fromText(text: Sql, type: LoweredCall['type'], call: LoweredCall): Sql {
  if (type === 'dynamic') return text;
  const conversion: LoweredCall = {
    ...call,
    name: `to${type}`,
    type,
    args: [{ sql: text, type: 'string', literal: undefined }],
  };
  return (
    CONVERSION_ROWS[conversion.name]?.(conversion) ??
    call.lowering.viaFunction(scalarFunction(conversion.name)!, conversion)
  );
}
