import type { Column, Relation } from '../plan/index.js';

/** A table of a graph; `columns` are the properties, the ids are none of them. */
interface GraphTable {
  readonly relation: Relation;
  readonly columns: readonly Column[];
  readonly id: Column;
}

/** What make-graph yields: a value between operators, never an answer. Both tables are computed once. */
export interface Graph {
  /** A row an edge. `id` numbers them; `source` and `target` are ids of nodes, and properties too. */
  readonly edges: GraphTable & { readonly source: Column; readonly target: Column };
  /** A row a node. */
  readonly nodes: GraphTable;
}
