import type { PartitionColumn } from '../../catalog/model.js';
import { partitionFolder, partitionText } from '../../external/index.js';
import type { KustoValue } from '../../values/index.js';

/** Where rows with these partition values go, and the values as the log has them. */
export function deltaPlace(partitions: readonly PartitionColumn[], values: readonly KustoValue[]) {
  const texts = partitions.map((column, index) => [column.name, partitionText(column, values[index] ?? null)] as const);
  return { path: partitionFolder(texts), partitionValues: Object.fromEntries(texts) };
}
