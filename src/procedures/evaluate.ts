import { KustoError } from '../errors/index.js';
import { scalarFunction } from '../functions/index.js';
import type { Column, Scalar } from '../plan/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import { OPERATORS } from './operators.js';

/** Values of the columns in reach, by column id. */
export type Environment = ReadonlyMap<number, KustoValue>;

export type Evaluator = (environment: Environment) => KustoValue;

/**
 * Scalars evaluated row by row, for procedures whose expressions see state that SQL does not have. Covers the operators
 * of `operators.ts` and every function with an evaluation of its own; anything else is refused when it is compiled.
 */
export function evaluator(scalar: Scalar): Evaluator {
  switch (scalar.kind) {
    case 'literal':
      return () => scalar.value;
    case 'column': {
      const missing = scalar.type === 'string' ? '' : null;
      return (environment) => environment.get(scalar.id) ?? missing;
    }
    case 'call': {
      const args = scalar.args.map(evaluator);
      const types = scalar.args.map((arg) => arg.type);
      const apply = implementation(scalar, types);
      return (environment) => apply(args.map((arg) => arg(environment)));
    }
    case 'window':
    case 'subquery':
    case 'inRelation':
      throw new KustoError('CAL0001', `This expression is not supported here (${scalar.kind}).`);
  }
}

function implementation(
  scalar: Extract<Scalar, { kind: 'call' }>,
  argumentTypes: readonly KustoType[],
): (args: readonly KustoValue[]) => KustoValue {
  const operator = OPERATORS[scalar.name];
  const missing: KustoValue = scalar.type === 'string' ? '' : null;
  const call = { argumentTypes, type: scalar.type };
  if (operator) return (args) => operator(args, call);
  const definition = scalarFunction(scalar.name);
  if (!definition) throw new KustoError('CAL0001', `${scalar.name}() is not supported here.`, { span: scalar.span });
  return (args) =>
    definition.nulls === 'propagate' && args.includes(null) ? missing : definition.evaluate(args, call);
}

export const columnIds = (columns: readonly Column[]): number[] => columns.map((column) => column.id);
