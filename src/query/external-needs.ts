import { mapScalars, visitRelations, type ExternalScan, type Relation } from '../plan/index.js';

/** What a plan wants of an external scan, beside its filters. */
export interface ScanNeeds {
  /** Names of the columns that something above reads. */
  readonly columns: ReadonlySet<string>;
  /** Any so many rows are enough; undefined: all of them count. */
  readonly limit: number | undefined;
}

/** What the plan wants of each of its external scans. */
export function needsOf(relation: Relation): (scan: ExternalScan) => ScanNeeds {
  const used = new Set<number>(relation.columns.map(({ id }) => id));
  const limits = new Map<ExternalScan['source'], number>();
  const scans = new Map<ExternalScan['source'], number>();
  let isOpaque = false;
  visitRelations(relation, (node) => {
    switch (node.kind) {
      case 'procedure':
        // Its arguments may hold any column.
        isOpaque = true;
        break;
      case 'join':
        for (const { id } of node.sources) used.add(id);
        break;
      case 'apply':
        for (const { id } of node.passed) used.add(id);
        break;
      case 'shared':
        for (const { id } of node.relation.columns) used.add(id);
        break;
      case 'externalScan':
        scans.set(node.source, (scans.get(node.source) ?? 0) + 1);
        break;
      case 'limit': {
        let below = node.input;
        while (below.kind === 'project' && below.items.every(({ value }) => value.kind !== 'window'))
          below = below.input;
        const count = node.count.kind === 'literal' ? Number(node.count.value) : undefined;
        if (below.kind === 'externalScan' && count !== undefined && Number.isSafeInteger(count) && count >= 0) {
          limits.set(below.source, count);
        }
        break;
      }
      default:
        // What they read, they say in scalars.
        break;
    }
  });
  mapScalars(relation, (scalar) => {
    if (scalar.kind === 'column') used.add(scalar.id);
    return scalar;
  });
  return ({ source, columns }) => ({
    columns: new Set(columns.filter(({ id }) => isOpaque || used.has(id)).map(({ name }) => name)),
    // A scan that stands in the plan twice may be limited in one place only.
    limit: scans.get(source) === 1 ? limits.get(source) : undefined,
  });
}
