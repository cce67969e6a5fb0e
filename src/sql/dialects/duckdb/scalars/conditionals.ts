import type { LoweredArgument, ScalarRow } from '../../../dialect.js';
import { list, sql, type Sql } from '../../../tree.js';
import type { Lowering } from '../../../dialect.js';
import { toDynamic } from './dynamic-conversion.js';
import { as as operandAs } from './operators.js';

/** iff, case, coalesce, min_of, max_of. */

function as(arg: LoweredArgument, type: LoweredArgument['type'], lowering: Lowering): Sql {
  return type === 'dynamic' ? toDynamic(arg) : operandAs(arg, type, lowering);
}

const iff: ScalarRow = ({ args, type, lowering }) =>
  sql`CASE WHEN ${as(args[0]!, 'bool', lowering)} THEN ${as(args[1]!, type, lowering)} ELSE ${as(args[2]!, type, lowering)} END`;

export const CONDITIONAL_ROWS: Readonly<Record<string, ScalarRow>> = {
  iff,
  iif: iff,
  case: ({ args, type, lowering }) => {
    const branches: Sql[] = [];
    for (let i = 0; i + 1 < args.length; i += 2)
      branches.push(sql`WHEN ${as(args[i]!, 'bool', lowering)} THEN ${as(args[i + 1]!, type, lowering)}`);
    return sql`CASE ${list(branches, ' ')} ELSE ${as(args[args.length - 1]!, type, lowering)} END`;
  },
  coalesce: ({ args, type, lowering }) =>
    type === 'string'
      ? sql`coalesce(${list(args.map((arg) => sql`nullif(${as(arg, type, lowering)}, '')`))}, '')`
      : sql`coalesce(${list(args.map((arg) => as(arg, type, lowering)))})`,
  min_of: ({ args, type, lowering }) => sql`least(${list(args.map((arg) => as(arg, type, lowering)))})`,
  max_of: ({ args, type, lowering }) => sql`greatest(${list(args.map((arg) => as(arg, type, lowering)))})`,
};
