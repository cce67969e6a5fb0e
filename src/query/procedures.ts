import type { Dialect } from '../sql/dialect.js';
import type { Engine, InputTable } from '../engines/engine.js';
import { KustoError } from '../errors/index.js';
import { mapRelation, type Relation } from '../plan/index.js';

/** A plan without procedures: each has run, and its rows are an input table of the SQL. */
export interface Resolved {
  readonly relation: Relation;
  readonly inputs: readonly InputTable[];
}

/** Runs the procedures of a plan, innermost first. */
export function resolveProcedures(
  relation: Relation,
  _parts: { readonly engine: Engine; readonly dialect: Dialect },
  _signal: AbortSignal,
): Promise<Resolved> {
  mapRelation(relation, (node) => {
    if (node.kind === 'procedure') {
      throw new KustoError('CAL0001', `${node.name} is not supported.`, { span: node.span });
    }
    return node;
  });
  return Promise.resolve({ relation, inputs: [] });
}
