import { scalarFunction } from '../../../../functions/index.js';
import type { KustoType } from '../../../../values/index.js';
import type { LoweredArgument, LoweredCall, ScalarRow } from '../../../dialect.js';
import { code, list, sql, value, type Sql } from '../../../tree.js';
import { castTo } from '../cast.js';
import { onceEach } from '../once.js';
import { accessed } from './access.js';
import { toDynamic } from './dynamic-conversion.js';

/** Reading, making and measuring dynamic values. */

const element: ScalarRow = ({ args, lowering }) => {
  const [container, key] = args as [LoweredArgument, LoweredArgument];
  if (typeof key.literal === 'string' && key.type === 'string') {
    return /^\d+$/.test(key.literal)
      ? accessed(container.sql, `$."${key.literal}"`, lowering)
      : accessed(container.sql, `/${key.literal.replaceAll('~', '~0').replaceAll('/', '~1')}`, lowering);
  }
  if (isIndex(key)) return accessed(container.sql, `$[${String(key.literal).replace(/^-/, '#-')}]`, lowering);
  return undefined;
};

/** DuckDB's paths take no index that is not a small whole number. */
const isIndex = ({ type, literal }: LoweredArgument): boolean =>
  (type === 'int' || type === 'long') &&
  literal !== null &&
  literal !== undefined &&
  Math.abs(Number(literal)) < 2 ** 31;

const itemOf = (arg: LoweredArgument): Sql => sql`coalesce(${toDynamic(arg)}, 'null')`;

/** Names (constant, each once) and values by turns; `skip` leaves out what is null or empty. */
function packedPairs(call: LoweredCall, skip: boolean): Sql | undefined {
  const names = call.args.filter((_, i) => i % 2 === 0);
  const texts = names.map((name) => name.literal);
  if (texts.length === 0 || texts.some((text) => typeof text !== 'string') || new Set(texts).size < texts.length)
    return undefined;
  if (names.some((name) => name.type !== 'string')) return undefined;
  const pairs = texts.map((text, i) => {
    const arg = call.args[i * 2 + 1]!;
    const pair = sql`${value('string', `${JSON.stringify(text)}:`)} || ${itemOf(arg)}`;
    if (!skip) return sql`(${pair})`;
    const empty =
      arg.type === 'string'
        ? sql`${arg.sql} = ''`
        : arg.type === 'dynamic'
          ? sql`${arg.sql} IS NULL OR ${arg.sql} = '""'`
          : sql`${arg.sql} IS NULL`;
    return sql`(CASE WHEN ${empty} THEN NULL ELSE ${pair} END)`;
  });
  return sql`('{' || concat_ws(',', ${list(pairs)}) || '}')`;
}

const bagPack: ScalarRow = (call) => packedPairs(call, false);

const arrayLength: ScalarRow = ({ args: [array] }) =>
  array!.type !== 'dynamic' && array!.type !== 'string'
    ? value('long', null)
    : sql`(CASE WHEN (${array!.sql})[1] = '[' THEN CAST(json_array_length(${array!.sql}) AS BIGINT) END)`;

/** The engine reads plain JSON; the rest, and text that is no JSON, goes through the function. */
const parseJson: ScalarRow = (call) => {
  const [arg] = call.args as [LoweredArgument];
  if (arg.type !== 'string') return toDynamic(arg);
  const other = call.lowering.viaFunction(scalarFunction(call.name)!, call);
  return sql`(CASE WHEN kql_plain_json(${arg.sql}) THEN kql_null_json(json(${arg.sql})) ELSE ${other} END)`;
};

/** Longest array of range(). */
const MAX_ELEMENTS = 1_048_576n;

const TICKS_PER_HOUR = 36_000_000_000n;
const STEPS = value('long', MAX_ELEMENTS - 1n);

