import { scalarFunction } from '../../../../functions/index.js';
import type { KustoType } from '../../../../values/index.js';
import type { LoweredArgument, Lowering } from '../../../dialect.js';
import { sql, type Sql } from '../../../tree.js';

/** A dynamic value as a scalar of a type, as `tolong()` and its like convert; what does not convert is null. */
export function fromDynamic(inner: Sql, type: KustoType, lowering: Lowering): Sql {
  switch (type) {
    case 'long':
      return sql`kql_dynamic_long(${inner})`;
    case 'int':
      return sql`TRY_CAST(kql_dynamic_long(${inner}) AS INTEGER)`;
    case 'real':
      return sql`kql_dynamic_real(${inner})`;
    case 'string':
      return sql`kql_dynamic_string(${inner})`;
    case 'bool':
      return sql`kql_tobool(kql_json_text(${inner}))`;
    case 'datetime':
      return sql`(CASE WHEN kql_is_json_datetime(${inner}) THEN kql_json_datetime(${inner}) ELSE ${converted(inner, type, lowering)} END)`;
    case 'timespan':
      return converted(inner, type, lowering);
    case 'guid':
      return sql`TRY_CAST(kql_json_text(${inner}) AS UUID)`;
    case 'decimal':
      return sql`TRY_CAST(kql_json_text(${inner}) AS DECIMAL(38, 18))`;
    case 'dynamic':
      return inner;
  }
}

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
      return sql`kql_null_json(${inner})`;
    case 'bool':
      return sql`(CASE ${inner} WHEN 'true' THEN true WHEN 'false' THEN false END)`;
    case 'int':
    case 'long':
    case 'real':
      return sql`(CASE WHEN kql_is_json_number(${inner}) THEN ${fromDynamic(inner, type, lowering)} END)`;
    case 'timespan':
      return sql`(CASE WHEN kql_is_json_text(${inner}) AND contains(${inner}, ':') THEN ${fromDynamic(inner, type, lowering)} END)`;
    case 'datetime':
    case 'guid':
      return sql`(CASE WHEN kql_is_json_text(${inner}) THEN ${fromDynamic(inner, type, lowering)} END)`;
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
