import { scalarFunction } from '../../../../functions/index.js';
import type { KustoType } from '../../../../values/index.js';
import type { LoweredArgument, Lowering } from '../../../dialect.js';
import { sql, type Sql } from '../../../tree.js';
import { once } from '../once.js';
import { partText, rawPart } from './access.js';

/** A dynamic value as a scalar of a type, as `tolong()` and its like convert; what does not convert is null. */
export function fromDynamic(inner: Sql, type: KustoType, lowering: Lowering): Sql {
  switch (type) {
    case 'long':
      return once(rawPart(inner), lowering, (json) => sql`kql_dynamic_long(${json})`);
    case 'int':
      return sql`TRY_CAST(${fromDynamic(inner, 'long', lowering)} AS INTEGER)`;
    case 'real':
      return once(rawPart(inner), lowering, (json) => sql`kql_dynamic_real(${json})`);
    case 'string':
      return sql`coalesce(${jsonText(inner, lowering)}, '')`;
    case 'bool':
      return once(jsonText(inner, lowering), lowering, (text) => sql`kql_tobool(${text})`);
    case 'datetime':
      return once(
        rawPart(inner),
        lowering,
        (json) =>
          sql`(CASE WHEN kql_is_json_datetime(${json}) THEN kql_json_datetime(${json}) ELSE ${converted(json, type, lowering)} END)`,
      );
    case 'timespan':
      return converted(inner, type, lowering);
    case 'guid':
      return sql`TRY_CAST(${jsonText(inner, lowering)} AS UUID)`;
    case 'decimal':
      return sql`TRY_CAST(${jsonText(inner, lowering)} AS DECIMAL(38, 18))`;
    case 'dynamic':
      return inner;
  }
}

/** As tostring() has it; null is SQL NULL. */
const jsonText = (inner: Sql, lowering: Lowering): Sql =>
  partText(inner) ?? once(inner, lowering, (json) => sql`kql_json_text(${json})`);

/** A number to be compared with a number of the query. */
export function dynamicNumber(inner: Sql, other: LoweredArgument | undefined, lowering: Lowering): Sql {
  const macro = other && isExactReal(other) ? sql`kql_dynamic_near` : sql`kql_dynamic_number`;
  return once(rawPart(inner), lowering, (json) => sql`${macro}(${json})`);
}

/** Reals are told apart from it exactly: it is a whole number of at most 53 bits. */
const isExactReal = ({ literal }: LoweredArgument): boolean =>
  (typeof literal === 'bigint' || typeof literal === 'number') && Math.abs(Number(literal)) < 2 ** 53;

function converted(inner: Sql, type: 'datetime' | 'timespan', lowering: Lowering): Sql {
  return lowering.viaFunction(scalarFunction(`to${type}`)!, {
    name: `to${type}`,
    args: [{ sql: inner, type: 'dynamic', literal: undefined }],
    type,
    span: { start: 0, end: 0 },
    lowering,
  });
}

/**
 * An element of an array as a type (`mv-expand … to typeof(T)`): no text is parsed as a number there, and only what JSON
 * has no form for (dates, spans, guids, decimals) is read from text.
 */
export function elementAs(inner: Sql, type: KustoType, lowering: Lowering): Sql {
  switch (type) {
    case 'dynamic':
      return once(inner, lowering, (json) => sql`kql_null_json(${json})`);
    case 'bool':
      return sql`(CASE ${inner} WHEN 'true' THEN true WHEN 'false' THEN false END)`;
    case 'int':
    case 'long':
    case 'real':
      return once(
        inner,
        lowering,
        (json) => sql`(CASE WHEN kql_is_json_number(${json}) THEN ${fromDynamic(json, type, lowering)} END)`,
      );
    case 'timespan':
      return once(
        inner,
        lowering,
        (json) =>
          sql`(CASE WHEN kql_is_json_text(${json}) AND contains(${json}, ':') THEN ${fromDynamic(json, type, lowering)} END)`,
      );
    case 'datetime':
    case 'guid':
      return once(
        inner,
        lowering,
        (json) => sql`(CASE WHEN kql_is_json_text(${json}) THEN ${fromDynamic(json, type, lowering)} END)`,
      );
    case 'decimal':
    case 'string':
      return fromDynamic(inner, type, lowering);
  }
}

/** A value as it stands inside of a dynamic one, as JSON text; null stays NULL. Types that JSON has not are text. */
export function toDynamic(arg: Pick<LoweredArgument, 'sql' | 'type'>): Sql {
  switch (arg.type) {
    case 'dynamic':
      return arg.sql;
    case 'string':
      return sql`CAST(to_json(${arg.sql}) AS VARCHAR)`;
    case 'int':
    case 'long':
    case 'bool':
      return sql`CAST(${arg.sql} AS VARCHAR)`;
    case 'guid':
      return sql`('"' || CAST(${arg.sql} AS VARCHAR) || '"')`;
    case 'real':
      return sql`kql_real_json(${arg.sql})`;
    case 'decimal':
      return sql`('"' || kql_decimal_text(${arg.sql}) || '"')`;
    case 'datetime':
      return sql`('"' || kql_datetime_text(${arg.sql}) || '"')`;
    case 'timespan':
      return sql`('"' || kql_timespan_text(${arg.sql}) || '"')`;
  }
}
