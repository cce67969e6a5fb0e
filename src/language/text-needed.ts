import type { Relation } from '../plan/index.js';
import type { KustoValue } from '../values/index.js';

/**
 * Thrown while binding, where the official binder must read more than the user wrote: the schema of an operator whose
 * columns only its data tells (`evaluate bag_unpack(…)`), a name that it would choose otherwise; or less: a table of
 * `union isfuzzy=true` that does not exist. The caller runs the probe, writes the text that its rows tell at `at`, and binds again.
 */
export class TextNeeded extends Error {
  constructor(
    /** Position in the request's text. */
    readonly at: number,
    readonly textOf: (rows: readonly (readonly KustoValue[])[]) => string,
    readonly probe?: Relation,
    /** End of the text that the new one takes the place of; without it the text is added. */
    readonly end = at,
  ) {
    super('The text of the request must be completed.');
  }
}
