import { scalarFunction } from '../../../../functions/index.js';
import type { KustoType } from '../../../../values/index.js';
import type { AggregateRow, LoweredAggregate, LoweredArgument } from '../../../dialect.js';
import { list, sql, value, type Sql } from '../../../tree.js';
import { toDynamic } from '../scalars/dynamic-conversion.js';
import { maxItems } from './constant.js';

/** make_list, make_set, make_bag and their conditional forms; results are JSON arrays and bags. */

/** What the deprecated makelist, makeset and make_dictionary keep at most unless they are told. */
const FEWER_ITEMS: LoweredArgument = { sql: value('long', 128n), type: 'long', literal: 128n };

/** The elements as a list of JSON texts, in the order of the input when it has one. */
function collected(call: LoweredAggregate, element: LoweredArgument, options: CollectOptions = {}): Sql {
  const item = toDynamic(element);
  const held = options.keepNulls ? sql`coalesce(${item}, 'null')` : item;
  const conditions: Sql[] = [];
  if (!options.keepNulls) conditions.push(sql`${item} IS NOT NULL`);
  if (options.condition) conditions.push(options.condition.sql);
  const filter = conditions.length === 0 ? sql`` : sql` FILTER (WHERE ${list(conditions, ' AND ')})`;
  const order = call.order ? sql` ORDER BY ${call.order}` : sql``;
  const items = sql`coalesce(list(${held}${order})${filter}, [])`;
  return element.type === 'dynamic' && !options.keepArrays ? sql`kql_flattened(${items})` : items;
}

interface CollectOptions {
  readonly keepNulls?: boolean;
  readonly keepArrays?: boolean;
  readonly condition?: LoweredArgument;
}

function limited(items: Sql, limit: LoweredArgument | undefined, call: LoweredAggregate): Sql {
  return sql`kql_json_array(list_slice(${items}, 1, ${maxItems(limit, call)}))`;
}

/** First occurrences, in order. */
const distinct = (items: Sql): Sql => sql`kql_distinct(${items})`;

/** Calls a JavaScript function over the collected JSON array. */
function evaluated(
  call: LoweredAggregate,
  name: string,
  items: Sql,
  type: KustoType,
  more: readonly LoweredArgument[] = [],
): Sql {
  const array: LoweredArgument = { sql: sql`kql_json_array(${items})`, type: 'dynamic', literal: undefined };
  return call.lowering.viaFunction(scalarFunction(name)!, {
    name,
    args: [array, ...more],
    type,
    span: call.span,
    lowering: call.lowering,
  });
}

/** A dynamic null is a value like others for make_list. */
const isDynamic = (call: LoweredAggregate): boolean => call.args[0]!.type === 'dynamic';

/** Of a key that comes twice the first value stays; what is no bag is passed over. */
function bag(call: LoweredAggregate, limit: LoweredArgument | undefined, condition?: LoweredArgument): Sql {
  const bags = collected(call, call.args[0]!, { keepArrays: true, ...(condition && { condition }) });
  const most: LoweredArgument = { sql: maxItems(limit, call), type: 'long', literal: undefined };
  return evaluated(call, 'merge_bags', bags, 'dynamic', [most]);
}

export const COLLECTION_AGGREGATES: Readonly<Record<string, AggregateRow>> = {
  make_list: (call) => limited(collected(call, call.args[0]!, { keepNulls: isDynamic(call) }), call.args[1], call),
  makelist: (call) =>
    limited(collected(call, call.args[0]!, { keepNulls: isDynamic(call) }), call.args[1] ?? FEWER_ITEMS, call),
  make_list_if: (call) => limited(collected(call, call.args[0]!, { condition: call.args[1]! }), call.args[2], call),
  make_list_with_nulls: (call) => limited(collected(call, call.args[0]!, { keepNulls: true }), undefined, call),
  make_set: (call) => limited(distinct(collected(call, call.args[0]!)), call.args[1], call),
  makeset: (call) => limited(distinct(collected(call, call.args[0]!)), call.args[1] ?? FEWER_ITEMS, call),
  make_set_if: (call) =>
    limited(distinct(collected(call, call.args[0]!, { condition: call.args[1]! })), call.args[2], call),
  /** `[position, value]` pairs, for make-series. */
  series_pairs: (call) => {
    const [position, held] = call.args as [LoweredArgument, LoweredArgument];
    const pair = sql`'[' || ${position.sql} || ',' || coalesce(${toDynamic(held)}, 'null') || ']'`;
    return sql`kql_json_array(coalesce(list(${pair}), []))`;
  },
  make_bag: (call) => bag(call, call.args[1]),
  make_dictionary: (call) => bag(call, call.args[1] ?? FEWER_ITEMS),
  make_bag_if: (call) => bag(call, call.args[2], call.args[1]),
};
