import type { KustoType, KustoValue } from '../values/index.js';

/**
 * A scalar function evaluated value by value. It is the meaning of the function where no engine's SQL says it exactly:
 * engines call it for each row.
 */
export interface ScalarFunction {
  readonly name: string;
  /** propagate: null (or the empty string) as soon as an argument is null, without a call. own: sees the nulls. */
  readonly nulls: 'propagate' | 'own';
  /** True when two calls with the same arguments may differ (`rand`, `new_guid`). */
  readonly volatile?: boolean;
  /** One line for the reference page, and an example that a test evaluates. */
  readonly doc: string;
  evaluate(args: readonly KustoValue[], call: FunctionCall): KustoValue;
}

/** Types at the call. */
export interface FunctionCall {
  readonly argumentTypes: readonly KustoType[];
  readonly type: KustoType;
}
