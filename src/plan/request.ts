import type { Relation } from './nodes.js';

/** A bound request: one relation for each table that it answers with. */
export interface BoundRequest {
  readonly results: readonly BoundResult[];
  /** Content of a final `render`. */
  readonly visualization: Readonly<Record<string, unknown>> | null;
  readonly usesCursor: boolean;
  readonly crossCluster: boolean;
  /** `set` statements: option name to value. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
}

export interface BoundResult {
  readonly name: string;
  readonly relation: Relation;
}
