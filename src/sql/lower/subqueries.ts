import type { ColumnUse, Scalar } from '../../plan/index.js';
import type { Lowering } from '../dialect.js';
import { list, sql, type Sql } from '../tree.js';

/** Below the ids of windows' columns. */
const FIRST_ID = -1_000_000;

/**
 * `toscalar()` as an operand becomes a column beside the input's, of a join with the one row that it is: DuckDB takes
 * no scalar subquery inside of `try(…)`. Called for all scalars of one SELECT; `input` yields the text of its FROM.
 */
export function separateSubqueries(
  scalars: readonly Scalar[],
  input: Sql,
  lowering: Lowering,
): { readonly scalars: readonly Scalar[]; readonly from: Sql } {
  const found = new Map<Scalar, ColumnUse>();
  const replaced = scalars.map((scalar) => withoutSubqueries(scalar, found));
  if (found.size === 0) return { scalars, from: sql`(${input}) AS t` };
  const columns = [...found].map(([held, column]) => sql`${lowering.scalar(held)} AS ${lowering.column(column)}`);
  return { scalars: replaced, from: sql`(${input}) AS t, (SELECT ${list(columns)}) AS s` };
}

function withoutSubqueries(scalar: Scalar, found: Map<Scalar, ColumnUse>): Scalar {
  if (scalar.kind === 'inRelation') return { ...scalar, value: withoutSubqueries(scalar.value, found) };
  if (scalar.kind !== 'call' && scalar.kind !== 'window') return scalar;
  const args = scalar.args.map((arg): Scalar => {
    if (arg.kind !== 'subquery') return withoutSubqueries(arg, found);
    const known = found.get(arg);
    if (known) return known;
    const column: ColumnUse = { kind: 'column', type: arg.type, id: FIRST_ID - found.size, name: 'toscalar' };
    found.set(arg, column);
    return column;
  });
  return { ...scalar, args };
}

/** Whether a `toscalar()` is an operand somewhere inside. */
export const hasSubquery = (scalar: Scalar): boolean =>
  scalar.kind === 'inRelation'
    ? hasSubquery(scalar.value)
    : scalar.kind === 'call' && scalar.args.some((arg) => arg.kind === 'subquery' || hasSubquery(arg));
