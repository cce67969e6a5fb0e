import { scalarFunction } from '../../../../functions/index.js';
import type { LoweredArgument, ScalarRow } from '../../../dialect.js';
import { code, sql, value, type Sql } from '../../../tree.js';
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
      case 'bool':
        return sql`CAST(${arg.sql} AS ${target})`;
      case 'long':
      case 'datetime':
      case 'timespan':
        // A long that is no int loses its upper half, as in the reference.
        return type === 'int' ? sql`CAST(kql_wrap32(${arg.sql}) AS INTEGER)` : arg.sql;
      case 'real':
        return type === 'int' ? sql`kql_real_int(${arg.sql})` : sql`kql_real_long(${arg.sql})`;
      case 'decimal':
        return sql`TRY_CAST(trunc(${arg.sql}) AS ${target})`;
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
    case 'guid':
      return undefined;
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
    case 'guid':
      return undefined;
    default:
      return sql`(${arg!.sql} <> 0)`;
  }
};

/** A number counts ticks. */
function ticksOf(arg: LoweredArgument, type: 'datetime' | 'timespan'): Sql | undefined {
  const inRange = (ticks: Sql): Sql => (type === 'datetime' ? sql`kql_datetime_range(${ticks})` : ticks);
  switch (arg.type) {
    case type:
      return arg.sql;
    case 'int':
    case 'long':
      return inRange(castTo(arg.sql, type));
    case 'real':
      return inRange(sql`kql_real_long(${arg.sql})`);
    default:
      return undefined;
  }
}

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
        return arg.sql;
      case 'dynamic': {
        // The engine and the function write reals with different digits.
        const rewritten = call.lowering.viaFunction(scalarFunction('tostring')!, call);
        return sql`(CASE WHEN kql_has_real(${arg.sql}) THEN ${rewritten} ELSE ${text(arg, call)} END)`;
      }
      case 'bool':
        return sql`CASE WHEN ${arg.sql} THEN 'True' WHEN NOT ${arg.sql} THEN 'False' ELSE '' END`;
      case 'int':
      case 'long':
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
  todatetime: ({ args: [arg] }) => ticksOf(arg!, 'datetime'),
  totimespan: ({ args: [arg] }) => ticksOf(arg!, 'timespan'),
  // Up to 32 whole digits: more than a stored decimal has.
  parse_version: (call) => {
    const digits = call.lowering.viaFunction(scalarFunction('version_digits')!, {
      ...call,
      name: 'version_digits',
      type: 'string',
    });
    return sql`CAST(nullif(${digits}, '') AS DECIMAL(38, 0))`;
  },
  todecimal: ({ args: [arg] }) =>
    ['int', 'long', 'bool', 'decimal'].includes(arg!.type) ? sql`TRY_CAST(${arg!.sql} AS DECIMAL(38, 18))` : undefined,
  toguid: ({ args: [arg] }) => (arg!.type === 'guid' ? arg!.sql : undefined),
  gettype: ({ args: [arg] }) => (arg!.type === 'dynamic' ? undefined : value('string', arg!.type)),
  isnull: isNull,
  isnotnull: (call) => sql`(NOT ${isNull(call)!})`,
};
