import { scalarFunction } from '../../../../functions/index.js';
import type { LoweredArgument, LoweredCall, ScalarRow } from '../../../dialect.js';
import { sql, type Sql } from '../../../tree.js';
import { castTo } from '../cast.js';
import { fromDynamic } from './dynamic-conversion.js';

/** Mathematics over reals, and bits of longs. Outside of a function's domain the answer is NaN, as IEEE 754 has it. */

export function asReal(arg: LoweredArgument, { lowering }: LoweredCall): Sql {
  if (arg.type === 'real') return arg.sql;
  return arg.type === 'dynamic' ? fromDynamic(arg.sql, 'real', lowering) : castTo(arg.sql, 'real');
}

const real =
  (build: (...numbers: Sql[]) => Sql): ScalarRow =>
  (call) =>
    build(...call.args.map((arg) => asReal(arg, call)));

const logarithm = (name: 'ln' | 'log2' | 'log10'): ScalarRow =>
  real((x) => {
    const apply = name === 'ln' ? sql`ln(${x!})` : name === 'log2' ? sql`log2(${x!})` : sql`log10(${x!})`;
    return sql`CASE WHEN ${x!} > 0 THEN ${apply} WHEN ${x!} = 0 THEN '-inf'::DOUBLE WHEN ${x!} < 0 THEN 'nan'::DOUBLE ELSE ${x!} END`;
  });

const unitInterval = (apply: (x: Sql) => Sql): ScalarRow =>
  real((x) => sql`CASE WHEN ${x!} BETWEEN -1 AND 1 THEN ${apply(x!)} WHEN ${x!} IS NOT NULL THEN 'nan'::DOUBLE END`);

const finite = (apply: (x: Sql) => Sql): ScalarRow =>
  real((x) => sql`CASE WHEN isfinite(${x!}) THEN ${apply(x!)} WHEN ${x!} IS NOT NULL THEN 'nan'::DOUBLE END`);

const bits =
  (build: (...numbers: Sql[]) => Sql): ScalarRow =>
  (call) =>
    call.args.every((arg) => arg.type === 'int' || arg.type === 'long')
      ? castTo(build(...call.args.map((arg) => castTo(arg.sql, 'long'))), call.type)
      : undefined;

/** isnan, isinf, isfinite: only reals can be other than finite. */
const kindOfReal =
  (build: (x: Sql) => Sql): ScalarRow =>
  (call) =>
    build(asReal(call.args[0]!, call));

/** A call under the name of a function for decimals. */
export function decimalCall(name: string, call: LoweredCall, args = call.args): Sql {
  return call.lowering.viaFunction(scalarFunction(name)!, { ...call, name, args });
}

export const MATH_ROWS: Readonly<Record<string, ScalarRow>> = {
  // The smallest integer has no opposite: it stays.
  abs: ({ args: [x], type }) =>
    x!.type === 'dynamic' ? undefined : castTo(sql`coalesce(try(abs(${x!.sql})), ${x!.sql})`, type),
  sqrt: real((x) => sql`CASE WHEN ${x!} < 0 THEN 'nan'::DOUBLE ELSE sqrt(${x!}) END`),
  exp: real((x) => sql`exp(${x!})`),
  exp2: real((x) => sql`pow(2::DOUBLE, ${x!})`),
  exp10: real((x) => sql`pow(10::DOUBLE, ${x!})`),
  pow: real((x, y) => sql`pow(${x!}, ${y!})`),
  log: logarithm('ln'),
  log2: logarithm('log2'),
  log10: logarithm('log10'),
  sin: finite((x) => sql`sin(${x})`),
  cos: finite((x) => sql`cos(${x})`),
  tan: finite((x) => sql`tan(${x})`),
  cot: finite((x) => sql`(1 / tan(${x}))`),
  asin: unitInterval((x) => sql`asin(${x})`),
  acos: unitInterval((x) => sql`acos(${x})`),
  atan: real((x) => sql`atan(${x!})`),
  atan2: real((y, x) => sql`atan2(${y!}, ${x!})`),
  radians: real((x) => sql`radians(${x!})`),
  degrees: real((x) => sql`degrees(${x!})`),
  pi: () => sql`pi()`,
  sign: ({ args: [x], type, ...call }) => castTo(sql`sign(${asReal(x!, { ...call, type, args: [x!] })})`, type),
  ceiling: (call) => {
    if (call.type === 'decimal') return castTo(sql`ceil(${call.args[0]!.sql})`, 'decimal');
    return castTo(sql`ceil(${asReal(call.args[0]!, call)})`, call.type);
  },
  round: (call) => {
    const [x, places] = call.args as [LoweredArgument, LoweredArgument | undefined];
    if (call.type === 'decimal') return decimalCall('decimal_round', call);
    // No real has digits further from its point than this.
    const at =
      places &&
      sql`CAST(CASE WHEN ${places.sql} IS NOT NULL THEN greatest(least(${places.sql}, 400), -400) END AS INTEGER)`;
    if (x.type !== 'int' && x.type !== 'long') {
      const rounded = at ? sql`round(${asReal(x, call)}, ${at})` : sql`round(${asReal(x, call)})`;
      return castTo(rounded, call.type);
    }
    const whole = castTo(x.sql, 'long');
    return at ? sql`try(${castTo(sql`round(${whole}, ${at})`, call.type)})` : castTo(whole, call.type);
  },
  isnan: kindOfReal((x) => sql`isnan(${x})`),
  isinf: kindOfReal((x) => sql`isinf(${x})`),
  isfinite: kindOfReal((x) => sql`isfinite(${x})`),
  binary_and: bits((a, b) => sql`(${a!} & ${b!})`),
  binary_or: bits((a, b) => sql`(${a!} | ${b!})`),
  binary_xor: bits((a, b) => sql`xor(${a!}, ${b!})`),
  binary_not: bits((a) => sql`(~ ${a!})`),
  bitset_count_ones: bits((a) => sql`bit_count(${a!})`),
  rand: (call) => {
    const [limit] = call.args;
    return limit ? sql`floor(random() * ${asReal(limit, call)})` : sql`random()`;
  },
  new_guid: () => sql`uuid()`,
};
