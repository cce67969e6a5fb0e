import type { KustoValue } from '../values/index.js';
import type { Target } from './target.js';

export function partitionFolder(target: Target, values: readonly KustoValue[]): string {
  if (target.partitions.length === 0 && values.length === 0) return '';
  throw new Error('not yet');
}
