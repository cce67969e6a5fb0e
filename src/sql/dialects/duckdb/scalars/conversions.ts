import { scalarFunction } from '../../../../functions/index.js';
import type { KustoType } from '../../../../values/index.js';
import type { LoweredArgument, LoweredCall, ScalarRow } from '../../../dialect.js';
import { code, sql, value, type Sql } from '../../../tree.js';
import { castTo } from '../cast.js';
import { isCheap, once, onceEach } from '../once.js';
import { wholeReal } from './datetimes.js';
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
        return type === 'int' ? sql`kql_low_int(${arg.sql})` : arg.sql;
      case 'real': {
        const whole = wholeReal(arg.sql);
        if (whole) return sql`CAST(${whole} AS ${target})`;
        return type === 'int' ? sql`kql_real_int(${arg.sql})` : sql`kql_real_long(${arg.sql})`;
      }
      case 'decimal':
        return sql`TRY_CAST(trunc(${arg.sql}) AS ${target})`;
      case 'dynamic':
        return fromDynamic(arg.sql, type, call.lowering);
      case 'string': {
        const long = isCheap(arg.sql) ? sql`kql_tolong(${arg.sql})` : sql`kql_tolong_once(${arg.sql})`;
        return type === 'int' ? sql`TRY_CAST(${long} AS INTEGER)` : long;
      }
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

const toBool: ScalarRow = ({ args: [arg], lowering }) => {
  switch (arg!.type) {
    case 'bool':
      return arg!.sql;
    case 'string':
      return once(arg!.sql, lowering, (text) => sql`kql_tobool(${text})`);
    case 'dynamic':
      return fromDynamic(arg!.sql, 'bool', lowering);
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

/** Readers of text and of dynamic values know how often they read. */
const onceUnlessRead =
  (row: ScalarRow): ScalarRow =>
  (call) =>
    call.args[0]!.type === 'dynamic' || call.args[0]!.type === 'string' ? row(call) : onceEach(row)(call);

const isNull: ScalarRow = ({ args: [arg] }) => (arg!.type === 'string' ? sql`false` : sql`(${arg!.sql} IS NULL)`);

export const CONVERSION_ROWS: Readonly<Record<string, ScalarRow>> = {
  toint: onceUnlessRead(toInteger('int')),
  tolong: onceUnlessRead(toInteger('long')),
  todouble: onceUnlessRead(toReal),
  toreal: onceUnlessRead(toReal),
  tobool: onceUnlessRead(toBool),
  toboolean: onceUnlessRead(toBool),
  tostring: onceUnlessRead((call) => {
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
  }),
  todatetime: onceEach(({ args: [arg] }) => ticksOf(arg!, 'datetime')),
  totimespan: onceEach(({ args: [arg] }) => ticksOf(arg!, 'timespan')),
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

/** Text as a value of a type, as the function `to<type>` converts it. */
export function convertedText(held: Sql, type: KustoType, call: LoweredCall): Sql {
  if (type === 'string') return held;
  const conversion: LoweredCall = {
    ...call,
    name: type === 'dynamic' ? 'parse_json' : `to${type}`,
    type,
    args: [{ sql: held, type: 'string', literal: undefined }],
  };
  return (
    CONVERSION_ROWS[conversion.name]?.(conversion) ??
    call.lowering.viaFunction(scalarFunction(conversion.name)!, conversion)
  );
}
