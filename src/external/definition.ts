import type { ExternalTableEntity, PartitionColumn } from '../catalog/model.js';
import type { ColumnSchema } from '../values/index.js';
import { PathLayout, wrong } from './layout.js';

export type TableDefinition = Pick<ExternalTableEntity, 'columns' | 'partitions' | 'pathFormat'>;

/** The columns that a query sees: those of the files, and after them the virtual ones. */
export function visibleColumns(table: TableDefinition): readonly ColumnSchema[] {
  const virtual = table.partitions.filter(isVirtual).map(({ name, type }) => ({ name, type }));
  return [...table.columns, ...virtual];
}

export function isVirtual(partition: PartitionColumn): boolean {
  return partition.source === undefined;
}

/** Throws ExternalTable_InvalidDefinition, with the rule that is broken. */
export function checkDefinition(table: TableDefinition): void {
  if (table.columns.length === 0) throw wrong('An external table needs at least one column');
  const columns = new Map<string, ColumnSchema>();
  for (const column of table.columns) {
    if (column.name.includes('*')) throw wrong(`The column name '${column.name}' holds a '*'`);
    if (columns.has(column.name)) throw wrong(`The column '${column.name}' is named twice`);
    columns.set(column.name, column);
  }
  const names = new Set<string>();
  for (const partition of table.partitions) {
    if (names.has(partition.name)) throw wrong(`The partition '${partition.name}' is named twice`);
    names.add(partition.name);
    checkPartition(partition, columns);
  }
  checkPathFormat(table);
}

function checkPartition(partition: PartitionColumn, columns: ReadonlyMap<string, ColumnSchema>): void {
  const { name, type, source, function: by } = partition;
  if (source === undefined) {
    if (type === 'long') throw wrong(`The virtual column '${name}' is long: virtual columns are string or datetime`);
    if (columns.has(name)) {
      throw wrong(
        `The partition '${name}' has the name of a column: write '${name}:${type} = ${name}' to partition by it, or remove it from the schema to read it from the path`,
      );
    }
    return;
  }
  const column = columns.get(source);
  if (!column) throw wrong(`The partition '${name}' is made from '${source}', which is no column of the table`);
  const needed = by.kind === 'value' || by.kind === 'hash' ? 'string' : 'datetime';
  if (column.type !== needed) {
    throw wrong(`The partition '${name}' needs a column of type ${needed}: '${source}' is ${column.type}`);
  }
  const given = by.kind === 'value' ? 'string' : by.kind === 'hash' ? 'long' : 'datetime';
  if (type !== given) throw wrong(`The partition '${name}' is of type ${given}, not ${type}`);
  if (by.kind === 'hash' && !(Number.isSafeInteger(by.modulo) && by.modulo > 0)) {
    throw wrong(`The hash of the partition '${name}' needs a whole number above 0`);
  }
  if (by.kind === 'bin' && BigInt(by.ticks) <= 0n) {
    throw wrong(`The bin of the partition '${name}' needs a timespan above 0`);
  }
}

function checkPathFormat(table: TableDefinition): void {
  const { partitions, pathFormat } = table;
  if (pathFormat.length > 0 && partitions.length === 0)
    throw wrong("A path format needs partitions: 'partition by (…)'");
  let isAfterPartition = false;
  for (const element of pathFormat) {
    if (element.kind === 'separator') {
      checkSeparator(element.text);
      isAfterPartition = false;
      continue;
    }
    if (isAfterPartition) {
      throw wrong(`The path format needs a separator before '${element.name}': two partitions may not touch`);
    }
    isAfterPartition = true;
    const partition = partitions.find(({ name }) => name === element.name);
    if (element.kind === 'datetime' && partition && partition.type !== 'datetime') {
      throw wrong(`datetime_pattern needs a datetime partition: '${element.name}' is ${partition.type}`);
    }
  }
  const layout = new PathLayout(table);
  partitions.forEach((partition, index) => {
    const own = layout.elements.flatMap((e) => (e.kind !== 'text' && e.partition === index ? [e] : []));
    if (own.length === 0) throw wrong(`The path format does not place the partition '${partition.name}'`);
    const units = own.flatMap((e) =>
      e.kind === 'time' ? e.parts.flatMap((p) => (p.kind === 'unit' ? [p.unit] : [])) : [],
    );
    if (partition.type === 'datetime' && !units.includes('year')) {
      throw wrong(`The path format of '${partition.name}' has no year (yyyy): its files could not be told apart`);
    }
  });
}

function checkSeparator(text: string): void {
  if (text === '') throw wrong('A separator of the path format is empty');
  if (/[\\\p{Cc}]/u.test(text) || text.split('/').some((segment) => segment === '..' || segment === '.')) {
    throw wrong(`The separator "${text}" holds a backslash, a control character or a dot folder`);
  }
}
