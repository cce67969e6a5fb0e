import type { LoweredArgument, ScalarRow } from '../../../dialect.js';
import { sql, value } from '../../../tree.js';
import { fromDynamic } from './dynamic-conversion.js';

/** Access into dynamic values. */
export const DYNAMIC_ROWS: Readonly<Record<string, ScalarRow>> = {
  element: ({ args }) => {
    const [container, key] = args as [LoweredArgument, LoweredArgument];
    if (typeof key.literal === 'string') {
      // JSON Pointer, not $.: a key may hold any character, and `*` is a wildcard there.
      const pointer = `/${key.literal.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      return sql`kql_null_json(json_extract(${container.sql}, ${value('string', pointer)}))`;
    }
    if (typeof key.literal === 'bigint' && key.literal >= 0n) {
      return sql`kql_null_json(json_extract(${container.sql}, ${value('string', `$[${key.literal}]`)}))`;
    }
    return undefined;
  },
  tuple_item: ({ args, type, lowering }) => {
    const [tuple, index] = args as [LoweredArgument, LoweredArgument];
    const item = sql`kql_null_json(json_extract(${tuple.sql}, ${value('string', `$[${String(index.literal)}]`)}))`;
    return lowering.emptyForNull(fromDynamic(item, type, lowering), type);
  },
  row_item: ({ args, type, lowering }) => {
    const [row, index] = args as [LoweredArgument, LoweredArgument];
    return lowering.emptyForNull(
      sql`struct_extract(${row.sql}, ${value('string', `f${String(index.literal)}`)})`,
      type,
    );
  },
};
