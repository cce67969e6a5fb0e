import type { ExternalTableEntity } from '../catalog/model.js';
import { KustoError } from '../errors/index.js';
import type { SqlDialect } from '../storage/index.js';
import type { ColumnSchema } from '../values/index.js';
import { wrong } from './layout.js';

type Value = string | number | boolean;

const NAMES = ['sqlDialect', 'folder', 'docString', 'firetriggers', 'createifnotexists', 'primarykey'] as const;
const DIALECTS: readonly SqlDialect[] = ['SqlServer', 'PostgreSQL', 'MySQL'];

export interface SqlProperties {
  readonly folder: string | undefined;
  readonly docString: string | undefined;
  /** What the entity keeps. */
  readonly properties: ExternalTableEntity['properties'];
}

/**
 * Checks the `with (…)` of a table of kind=sql. Names and choices may be written in any case. Throws
 * ExternalTable_InvalidDefinition, Sql_NotSupported.
 */
export function checkSqlProperties(
  given: Readonly<Record<string, Value>>,
  columns: readonly ColumnSchema[],
): SqlProperties {
  const checked = new Map<string, Value>();
  for (const [written, value] of Object.entries(given)) {
    const name = NAMES.find((one) => one.toLowerCase() === written.toLowerCase());
    if (name === undefined) {
      throw wrong(`'${written}' is no property of an external table of kind=sql; there are ${NAMES.join(', ')}`);
    }
    if (checked.has(name)) throw wrong(`The property '${name}' is given twice`);
    checked.set(name, valueOf(name, value));
  }
  const primaryKey = checked.get('primarykey') as string | undefined;
  checkPrimaryKey(checked.get('createifnotexists') === true, primaryKey, columns);
  const { folder, docString, ...properties } = Object.fromEntries(checked);
  return {
    folder: folder as string | undefined,
    docString: docString as string | undefined,
    properties: { sqlDialect: 'SqlServer', ...properties },
  };
}

/** `createifnotexists` needs a primary key, which is one of the columns. Throws ExternalTable_InvalidDefinition. */
export function checkPrimaryKey(
  createIfNotExists: boolean,
  primaryKey: string | undefined,
  columns: readonly ColumnSchema[],
): void {
  if (createIfNotExists && primaryKey === undefined) {
    throw wrong('createifnotexists=true needs primarykey=<column>: the column that becomes the key of the table');
  }
  if (primaryKey === undefined) return;
  const column = columns.find(({ name }) => name === primaryKey);
  if (column === undefined) {
    throw wrong(`The primarykey '${primaryKey}' is none of the columns: ${columns.map(({ name }) => name).join(', ')}`);
  }
  if (column.type === 'dynamic')
    throw wrong(`The primarykey '${primaryKey}' is dynamic, which no database takes as a key`);
}

/** One of the dialects, in any case. Throws Sql_NotSupported. */
export function sqlDialectOf(text: string): SqlDialect {
  const found = DIALECTS.find((one) => one.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  const why =
    text.toLowerCase() === 'cosmosdbsql'
      ? 'Calypso does not read or write Cosmos DB'
      : `'${text}' is no dialect of SQL`;
  throw new KustoError('Sql_NotSupported', `sqlDialect: ${why}. There are ${DIALECTS.join(', ')}.`);
}

function valueOf(name: (typeof NAMES)[number], value: Value): Value {
  switch (name) {
    case 'sqlDialect':
      return sqlDialectOf(String(value));
    case 'firetriggers':
    case 'createifnotexists':
      if (typeof value === 'boolean') return value;
      if (/^(true|false)$/i.test(String(value))) return String(value).toLowerCase() === 'true';
      throw wrong(`The property '${name}' is true or false`);
    default:
      if (typeof value === 'string') return value;
      throw wrong(`The property '${name}' is a text`);
  }
}
