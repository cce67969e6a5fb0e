import type { EngineResult } from '../engines/engine.js';
import type { Relation, Scalar } from '../plan/index.js';
import type { ColumnBatch, KustoValue } from '../values/index.js';

/** The result of a plan that is nothing but literals (`print 1`, a `datatable`): no engine need be asked. */
export function constantResult(relation: Relation): EngineResult | undefined {
  const rows = constantRows(relation);
  if (!rows) return undefined;
  const columns = relation.columns.map(({ name, type }) => ({ name, type }));
  const batch: ColumnBatch = { rowCount: rows.length, columns: columns.map((_, c) => rows.map((row) => row[c]!)) };
  return {
    columns,
    rowCount: rows.length,
    batches: async function* (): AsyncGenerator<ColumnBatch> {
      if (rows.length > 0) yield batch;
    },
    close: () => Promise.resolve(),
  };
}

function constantRows(relation: Relation): KustoValue[][] | undefined {
  if (relation.kind === 'values') return allOf(relation.rows, literalsOf);
  if (relation.kind !== 'project' || relation.input.kind !== 'values') return undefined;
  const row = literalsOf(relation.items.map((item) => item.value));
  return row && relation.input.rows.map(() => row);
}

const literalsOf = (row: readonly Scalar[]): KustoValue[] | undefined =>
  allOf(row, (value) =>
    value.kind !== 'literal' ? undefined : value.value === null && value.type === 'string' ? '' : value.value,
  );

/** What `map` makes of every item, or undefined when it is undefined for one. */
function allOf<T, R>(items: readonly T[], map: (item: T) => R | undefined): R[] | undefined {
  const result: R[] = [];
  for (const item of items) {
    const mapped = map(item);
    if (mapped === undefined) return undefined;
    result.push(mapped);
  }
  return result;
}
