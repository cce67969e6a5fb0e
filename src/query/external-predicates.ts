import type { ColumnCondition, PartitionPredicate } from '../external/index.js';
import type { KustoType, KustoValue } from '../values/index.js';
import { visitRelations, type ExternalSource, type Relation, type Scalar } from '../plan/index.js';

/** What filters right above each external scan say about single columns: enough to leave out whole folders. */
export function predicatesOf(relation: Relation): ReadonlyMap<ExternalSource, PartitionPredicate> {
  const found = new Map<ExternalSource, PartitionPredicate>();
  visitRelations(relation, (node) => {
    const conditions: ColumnCondition[] = [];
    let below: Relation = node;
    while (below.kind === 'filter') {
      conditions.push(...conditionsOf(below.predicate));
      below = below.input;
    }
    // Visited from the bottom: the outermost filter of a chain comes last and knows the most.
    if (below.kind === 'externalScan' && conditions.length > 0) found.set(below.source, conditions);
  });
  return found;
}

function conditionsOf(predicate: Scalar): ColumnCondition[] {
  if (predicate.kind !== 'call') return [];
  const [left, right, upper] = predicate.args;
  if (predicate.name === 'and') return [...conditionsOf(left!), ...conditionsOf(right!)];
  if (left?.kind !== 'column') return [];
  const column = left.name;
  const held = predicate.args
    .slice(1)
    .map((arg) =>
      arg.kind === 'literal' && isComparable(arg.type, left.type) ? asType(arg.value, left.type) : undefined,
    );
  if (held.some((one) => one === undefined)) return [];
  const whole = (scalar: Scalar | undefined): bigint | undefined => {
    if (scalar?.kind !== 'literal' || scalar.value === null) return undefined;
    return BigInt(scalar.value as bigint | number);
  };
  const isOrdered = left.type === 'datetime' || left.type === 'long' || left.type === 'int';
  switch (predicate.name) {
    case '==':
    case 'in':
      return [{ kind: 'in', column, values: held.map((one) => one ?? null) }];
    case 'between':
      return isOrdered ? [range(column, whole(right), whole(upper))] : [];
    case '>':
    case '>=':
      return isOrdered ? [range(column, whole(right), undefined)] : [];
    case '<':
    case '<=':
      return isOrdered ? [range(column, undefined, whole(right))] : [];
    default:
      return [];
  }
}

/** A whole number in the form of the column's type. */
function asType(value: KustoValue, type: KustoType): KustoValue {
  if (type === 'long' && typeof value === 'number') return BigInt(value);
  return type === 'int' && typeof value === 'bigint' ? Number(value) : value;
}

const isWhole = (type: KustoType): boolean => type === 'int' || type === 'long';
const isComparable = (a: KustoType, b: KustoType): boolean => a === b || (isWhole(a) && isWhole(b));

function range(column: string, from: bigint | undefined, to: bigint | undefined): ColumnCondition {
  return { kind: 'range', column, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
