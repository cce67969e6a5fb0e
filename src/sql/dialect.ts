import type { Span } from '../errors/index.js';
import type { ScalarFunction } from '../functions/index.js';
import type {
  Apply,
  Column,
  Expand,
  ExpandedRows,
  ExternalScan,
  Range,
  Relation,
  Sample,
  Scalar,
  Scan,
  Values,
} from '../plan/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import type { Name, Sql } from './tree.js';

/** One compilation, as dialect rows and the lowering of relations use it (see lower/lowering.ts). */
export interface Lowering {
  readonly dialect: Dialect;
  /** SQL of an external scan, whose files were fetched before. */
  readonly externalSql: ExternalSql;
  /** A complete SELECT. */
  relation(relation: Relation): Sql;
  /** Reads a subtree that is computed once for the whole statement. */
  useShared(key: number, relation: Relation): Sql;
  column(column: { readonly id: number }): Name;
  columns(columns: readonly Column[]): Sql;
  scalar(scalar: Scalar): Sql;
  /** A filter's predicate: null counts as false there, so cheaper forms will do. */
  predicate(scalar: Scalar): Sql;
  lowered(name: string, args: readonly Scalar[], type: KustoType, span: Span): LoweredCall;
  /** The call as a JavaScript function of the engine. */
  viaFunction(definition: ScalarFunction, call: LoweredCall): Sql;
  /** An argument of any type as text, as tostring() gives it. */
  scalarText(arg: LoweredArgument): Sql;
  /** The name of a table with these rows (columns `c0`, `c1`, …), which the engine is given beside the statement. */
  input(types: readonly KustoType[], columns: readonly (readonly KustoValue[])[]): Name;
  /** A name that nothing else in the statement bears, for a lambda. */
  variable(): Name;
  /** A string is never null. */
  emptyForNull(inner: Sql, type: KustoType): Sql;
}

/** Where an external table's rows come from, by the time the SQL is made. */
export type ExternalSql = (relation: ExternalScan, lowering: Lowering) => Sql;

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
  /** Calls of the same function over the same first argument in the same summarize, itself among them. */
  siblings(): readonly LoweredCall[];
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
