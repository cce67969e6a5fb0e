import type { Column } from '../plan/index.js';
import type { Table } from './context.js';

/** What make-graph yields: a value between operators, never an answer. Both tables are computed once. */
export interface Graph {
  /** Rows of the edges; `columns` are the properties. */
  readonly edges: Table & { readonly id: Column; readonly source: Column; readonly target: Column };
  /** One row a node; `columns` are the properties, `id` is none of them. */
  readonly nodes: Table & { readonly id: Column };
}
