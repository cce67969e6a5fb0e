import { KustoError } from '../../errors/index.js';
import { literal, type Assignment, type Scalar, type WindowCall } from '../../plan/index.js';
import type { Lowering } from '../dialect.js';
import { list, name, sql, type Name, type Sql } from '../tree.js';

/**
 * The window calls of a projection as columns of its input, `c-1`, `c-2`, …: SQL allows no window inside a window, nor
 * in some other places, and would compute one that is written twice twice. First prev() and next(), then the calls that
 * count or restart, in three steps: the position and the arguments of each call; the group of each row (a restart begins
 * one); the value.
 */
export function separateWindows(
  items: readonly Assignment[],
  from: Sql,
  lowering: Lowering,
): { readonly items: readonly Assignment[]; readonly from: Sql } {
  const neighbours = new Map<string, WindowCall>();
  const seen = items.map((item) => ({ ...item, value: withoutNeighbours(item.value, neighbours) }));
  const below =
    neighbours.size === 0
      ? from
      : sql`(SELECT *, ${list([...neighbours.values()].map((call, k) => sql`${lowering.scalar(call)} AS ${target(k)}`))} FROM ${from}) AS t`;
  const calls: WindowCall[] = [];
  const replaced = seen.map((item) => ({ ...item, value: withoutCounts(item.value, neighbours.size, calls) }));
  if (calls.length === 0) return { items: replaced, from: below };
  const columns = calls.map((call, k) => new WindowColumn(call, neighbours.size + k, lowering));
  const prepared = sql`SELECT *, row_number() OVER () AS "position", ${list(columns.flatMap((column) => column.inputs()))} FROM ${below}`;
  const grouped = sql`SELECT *, ${list(columns.flatMap((column) => column.groups()))} FROM (${prepared}) AS t`;
  const valued = sql`SELECT *, ${list(columns.map((column) => column.result()))} FROM (${grouped}) AS t ORDER BY "position"`;
  return { items: replaced, from: sql`(${valued}) AS t` };
}

const target = (index: number): Name => name(`c${-(index + 1)}`);

const columnOf = (call: WindowCall, index: number): Scalar => ({
  kind: 'column',
  type: call.type,
  id: -(index + 1),
  name: call.name,
});

/** Calls that need the steps; prev and next do not. */
const COUNTING: ReadonlySet<string> = new Set(['row_number', 'row_cumsum', 'row_rank_min', 'row_rank_dense']);

function withoutNeighbours(scalar: Scalar, found: Map<string, WindowCall>): Scalar {
  if (scalar.kind === 'inRelation') return { ...scalar, value: withoutNeighbours(scalar.value, found) };
  if (scalar.kind !== 'call' && scalar.kind !== 'window') return scalar;
  const held = { ...scalar, args: scalar.args.map((arg) => withoutNeighbours(arg, found)) };
  // A count inside would have to come first: such a call stays where it is.
  if (held.kind === 'call' || COUNTING.has(held.name) || held.args.some(hasWindow)) return held;
  const key = keyOf(held, found.size);
  if (!found.has(key)) found.set(key, held);
  return columnOf(held, [...found.keys()].indexOf(key));
}

/** Whether a window is called somewhere inside. */
export const hasWindow = (scalar: Scalar): boolean =>
  scalar.kind === 'window' ||
  (scalar.kind === 'call' && scalar.args.some(hasWindow)) ||
  (scalar.kind === 'inRelation' && hasWindow(scalar.value));

/** The same for the same call over columns and literals. */
function keyOf(call: WindowCall, otherwise: number): string {
  const parts = call.args.map((arg) => {
    if (arg.kind === 'column') return `c${arg.id}`;
    return arg.kind === 'literal' ? `${arg.type} ${String(arg.value)}` : `#${otherwise}`;
  });
  return [call.name, ...parts].join('\0');
}

function withoutCounts(scalar: Scalar, before: number, calls: WindowCall[]): Scalar {
  if (scalar.kind === 'window' && COUNTING.has(scalar.name)) {
    calls.push(scalar);
    return columnOf(scalar, before + calls.length - 1);
  }
  if (scalar.kind === 'inRelation') return { ...scalar, value: withoutCounts(scalar.value, before, calls) };
  if (scalar.kind !== 'call' && scalar.kind !== 'window') return scalar;
  return { ...scalar, args: scalar.args.map((arg) => withoutCounts(arg, before, calls)) };
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
    return sql`${this.expression(within)} AS ${target(this.index)}`;
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
