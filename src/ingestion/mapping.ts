import { KustoError } from '../errors/index.js';
import type { CatalogSnapshot } from '../catalog/catalog.js';
import type { TableColumn, TableEntity } from '../catalog/model.js';
import type { FileColumn, FileField } from '../engines/engine.js';
import { mappingKind, type IngestionFormat } from './formats.js';
import { parseJsonPath } from './json-path.js';

export interface MappingChoice {
  /** A mapping as JSON text. */
  readonly mapping?: string;
  /** Name of a mapping of the table. */
  readonly mappingReference?: string;
}

/** A column of the file, and the table's column that it fills. */
export interface MappedColumn {
  readonly target: TableColumn;
  readonly column: FileColumn;
}

/** How a file's fields fill the table's columns. Columns that no element names stay null. */
export function resolveMapping(
  catalog: CatalogSnapshot,
  table: TableEntity,
  format: IngestionFormat,
  choice: MappingChoice,
): readonly MappedColumn[] {
  if (choice.mapping !== undefined && choice.mappingReference !== undefined)
    throw new KustoError('BadRequest_DuplicateMapping', 'Give either ingestionMapping or ingestionMappingReference.');
  if (choice.mapping !== undefined) return parseMapping(choice.mapping, table, format);
  if (choice.mappingReference !== undefined)
    return parseMapping(named(catalog, table, format, choice.mappingReference), table, format);
  const delimited = mappingKind(format) === 'csv';
  return table.columns.map((target, ordinal) => ({
    target,
    column: {
      name: target.name,
      type: target.type,
      source: delimited ? { kind: 'ordinal', ordinal } : { kind: 'path', steps: [target.name] },
    },
  }));
}

/** A mapping of the table, else one of its database. */
function named(catalog: CatalogSnapshot, table: TableEntity, format: IngestionFormat, name: string): string {
  const kind = mappingKind(format);
  const candidates = catalog
    .list('mapping', table.databaseId)
    .filter((mapping) => mapping.format === kind && mapping.name === name);
  const found =
    candidates.find((mapping) => mapping.ownerId === table.id) ??
    candidates.find((mapping) => mapping.ownerId === table.databaseId);
  if (found) return found.mapping;
  throw new KustoError(
    'BadRequest_MappingReferenceWasNotFound',
    `Table '${table.name}' has no ${kind} mapping '${name}'. Create it with .create table ${table.name} ingestion ${kind} mapping.`,
  );
}

/** Keys are read without regard to letter case; the properties may stand in `Properties` or, as of old, beside it. */
export function parseMapping(text: string, table: TableEntity, format: IngestionFormat): readonly MappedColumn[] {
  const elements = readElements(text);
  if (elements.length === 0) throw invalid('A mapping needs at least one element.');
  return elements.map((element) => {
    const name = element['column'] ?? element['name'];
    if (name === undefined) throw invalid(`The element ${JSON.stringify(element)} names no Column.`);
    const target = table.columns.find((column) => column.name === name);
    if (!target)
      throw new KustoError(
        'BadRequest_InconsistentMapping',
        `The mapping fills the column '${name}', which table '${table.name}' does not have.`,
      );
    const unixTime = /^DateTimeFromUnix(Seconds|Milliseconds|Microseconds|Nanoseconds)$/i.exec(
      element['transform'] ?? '',
    )?.[1];
    const column: FileColumn = { name: target.name, type: target.type, source: sourceOf(element, format) };
    if (!unixTime) return { target, column };
    return { target, column: { ...column, unixTime: unixTime.toLowerCase() as NonNullable<FileColumn['unixTime']> } };
  });
}

function readElements(text: string): Readonly<Record<string, string>>[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new KustoError('BadRequest_InvalidMapping', 'The mapping is not JSON.', { cause: error });
  }
  if (!Array.isArray(parsed)) throw invalid('A mapping is a JSON array of elements.');
  return parsed.map((element: unknown) => {
    if (typeof element !== 'object' || element === null) throw invalid('Each element of a mapping is a JSON object.');
    const flat: Record<string, string> = {};
    const read = (bag: object) => {
      for (const [key, value] of Object.entries(bag) as [string, unknown][]) {
        if (value === null || value === '') continue;
        if (typeof value === 'object') read(value);
        else flat[key.toLowerCase()] = String(value);
      }
    };
    read(element);
    return flat;
  });
}

function sourceOf(element: Readonly<Record<string, string>>, format: IngestionFormat): FileField {
  const { ordinal, path, field, constvalue, transform } = element;
  if (transform !== undefined && !/^(None|SourceLocation|SourceLineNumber|DateTimeFromUnix\w+)$/i.test(transform))
    throw invalid(
      `The transformation '${transform}' is not supported. Ingest the field as dynamic and transform it in queries.`,
    );
  if (/^SourceLocation$/i.test(transform ?? '')) return { kind: 'sourceLocation' };
  if (/^SourceLineNumber$/i.test(transform ?? '')) return { kind: 'sourceLineNumber' };
  if (constvalue !== undefined) return { kind: 'constant', text: constvalue };
  if (mappingKind(format) === 'csv') {
    if (ordinal === undefined || !/^\d+$/.test(ordinal))
      throw invalid(`The element for '${element['column']}' needs an Ordinal or a ConstValue.`);
    return { kind: 'ordinal', ordinal: Number(ordinal) };
  }
  if (field !== undefined) return { kind: 'path', steps: [field] };
  if (path === undefined) throw invalid(`The element for '${element['column']}' needs a Path or a ConstValue.`);
  return path.startsWith('$') ? { kind: 'path', steps: parseJsonPath(path) } : { kind: 'constant', text: path };
}

const invalid = (message: string) => new KustoError('BadRequest_InvalidMapping', message);
