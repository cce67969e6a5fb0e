import type { LoweredArgument, LoweredCall, Lowering, ScalarRow } from '../../dialect.js';
import { sql, type Sql } from '../../tree.js';

/**
 * Expressions that are written more than once. DuckDB would compute each copy (it shares none within a filter or a
 * CASE), and nested copies would make the text grow as 2^n. So what costs anything is bound to a lambda's variable: about
 * 15 ns a row.
 */

/** What costs no more than an operator. */
const CHEAP: ReadonlySet<string> = new Set(['CAST', 'TRY_CAST', 'try', 'coalesce']);
const MOST_NODES = 8;

const isCheapText = (text: string, index: number): boolean =>
  !(index > 0 && text.startsWith('(')) && (text.match(/\w+(?=\()/g) ?? []).every((called) => CHEAP.has(called));

/** Nodes of an expression that is a few casts and operators over columns and literals, or undefined. */
function cheapNodes(node: Sql): number | undefined {
  if (node.kind === 'name' || node.kind === 'value') return 1;
  if (node.kind === 'template' && !node.strings.every(isCheapText)) return undefined;
  let sum = 1;
  for (const part of node.kind === 'list' ? node.items : node.holes) {
    const nodes = cheapNodes(part);
    if (nodes === undefined) return undefined;
    sum += nodes;
  }
  return sum <= MOST_NODES ? sum : undefined;
}

export const isCheap = (node: Sql): boolean => cheapNodes(node) !== undefined;

/** `body` over the value of `held`, which is computed once however often the body names it. */
export function once(held: Sql, lowering: Lowering, body: (variable: Sql) => Sql): Sql {
  if (isCheap(held)) return body(held);
  const variable = lowering.variable();
  return sql`list_transform([${held}], lambda ${variable}: ${body(variable)})[1]`;
}

/** A row that may write its arguments as often as it likes. */
export function onceEach(row: ScalarRow): ScalarRow {
  return (call: LoweredCall) => {
    const index = call.args.findIndex((arg) => arg.literal === undefined && !isCheap(arg.sql));
    if (index < 0) return row(call);
    const held = call.args[index]!;
    const variable = call.lowering.variable();
    const args = call.args.map((arg, i): LoweredArgument => (i === index ? { ...arg, sql: variable } : arg));
    const body = onceEach(row)({ ...call, args });
    return body && sql`list_transform([${held.sql}], lambda ${variable}: ${body})[1]`;
  };
}

export const onceEachOf = (rows: Readonly<Record<string, ScalarRow>>): Record<string, ScalarRow> =>
  Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, onceEach(row)]));
