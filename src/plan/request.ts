import type { Literal, Relation } from './nodes.js';

/** A bound request: one relation for each table that it answers with. */
export interface BoundRequest {
  readonly results: readonly BoundResult[];
  /** Content of a final `render`. */
  readonly visualization: Readonly<Record<string, unknown>> | null;
  readonly usesCursor: boolean;
  /** Request properties and `set` statements, by name. */
  readonly settings: ReadonlyMap<string, Literal>;
}

export interface BoundResult {
  readonly name: string;
  readonly relation: Relation;
}
