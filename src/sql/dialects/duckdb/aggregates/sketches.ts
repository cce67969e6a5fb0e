import { scalarFunction } from '../../../../functions/index.js';
import type { KustoType } from '../../../../values/index.js';
import type { AggregateRow, LoweredAggregate, LoweredArgument } from '../../../dialect.js';
import { sql, value, type Sql } from '../../../tree.js';
import { toDynamic } from '../scalars/dynamic-conversion.js';

/** hll, tdigest, buildschema: JavaScript functions over what SQL collected. */

function evaluated(call: LoweredAggregate, name: string, items: Sql, more: readonly LoweredArgument[] = []): Sql {
  const array: LoweredArgument = { sql: sql`kql_json_array(${items})`, type: 'dynamic', literal: undefined };
  return call.lowering.viaFunction(scalarFunction(name)!, {
    name,
    args: [array, ...more],
    type: 'dynamic',
    span: call.span,
    lowering: call.lowering,
  });
}

const text = (held: string): LoweredArgument => ({ sql: value('string', held), type: 'string', literal: held });

const where = (condition: LoweredArgument | undefined): Sql =>
  condition ? sql` AND coalesce(${condition.sql}, false)` : sql``;

function tdigest(call: LoweredAggregate): Sql {
  const [x, weight] = call.args as [LoweredArgument, LoweredArgument?];
  const pair = sql`'[' || ${toDynamic(x)} || ',' || ${weight ? sql`CAST(${weight.sql} AS VARCHAR)` : sql`'1'`} || ']'`;
  const type: KustoType = x.type;
  return evaluated(call, 'tdigest_of_pairs', sql`coalesce(list(${pair}) FILTER (WHERE ${x.sql} IS NOT NULL), [])`, [
    text(type),
  ]);
}

function hll(
  call: LoweredAggregate,
  x: LoweredArgument,
  condition: LoweredArgument | undefined,
  accuracy: LoweredArgument | undefined,
): Sql | undefined {
  if (accuracy && accuracy.literal === undefined) return undefined;
  const hash = sql`'"' || md5(${call.lowering.scalarText(x)})[1:16] || '"'`;
  const hashes = sql`coalesce(list(DISTINCT ${hash}) FILTER (WHERE ${x.sql} IS NOT NULL${where(condition)}), [])`;
  const empty = sql`count(${x.sql}) = 0`;
  const sketch = evaluated(call, 'hll_of_hashes', hashes, [
    accuracy ?? { sql: value('long', 1n), type: 'long', literal: 1n },
  ]);
  return sql`CASE WHEN ${empty} THEN NULL ELSE ${sketch} END`;
}

const mergedBy =
  (name: string): AggregateRow =>
  (call) =>
    evaluated(
      call,
      name,
      sql`coalesce(list(${call.args[0]!.sql}) FILTER (WHERE ${call.args[0]!.sql} IS NOT NULL), [])`,
    );

export const SKETCH_AGGREGATES: Readonly<Record<string, AggregateRow>> = {
  tdigest,
  tdigest_merge: mergedBy('merge_tdigests_of'),
  merge_tdigest: mergedBy('merge_tdigests_of'),
  hll: (call) => hll(call, call.args[0]!, undefined, call.args[1]),
  hll_if: (call) => hll(call, call.args[0]!, call.args[1], call.args[2]),
  hll_merge: mergedBy('merge_hlls_of'),
  buildschema: (call) =>
    evaluated(
      call,
      'schema_of',
      sql`coalesce(list(DISTINCT ${call.args[0]!.sql}) FILTER (WHERE ${call.args[0]!.sql} IS NOT NULL), [])`,
    ),
};
