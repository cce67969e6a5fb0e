import type { Relation } from '../plan/index.js';
import type { ColumnSchema, KustoType, KustoValue } from '../values/index.js';
import type { Dialect, ExternalSql } from './dialect.js';
import { PlanLowering, type CompiledInput } from './lower/lowering.js';

/** SQL text of a plan, the JavaScript functions that it calls (engines/engine.ts: EngineFunction) and its long lists. */
export interface Compiled {
  readonly text: string;
  readonly columns: readonly ColumnSchema[];
  readonly functions: readonly CompiledFunction[];
  readonly inputs: readonly CompiledInput[];
}

export interface CompiledFunction {
  readonly name: string;
  readonly parameterTypes: readonly KustoType[];
  readonly type: KustoType;
  readonly volatile: boolean;
  readonly nulls: 'propagate' | 'own';
  evaluate(args: readonly KustoValue[]): KustoValue;
}

/** Plan to SQL text. Result columns are named `c<id>`, in the order of `relation.columns`. */
export function compile(relation: Relation, dialect: Dialect, externalSql: ExternalSql): Compiled {
  const lowering = new PlanLowering(dialect, externalSql);
  const text = dialect.write(lowering.statement(relation));
  const functions = [...lowering.functions.values()].map(({ name, parameterTypes, type, function: definition }) => ({
    name,
    parameterTypes,
    type,
    volatile: definition.volatile ?? false,
    nulls: definition.nulls,
    evaluate: (args: readonly KustoValue[]) => definition.evaluate(args, { argumentTypes: parameterTypes, type }),
  }));
  const columns = relation.columns.map(({ name, type }) => ({ name, type }));
  return { text, columns, functions, inputs: lowering.inputs };
}
