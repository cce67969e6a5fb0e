import type { Relation } from '../plan/index.js';
import type { Dialect } from './dialect.js';
import { Lowering, type ExternalSql, type RequiredFunction } from './lower/lowering.js';

/** SQL text of a plan, and the JavaScript functions that it calls. */
export interface Compiled {
  readonly text: string;
  readonly functions: readonly RequiredFunction[];
}

/** Plan to SQL text. Result columns are named `c<id>`, in the order of `relation.columns`. */
export function compile(relation: Relation, dialect: Dialect, externalSql: ExternalSql): Compiled {
  const lowering = new Lowering(dialect, externalSql);
  const statement = lowering.statement(relation);
  return { text: dialect.write(statement), functions: [...lowering.functions.values()] };
}
