import type { Column, Relation } from '../plan/index.js';

/** A table of a graph; `columns` are the properties, the ids are none of them. */
interface GraphTable {
  readonly relation: Relation;
  readonly columns: readonly Column[];
  readonly id: Column;
}

/** What make-graph yields: a value between operators, never an answer. Both tables are computed once. */
export interface Graph {
  /** A row an edge. `id` numbers them; `source` and `target` are ids of nodes, `from` and `to` those that the user gave. */
  readonly edges: GraphTable & {
    readonly source: Column;
    readonly target: Column;
    readonly from: Column;
    readonly to: Column;
  };
  /** A row a node. `key` is the id that the user gave: in a graph with partitions, ids have the partition in them. */
  readonly nodes: GraphTable & { readonly key: Column; readonly partition?: Column };
}
