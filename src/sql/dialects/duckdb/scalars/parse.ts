import { plainPattern } from '../../../../functions/index.js';
import type { LoweredArgument, LoweredCall, ScalarRow } from '../../../dialect.js';
import { list, sql, value, type Sql } from '../../../tree.js';
import { convertedText } from './conversions.js';
import { fromDynamic } from './dynamic-conversion.js';

/** What the operator parse finds, and the outputs of functions that have several. */
export const PARSE_ROWS: Readonly<Record<string, ScalarRow>> = {
  tuple_item: ({ args, type, lowering }) => {
    const [tuple, index] = args as [LoweredArgument, LoweredArgument];
    const item = sql`kql_null_json(json_extract(${tuple.sql}, ${value('string', `$[${String(index.literal)}]`)}))`;
    return lowering.emptyForNull(fromDynamic(item, type, lowering), type);
  },
  // One match by DuckDB's own engine, as a struct of texts (which is no dynamic value: only the next two read it).
  parse_match: (call) => {
    const [source] = call.args as [LoweredArgument];
    const { pattern, columns } = patternOf(call);
    const groups = [WHOLE, ...columns.map((_, i) => value('string', groupName(i)))];
    return sql`regexp_extract(${source.sql}, ${value('string', `(${pattern})`)}, [${list(groups)}])`;
  },
  // The match, or null where there is none, or where the text of a column is none of its type.
  parse_fitting: (call) => {
    const [match, , kind, source] = call.args as [LoweredArgument, LoweredArgument, LoweredArgument, LoweredArgument];
    const { columns, matchesEmpty } = patternOf(call);
    // The pattern spans the text: only of an empty one is a match as empty as none.
    const matches = sql`struct_extract(${match.sql}, ${WHOLE}) <> ''`;
    const tests = columns.flatMap(({ type }, i) =>
      kind.literal === 'relaxed' || type === 'string' || type === 'dynamic'
        ? []
        : [sql`${convertedText(groupText(match.sql, i), type, call)} IS NOT NULL`],
    );
    const found = matchesEmpty ? sql`(${matches} OR ${source.sql} = '')` : matches;
    return sql`CASE WHEN ${list([found, ...tests], ' AND ')} THEN ${match.sql} END`;
  },
  group_item: (call) => {
    const [match, index] = call.args as [LoweredArgument, LoweredArgument];
    const text = groupText(match.sql, Number(index.literal));
    return call.lowering.emptyForNull(convertedText(text, call.type, call), call.type);
  },
};

const WHOLE = value('string', 'whole');

const groupName = (index: number): string => `g${index}`;

const groupText = (match: Sql, index: number): Sql =>
  sql`struct_extract(${match}, ${value('string', groupName(index))})`;

const patternOf = ({ args }: LoweredCall): ReturnType<typeof plainPattern> =>
  plainPattern(args[1]!.literal as string, args[2]!.literal as 'simple' | 'relaxed');
