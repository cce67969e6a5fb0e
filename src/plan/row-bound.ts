import type { Relation } from './nodes.js';

/** The most rows that a plan can yield, as far as its own text tells; Infinity where it does not. */
export function mostRows(relation: Relation): number {
  switch (relation.kind) {
    case 'values':
      return relation.rows.length;
    case 'project':
    case 'filter':
    case 'sort':
      return mostRows(relation.input);
    case 'aggregate':
      return relation.keys.length === 0 ? 1 : mostRows(relation.input);
    case 'limit': {
      const { count } = relation;
      const given = count.kind === 'literal' && count.value !== null ? Number(count.value) : Infinity;
      return Math.min(mostRows(relation.input), given >= 0 ? given : Infinity);
    }
    default:
      return Infinity;
  }
}

/** True for what a summarize yields: mostly few rows, though the plan does not say how many. */
export function isSummary(relation: Relation): boolean {
  switch (relation.kind) {
    case 'aggregate':
      return true;
    case 'project':
    case 'filter':
    case 'sort':
    case 'limit':
      return isSummary(relation.input);
    default:
      return false;
  }
}
