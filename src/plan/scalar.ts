import type { Span } from '../errors/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import type { Relation } from './relation.js';

/** A column inside a plan. The id is unique within one bound request; names are for people and may repeat. */
export interface Column {
  readonly id: number;
  readonly name: string;
  readonly type: KustoType;
}

export interface Literal {
  readonly kind: 'literal';
  readonly type: KustoType;
  readonly value: KustoValue;
}

export interface ColumnUse {
  readonly kind: 'column';
  readonly type: KustoType;
  readonly id: number;
  readonly name: string;
}

/** A function or an operator (`+`, `has`, `in`, …) by its registered name; every argument is evaluated per row. */
export interface Call {
  readonly kind: 'call';
  readonly type: KustoType;
  readonly name: string;
  readonly args: readonly Scalar[];
  readonly span: Span;
}

/** A call whose value depends on the rows before or after: only inside a `project` over a serialized input. */
export interface WindowCall {
  readonly kind: 'window';
  readonly type: KustoType;
  readonly name: string;
  readonly args: readonly Scalar[];
  readonly span: Span;
}

/** First column of the first row (`toscalar`), null when there is no row. */
export interface ScalarSubquery {
  readonly kind: 'subquery';
  readonly type: KustoType;
  readonly relation: Relation;
}

/** `x in (T)`: membership in the first column of a relation. */
export interface InRelation {
  readonly kind: 'inRelation';
  readonly type: 'bool';
  readonly value: Scalar;
  readonly relation: Relation;
  readonly caseInsensitive: boolean;
  readonly negated: boolean;
}

export type Scalar = Literal | ColumnUse | Call | WindowCall | ScalarSubquery | InRelation;

export interface AggregateCall {
  readonly name: string;
  readonly type: KustoType;
  readonly args: readonly Scalar[];
  readonly span: Span;
}

export const literal = (type: KustoType, value: KustoValue): Literal => ({ kind: 'literal', type, value });

export const use = (column: Column): ColumnUse => ({
  kind: 'column',
  type: column.type,
  id: column.id,
  name: column.name,
});

/** Children of a scalar, without the relations it holds. */
export function operands(scalar: Scalar): readonly Scalar[] {
  switch (scalar.kind) {
    case 'call':
    case 'window':
      return scalar.args;
    case 'inRelation':
      return [scalar.value];
    case 'literal':
    case 'column':
    case 'subquery':
      return [];
  }
}
