import type { LoweredArgument, LoweredCall, Lowering, ScalarRow } from '../../dialect.js';
import { list, name, sql, type Sql } from '../../tree.js';

/**
 * Expressions that are written more than once. DuckDB would compute each copy (it shares none within a filter or a
 * CASE), and nested copies would make the text grow as 2^n. So what costs anything is bound to a lambda's variable: about
 * 15 ns a row.
 */

/** What costs no more than an operator. */
const CHEAP: ReadonlySet<string> = new Set([
  'CAST',
  'TRY_CAST',
  'try',
  'coalesce',
  'struct_extract',
  'list_extract',
  'trunc',
  'floor',
  'ceil',
  'abs',
  'kql_weekday',
]);
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

/** `body` over values that are computed once however often the body names them. */
export function onceAll(held: readonly Sql[], lowering: Lowering, body: (variables: readonly Sql[]) => Sql): Sql {
  const dear = held.filter((one) => !isCheap(one));
  if (dear.length === 0) return body(held);
  const variable = lowering.variable();
  if (dear.length === 1) {
    return sql`list_transform([${dear[0]!}], lambda ${variable}: ${body(held.map((one) => (one === dear[0] ? variable : one)))})[1]`;
  }
  const fields = dear.map((_, i) => name(`f${i}`));
  const variables = held.map((one) => {
    const index = dear.indexOf(one);
    return index < 0 ? one : sql`${variable}.${fields[index]!}`;
  });
  const struct = sql`struct_pack(${list(dear.map((one, i) => sql`${fields[i]!} := ${one}`))})`;
  return sql`list_transform([${struct}], lambda ${variable}: ${body(variables)})[1]`;
}

export const once = (held: Sql, lowering: Lowering, body: (variable: Sql) => Sql): Sql =>
  onceAll([held], lowering, ([variable]) => body(variable!));

/** A row that may write its arguments as often as it likes. */
export function onceEach(row: ScalarRow): ScalarRow {
  return (call: LoweredCall) => {
    let refused = false;
    const held = onceAll(
      call.args.map((arg) => arg.sql),
      call.lowering,
      (variables) => {
        const args = call.args.map((arg, i): LoweredArgument => ({ ...arg, sql: variables[i]! }));
        const body = row({ ...call, args });
        refused = body === undefined;
        return body ?? sql``;
      },
    );
    return refused ? undefined : held;
  };
}
