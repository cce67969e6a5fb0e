import type { LoweredArgument, ScalarRow } from '../../../dialect.js';
import { code, sql } from '../../../tree.js';
import { castTo } from '../cast.js';
import { fromDynamic } from './dynamic-conversion.js';
import { text } from './strings.js';

/** Conversions between types. What does not convert is null. */

function toInteger(type: 'int' | 'long'): ScalarRow {
  const target = code(type === 'int' ? 'INTEGER' : 'BIGINT');
  return (call) => {
    const [arg] = call.args as [LoweredArgument];
    switch (arg.type) {
      case 'int':
      case 'long':
      case 'bool':
        return sql`TRY_CAST(${arg.sql} AS ${target})`;
      case 'real':
      case 'decimal':
        return sql`TRY_CAST(trunc(${arg.sql}) AS ${target})`;
      case 'datetime':
      case 'timespan':
        return sql`TRY_CAST(${arg.sql} AS ${target})`;
      case 'dynamic':
        return fromDynamic(arg.sql, type, call.lowering);
      case 'string':
        return type === 'int' ? sql`TRY_CAST(kql_tolong(${arg.sql}) AS INTEGER)` : sql`kql_tolong(${arg.sql})`;
      case 'guid':
        return undefined;
    }
  };
}

const toReal: ScalarRow = ({ args: [arg], lowering }) => {
  switch (arg!.type) {
    case 'string':
      return sql`kql_toreal(${arg!.sql})`;
    case 'dynamic':
      return fromDynamic(arg!.sql, 'real', lowering);
    default:
      return castTo(arg!.sql, 'real');
  }
};

const toBool: ScalarRow = ({ args: [arg] }) => {
  switch (arg!.type) {
    case 'bool':
      return arg!.sql;
    case 'string':
      return sql`kql_tobool(${arg!.sql})`;
    case 'dynamic':
      return sql`kql_tobool(kql_json_text(${arg!.sql}))`;
    default:
      return sql`(${arg!.sql} <> 0)`;
  }
};

const isNull: ScalarRow = ({ args: [arg] }) => (arg!.type === 'string' ? sql`false` : sql`(${arg!.sql} IS NULL)`);

export const CONVERSION_ROWS: Readonly<Record<string, ScalarRow>> = {
  toint: toInteger('int'),
  tolong: toInteger('long'),
  todouble: toReal,
  toreal: toReal,
  tobool: toBool,
  toboolean: toBool,
  tostring: (call) => {
    const [arg] = call.args as [LoweredArgument];
    switch (arg.type) {
      case 'string':
      case 'dynamic':
        return text(arg, call);
      case 'int':
      case 'long':
      case 'bool':
      case 'guid':
        return sql`coalesce(CAST(${arg.sql} AS VARCHAR), '')`;
      case 'datetime':
        return sql`coalesce(kql_datetime_text(${arg.sql}), '')`;
      case 'timespan':
        return sql`coalesce(kql_timespan_text(${arg.sql}), '')`;
      case 'decimal':
        return sql`coalesce(kql_decimal_text(${arg.sql}), '')`;
      case 'real':
        return undefined;
    }
  },
  todatetime: ({ args: [arg] }) =>
    arg!.type === 'datetime'
      ? arg!.sql
      : arg!.type === 'long' || arg!.type === 'int'
        ? castTo(arg!.sql, 'datetime')
        : undefined,
  totimespan: ({ args: [arg] }) =>
    arg!.type === 'timespan'
      ? arg!.sql
      : arg!.type === 'long' || arg!.type === 'int'
        ? castTo(arg!.sql, 'timespan')
        : undefined,
  todecimal: ({ args: [arg] }) =>
    arg!.type === 'string' || arg!.type === 'dynamic' ? undefined : sql`TRY_CAST(${arg!.sql} AS DECIMAL(38, 18))`,
  toguid: ({ args: [arg] }) => (arg!.type === 'guid' ? arg!.sql : undefined),
  isnull: isNull,
  isnotnull: (call) => sql`(NOT ${isNull(call)!})`,
};
