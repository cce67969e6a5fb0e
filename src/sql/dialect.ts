import type { Span } from '../errors/index.js';
import type { Apply, Expand, ExpandedRows, Range, Sample, Scan, Values } from '../plan/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import type { Lowering } from './lower/lowering.js';
import type { Sql } from './tree.js';

/** An argument after lowering: its SQL, and its value when it is a literal. */
export interface LoweredArgument {
  readonly sql: Sql;
  readonly type: KustoType;
  /** Undefined when the argument is not a literal (null is the null literal). */
  readonly literal: KustoValue | undefined;
}

export interface LoweredCall {
  readonly name: string;
  readonly args: readonly LoweredArgument[];
  readonly type: KustoType;
  readonly span: Span;
  readonly lowering: Lowering;
}

/** Aggregates also know the order of their input, if it has one. */
export interface LoweredAggregate extends LoweredCall {
  /** Sort key of the input rows, when the input is serialized. */
  readonly order: Sql | undefined;
}

/**
 * A function's row in a dialect. Undefined means: not in SQL for these arguments, so the function's own evaluation
 * (a JavaScript function registered in the engine) answers, or the call is refused.
 */
export type ScalarRow = (call: LoweredCall) => Sql | undefined;
export type AggregateRow = (call: LoweredAggregate) => Sql | undefined;

/** What differs from engine to engine. */
export interface Dialect {
  readonly name: string;
  readonly scalars: ReadonlyMap<string, ScalarRow>;
  readonly aggregates: ReadonlyMap<string, AggregateRow>;
  readonly windows: ReadonlyMap<string, ScalarRow>;
  /** Renders a finished tree. */
  write(tree: Sql): string;
  /** A cast of an SQL value to the engine's type for a Kusto type. */
  cast(value: Sql, type: KustoType): Sql;
  /** Calls a JavaScript function that the engine will have registered. */
  callFunction(name: string, call: LoweredCall): Sql;
  readonly relations: {
    scan(relation: Scan, lowering: Lowering): Sql;
    values(relation: Values, lowering: Lowering): Sql;
    range(relation: Range, lowering: Lowering): Sql;
    sample(relation: Sample, lowering: Lowering): Sql;
    expand(relation: Expand, lowering: Lowering): Sql;
    expandedRows(relation: ExpandedRows, lowering: Lowering): Sql;
    /** The test that a row of an `apply`'s input yields any expanded row. */
    expandable(relation: Apply, lowering: Lowering): Sql;
  };
}
