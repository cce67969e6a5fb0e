import { KustoError } from '../../errors/index.js';
import { literal, type Assignment, type Scalar, type WindowCall } from '../../plan/index.js';
import type { Lowering } from '../dialect.js';
import { list, name, sql, type Sql } from '../tree.js';

/**
 * row_number, row_cumsum and the ranks of a projection, in three steps over its input: the position and the arguments
 * of each call; the group of each row (a restart begins one); the value. SQL allows no window inside a window, so each
 * step is a subquery. The calls in the items become columns `c-1`, `c-2`, …
 */
export function separateWindows(
  items: readonly Assignment[],
  input: Sql,
  lowering: Lowering,
): { readonly items: readonly Assignment[]; readonly input: Sql } {
  const calls: WindowCall[] = [];
  const replaced = items.map((item) => ({ ...item, value: replace(item.value, calls) }));
  if (calls.length === 0) return { items, input };
  const columns = calls.map((call, k) => new WindowColumn(call, k, lowering));
  const prepared = sql`SELECT *, row_number() OVER () AS "position", ${list(columns.flatMap((column) => column.inputs()))} FROM (${input}) AS t`;
  const grouped = sql`SELECT *, ${list(columns.flatMap((column) => column.groups()))} FROM (${prepared}) AS t`;
  const valued = sql`SELECT *, ${list(columns.map((column) => column.result()))} FROM (${grouped}) AS t ORDER BY "position"`;
  return { items: replaced, input: valued };
}

/** Calls that need the steps; prev and next do not. */
const STEPPED: ReadonlySet<string> = new Set(['row_number', 'row_cumsum', 'row_rank_min', 'row_rank_dense']);

function replace(scalar: Scalar, calls: WindowCall[]): Scalar {
  if (scalar.kind === 'call') return { ...scalar, args: scalar.args.map((arg) => replace(arg, calls)) };
  if (scalar.kind !== 'window') return scalar;
  if (!STEPPED.has(scalar.name)) return { ...scalar, args: scalar.args.map((arg) => replace(arg, calls)) };
  calls.push(scalar);
  return { kind: 'column', type: scalar.type, id: -calls.length, name: scalar.name };
}

const RUNNING = sql`ORDER BY "position" ROWS UNBOUNDED PRECEDING`;

class WindowColumn {
  private readonly value: Sql;
  private readonly restart: Sql;
  private readonly group: Sql;
  private readonly change: Sql;

  constructor(
    private readonly call: WindowCall,
    private readonly index: number,
    private readonly lowering: Lowering,
  ) {
    this.value = name(`value${index}`);
    this.restart = name(`restart${index}`);
    this.group = name(`group${index}`);
    this.change = name(`change${index}`);
  }

  inputs(): Sql[] {
    const { args } = this.call;
    const restart = args[1] ?? literal('bool', false);
    const first = args[0] ?? literal('long', 1n);
    return [
      sql`${this.lowering.scalar(first)} AS ${this.value}`,
      sql`coalesce(${this.lowering.scalar(restart)}, false) AS ${this.restart}`,
    ];
  }

  groups(): Sql[] {
    const group = sql`sum(CASE WHEN ${this.restart} THEN 1 ELSE 0 END) OVER (${RUNNING}) AS ${this.group}`;
    if (!this.call.name.startsWith('row_rank')) return [group];
    const differs = sql`${this.value} IS DISTINCT FROM lag(${this.value}) OVER (ORDER BY "position")`;
    return [group, sql`("position" = 1 OR ${this.restart} OR ${differs}) AS ${this.change}`];
  }

  result(): Sql {
    const within = sql`PARTITION BY ${this.group}`;
    const target = name(`c${-(this.index + 1)}`);
    return sql`${this.expression(within)} AS ${target}`;
  }

  /** A sum that may be beyond its type. */
  private wrapped(sum: Sql): Sql {
    const { type, span } = this.call;
    const args = [{ sql: sum, type, literal: undefined }];
    return this.lowering.dialect.scalars.get('wrap')!({ name: 'wrap', args, type, span, lowering: this.lowering })!;
  }

  private expression(within: Sql): Sql {
    switch (this.call.name) {
      case 'row_number':
        return this.wrapped(
          sql`CAST(row_number() OVER (${within} ORDER BY "position") - 1 AS HUGEINT) + ${this.value}`,
        );
      case 'row_cumsum':
        return this.wrapped(sql`coalesce(sum(${this.value}) OVER (${within} ${RUNNING}), 0)`);
      case 'row_rank_dense':
        return sql`CAST(sum(CASE WHEN ${this.change} THEN 1 ELSE 0 END) OVER (${within} ${RUNNING}) AS BIGINT)`;
      case 'row_rank_min':
        return sql`CAST(max(CASE WHEN ${this.change} THEN "position" END) OVER (${within} ${RUNNING}) - min("position") OVER (${within}) + 1 AS BIGINT)`;
      default:
        throw new KustoError('CAL0001', `${this.call.name}() is not supported.`, { span: this.call.span });
    }
  }
}
