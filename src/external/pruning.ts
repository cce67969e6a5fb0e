import type { PartitionColumn } from '../catalog/model.js';
import type { KustoValue } from '../values/index.js';
import { isFolderName, type LayoutElement, type PathLayout, type PathPartition } from './layout.js';
import { nextPeriod, periodStart } from './partition-time.js';

/**
 * What the rows that a query wants must fulfil: all of it together. A condition names a column of the files, or a
 * virtual column. Conditions on other columns, and what cannot be said here, are simply left out.
 */
export type PartitionPredicate = readonly ColumnCondition[];

export type ColumnCondition =
  /** Equal to one of the values, case-sensitive for strings. */
  | { readonly kind: 'in'; readonly column: string; readonly values: readonly KustoValue[] }
  /** A datetime (in ticks), long or int; both ends inclusive, either may be open. Null fulfils none. */
  | { readonly kind: 'range'; readonly column: string; readonly from?: bigint; readonly to?: bigint };

/** More folders than this are listed together with their neighbours. */
const MOST_PREFIXES = 100;

/** False when no row of a file with these partitions can fulfil the predicate. */
export function mayMatch(
  layout: PathLayout,
  partitions: readonly PathPartition[],
  predicate: PartitionPredicate,
): boolean {
  return predicate.every((condition) =>
    layout.partitions.every((column, index) => {
      const found = partitions[index];
      return !found || !isAbout(column, condition) || partitionMayMatch(column, found, condition);
    }),
  );
}

function isAbout(column: PartitionColumn, condition: ColumnCondition): boolean {
  return (column.source ?? column.name) === condition.column;
}

function partitionMayMatch(column: PartitionColumn, found: PathPartition, condition: ColumnCondition): boolean {
  // A hash would have to be computed as the writer did.
  if (!found.isCertain || column.type === 'long') return true;
  if (condition.kind === 'range') {
    if (found.isDefault) return false;
    const { range } = found;
    if (!range) return true;
    return (
      (condition.to === undefined || range.from <= condition.to) &&
      (condition.from === undefined || range.before > condition.from)
    );
  }
  if (found.isDefault) return condition.values.some((value) => !hasFolder(column, value));
  const { range } = found;
  if (range) return condition.values.some((v) => typeof v === 'bigint' && v >= range.from && v < range.before);
  return condition.values.includes(found.value);
}

/** Rows with another value are in the default partition. */
function hasFolder(column: PartitionColumn, value: KustoValue): boolean {
  return column.type === 'datetime' ? typeof value === 'bigint' : isFolderName(value);
}

/**
 * Beginnings of the names of all files that may match, so that a store need not list the rest. At least one; in order;
 * none is the beginning of another.
 */
export function listPrefixes(layout: PathLayout, predicate: PartitionPredicate): readonly string[] {
  let prefixes = [''];
  const chosen = new Map<number, true>();
  for (const element of layout.elements) {
    const texts = element.kind === 'text' ? [element.text] : candidates(layout, element, predicate, chosen);
    if (!texts || texts.length === 0 || prefixes.length * texts.length > MOST_PREFIXES) break;
    prefixes = prefixes.flatMap((prefix) => texts.map((text) => prefix + text));
  }
  const sorted = [...new Set(prefixes)].sort();
  return sorted.filter((prefix, index) => !sorted.slice(0, index).some((shorter) => prefix.startsWith(shorter)));
}

/** Every text that the element may have in a file that matches; undefined when they cannot be told. */
function candidates(
  layout: PathLayout,
  element: Exclude<LayoutElement, { kind: 'text' }>,
  predicate: PartitionPredicate,
  chosen: Map<number, true>,
): readonly string[] | undefined {
  const { partition } = element;
  const column = layout.partitions[partition];
  // Elements of one partition depend on each other: only the first is taken apart.
  if (!column || chosen.has(partition)) return undefined;
  chosen.set(partition, true);
  for (const condition of predicate) {
    if (!isAbout(column, condition)) continue;
    if (element.kind === 'plain' && column.type === 'string' && condition.kind === 'in') {
      return texts(layout, element, condition.values);
    }
    if (element.kind === 'time') {
      const values = instants(column, condition);
      if (values) return texts(layout, element, values);
    }
  }
  return undefined;
}

function texts(layout: PathLayout, element: LayoutElement, values: readonly KustoValue[]): string[] {
  const row: KustoValue[] = [];
  return values.map((value) => {
    if (element.kind !== 'text') row[element.partition] = value;
    return layout.render(element, row);
  });
}

/** The partition's values in the condition, if they are few. */
function instants(column: PartitionColumn, condition: ColumnCondition): readonly KustoValue[] | undefined {
  const by = column.function;
  // A virtual column's value may lie anywhere within what its pattern shows.
  if (column.source === undefined) return undefined;
  if (condition.kind === 'in') {
    return condition.values.map((value) => (typeof value === 'bigint' ? periodStart(by, value) : value));
  }
  const { from, to } = condition;
  if (from === undefined || to === undefined) return undefined;
  const values: bigint[] = [];
  for (let at = periodStart(by, from); at <= to; at = nextPeriod(by, at)) {
    if (values.length === MOST_PREFIXES) return undefined;
    values.push(at);
  }
  return values;
}