/** Values from one to another, both included, as a list of real or long; and whether there are any. */
function rangeOf(args: readonly LoweredArgument[]): {
  readonly defined: Sql;
  readonly values: Sql;
  readonly type: KustoType;
} {
  const [from, to, by] = args as [LoweredArgument, LoweredArgument, LoweredArgument?];
  const timed = from.type === 'datetime' || from.type === 'timespan';
  const real = args.some((arg) => arg.type === 'real' || arg.type === 'decimal');
  const as = (arg: LoweredArgument): Sql => castTo(arg.sql, real ? 'real' : 'long');
  const step = by ? as(by) : value(real ? 'real' : 'long', real ? 1 : timed ? TICKS_PER_HOUR : 1n);
  return {
    // least() and greatest() pass over nulls; a step of 0 gives null.
    defined: sql`${as(from)} IS NOT NULL AND ${as(to)} IS NOT NULL AND ${step} <> 0`,
    values: (real ? realRange : wholeRange)(as(from), as(to), step),
    type: real ? 'real' : timed ? from.type : 'long',
  };
}

const range: ScalarRow = onceEach(({ args }) => {
  const { defined, values, type } = rangeOf(args);
  const json =
    type === 'long'
      ? sql`replace(CAST(${values} AS VARCHAR), ' ', '')`
      : sql`kql_json_array(list_transform(${values}, lambda x: ${toDynamic({ sql: code('x'), type })}))`;
  return sql`(CASE WHEN ${defined} THEN ${json} END)`;
});

/** For `mv-expand`, the list that `range` makes an array of; of a null, what its expansion gives. */
const rangeValues: ScalarRow = onceEach(({ args }) => {
  const { defined, values } = rangeOf(args);
  return sql`(CASE WHEN ${defined} THEN ${values} ELSE [NULL] END)`;
});

function wholeRange(from: Sql, to: Sql, step: Sql): Sql {
  const last = sql`coalesce(try(${from} + ${step} * ${STEPS}), ${to})`;
  const stop = sql`CASE WHEN ${step} > 0 THEN least(${to}, ${last}) ELSE greatest(${to}, ${last}) END`;
  return sql`generate_series(${from}, ${stop}, ${step})`;
}

/** DuckDB takes NaN for the largest number there is. */
function realRange(from: Sql, to: Sql, step: Sql): Sql {
  const count = sql`CAST(least(greatest((${to} - ${from}) / ${step} + 1, 0), ${STEPS}) AS BIGINT)`;
  const values = sql`list_transform(generate_series(0, ${count}), lambda i: CASE WHEN i = 0 THEN ${from} ELSE ${from} + i * ${step} END)`;
  const within = sql`NOT isnan(v) AND CASE WHEN ${step} > 0 THEN v <= ${to} ELSE v >= ${to} END`;
  return sql`CASE WHEN isnan(${from}) OR isnan(${to}) OR isnan(${step}) THEN [] ELSE list_filter(${values}, lambda v: ${within}) END`;
}

/** Bytes of a value of each type; of dynamic and decimal the reference's inner form is not known. */
const SIZES: Readonly<Partial<Record<KustoType, bigint>>> = {
  bool: 1n,
  int: 4n,
  long: 8n,
  real: 8n,
  datetime: 8n,
  timespan: 8n,
  guid: 16n,
};

const dataSize: ScalarRow = ({ args }) => {
  const sizes: Sql[] = [];
  for (const { type, sql: held } of args) {
    const size = SIZES[type];
    if (type === 'string') sizes.push(sql`strlen(${held})`);
    else if (size === undefined) return undefined;
    else sizes.push(value('long', size));
  }
  return sql`CAST(list_sum([${list(sizes)}]) AS BIGINT)`;
};

export const DYNAMIC_ROWS: Readonly<Record<string, ScalarRow>> = {
  element,
  todynamic_value: ({ args: [arg] }) => toDynamic(arg!),
  parse_json: parseJson,
  bag_pack: bagPack,
  bag_pack_without_nulls: (call) => packedPairs(call, true),
  pack_array: (call) =>
    call.args.length === 0
      ? value('dynamic', '[]')
      : sql`('[' || concat_ws(',', ${list(call.args.map((arg) => itemOf(arg)))}) || ']')`,
  array_length: arrayLength,
  range,
  range_values: rangeValues,
  estimate_data_size: dataSize,
  row_item: ({ args, type, lowering }) => {
    const [row, index] = args as [LoweredArgument, LoweredArgument];
    return lowering.emptyForNull(
      sql`struct_extract(${row.sql}, ${value('string', `f${String(index.literal)}`)})`,
      type,
    );
  },
};
