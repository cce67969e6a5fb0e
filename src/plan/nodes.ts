import type { Span } from '../errors/index.js';
import type { KustoType, KustoValue } from '../values/index.js';

// Scalars and relations hold each other (toscalar, in), so they stand in one file.

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

/** A column computed by an expression. */
export interface Assignment {
  readonly column: Column;
  readonly value: Scalar;
}

interface Node {
  /** What the node yields, in order. */
  readonly columns: readonly Column[];
}

/** A table of Calypso's own. `stored[i]` is the engine's column id of `columns[i]`. */
export interface Scan extends Node {
  readonly kind: 'scan';
  readonly databaseId: string;
  readonly databaseName: string;
  readonly tableId: string;
  readonly tableName: string;
  readonly stored: readonly number[];
  /** The extent number of each row, when a function asks for it (`ingestion_time()`, `extent_id()`). */
  readonly extentColumn?: Column;
  /** When given, only rows of these extents (a continuous export's window). */
  readonly extents?: readonly bigint[];
}

/** Files of an external table, or of `externaldata`; `source` tells the query service what to fetch. */
export interface ExternalScan extends Node {
  readonly kind: 'externalScan';
  readonly source: ExternalSource;
}

export type ExternalSource =
  | { readonly kind: 'externalTable'; readonly databaseId: string; readonly name: string; readonly mapping?: string }
  | {
      readonly kind: 'externalData';
      readonly addresses: readonly string[];
      readonly format: string;
      readonly properties: Readonly<Record<string, string>>;
      readonly span: Span;
    }
  /** One row that tells the schema of files, instead of their rows. */
  | ({ readonly kind: 'storageSchema' } & StorageSchemaRequest);

/** Options of `infer_storage_schema`. */
export interface StorageSchemaRequest {
  readonly addresses: readonly string[];
  readonly format: string;
  readonly namePrefix?: string;
  readonly fileExtension?: string;
  /** Which files are read: the first one found, the one written last, or all. */
  readonly mode: 'any' | 'last' | 'all';
  readonly firstRowIsHeader: boolean;
  /** JSON with recommended types, instead of a schema. */
  readonly suggestions: boolean;
}

/** A result that an earlier step of the same request left in the engine: `table` is the engine's name. */
export interface Stored extends Node {
  readonly kind: 'stored';
  readonly table: string;
  readonly names: readonly string[];
}

/** Literal rows (`datatable`); every cell is an expression without columns. */
export interface Values extends Node {
  readonly kind: 'values';
  readonly rows: readonly (readonly Scalar[])[];
}

export interface Filter extends Node {
  readonly kind: 'filter';
  readonly input: Relation;
  readonly predicate: Scalar;
}

/** `project`, `extend` and their family: exactly `items`, in order. */
export interface Project extends Node {
  readonly kind: 'project';
  readonly input: Relation;
  readonly items: readonly Assignment[];
}

export interface Aggregate extends Node {
  readonly kind: 'aggregate';
  readonly input: Relation;
  readonly keys: readonly Assignment[];
  readonly aggregates: readonly { readonly column: Column; readonly call: AggregateCall }[];
}

export interface SortKey {
  readonly value: Scalar;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface Sort extends Node {
  readonly kind: 'sort';
  readonly input: Relation;
  readonly keys: readonly SortKey[];
}

export interface Limit extends Node {
  readonly kind: 'limit';
  readonly input: Relation;
  readonly count: Scalar;
}

/** `sample`: any `count` rows, at random. */
export interface Sample extends Node {
  readonly kind: 'sample';
  readonly input: Relation;
  readonly count: Scalar;
}

export type JoinKind =
  | 'innerunique'
  | 'inner'
  | 'leftouter'
  | 'rightouter'
  | 'fullouter'
  | 'leftsemi'
  | 'rightsemi'
  | 'leftanti'
  | 'rightanti'
  | 'cross';

/** `columns` are fresh; `sources` tells the side's column behind each. */
export interface Join extends Node {
  readonly kind: 'join';
  readonly joinKind: JoinKind;
  readonly left: Relation;
  readonly right: Relation;
  readonly on: readonly { readonly left: Scalar; readonly right: Scalar }[];
  readonly sources: readonly Column[];
}

/** `maps[i][c]` is the column of `inputs[i]` that feeds `columns[c]`; undefined: null. */
export interface Union extends Node {
  readonly kind: 'union';
  readonly inputs: readonly Relation[];
  readonly maps: readonly (readonly (Scalar | undefined)[])[];
}

/** `range x from a to b step s`: one column. */
export interface Range extends Node {
  readonly kind: 'range';
  readonly from: Scalar;
  readonly to: Scalar;
  readonly step: Scalar;
}

export interface ExpandItem {
  readonly column: Column;
  readonly source: Scalar;
  /** `to typeof(T)`: what each element is converted to; dynamic when absent. */
  readonly elementType: KustoType;
}

/**
 * `mv-expand`: a row for each position of the longest array. Yields `input.columns` (without the replaced ones) and
 * the items' columns, in the order of `columns`.
 */
export interface Expand extends Node {
  readonly kind: 'expand';
  readonly input: Relation;
  readonly items: readonly ExpandItem[];
  /** bag: a property bag becomes one-property bags; array: `[name, value]` pairs. */
  readonly bagKind: 'bag' | 'array';
  readonly indexColumn?: Column;
  readonly rowLimit?: Scalar;
}

/** `mv-apply`: `body` runs for each row of `input`, over an `expandedRows` leaf that reads this row's arrays. */
export interface Apply extends Node {
  readonly kind: 'apply';
  readonly input: Relation;
  readonly items: readonly ExpandItem[];
  readonly indexColumn?: Column;
  readonly rowLimit?: Scalar;
  readonly body: Relation;
  /** Columns of the input that pass through beside the body's. */
  readonly passed: readonly Column[];
}

/** The leaf of an `apply` body: this outer row, expanded. */
export interface ExpandedRows extends Node {
  readonly kind: 'expandedRows';
  readonly items: readonly ExpandItem[];
  readonly indexColumn?: Column;
  readonly rowLimit?: Scalar;
  /** The outer row's columns that the body sees. */
  readonly outer: readonly Assignment[];
}

/** A subtree that is computed once and read several times (`materialize`, `as`). */
export interface Shared extends Node {
  readonly kind: 'shared';
  readonly key: number;
  readonly relation: Relation;
}

/** What no SQL can say: `name` is registered in `procedures/`. */
export interface Procedure extends Node {
  readonly kind: 'procedure';
  readonly name: string;
  readonly inputs: readonly Relation[];
  /** Static arguments, by the procedure's own shape: plain data and scalars over the inputs' columns. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly span: Span;
}

export type Relation =
  | Scan
  | ExternalScan
  | Stored
  | Values
  | Filter
  | Project
  | Aggregate
  | Sort
  | Limit
  | Sample
  | Join
  | Union
  | Range
  | Expand
  | Apply
  | ExpandedRows
  | Shared
  | Procedure;

export type RelationKind = Relation['kind'];
