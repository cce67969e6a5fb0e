import { plainPattern } from '../../../../functions/index.js';
import type { LoweredArgument, ScalarRow } from '../../../dialect.js';
import { list, sql, value, type Sql } from '../../../tree.js';
import { onceAll } from '../once.js';
import { convertedText } from './conversions.js';
import { fromDynamic } from './dynamic-conversion.js';

/** What the operator parse finds, and the outputs of functions that have several. */
export const PARSE_ROWS: Readonly<Record<string, ScalarRow>> = {
  tuple_item: ({ args, type, lowering }) => {
    const [tuple, index] = args as [LoweredArgument, LoweredArgument];
    const item = sql`kql_null_json(json_extract(${tuple.sql}, ${value('string', `$[${String(index.literal)}]`)}))`;
    return lowering.emptyForNull(fromDynamic(item, type, lowering), type);
  },
  // One match by DuckDB's own engine, as a list of texts (which is no dynamic value: only `group_item` reads it).
  parse_groups: (call) => {
    const [source, parts, kind] = call.args as [LoweredArgument, LoweredArgument, LoweredArgument];
    const { pattern, columns } = plainPattern(parts.literal as string, kind.literal as 'simple' | 'relaxed');
    const matches = (held: Sql): Sql => sql`regexp_matches(${held}, ${value('string', pattern)})`;
    const groups = ['all', ...columns.map((_, i) => `g${i}`)].map((group) => value('string', group));
    return onceAll([source.sql], call.lowering, ([held]) => {
      const found = sql`regexp_extract(${held!}, ${value('string', `(${pattern})`)}, [${list(groups)}])`;
      return onceAll([found, held!], call.lowering, ([match]) => {
        const [all, ...texts] = groups.map((group) => sql`struct_extract(${match!}, ${group})`) as [Sql, ...Sql[]];
        const converted = columns.flatMap(({ type }, i) =>
          kind.literal === 'relaxed' || type === 'string'
            ? []
            : [sql`${convertedText(texts[i]!, type, call)} IS NOT NULL`],
        );
        const array = sql`CAST([${list(texts)}] AS VARCHAR[])`;
        const fitting = converted.length === 0 ? array : sql`CASE WHEN ${list(converted, ' AND ')} THEN ${array} END`;
        // The pattern spans the text: only of an empty one is a match as empty as none.
        return sql`CASE WHEN ${all} <> '' THEN ${fitting} WHEN ${held!} = '' AND ${matches(held!)} THEN ${fitting} END`;
      });
    });
  },
  group_item: (call) => {
    const [groups, index] = call.args as [LoweredArgument, LoweredArgument];
    const text = sql`list_extract(${groups.sql}, ${value('int', Number(index.literal) + 1)})`;
    return call.lowering.emptyForNull(convertedText(text, call.type, call), call.type);
  },
};
