import type { Relation } from '../plan/index.js';
import type { ColumnSchema, KustoValue } from '../values/index.js';

/**
 * Thrown while binding an operator whose columns only its data tells (`evaluate bag_unpack(…)` without a schema). The
 * caller runs the probe, writes the schema that it tells into the text at `at`, and binds again.
 */
export class SchemaNeeded extends Error {
  constructor(
    /** Position in the request's text where `: (…)` belongs. */
    readonly at: number,
    readonly probe: Relation,
    /** Result columns of the operator, from the probe's rows. */
    readonly columnsOf: (rows: readonly (readonly KustoValue[])[]) => readonly ColumnSchema[],
  ) {
    super('The columns of an operator are known only from its data.');
  }
}
